"""``run`` while it serves: analysts ask, an officer decides, and both outlive the process."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from roadwitness.simulator import SimulatedSite, Truth
from tests.roadwitness.command import Running, roadwitness, sql, succeed, violations
from tests.roadwitness.signed_in import signed_in

QUERY = "SELECT plate, speed_kmh, limit_kmh, keeper_id, status FROM v_violations ORDER BY plate"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="module")
def serving(site: SimulatedSite, data: Path) -> Iterator[Running]:
    """``run`` that has analysed the clip and goes on serving."""
    with Running("run", site.site_file, "--port", "0", "--data", data) as running:
        running.wait_for("Review pages: http")
        early = roadwitness("sql", "SELECT count() AS n FROM v_violations", "--data", data)
        assert early.code == 0, f"a query while the clip is analysed: {early.stderr}"
        running.wait_for(r"Serving http://\S+ until Ctrl-C")
        yield running


@pytest.fixture
def officer(serving: Running, data: Path) -> Iterator[httpx.Client]:
    """A signed-in browser without scripts, on the address that the command printed."""
    address = serving.wait_for(r"Review pages: (http://127\.0\.0\.1:\d+)")[1]
    with signed_in(address, data) as client:
        yield client


class TestQueries:
    """Every format, while the process serves."""

    def test_json(self, serving: Running, data: Path, truth: Truth) -> None:
        found = {row["plate"]: row for row in sql(data, QUERY)}
        assert set(found) == {vehicle.plate for vehicle in truth.speeders}
        assert {row["status"] for row in found.values()} == {"open"}

    def test_csv(self, serving: Running, data: Path) -> None:
        text = succeed("sql", QUERY, "--data", data, "--format", "csv").stdout.decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["plate"] for row in rows] == [row["plate"] for row in sql(data, QUERY)]
        assert float(rows[0]["speed_kmh"]) == sql(data, QUERY)[0]["speed_kmh"]

    def test_arrow(self, serving: Running, data: Path) -> None:
        content = succeed("sql", QUERY, "--data", data, "--format", "arrow").stdout
        table = pa.ipc.open_stream(content).read_all()
        assert [_plain(row) for row in table.to_pylist()] == sql(data, QUERY)

    def test_table(self, serving: Running, data: Path, truth: Truth) -> None:
        text = succeed("sql", QUERY, "--data", data).stdout.decode()
        assert "speed_kmh" in text
        assert all(vehicle.plate in text for vehicle in truth.speeders)

    def test_writing_is_refused_through_the_serving_process_too(self, serving: Running, data: Path) -> None:
        done = roadwitness("sql", "TRUNCATE TABLE violations", "--data", data)
        assert done.code == 1
        assert "only reading is allowed here" in done.sentence
        assert len(violations(data)) == 2


def test_a_second_process_on_the_folder_is_told_so(serving: Running, site: SimulatedSite, data: Path) -> None:
    done = roadwitness("run", site.site_file, "--no-serve", "--data", data)
    assert done.code == 1
    assert re.fullmatch(
        r"the store .*/data/store is in use by another roadwitness process; stop it or use another folder\.",
        done.sentence,
    )


def test_the_queue_shows_the_cases(officer: httpx.Client, truth: Truth) -> None:
    page = officer.get("/")
    assert page.status_code == 200
    for vehicle in truth.speeders:
        assert vehicle.plate in page.text
    for vehicle in truth.vehicles:
        assert vehicle.speeding or vehicle.plate not in page.text


def test_a_case_shows_its_picture_and_keeper(officer: httpx.Client, data: Path, truth: Truth) -> None:
    row = violations(data)[0]
    page = officer.get(f"/cases/{row['violation_id']}")
    assert row["plate"] in page.text
    assert row["keeper_id"] in page.text
    pictures = set(re.findall(r'<(?:img|image) [^>]*(?:src|href)="(/[^"]*[0-9a-f]{64}[^"]*)"', page.text))
    assert pictures
    for address in pictures:
        picture = officer.get(html.unescape(address))
        assert picture.status_code == 200
        assert picture.headers["content-type"] in {"image/jpeg", "image/png"}


def test_a_form_without_the_pages_token_changes_nothing(officer: httpx.Client, data: Path) -> None:
    case = violations(data)[0]["violation_id"]
    officer.get(f"/cases/{case}")
    fields = {"form_id": "0" * 32, "outcome": "confirmed", "csrf_token": "x" * 43}
    assert officer.post(f"/cases/{case}/decision", data=fields).status_code == 403
    assert {row["status"] for row in violations(data)} == {"open"}


def test_decisions_outlive_the_process_and_the_clip_seen_again(
    officer: httpx.Client, serving: Running, site: SimulatedSite, data: Path
) -> None:
    first, second = (row["violation_id"] for row in violations(data))
    decide(officer, first, outcome="confirmed")
    assert statuses(data) == {first: "confirmed", second: "open"}
    decide(officer, second, outcome="rejected", reason_code="image_unusable")
    assert statuses(data) == {first: "confirmed", second: "rejected"}

    assert serving.interrupt() == 0, serving.stderr
    assert "Traceback" not in serving.stderr
    assert statuses(data) == {first: "confirmed", second: "rejected"}, "asked with nobody serving"

    succeed("run", site.site_file, "--no-serve", "--data", data)
    assert statuses(data) == {first: "confirmed", second: "rejected"}, "the clip seen again reopens nothing"
    kinds = sql(data, "SELECT kind, count() AS n FROM v_case_events GROUP BY kind ORDER BY kind")
    assert [(row["kind"], int(row["n"])) for row in kinds] == [
        ("confirmed", 1),
        ("opened", 2),
        ("rejected", 1),
    ]


def decide(officer: httpx.Client, case: str, **answer: str) -> None:
    """Send the form of a case as its page holds it, and wait until the pages call it recorded.

    Whoever confirms has ticked what is to be checked.
    """
    page = officer.get(f"/cases/{case}").text
    hidden = {name: _value(page, name) for name in ("csrf_token", "form_id", "review")}
    checked = re.findall(r'name="checked" value="(\w+)"', page) if answer["outcome"] == "confirmed" else []
    response = officer.post(f"/cases/{case}/decision", data={**hidden, **answer, "checked": checked})
    assert response.status_code == 303, response.text
    until = time.monotonic() + 30
    while "pending" in officer.get("/answers").text:
        assert time.monotonic() < until, "the answer is not recorded"
        time.sleep(0.1)


def statuses(data: Path) -> dict[str, str]:
    return {row["violation_id"]: row["status"] for row in violations(data)}


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no {name}"
    return found[1]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """An Arrow row with text where ClickHouse gives bytes."""
    plain: dict[str, Any] = json.loads(
        json.dumps({k: v.decode() if isinstance(v, bytes) else v for k, v in row.items()})
    )
    return plain
