"""docs/store.md names every table and view that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from enforcement.migrating import load_migrations
from enforcement.retention import load_retention, retention_of
from enforcement.store import Store

TEXT = (Path(__file__).parents[2] / "docs" / "store.md").read_text(encoding="utf-8")


def test_every_table_and_view_is_described(store: Store) -> None:
    names = {
        name
        for (name,) in store.query(
            "SELECT name FROM system.tables WHERE database = {db:String}", {"db": store.database}
        )
    }
    described = set(re.findall(r"`(\w+)`", TEXT))
    assert names - described == set()
    assert {name for name in described if name.startswith("v_")} <= names


def test_the_periods_are_those_of_the_tables(store: Store) -> None:
    lines = [line for line in TEXT.splitlines() if " days | " in line]
    rows = {line.split("|")[1].strip(): line for line in lines}
    shipped = load_retention().keep_days
    for kept in retention_of(store):
        assert f"| {shipped[kept.record]} days |" in rows[f"`{kept.table}`"], kept.table


def test_migrations_have_a_reason() -> None:
    for migration in load_migrations():
        assert migration.sql.startswith("-- "), f"{migration.name} does not say what it is for"
