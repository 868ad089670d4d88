"""Records are kept for as long as their class says, and then they are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.errors import RetentionError
from enforcement.retention import (
    CLASSES,
    KEPT,
    LONGEST_DAYS,
    LONGEST_OF,
    apply_retention,
    load_retention,
    retention_of,
)
from enforcement.store import Store
from streams.identity import identify

TABLES = [(record, table, column) for record, tables in CLASSES.items() for table, column in tables.items()]
#: What a row of a table must have beside its time, so that it is a row of its own.
KEYS = {
    "violations": "violation_id",
    "cases": "case_id",
    "case_candidates": "case_id",
    "case_events": "case_id",
    "evidence_index": "passage_id",
    "evidence_gaps": "case_id",
    "passages": "passage_id",
    "findings": "finding_id",
    "exempted_findings": "finding_id",
    "audit": "sequence",
    "audit_heads": "sequence",
    "receipts": "sequence",
    "access_log": "officer",
    "exemptions": "exemption_id",
    "refused_decisions": "case_id",
    "review_terms": "case_id",
    "seeded_cases": "case_id",
    "register_lookups": "lookup_id",
}


def key(name: str, number: int) -> str | int:
    if name == "sequence":
        return number
    return identify("row", number) if name.endswith("_id") else str(number)


@pytest.mark.parametrize(("record", "table", "column"), TABLES)
def test_what_is_too_old_goes_and_the_rest_stays(store: Store, record: str, table: str, column: str) -> None:
    days = load_retention().keep_days[record]
    name = KEYS.get(table, "camera_id")
    ages = {"old": days + 2, "new": days - 2}
    for number, age in enumerate(ages.values()):
        store.command(
            f"INSERT INTO {table} ({name}, {column}) SELECT {{key:String}}, now() - toIntervalDay({age})"
            " SETTINGS optimize_on_insert = 0",
            {"key": str(key(name, number))},
        )
    store.command(f"OPTIMIZE TABLE {table} FINAL")
    left = store.query(f"SELECT toString({name}) FROM {table}")
    assert left == [(str(key(name, 1)),)]


def test_a_shorter_period_erases_what_was_kept_until_now(empty_store: Store) -> None:
    empty_store.migrate()
    for age in (1, 20):
        empty_store.command(
            f"INSERT INTO passages (passage_id, recorded_at) SELECT '{age}', now() - toIntervalDay({age})"
        )
    before = {kept.table: kept.days for kept in retention_of(empty_store)}
    assert apply_retention(empty_store, {"passages": 10}) == ["passages"]
    assert apply_retention(empty_store, {"passages": 10}) == [], "nothing is left to change"
    after = {kept.table: kept.days for kept in retention_of(empty_store)}
    assert after == before | {"passages": 10}
    empty_store.command("OPTIMIZE TABLE passages FINAL")
    assert empty_store.query("SELECT passage_id FROM passages") == [("1",)]


@pytest.mark.parametrize(
    ("record", "newest"), [("passages", "now()"), ("exemptions", "'2099-12-31 00:00:00'")]
)
def test_the_longest_period_keeps_what_is_newest(embedded: Store, record: str, newest: str) -> None:
    apply_retention(embedded, {record: LONGEST_OF.get(record, LONGEST_DAYS)})
    [(table, column)] = CLASSES[record].items()
    key = KEYS[table]
    embedded.command(f"INSERT INTO {table} ({key}, {column}) SELECT generateUUIDv4(), {newest}")
    embedded.command(f"OPTIMIZE TABLE {table} FINAL")
    assert embedded.query(f"SELECT count() FROM {table}") == [(1,)]


def test_periods_that_come_with_roadwitness_are_those_of_the_tables(store: Store) -> None:
    shipped = load_retention().keep_days
    assert set(shipped) == set(CLASSES)
    assert {kept.table: round(kept.days or 0) for kept in retention_of(store)} == {
        table: pytest.approx(shipped[record], abs=1) for record, table, _ in TABLES
    }


def test_every_table_has_a_class_or_a_reason_to_stay(store: Store) -> None:
    rows = store.query(
        "SELECT name FROM system.tables WHERE database = {db:String} AND engine LIKE '%MergeTree'",
        {"db": store.database},
    )
    assert {name for (name,) in rows} == {table for _, table, _ in TABLES} | KEPT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[keep_days]\npassages = 0", "passages is 0; write whole days"),
        ("[keep_days]\npassages = 1.5", "passages is 1.5; write whole days"),
        ("[keep_days]\npassages = true", "passages is True; write whole days"),
        ("[keep_days]\npictures = 5", "no class of record 'pictures'"),
        ("passages = 5", r"has to hold the table \[keep_days\]"),
        ("[keep_days]\ncases = 36525", "cases is 36525; write whole days from 1 to 18262"),
        ("[keep_days]\nexemptions = 3000", "exemptions is 3000; write whole days from 1 to 2190"),
        ("[erase_cases_after_days]\nrejected = 29", "rejected is 29; write whole days from 30"),
        (
            "[erase_cases_after_days]\nconfirmed = 90",
            "no class of record 'confirmed'; the classes are rejected",
        ),
        ("[keep_days", "is not TOML"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "retention.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RetentionError, match=says):
        load_retention(path)
