"""``roadwitness replay``: tells what another policy would change, and touches nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.roadwitness.command import environment, roadwitness
from tests.roadwitness.in_process import CommandLine

NEW = """
id = "stricter"
version = "2"
jurisdiction = "Simulated"
valid_from = 2026-01-01
[speeding]
limit_kmh = 60.0
tolerance = { below_100_kmh = 3.0, above_100_percent = 3.0 }
special = [{ limit_kmh = 100.0, scope = { hours = ["08:05-24:00"] } }]
"""

#: A process may open one store only, so that the folder is filled by another one.
FILL = """
import sys
from pathlib import Path
from enforcement.evidence import EvidenceFolder
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import CAMERA, passage, policy, publish
data = Path(sys.argv[1])
store, bus = Store.embedded(data / "store"), LocalBus(data / "bus.sqlite")
store.migrate()
publish(bus, *(passage(number, speed) for number, speed in enumerate([93.4, 70.0, 62.0, None, 88.0])))
Enforcer(bus, store, EvidenceFolder(data / "evidence"), {CAMERA: policy()}).drain(0.0)
publish(bus, passage(9, 71.0))  # not judged yet
store.close()
bus.close()
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay") / "data"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", FILL, folder], check=True, env=environment(), timeout=120)
    return folder


def write(folder: Path, text: str = NEW) -> Path:
    path = folder / "new.toml"
    path.write_text(text)
    return path


def cases(data: Path) -> bytes:
    return roadwitness("sql", "SELECT * FROM v_violations ORDER BY ALL", "--data", data).stdout


def test_it_tells_what_would_change_and_changes_nothing(data: Path, tmp_path: Path) -> None:
    before = cases(data)
    done = roadwitness(
        "replay", "--policy", write(tmp_path), "--since", "2026-05-04", "--data", data, "--jsonl", "-"
    )
    assert done.code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    # Two were found at 80 km/h; the one on the bus was not judged yet.
    assert [(line["change"], line["occurred_at"][11:19]) for line in lines] == [
        ("changed", "08:00:00"),
        ("changed", "08:04:00"),
        ("new", "08:09:00"),
    ]
    assert [line["enforced_after"] for line in lines] == [90.4, 85.0, 68.0]
    assert "AB123CD" not in done.stdout.decode().replace("-", "")
    # Of 70 and 62 km/h only a count is left; the tolerance excuses one of them.
    row = next(line for line in done.stderr.splitlines() if "speeding" in line and "│" in line)
    assert [cell.strip() for cell in row.strip("│┃ ").split("│")] == [
        "speeding",
        "2",
        "3",
        "1",
        "0",
        "2",
        "1",
    ]
    assert "Policy stricter, version 2, over 5 passages since 2026-05-04" in done.stderr
    assert "nothing was changed" in done.stderr
    assert cases(data) == before


def test_a_faulty_policy_or_folder_is_explained(command_line: CommandLine, tmp_path: Path) -> None:
    bad = write(tmp_path, NEW.replace("limit_kmh = 60.0", "limit_kph = 60.0"))
    assert "did you mean 'limit_kmh'?" in command_line.fail(
        "replay", "--policy", bad, "--since", "2026-05-04"
    )
    good = write(tmp_path)
    said = command_line.fail("replay", "--policy", good, "--since", "2026-05-04", "--data", tmp_path / "none")
    assert "there is no store in" in said


def test_a_time_that_is_none_is_wrong_use(command_line: CommandLine, tmp_path: Path) -> None:
    done = command_line("replay", "--policy", write(tmp_path), "--since", "yesterday")
    assert done.code == 2
    assert "2026-05-01T08:00Z" in done.stderr
