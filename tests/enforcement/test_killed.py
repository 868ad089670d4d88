"""SIGKILL at any point of the worker, then a restart: the same rows, none lost, none twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.enforcement.killed_process import run_until

RUNNER = "tests.enforcement.killed_worker"

#: Where the worker kills itself, and on which call of that step.
KILL_POINTS = [
    ("put", 1),
    ("put", 4),
    ("insert violations", 1),
    ("insert case_events", 1),
    ("insert case_events", 3),
    ("insert evidence_index", 1),
    ("insert passages", 1),
    ("insert passages", 2),
    ("discard", 1),
    ("publish", 1),
    ("commit", 1),
    ("commit", 2),
    ("after commit", 1),
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = run_until(RUNNER, tmp_path_factory.mktemp("undisturbed"))
    assert found is not None
    assert found["statuses"] == {"open": 1, "confirmed": 1, "rejected": 1}
    assert len(found["passages"]) == 5
    assert len(found["files"]) == 6
    assert found["dead_letters"] == 1
    return found


@pytest.mark.parametrize("kill", KILL_POINTS, ids=lambda kill: f"{kill[0]} {kill[1]}")
def test_a_killed_worker_ends_with_the_same_rows(
    tmp_path: Path, expected: dict[str, Any], kill: tuple[str, int]
) -> None:
    assert run_until(RUNNER, tmp_path, *kill) is None, (
        "the worker was not killed: the point was never reached"
    )
    found = run_until(RUNNER, tmp_path)
    assert found is not None
    # A dead letter is written before the commit and may come again; it is never lost.
    assert found.pop("dead_letters") >= 1
    assert found == {name: rows for name, rows in expected.items() if name != "dead_letters"}
