"""Looking for a text in every column of every table: what a store holds of it, however it is written."""

from __future__ import annotations

import re
from collections.abc import Collection

from enforcement.store import Store


def holding(store: Store, text: str, *, leaving_out: Collection[str] = ()) -> list[str]:
    """``table.column`` wherever letters and digits of ``text`` stand one after the other, by name."""
    columns = store.query(
        """SELECT table, name FROM system.columns
        WHERE database = {db:String} AND type NOT LIKE 'AggregateFunction%'
            AND table IN (SELECT name FROM system.tables
                WHERE database = {db:String} AND engine LIKE '%MergeTree')
        ORDER BY table, name""",
        {"db": store.database},
    )
    bare = re.sub("[^A-Z0-9]", "", text.upper())
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        if table not in leaving_out:
            tables.setdefault(table, []).append(column)
    found: list[str] = []
    for table, names in tables.items():
        seen = ", ".join(
            f"countIf(replaceRegexpAll(upper(toString(`{name}`)), '[^A-Z0-9]', '') LIKE {{t:String}})"
            for name in names
        )
        [counts] = store.query(f"SELECT {seen} FROM {table}", {"t": f"%{bare}%"})
        found += [f"{table}.{name}" for name, count in zip(names, counts, strict=True) if count]
    return found
