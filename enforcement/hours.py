"""To whom and when a table of a policy applies: vehicle classes, hours of local time, conditions.

Every doubt is in the driver's favour, because all that has a scope is a restriction: it applies only where it
applies throughout the passage, the doubt about the unit's clock included.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from enforcement.law.table import Scope
from enforcement.law.week import DAY_MIN, WEEK_MIN, week_of
from enforcement.policy import Policy
from streams.messages import Passage

#: Below this a vehicle's class is too doubtful for what concerns some classes only.
LEAST_CLASS_CONFIDENCE = 0.8
#: How far a clock may be off where its unit does not say (``Passage.clock_sigma_ms`` None).
UNKNOWN_CLOCK_S = 60.0

_MINUTE_NS = 60 * 10**9
_QUARTER_MIN = 15
_EPOCH_MIN = 3 * DAY_MIN  # 1 January 1970 was a Thursday


def applies(scope: Scope, passage: Passage, policy: Policy, *, since_ns: int | None = None) -> bool:
    """Whether what has this scope applies to a passage, beyond doubt.

    A scope that names vehicles applies to a class of at least ``LEAST_CLASS_CONFIDENCE``; for its hours see
    :func:`within`; all of its conditions must have been shown.
    """
    if scope.vehicles and (
        passage.vehicle not in scope.vehicles or not passage.vehicle_confidence >= LEAST_CLASS_CONFIDENCE
    ):
        return False
    if scope.conditions and not set(scope.conditions) <= set(passage.conditions):
        return False
    return within(scope.hours, passage, policy, since_ns=since_ns)


def within(hours: tuple[str, ...], passage: Passage, policy: Policy, *, since_ns: int | None = None) -> bool:
    """Whether the whole passage lies in ``hours`` of the policy's local time; no hours are all hours.

    With ``since_ns`` it begins at that earlier time, as at the entry of a section. The passage is taken
    longer at both ends by the clock's expanded uncertainty (k = 2), or by ``UNKNOWN_CLOCK_S`` where that is
    not known.
    """
    if not hours:
        return True
    doubt_ns = clock_doubt_ns(passage)
    start_ns = passage.started_at_ns if since_ns is None else min(since_ns, passage.started_at_ns)
    first = (start_ns - doubt_ns) // _MINUTE_NS
    last = (passage.ended_at_ns + doubt_ns) // _MINUTE_NS
    return _all_within(hours, policy.timezone, first, last)


@lru_cache(maxsize=4096)
def _all_within(hours: tuple[str, ...], timezone: str, first: int, last: int) -> bool:
    """Whether all minutes since the epoch, both included, lie in ``hours``: many passages share them."""
    week = week_of(hours)
    if last - first > WEEK_MIN:
        return all(week)
    return all(
        week[(minute + _offset_min(timezone, minute // _QUARTER_MIN)) % WEEK_MIN]
        for minute in range(first, last + 1)
    )


def local_date(passage: Passage, policy: Policy) -> datetime.date:
    """The policy's local date on which the passage began; the earlier one where its clock leaves two open."""
    earliest_ns = passage.started_at_ns - clock_doubt_ns(passage)
    return datetime.datetime.fromtimestamp(earliest_ns // 10**9, ZoneInfo(policy.timezone)).date()


def clock_doubt_ns(passage: Passage) -> int:
    """By how much the passage may have been earlier or later (k = 2), ns."""
    sigma_ms = passage.clock_sigma_ms
    return round((UNKNOWN_CLOCK_S if sigma_ms is None else 2e-3 * sigma_ms) * 1e9)


@lru_cache(maxsize=4096)
def _offset_min(timezone: str, quarter: int) -> int:
    """What to add to minutes since the epoch for minutes since a local Monday, in this quarter of an hour.

    Clocks change at whole quarters of an hour only, in every zone.
    """
    moment = datetime.datetime.fromtimestamp(quarter * _QUARTER_MIN * 60, ZoneInfo(timezone))
    offset = moment.utcoffset()
    assert offset is not None
    return _EPOCH_MIN + int(offset.total_seconds() // 60)
