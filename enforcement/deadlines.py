"""Deadlines: when a case has to be decided by law, and what becomes of one that was not.

A case that nobody decided in time lapses: the accusation is dropped, and nothing that is decided afterwards
counts. What was decided in time counts also where the worker learns of it later.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enforcement.hours import local_date
from enforcement.policy import Policy, nanoseconds
from enforcement.store import Store
from streams.messages import Passage

#: Why a decision is refused that came after the deadline.
LAPSED = "The time that the law gives for this case is over: it has lapsed and can no longer be decided."


@dataclass(frozen=True)
class Due:
    """Until when a case has to be decided, and from when on it is due soon; UTC ns."""

    at_ns: int
    soon_at_ns: int


def due_of(passage: Passage, offence: str, policy: Policy) -> Due | None:
    """The deadline of a case; None where the policy sets none. A pure function of its arguments."""
    if policy.deadlines is None:
        return None
    days = policy.deadlines.days_for(offence)
    # The day after the last one begins where the last one has ended.
    end = local_date(passage, policy) + datetime.timedelta(days=days + 1)
    warned = end - datetime.timedelta(days=min(policy.deadlines.warn_days, days))
    return Due(_midnight_ns(end, policy.timezone), _midnight_ns(warned, policy.timezone))


def has_lapsed(due_at_ns: int | None, at_ns: int) -> bool:
    """Whether what is decided at this time (UTC ns) comes too late; never without a deadline."""
    return due_at_ns is not None and at_ns >= due_at_ns


def dues_of(store: Store, case_ids: Iterable[str]) -> dict[str, Due]:
    """The deadlines of these cases; those without one are left out."""
    rows = store.query(
        """SELECT violation_id, toUnixTimestamp64Milli(assumeNotNull(due_at)) * 1000000,
            toUnixTimestamp64Milli(assumeNotNull(due_soon_at)) * 1000000
        FROM violations FINAL WHERE violation_id IN {cases:Array(String)} AND due_at IS NOT NULL""",
        {"cases": sorted(set(case_ids))},
    )
    return {str(case_id): Due(due_ns, soon_ns) for case_id, due_ns, soon_ns in rows}


def due_times(store: Store, case_ids: Iterable[str]) -> dict[str, int]:
    """Until when these cases have to be decided, UTC ns; those without a deadline are left out."""
    return {case_id: due.at_ns for case_id, due in dues_of(store, case_ids).items()}


def _midnight_ns(day: datetime.date, timezone: str) -> int:
    return nanoseconds(datetime.datetime.combine(day, datetime.time(), ZoneInfo(timezone)))
