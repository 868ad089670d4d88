"""``draw``: a camera is calibrated in a browser, and what was saved outlives the process."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import msgspec
import pytest

from roadwitness.calibration_file import load_calibration
from tests.dashboards.invented_roads import JUNCTION
from tests.dashboards.invented_site import make_site, surveyed
from tests.roadwitness.command import Running
from tests.roadwitness.in_process import CommandLine


def test_a_surveyor_saves_a_calibration_on_the_loopback_address(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    with Running("draw", site, "--port", "0") as running:
        address = running.wait_for(r"Serving (http://127\.0\.0\.1:\d+)/sites")[1]
        with httpx.Client(base_url=address, headers={"origin": address}, timeout=30) as browser:
            page = browser.get(f"/sites/{JUNCTION}/calibration").text
            token = re.search(r'name="csrf-token" content="([^"]+)"', page)
            assert token is not None
            saved = browser.post(
                f"/sites/{JUNCTION}/calibration",
                content=msgspec.json.encode(surveyed()),
                headers={"x-csrf-token": token[1]},
            )
            assert saved.status_code == 200
            assert browser.get("/sites", headers={"host": "rebound.example"}).status_code == 400
    assert load_calibration(site.parent / "calibration.toml").id == "demo-1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("--at", "3600"), "the source ends before 3600 s"), (("--source", "nowhere.mp4"), "nowhere.mp4")],
)
def test_a_picture_that_cannot_be_had_is_said_before_anything_is_served(
    command_line: CommandLine, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = command_line("draw", make_site(tmp_path / "site"), *arguments)
    assert done.code == 1
    assert sentence in done.stderr
