"""Migrations: forward only, repeatable, by several at once, and on a store that has rows."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enforcement.clustering import Cluster, for_cluster
from enforcement.errors import MigrationFailed, StoreError
from enforcement.front import StoreFront
from enforcement.migrating import Migration, apply_migrations, load_migrations
from enforcement.store import Store
from streams.identity import identify

GOLDEN = Path(__file__).parent / "golden"


def test_each_can_be_repeated_before_the_next(empty_store: Store) -> None:
    """A process killed before its record leaves a migration to be repeated."""
    migrations = load_migrations()
    for number, migration in enumerate(migrations):
        assert apply_migrations(empty_store, migrations[: number + 1]) == [migration.name]
        empty_store.command("TRUNCATE TABLE schema_migrations")
        recorded = [(each.name, each.checksum) for each in migrations[:number]]
        empty_store.insert("schema_migrations", ("name", "checksum"), recorded)
        assert apply_migrations(empty_store, migrations[: number + 1]) == [migration.name]
    assert empty_store.migrate() == []


def test_threads_that_start_at_once_all_end_with_the_whole_schema(front: StoreFront) -> None:
    url = f"http://127.0.0.1:{front.port}/at_once_threads"
    stores = [Store.server(url) for _ in range(3)]
    barrier = threading.Barrier(len(stores))

    def migrate(store: Store) -> list[str]:
        barrier.wait()
        return store.migrate()

    with ThreadPoolExecutor(len(stores)) as pool:
        applied = list(pool.map(migrate, stores))
    _is_whole(stores[0], {name for names in applied for name in names})
    stores[0].command("DROP DATABASE at_once_threads")
    for store in stores:
        store.close()


def test_processes_that_start_at_once_all_end_with_the_whole_schema(front: StoreFront) -> None:
    url = f"http://127.0.0.1:{front.port}/at_once_processes"
    code = "import sys; from enforcement.store import Store\nprint(*Store.server(sys.argv[1]).migrate())"
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in starting]
    assert [process.returncode for process in starting] == [0, 0], said
    store = Store.server(url)
    _is_whole(store, {name for out, _ in said for name in out.split()})
    store.command("DROP DATABASE at_once_processes")
    store.close()


def _is_whole(store: Store, applied: set[str]) -> None:
    names = {migration.name for migration in load_migrations()}
    assert applied == names
    assert {name for (name,) in store.query("SELECT DISTINCT name FROM schema_migrations")} == names
    assert store.migrate() == []
    for (view,) in store.query(
        "SELECT name FROM system.tables WHERE database = {db:String} AND engine = 'View'",
        {"db": store.database},
    ):
        store.query(f"SELECT * FROM {view} LIMIT 1")


def test_one_that_another_process_finished_meanwhile_is_no_failure(empty_store: Store) -> None:
    """What this process starts as not done may be refused because a later one, too, has run by then."""
    migration = Migration("0001_a.sql", "SELECT 1;\nSELECT refused_now;\n", "a" * 64)
    apply_migrations(empty_store, [])

    class Late(Store):
        def __init__(self) -> None:
            self.__dict__.update(empty_store.__dict__)

        def command(self, sql: str, parameters: object = None) -> None:
            if "refused_now" in sql:
                empty_store.insert("schema_migrations", ("name", "checksum"), [(migration.name, "a" * 64)])
            empty_store.command(sql)

    assert apply_migrations(Late(), [migration]) == []
    with pytest.raises(MigrationFailed, match="statement 1"):
        apply_migrations(empty_store, [migration, Migration("0002_b.sql", "SELECT nothing;\n", "b" * 64)])


def test_figures_of_a_store_that_has_rows_are_filled_in(empty_store: Store) -> None:
    apply_migrations(empty_store, [each for each in load_migrations() if each.name < "0006"])
    empty_store.insert(
        "passages",
        ("passage_id", "camera_id", "site_id", "vehicle", "occurred_at", "speed_kmh", "void_reason"),
        [
            ("p1", "c", "s", "car", 1_777_881_600_000, 93.4, ""),
            ("p2", "c", "s", "bus", 1_777_881_660_000, None, "slow"),
        ],
    )
    violation = identify("violation", "p1")
    columns = (
        "violation_id",
        "camera_id",
        "site_id",
        "occurred_at",
        "offence",
        "vehicle",
        "plate",
        "plate_confidence",
    )
    at = 1_777_881_600 * 10**9
    empty_store.insert("violations", columns, [(violation, "c", "s", at, "speeding", "car", "AB1", 0.75)])
    empty_store.insert(
        "exempted_findings",
        ("finding_id", "camera_id", "site_id", "occurred_at", "offence", "vehicle", "reason"),
        [("f", "c", "s", 1_777_881_600_000, "speeding", "car", "ambulance")],
    )
    events = ("case_id", "event_id", "sequence", "kind", "at", "officer")
    empty_store.insert(
        "case_events",
        events,
        [(violation, "o", 0, "opened", at, ""), (violation, "d", 7, "confirmed", at, "ada")],
    )

    empty_store.migrate()

    ask = empty_store.query
    assert ask("SELECT vehicle, passages, measured, void FROM v_traffic_hourly ORDER BY vehicle") == [
        ("bus", 1, 0, 1),
        ("car", 1, 1, 0),
    ]
    assert ask("SELECT passages, measured, mean_kmh, max_kmh FROM v_speeds_hourly") == [
        (2, 1, 93.4, pytest.approx(93.4))
    ]
    assert ask("SELECT void_reason, passages FROM v_voids_hourly") == [("slow", 1)]
    assert ask("SELECT found, cases, set_aside FROM v_offences_hourly") == [(2, 1, 1)]
    assert ask("SELECT became, reason FROM v_findings ORDER BY became") == [
        ("case", None),
        ("set_aside", "ambulance"),
    ]
    assert ask("SELECT violations, unreadable, mean_confidence FROM v_reader_hourly") == [(1, 0, 0.75)]
    assert ask("SELECT officer, decided, confirmed FROM v_reviewers_daily") == [("ada", 1, 1)]


def test_every_statement_for_a_cluster_is_as_reviewed() -> None:
    """The golden file is what a person read; after a new migration delete it, run this, read it again."""
    cluster = Cluster("centre", replicated=True)
    text = "".join(
        f"-- {migration.name}\n"
        + "".join(f"{_head(for_cluster(each, cluster))}\n" for each in migration.statements())
        for migration in load_migrations()
    )
    golden = GOLDEN / "cluster.sql"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
        pytest.fail("the golden file was not there and has been written; read it and run the test again")
    assert text == golden.read_text(encoding="utf-8")


def _head(statement: str) -> str:
    """What the rewriting can touch: the statement's first line, and its engine."""
    lines = [line for line in statement.splitlines() if line.strip() and not line.startswith("--")]
    engines = [line for line in lines if line.startswith("ENGINE")]
    return "  ".join([lines[0], *engines])


def test_every_statement_for_a_cluster_is_still_sql(embedded: Store) -> None:
    for migration in load_migrations():
        for statement in migration.statements():
            rewritten = for_cluster(statement, Cluster("centre", replicated=True))
            [(text,)] = embedded.query("SELECT formatQuery({sql:String})", {"sql": rewritten})
            moves_rows = "INSERT INTO" in statement
            assert ("ON CLUSTER centre" in text) != moves_rows
            assert ("ENGINE = Replicated" in text) == ("ENGINE = " in statement)


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("CREATE TABLE IF NOT EXISTS a", " (x Int8) ENGINE = Log"),
        ("CREATE OR REPLACE VIEW v", " AS SELECT 1"),
        ("CREATE MATERIALIZED VIEW IF NOT EXISTS m", " TO t AS SELECT 1"),
        ("ALTER TABLE a", "\n    ADD COLUMN b Int8"),
        ("-- why\nDROP TABLE IF EXISTS a", ""),
        ("CREATE DATABASE IF NOT EXISTS d", ""),
    ],
)
def test_what_makes_or_changes_goes_to_the_whole_cluster(head: str, rest: str) -> None:
    assert for_cluster(head + rest, Cluster("c")) == f"{head} ON CLUSTER 'c'{rest}"
    assert for_cluster(head + rest, None) == head + rest


def test_rows_and_questions_go_to_one_server() -> None:
    for statement in ("INSERT INTO a SELECT 1", "SELECT 1"):
        assert for_cluster(statement, Cluster("c", replicated=True)) == statement


def test_replicated_engines_keep_their_own_arguments() -> None:
    statement = "CREATE TABLE a (x Int8)\nENGINE = ReplacingMergeTree(x)\nORDER BY x"
    assert "ENGINE = ReplacingMergeTree(x)" in for_cluster(statement, Cluster("c"))
    assert (
        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', x)"
        in for_cluster(statement, Cluster("c", replicated=True))
    )


@pytest.mark.parametrize("query", ["cluster=a'b", "replicated=1", "cluster=c&replicated=maybe", "clustre=c"])
def test_an_address_that_asks_for_what_there_is_not_is_refused(query: str) -> None:
    with pytest.raises(StoreError, match="cluster"):
        Store.server(f"http://127.0.0.1:9/x?{query}")
