"""The store: one behaviour, embedded and over HTTP."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from enforcement.errors import (
    MigrationFailed,
    QueryFailed,
    RowsRefused,
    StoreError,
    StoreFull,
    StoreUnreachable,
)
from enforcement.explaining import explain_engine
from enforcement.migrating import Migration, apply_migrations, load_migrations
from enforcement.store import Store
from streams.identity import identify

VIEW = [
    "violation_id",
    "occurred_at",
    "camera_id",
    "offence",
    "plate",
    "speed_kmh",
    "limit_kmh",
    "keeper_id",
    "status",
]


def test_migrations_run_once_in_order(empty_store: Store) -> None:
    names = [migration.name for migration in load_migrations()]
    assert names == sorted(names)
    assert empty_store.migrate() == names
    assert empty_store.migrate() == []


def test_a_changed_migration_is_refused(empty_store: Store) -> None:
    apply_migrations(empty_store, [Migration("0001_a.sql", "SELECT 1;\n", "a" * 64)])
    with pytest.raises(MigrationFailed, match=r"0001_a\.sql was changed after it ran"):
        apply_migrations(empty_store, [Migration("0001_a.sql", "SELECT 2;\n", "b" * 64)])


def test_a_store_of_a_newer_version_is_refused(empty_store: Store) -> None:
    apply_migrations(empty_store, [Migration("9999_future.sql", "SELECT 1;\n", "a" * 64)])
    with pytest.raises(MigrationFailed, match="use a newer roadwitness"):
        empty_store.migrate()


def test_a_faulty_statement_is_named_and_not_recorded(empty_store: Store) -> None:
    faulty = Migration("0001_a.sql", "SELECT 1;\nCREATE TABEL x (a Int8);\n", "a" * 64)
    with pytest.raises(MigrationFailed, match=r"statement 2 of 0001_a\.sql"):
        apply_migrations(empty_store, [faulty])
    assert empty_store.query("SELECT count() FROM schema_migrations") == [(0,)]


def test_the_analysts_view_has_its_columns_in_order(store: Store) -> None:
    rows = store.query(
        "SELECT name FROM system.columns WHERE database = {db:String} AND table = 'v_violations' "
        "ORDER BY position",
        {"db": store.database},
    )
    assert [row[0] for row in rows][: len(VIEW)] == VIEW


def test_every_table_view_and_column_says_what_it_holds(store: Store) -> None:
    silent = store.query(
        """SELECT name FROM system.tables WHERE database = {db:String} AND comment = ''
        UNION ALL SELECT table || '.' || name FROM system.columns
        WHERE database = {db:String} AND comment = '' AND table IN
            -- Nobody reads a materialized view: its columns are those of the table that it fills.
            (SELECT name FROM system.tables WHERE database = {db:String} AND engine != 'MaterializedView')""",
        {"db": store.database},
    )
    assert silent == []


def test_statistics_of_passages_have_no_room_for_a_plate_or_a_track(store: Store) -> None:
    rows = store.query(
        "SELECT name FROM system.columns WHERE database = {db:String} AND table = 'passages'",
        {"db": store.database},
    )
    assert {name for (name,) in rows} == {
        "passage_id", "camera_id", "site_id", "vehicle", "lane", "occurred_at", "speed_kmh",
        "uncertainty_kmh", "void_reason", "residual_m", "calibration_id", "recorded_at",
    }  # fmt: skip


def test_records_are_kept_for_a_limited_time(store: Store) -> None:
    rows = store.query(
        "SELECT name FROM system.tables WHERE database = {db:String} AND engine LIKE '%MergeTree' "
        "AND create_table_query NOT LIKE '%TTL %' ORDER BY name",
        {"db": store.database},
    )
    # The register is replaced as a whole; of cameras, laws, marks and tombstones there is a row each, and no
    # person in it.
    registers = [
        "calibrations", "cameras", "case_marks", "erasing_periods", "keepers", "known_cases",
        "newest_heartbeats", "passage_hours_touched", "policies", "register_imports", "schema_migrations",
        "speed_days_touched", "suspensions", "tombstones",
    ]  # fmt: skip
    assert [name for (name,) in rows] == registers


def test_times_are_exact_to_the_nanosecond_and_aware(store: Store) -> None:
    at = 1_777_881_600_123_456_789
    store.insert("violations", ("violation_id", "occurred_at"), [(identify("violation", 1), at)])
    [(nanoseconds, moment)] = store.query(
        "SELECT toUnixTimestamp64Nano(occurred_at), occurred_at FROM v_violations"
    )
    assert nanoseconds == at
    assert moment.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "value", ["it's", "tab\tand\nline", "back\\slash", "{x:String}", "'; DROP TABLE keepers; --", "Žluť 車"]
)
def test_parameters_arrive_as_they_are(store: Store, value: str) -> None:
    assert store.query("SELECT {x:String}", {"x": value}) == [(value,)]
    store.insert("keepers", ("plate", "keeper_name"), [("P", value)])
    assert store.query("SELECT keeper_name FROM keepers WHERE keeper_name = {x:String}", {"x": value}) == [
        (value,)
    ]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT nothing FROM v_violations", "nothing"),
        ("SELECT * FROM no_such_table", "no_such_table"),
        ("SELEC 1", "Syntax error"),
    ],
)
def test_a_refused_query_says_why_in_one_line(store: Store, sql: str, says: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        store.query(sql)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "DB::Exception" not in str(caught.value)
    assert "version 2" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_value_that_does_not_fit_is_refused_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(RowsRefused, match="keepers"):
        store.insert("keepers", ("plate", "keeper_id"), [("A", "k"), ("B", 5)])
    assert store.query("SELECT count() FROM keepers") == [(0,)]


def test_threads_can_share_a_store(store: Store) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                store.insert("keepers", ("plate", "keeper_id"), [(f"P{number}X{turn}", "k")])
                store.query("SELECT count() FROM keepers FINAL")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.query("SELECT count() FROM keepers FINAL") == [(40,)]


def test_a_question_does_not_wait_for_another_threads(store: Store) -> None:
    slow = "SELECT count() FROM numbers(20) WHERE NOT ignore(sleepEachRow(0.1)) SETTINGS max_block_size = 1"
    thread = threading.Thread(target=store.query, args=(slow,))
    thread.start()
    time.sleep(0.1)  # by then it is asked
    assert store.query("SELECT 1") == [(1,)]
    assert thread.is_alive()
    thread.join()


def test_a_store_that_is_closed_says_so(engine_folder: Path) -> None:
    another = Store.embedded(engine_folder)
    another.close()
    with pytest.raises(QueryFailed, match="closed"):
        another.query("SELECT 1")


def test_a_second_process_is_told_that_the_store_is_in_use(store: Store, engine_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from enforcement.store import Store\n"
        "from enforcement.errors import StoreBusy\n"
        "try: Store.embedded(Path(sys.argv[1]))\n"
        "except StoreBusy as error: print(error)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(engine_folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "is in use by another roadwitness process" in found.stdout
    assert found.stderr == ""


def test_a_second_folder_in_one_process_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another one open"):
        Store.embedded(tmp_path / "other")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "ftp://somewhere/x", "localhost"])
def test_a_server_that_is_not_there_is_an_error(url: str) -> None:
    with pytest.raises(StoreUnreachable):
        Store.server(url)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)",
            StoreFull,
        ),
        (
            "Code: 75. DB::Exception: Cannot write to file: errno: 28, strerror: No space left on device",
            StoreFull,
        ),
        ("Code: 36. DB::Exception: Error initializing EmbeddedServer: . (BAD_ARGUMENTS)", StoreError),
    ],
)
def test_errors_of_the_machine_are_told_apart(text: str, kind: type[StoreError]) -> None:
    assert type(explain_engine(text, "/data")) is kind
