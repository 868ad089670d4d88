"""The table behind the queue: whatever comes twice or in another order, a case has one row and one status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enforcement.case_queue import CaseSummary
from enforcement.casebook import CaseBook
from enforcement.migrating import apply_migrations, load_migrations
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.bus import Record
from streams.encoding import encode
from streams.messages import Decision, Passage
from streams.topics import Topic
from tests.enforcement.samples import decision, passage

#: Without pictures, so that nothing is missing when it is confirmed.
SPEEDER = passage(1, 93.4)
SPEEDER_ID = violation_id(SPEEDER.passage_id, "speeding")
FIRST = decision(SPEEDER_ID, 1, "rejected", "officer-1")
SECOND = decision(SPEEDER_ID, 2, "confirmed", "officer-2")
OTHER = passage(7, 120.0)


def record(message: Passage | Decision, offset: int = 0) -> Record:
    topic, key = (
        (Topic.PASSAGES, message.camera_id)
        if isinstance(message, Passage)
        else (Topic.DECISIONS, message.case_id)
    )
    return Record(topic, key, encode(message), 0, offset)


def queue(store: Store) -> list[CaseSummary]:
    return CaseBook(store).queue(None)


@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([[SPEEDER], [(FIRST, 4)], [(SECOND, 9)]], id="one after the other"),
        pytest.param([[SPEEDER], [(FIRST, 4), (SECOND, 9)]], id="both decisions at once"),
        pytest.param([[SPEEDER], [(SECOND, 9)], [(FIRST, 4)]], id="the later one is handled first"),
        pytest.param([[SPEEDER], [(FIRST, 4)], [(SECOND, 9)], [SPEEDER]], id="the passage comes again"),
        pytest.param(
            [[SPEEDER], [(FIRST, 4)], [(SECOND, 9)], [(FIRST, 4)]], id="the first decision comes again"
        ),
        pytest.param([[SPEEDER, (FIRST, 4), (SECOND, 9)]], id="all in one batch"),
    ],
)
def test_the_first_decision_in_the_log_is_the_status(
    store: Store, enforcer: Enforcer, batches: list[list[Passage | tuple[Decision, int]]]
) -> None:
    for batch in batches:
        enforcer.handle([record(*each) if isinstance(each, tuple) else record(each) for each in batch])
    assert [(case.case_id, case.status) for case in queue(store)] == [(SPEEDER_ID, "rejected")]
    assert CaseBook(store).count()["rejected"] == 1
    kinds = [(event.kind, event.officer) for event in CaseBook(store).events(SPEEDER_ID)]
    assert kinds == [("opened", None), ("rejected", "officer-1"), ("conflict", "officer-2")]
    assert store.query("SELECT status FROM v_violations") == [("rejected",)]
    assert store.query("SELECT outcome, reason_code FROM v_decisions") == [("rejected", "plate_wrong")]
    assert store.query("SELECT officer, decided, rejected FROM v_reviewers_daily") == [("officer-1", 1, 1)]


def test_a_line_of_the_queue_says_what_the_case_says(store: Store, enforcer: Enforcer) -> None:
    enforcer.handle([record(SPEEDER), record(OTHER), record(FIRST, 4)])
    lines = queue(store)
    cases = [CaseBook(store).case(line.case_id) for line in lines]
    assert [case.summary for case in cases if case is not None] == lines


def test_an_older_store_gets_its_queue_by_migrating(
    empty_store: Store, store: Store, enforcer: Enforcer
) -> None:
    enforcer.handle([record(SPEEDER), record(OTHER), record(FIRST, 4), record(SECOND, 9)])
    migrations = load_migrations()
    before = [migration for migration in migrations if migration.name < "0015"]
    apply_migrations(empty_store, before)
    for table in ("violations", "case_events"):
        columns = ", ".join(columns_of(empty_store, table))  # later ones are unknown to the older store
        empty_store.command(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {store.database}.{table} FINAL"
        )
    apply_migrations(empty_store, migrations)
    told = [
        [(event.at_ns, event.kind, event.officer, event.note) for event in CaseBook(each).events(SPEEDER_ID)]
        for each in (empty_store, store)
    ]
    assert told[0] == told[1]
    # Its cases were never matched.
    assert queue(empty_store) == [replace(line, match="", candidates=0) for line in queue(store)]
    decided = "SELECT decided_at, outcome, reason_code, officer FROM v_decisions, v_reviewers_daily"
    assert empty_store.query(decided) == store.query(decided) != []
    assert {case.status for case in queue(empty_store)} == {"open", "rejected"}


def columns_of(store: Store, table: str) -> list[str]:
    rows = store.query(
        """SELECT name FROM system.columns
        WHERE database = {database:String} AND table = {table:String} AND default_kind != 'MATERIALIZED'""",
        {"database": store.database, "table": table},
    )
    return [name for (name,) in rows]
