"""What the verdict asks of the store, and how it tells a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from enforcement.store import Store
from tests.faults.truth import Seen


def compare(what: str, wanted: set[Any], found: list[Any]) -> Iterator[str]:
    """Each that is wanted once, and nothing else."""
    counted = Counter(found)
    if missing := wanted - set(counted):
        yield f"{what}: {len(missing)} of {len(wanted)} are missing, such as {min(missing)}"
    if extra := set(counted) - wanted:
        yield f"{what}: {len(extra)} should not be there, such as {min(extra)}"
    if twice := [each for each, times in counted.items() if times > 1]:
        yield f"{what}: {len(twice)} are there more than once, such as {min(twice)}"


def column(store: Store, sql: str) -> list[Any]:
    """The first column of the answer."""
    return [row[0] for row in store.query(sql)]


def plates_of(seen: Iterable[Seen]) -> set[str]:
    """The plates of these passages."""
    return {one.passage.plate.text for one in seen if one.passage.plate and one.passage.plate.text}


def tables_holding(store: Store, plates: set[str]) -> Iterator[tuple[str, str]]:
    """Every table that has one of ``plates`` in any row and column, with the plate."""
    tables = column(
        store,
        f"SELECT name FROM system.tables WHERE database = '{store.database}' AND engine LIKE '%MergeTree'",
    )
    for table in tables:
        rows = store.answer(f"SELECT * FROM {table}", "TSV").decode(errors="replace")
        yield from ((table, plate) for plate in sorted(plates) if plate in rows)
