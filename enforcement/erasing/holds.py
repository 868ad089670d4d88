"""Legal holds in the tables: rows that their own periods must spare, also those that came after the hold."""

from __future__ import annotations

from enforcement.engine import quote
from enforcement.erasing.changing import change
from enforcement.erasing.marks import HELD
from enforcement.retention import HOLDABLE, spare_held
from enforcement.store import Store

_CASES = f"SELECT toString(case_id) FROM {HELD}"
_PIECES = f"SELECT toString(arrayJoin(pieces.digest)) FROM violations WHERE violation_id IN ({_CASES})"
_MOST_NAMED = 5_000


def keep_held(store: Store) -> None:
    """Bring what each row says of holds in line with them; doing it again changes nothing.

    Answers, evidence and candidates may come while a case is held, so each table is looked through by itself.

    Raises:
        QueryFailed: with ClickHouse's message; the next call goes on.
    """
    wrong = {table: _wrong(store, table, column) for table, column in HOLDABLE.items()}
    if not any(wrong.values()):
        return
    spare_held(store)
    for table, rows in wrong.items():
        for is_held in (True, False):
            names = [name for name, wanted in rows if wanted is is_held]
            for begin in range(0, len(names), _MOST_NAMED):
                named = ", ".join(map(quote, names[begin : begin + _MOST_NAMED]))
                rows_of = f"toString({HOLDABLE[table]}) IN ({named})"
                change(store, f"ALTER TABLE {table} UPDATE held = {is_held} WHERE {rows_of}")


def _wrong(store: Store, table: str, column: str) -> list[tuple[str, bool]]:
    """What names the rows that say the opposite of what is so, each with what is so."""
    held = _PIECES if column == "digest" else _CASES
    rows = store.query(
        f"SELECT DISTINCT toString({column}) AS name, name IN ({held}) AS wanted FROM {table}"
        " WHERE held != wanted"
    )
    return [(str(name), bool(wanted)) for name, wanted in rows]
