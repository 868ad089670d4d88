"""Ctrl-C during the analysis is no failure of the program: one sentence, and the same command goes on."""

from __future__ import annotations

from pathlib import Path

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.command import Running, violations


def test_it_says_what_is_kept_and_how_to_go_on(site: SimulatedSite, tmp_path: Path) -> None:
    with Running("run", site.site_file, "--no-serve", "--data", tmp_path / "data") as running:
        running.wait_for("Analysing: 14/140")
        assert running.interrupt() == 1
    assert running.stderr.splitlines()[-1] == (
        "roadwitness: Stopped; what was acknowledged is kept, and running the command again continues."
    )
    assert "Traceback" not in running.stderr
    assert violations(tmp_path / "data") == []
