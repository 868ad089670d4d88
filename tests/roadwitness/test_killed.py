"""``run`` killed anywhere and started again on the same clip ends with the same violations, none twice."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.command import Running, evidence_files, picture_files, sql, succeed, violations

SEED = 20_261


@dataclass(frozen=True)
class Moment:
    """Kill when stderr has said ``after``, ``wait_s`` seconds later."""

    after: str
    wait_s: float


def moments() -> list[Moment]:
    """While it starts, at random points of the analysis, and when the last frames are through."""
    rng = random.Random(SEED)
    begun = [Moment("Register: ", rng.uniform(0.0, 0.5))]
    tenths = sorted(rng.sample(range(3, 10), 3))
    amid = [Moment(rf"Analysing: {14 * tenth}/140", rng.uniform(0.0, 0.4)) for tenth in tenths]
    return [*begun, *amid, Moment("Analysing: 140/140", 0.05)]


@pytest.fixture(scope="module")
def killed_run(site: SimulatedSite, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A data folder on which ``run`` was killed again and again before it could end; how often."""
    data = tmp_path_factory.mktemp("killed") / "data"
    kills = 0
    for moment in moments():
        with Running("run", site.site_file, "--no-serve", "--data", data) as running:
            running.wait_for(moment.after)
            time.sleep(moment.wait_s)
            kills += running.kill()
    succeed("run", site.site_file, "--no-serve", "--data", data)
    return data, kills


def test_it_was_killed_while_it_worked(killed_run: tuple[Path, int]) -> None:
    assert killed_run[1] >= 4


def test_the_violations_are_the_same(killed_run: tuple[Path, int], finished_run: Path) -> None:
    expected = violations(finished_run)
    assert len(expected) == 2
    assert violations(killed_run[0]) == expected


def test_every_passage_is_counted_once(killed_run: tuple[Path, int], finished_run: Path) -> None:
    query = "SELECT passage_id, speed_kmh FROM v_passages ORDER BY passage_id"
    assert sql(killed_run[0], query) == sql(finished_run, query)


def test_every_case_was_opened_once(killed_run: tuple[Path, int]) -> None:
    rows = sql(killed_run[0], "SELECT case_id, count() AS times FROM v_case_events GROUP BY case_id")
    assert sorted(int(row["times"]) for row in rows) == [1, 1]


def test_the_evidence_is_whole_and_the_same(killed_run: tuple[Path, int], finished_run: Path) -> None:
    found, expected = picture_files(killed_run[0]), picture_files(finished_run)
    # An original is sealed anew each time, so its bytes and its name differ; the open pictures are the same.
    pictures = {name: content for name, content in expected.items() if name.startswith("open/")}
    assert {name: content for name, content in found.items() if name.startswith("open/")} == pictures
    query = "SELECT toString(digest) AS digest FROM evidence_index FINAL WHERE fact = 'kept' ORDER BY digest"
    kept = {row["digest"] for row in sql(killed_run[0], query)}
    there = evidence_files(killed_run[0])
    assert kept <= {Path(name).name for name in there}
    assert not [name for name in there if Path(name).name.startswith(".part-")]
