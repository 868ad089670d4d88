"""Keeps the tables of undecided cases in step with ``cases``, which is what counts.

What is written to ``cases`` is followed by views in the store. Two things are left to workers: what is
settled has to be merged away, so that reading what waits costs what waits; and a settled case that comes
again would then be taken for a new one, so it is settled again.
"""

from __future__ import annotations

from collections.abc import Collection

from enforcement.reviewing.course import UNDECIDED
from enforcement.store import Store

#: The tables, each with its key ``(occurred_at, case_id)``.
TABLES = ("open_cases", "open_case_lines")
_SETTLED = f"(status NOT IN ({', '.join(map(repr, UNDECIDED))}) OR erased_at IS NOT NULL)"
#: So many settled rows cost less to read over than to merge away.
_TIDY_FROM = 5_000


def settle_again(store: Store, case_ids: Collection[str], times_ns: Collection[int]) -> int:
    """Leave those of these cases settled that were, after they were stored once more; returns how many.

    Args:
        store: whose migrations have run.
        case_ids: cases whose violations were just inserted.
        times_ns: when their vehicles came into view (UTC ns), in any order.
    """
    if not case_ids:
        return 0
    bound = {"cases": sorted(case_ids), "from": min(times_ns), "until": max(times_ns)}
    among = """occurred_at BETWEEN fromUnixTimestamp64Nano({from:Int64}, 'UTC')
            AND fromUnixTimestamp64Nano({until:Int64}, 'UTC')
        AND case_id IN {cases:Array(UUID)}"""
    [(settled,)] = store.query(f"SELECT count() FROM cases FINAL WHERE {among} AND {_SETTLED}", bound)
    if settled:
        store.command(
            f"""INSERT INTO cases SELECT cases.* FROM (SELECT * FROM cases FINAL WHERE {among}) AS cases
            WHERE {_SETTLED}""",
            bound,
        )
    return int(settled)


def tidy(store: Store, *, at_least: int = _TIDY_FROM) -> bool:
    """Merge away what is settled where there is much of it; returns whether there was."""
    [(settled,)] = store.query("SELECT count() FROM open_cases WHERE is_settled")
    if settled < at_least:
        return False
    for table in TABLES:
        store.command(f"OPTIMIZE TABLE {table} FINAL CLEANUP")
    return True
