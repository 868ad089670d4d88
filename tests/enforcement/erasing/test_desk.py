"""The desk forgets erased cases too: assignments, letters to keepers and their answers; the audit says so."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.erasing.desk import OF_A_CASE, STAYS, DeskErasing
from enforcement.erasing.tombstone import ChainPlace, Tombstone, write_tombstones
from enforcement.store import Store
from streams.identity import identify

GONE, OTHER = identify("case", 1), identify("case", 2)
NAME = b"Invented Keeper"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AuditChain]:
    with closing(DeskFile(tmp_path / "desk.sqlite")) as file:
        yield AuditChain(file)


def stone(case_id: str, finished_ms: int | None = 1_000) -> Tombstone:
    about = ("cam-1", "site-1", "speeding", 0, "rejected", "rejected", 30, (), ())
    return Tombstone(case_id, *about, ChainPlace(), "", 0, finished_ms)


def write_letters(desk: AuditChain) -> None:
    with desk.desk.transaction() as database:
        for number, case_id in enumerate((GONE, OTHER)):
            database.execute("INSERT INTO assignments VALUES (?, 'A', 'B', 0)", (case_id,))
            database.execute(
                "INSERT INTO nominations (number, case_id, language, issued_by, issued_at_ns, expires_at_ns,"
                " salt, code_hash, tries_left, name) VALUES (?, ?, 'en', 'A', 0, 0, x'00', x'00', 3, ?)",
                (str(number), case_id, NAME.decode() if case_id == GONE else ""),
            )


def cases_in(desk: AuditChain, table: str) -> list[str]:
    with desk.desk.reading() as database:
        return [case_id for (case_id,) in database.execute(f"SELECT case_id FROM {table}")]


def test_what_the_desk_has_of_an_erased_case_goes(desk: AuditChain, embedded: Store) -> None:
    write_letters(desk)
    write_tombstones(embedded, [stone(GONE), stone(OTHER, None)])
    assert DeskErasing(embedded, desk).run() == 1
    assert cases_in(desk, "assignments") == cases_in(desk, "nominations") == [OTHER]
    assert not on_the_disk(desk), "its log holds nothing either"


def test_a_reader_keeps_what_it_began_with_and_nobody_waits_for_it(desk: AuditChain, embedded: Store) -> None:
    write_letters(desk)
    write_tombstones(embedded, [stone(GONE)])
    with closing(sqlite3.connect(desk.desk.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT name FROM nominations").fetchall()
        began_s = time.monotonic()
        assert DeskErasing(embedded, desk).run() == 1
        assert time.monotonic() - began_s < 15.0
        assert on_the_disk(desk)
    assert DeskErasing(embedded, desk).run() == 0
    assert not on_the_disk(desk)


def on_the_disk(desk: AuditChain) -> bool:
    """Whether the keeper's name stands anywhere in the desk file or beside it."""
    return any(NAME in path.read_bytes() for path in desk.desk.path.parent.iterdir())


def test_the_audit_says_it_once_and_stays_whole(desk: AuditChain, embedded: Store) -> None:
    desk.write("A", "reviewer", "decided", GONE)
    write_tombstones(embedded, [stone(GONE)])
    assert [DeskErasing(embedded, desk).run() for _ in range(2)] == [1, 0]
    with desk.desk.reading() as database:
        entries = database.execute("SELECT who, action, subject, reason FROM audit_entries").fetchall()
    assert entries == [("A", "decided", GONE, ""), ("retention", "erased", GONE, "rejected, 30 days")]
    assert not verify_audit(desk.desk.path, None).faults


def test_a_case_that_had_to_be_erased_again_is_followed_once_more_and_no_more(
    desk: AuditChain, embedded: Store
) -> None:
    days_later_ms = 3 * 24 * 3600 * 1000
    write_tombstones(embedded, [stone(GONE)])
    assert DeskErasing(embedded, desk).run() == 1
    write_tombstones(embedded, [stone(GONE, days_later_ms), stone(OTHER, days_later_ms)])
    *followed, last = [DeskErasing(embedded, desk).run() for _ in range(3)]
    assert (sum(followed), last) == (2, 0)


def test_no_table_of_the_desk_that_names_a_case_is_forgotten(desk: AuditChain) -> None:
    with desk.desk.reading() as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        naming = {
            table
            for table in tables
            if any(column[1] == "case_id" for column in database.execute(f"PRAGMA table_info({table})"))
        }
    assert naming == {*OF_A_CASE, *STAYS}
