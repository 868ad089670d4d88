"""An analyst's queries: through the socket of a serving process, or on the folder itself."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.ipc
import pytest

from enforcement.errors import NotReadOnly, QueryFailed, StoreError
from enforcement.front import SOCKET_NAME, StoreSocket
from enforcement.queries import query_store
from enforcement.rows import VIOLATIONS
from enforcement.store import Store

Ask = Callable[..., bytes]


@pytest.fixture(params=["served", "not served"])
def ask(
    request: pytest.FixtureRequest, embedded: Store, engine_folder: Path, tmp_path: Path
) -> Iterator[Ask]:
    """A data folder whose store holds one violation, asked both ways."""
    row = dict.fromkeys(VIOLATIONS, "") | {
        "violation_id": "1018c4af-7e0f-5f0b-aa44-2c506630a05f",
        "occurred_at": 1_777_881_600_000_000_000,
    }
    row |= {"plate": "AB123CD", "plate_confidence": 1.0, "enforced_speed_kmh": 90.4, "limit_kmh": 80.0}
    row |= {"speed_kmh": 93.4, "speed_uncertainty_kmh": None, "keeper_id": None}
    row |= {"plate_legible": True, "plate_probability": 1.0, "plate_country_probability": 0.0}
    row |= {"measured": 93.4, "measured_uncertainty": None, "subtracted": 3.0, "enforced": 90.4}
    row |= {"candidates": 0}
    row |= {"unit": "km/h", "allowed": 80.0}
    embedded.insert("violations", list(row), [list(row.values())])
    if request.param == "not served":
        yield lambda sql, form="csv": embedded.engine().execute(
            sql,
            {"csv": "CSVWithNames", "json": "JSON", "arrow": "ArrowStream", "table": "PrettyCompact"}[form],
            read_only=True,
        )
        return
    data = tmp_path / ("a" * 60) / ("b" * 60)  # longer than the path of a socket may be
    data.mkdir(parents=True)
    (data / "store").symlink_to(engine_folder)
    socket = StoreSocket(embedded, data)
    socket.start()
    yield lambda sql, form="csv": query_store(data, sql, form)
    socket.stop()
    assert not (data / SOCKET_NAME).exists()


def test_the_formats(ask: Ask) -> None:
    sql = "SELECT plate, speed_kmh FROM v_violations"
    assert ask(sql, "csv") == b'"plate","speed_kmh"\n"AB123CD",93.4\n'
    assert json.loads(ask(sql, "json"))["data"] == [{"plate": "AB123CD", "speed_kmh": 93.4}]
    assert pyarrow.ipc.open_stream(io.BytesIO(ask(sql, "arrow"))).read_all().to_pylist() == [
        {"plate": "AB123CD", "speed_kmh": 93.4}
    ]
    assert "│ AB123CD │      93.4 │" in ask(sql, "table").decode()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO keepers (plate) VALUES ('X')",
        "INSERT INTO keepers (plate) FORMAT CSV\n'X'\n",
        "DROP TABLE keepers",
        "ALTER TABLE keepers DELETE WHERE 1",
        "TRUNCATE TABLE keepers",
        "OPTIMIZE TABLE keepers",
        "CREATE TABLE x (a Int8) ENGINE = Memory",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "SYSTEM FLUSH LOGS",
        "SELECT 1 INTO OUTFILE '/tmp/roadwitness-should-not-be'",
        "SELECT 1 INTO/**/OUTFILE '/tmp/roadwitness-should-not-be'",
        "SELECT file('/etc/hostname')",
        "SELECT * FROM file('/etc/hostname', 'LineAsString')",
        "INSERT INTO FUNCTION file('/tmp/roadwitness-should-not-be', 'CSV', 'a Int8') SELECT 1",
        "SELECT 1; DROP TABLE keepers",
        "SELECT 1; SELECT 1 INTO OUTFILE '/tmp/roadwitness-should-not-be'",
        "SELECT 1; SELECT file('/etc/hostname')",
    ],
)
def test_what_writes_or_reaches_for_files_is_refused(ask: Ask, embedded: Store, sql: str) -> None:
    with pytest.raises(QueryFailed):
        ask(sql)
    assert not Path("/tmp/roadwitness-should-not-be").exists()
    assert embedded.query("SELECT count() FROM keepers") == [(0,)]
    assert ask("SELECT count() AS n FROM keepers") == b'"n"\n0\n'


def test_reading_leaves_the_store_writable(ask: Ask, embedded: Store) -> None:
    ask("SELECT 1")
    embedded.insert("keepers", ("plate",), [("X",)])
    assert ask("SELECT plate FROM keepers") == b'"plate"\n"X"\n'


@pytest.mark.parametrize("sql", ["SELECT plat FROM v_violations", "SELEC 1", "SELECT * FROM nowhere", ""])
def test_an_error_is_one_line(ask: Ask, sql: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        ask(sql)
    assert "\n" not in str(caught.value)
    assert "DB::Exception" not in str(caught.value)


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE v_violations", "EXPLAIN SELECT 1", "SELECT 1;", "WITH 1 AS x SELECT x"]
)
def test_other_reading_statements(ask: Ask, sql: str) -> None:
    assert ask(sql)


def test_only_the_owner_can_open_the_socket(embedded: Store, engine_folder: Path, tmp_path: Path) -> None:
    (tmp_path / SOCKET_NAME).touch()  # left by a process that was killed
    socket = StoreSocket(embedded, tmp_path)
    try:
        assert stat.S_IMODE((tmp_path / SOCKET_NAME).stat().st_mode) == 0o600
    finally:
        socket.stop()


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store in"):
        query_store(tmp_path, "SELECT 1")


def test_refusal_is_told_apart_from_a_faulty_query(ask: Ask, embedded: Store) -> None:
    with pytest.raises(NotReadOnly, match="only reading is allowed"):
        embedded.engine().execute("DROP TABLE keepers", "CSV", read_only=True)


SCRIPT = """
import sys
from pathlib import Path
from enforcement.queries import query_store
from enforcement.store import Store
data = Path(sys.argv[1])
store = Store.embedded(data / "store")
store.migrate()
store.insert("keepers", ("plate",), [("X1",)])
store.close()
print(query_store(data, "SELECT plate FROM keepers", "csv"))
"""


def test_a_folder_that_nobody_serves_is_opened(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.stdout.strip() == str(b'"plate"\n"X1"\n'), found.stderr
