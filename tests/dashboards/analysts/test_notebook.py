"""The notebook for analysts: every cell runs on the invented weeks, draws, and is stored without output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enforcement.store import Store
from tests.conftest import REPOSITORY
from tests.dashboards.analysts.traffic import CAMERAS, IN, NORTH
from tests.roadwitness.command import environment

NOTEBOOK = REPOSITORY / "docs" / "notebooks" / "traffic.ipynb"

#: Runs the cells in one name space, as a kernel does, and prints what was drawn.
SCRIPT = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
names = {}
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
figures = [plt.figure(number) for number in plt.get_fignums()]
drawn = [
    [{"has_data": axes.has_data(), "labels": [line.get_label() for line in axes.lines]} for axes in each.axes]
    for each in figures
]
print(json.dumps(drawn))
"""


def cells() -> list[dict[str, Any]]:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    found = content["cells"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_every_cell_runs_in_order(
    request: pytest.FixtureRequest, data: Path, store: Store, tmp_path: Path, kind: str
) -> None:
    place = str(data) if kind == "folder" else request.getfixturevalue("server")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(NOTEBOOK)],
        capture_output=True,
        text=True,
        env=environment({"ROADWITNESS_PLACE": place, "MPLCONFIGDIR": str(tmp_path)}),
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *said, drawn = done.stdout.splitlines()
    assert any(line.startswith(f"{IN}: mean") for line in said)
    assert any(line.startswith(f"{NORTH}: clock on") for line in said)
    figures = json.loads(drawn)
    assert len(figures) == 7
    assert all(axes["has_data"] for figure in figures for axes in figure)
    assert set(figures[0][0]["labels"]) == set(CAMERAS)


def test_it_is_stored_without_what_it_once_showed() -> None:
    for cell in cells():
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
