"""The periods after which cases are erased: those that come with Roadwitness, or a house's own."""

from __future__ import annotations

from collections.abc import Mapping

from enforcement.retention import ENDS, load_retention, retention_of
from enforcement.store import Store

#: Cases that came to no end are erased so long before the tables' own period, which leaves no tombstone.
_AHEAD_DAYS = 3


def set_periods(store: Store, days: Mapping[str, int]) -> None:
    """Keep a house's own periods, by how a case ended; others stay as they are."""
    store.insert("erasing_periods", ["record", "days"], sorted(days.items()))


def periods_of(store: Store) -> dict[str, int]:
    """Days by rule: ``rejected``, ``lapsed`` and ``finished`` from a case's end, ``old`` from its beginning.

    ``old`` is missing where the tables keep cases for ever.
    """
    periods = dict(load_retention().erase_cases_after_days)
    own = store.query("SELECT toString(record), days FROM erasing_periods FINAL")
    periods.update({record: int(days) for record, days in own if record in ENDS})
    kept = [each.days for each in retention_of(store) if each.table == "violations"]
    if kept and kept[0] is not None:
        periods["old"] = max(1, round(kept[0]) - _AHEAD_DAYS)
    return periods
