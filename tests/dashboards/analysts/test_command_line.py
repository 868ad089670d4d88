"""``roadwitness sql`` and ``roadwitness export`` as analysts call them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest

from dashboards.exporting import EXPORTABLE
from dashboards.named_queries import named_query, names
from enforcement.store import Store
from tests.conftest import REPOSITORY
from tests.dashboards.analysts.traffic import CAMERAS, IN, NORTH, Traffic
from tests.roadwitness.command import environment
from tests.roadwitness.in_process import CommandLine


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Store) -> CommandLine:
    for name in ("ROADWITNESS_STORE", "ROADWITNESS_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(monkeypatch, capsys)


@pytest.fixture(params=["--data", "--store"])
def place(request: pytest.FixtureRequest, data: Path) -> list[str]:
    """A folder that a process serves, and a server."""
    return [request.param, str(data) if request.param == "--data" else request.getfixturevalue("server")]


def test_a_question_by_its_name(command: CommandLine, place: list[str]) -> None:
    asked = ("sql", "@heavy-vehicles", "--param", f"camera={NORTH}", "--format", "csv", *place)
    done = command(*asked)
    assert done.code == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert list(rows[0]) == list(named_query("heavy-vehicles").columns)
    assert {row["camera_id"] for row in rows} == {NORTH}


def test_a_query_with_parameters_of_ones_own(command: CommandLine, place: list[str]) -> None:
    sql = "SELECT count() AS n FROM v_cameras WHERE camera_id = {which:String}"
    done = command("sql", sql, "--param", f"which={IN}", "--format", "json", *place)
    assert json.loads(done.stdout)["data"] == [{"n": 1}]


def test_a_value_is_never_sql(command: CommandLine, place: list[str]) -> None:
    odd = r"x' OR 1=1 -- \' \\ {y:String}"
    sql = "SELECT {which:String} AS back"
    done = command("sql", sql, "--param", f"which={odd}", "--format", "json", *place)
    assert json.loads(done.stdout)["data"] == [{"back": odd}]


def test_writing_is_refused(command: CommandLine, place: list[str]) -> None:
    assert "only reading is allowed here" in command.fail("sql", "DROP TABLE passages", *place)


def test_the_list_and_the_text_of_a_question(command: CommandLine) -> None:
    listed = command("sql", "--list")
    assert listed.code == 0
    text = listed.stdout.decode()
    assert all(f"@{name} " in text for name in names())
    assert "since=now - 28 days" in text
    shown = command("sql", "@speeds-by-hour", "--show").stdout.decode()
    assert shown.startswith("-- How fast is driven")
    assert "FROM v_speed_bins_hourly" in shown


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["@speed-by-hour"], "there is no question '@speed-by-hour'; the nearest is '@speeds-by-hour', and"),
        (["@speeds-by-hour", "--param", "camra=x"], "@speeds-by-hour has no parameter 'camra'"),
        (["SELECT 1", "--store", "somewhere"], "'somewhere' is no ClickHouse server"),
        (["SELECT {x:UInt8}"], "Substitution `x` is not set"),
    ],
)
def test_what_cannot_be_asked(command: CommandLine, data: Path, asked: list[str], said: str) -> None:
    place = [] if "--store" in asked else ["--data", str(data)]
    assert command.fail("sql", *asked, *place).startswith(said)


@pytest.mark.parametrize(
    "asked", [["sql"], ["sql", "SELECT 1", "--param", "x"], ["export", "v_passages", "--out", "x.xls"]]
)
def test_wrong_use(command: CommandLine, asked: list[str]) -> None:
    assert command(*asked).code == 2


def test_an_export(command: CommandLine, place: list[str], tmp_path: Path, traffic: Traffic) -> None:
    out = tmp_path / "passages.parquet"
    done = command("export", "v_passages", "--out", out, "--camera", IN, "--camera", NORTH, *place)
    expected = sum(passage.camera_id in (IN, NORTH) for passage in traffic.passages)
    assert done.code == 0, done.stderr
    assert done.stdout == b""
    assert done.stderr.splitlines()[-1] == f"{expected} rows of v_passages are in {out}."
    assert f"Exporting v_passages: {expected}/{expected} rows" in done.stderr
    assert pyarrow.parquet.read_metadata(out).num_rows == expected


def test_from_and_to_are_moments_in_utc(
    command: CommandLine, data: Path, tmp_path: Path, traffic: Traffic
) -> None:
    out, day = tmp_path / "traffic.csv", traffic.changed.strftime("%Y-%m-%d")
    until = traffic.changed.strftime("%Y-%m-%dT%H:%M")
    command("export", "v_traffic_hourly", "--from", day, "--to", until, "--out", out, "--data", data)
    rows = list(csv.DictReader(out.open()))
    assert {row["hour"][:10] for row in rows} == {day}
    assert {row["camera_id"] for row in rows} == set(CAMERAS)


def test_what_is_not_exported_is_said_with_what_is(command: CommandLine, data: Path, tmp_path: Path) -> None:
    said = command.fail("export", "v_violations", "--out", tmp_path / "x.csv", "--data", data)
    assert said == (
        "v_violations is not exported, since only views without personal data are: choose one of "
        f"{', '.join(EXPORTABLE)}."
    )
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from enforcement.store import Store
from roadwitness.cli import main
from tests.dashboards.analysts.keeping import keep
from tests.dashboards.analysts.traffic import Traffic
data = Path(sys.argv[1])
store = Store.embedded(data / "store")
store.migrate()
keep(store, Traffic(datetime.now(UTC)))
store.close()
where = ["--out", str(data / "speeds.arrow"), "--data", str(data)]
sys.argv = ["roadwitness", "export", "v_speeds_hourly", *where]
main()
"""


def test_a_folder_that_nobody_serves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=REPOSITORY,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = pyarrow.ipc.open_file(tmp_path / "speeds.arrow").read_all()
    assert table.num_rows > 1000
    assert set(table["camera_id"].to_pylist()) == set(CAMERAS)
