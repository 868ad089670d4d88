"""To whom and when a table of a policy applies: vehicle classes, hours of local time, conditions.

Every doubt is in the driver's favour, because all that has a scope is a restriction: it applies only where it
applies throughout the passage, the doubt about the unit's clock included.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from enforcement.errors import PolicyError
from enforcement.law.table import Scope
from enforcement.policy import Policy
from streams.messages import Passage

#: Below this a vehicle's class is too doubtful for what concerns some classes only.
LEAST_CLASS_CONFIDENCE = 0.6
#: How far a clock may be off where its unit does not say (``Passage.clock_sigma_ms`` None).
UNKNOWN_CLOCK_S = 60.0

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_MINUTE_NS = 60 * 10**9
_QUARTER_MIN = 15
_EPOCH_MIN = 3 * _DAY_MIN  # 1 January 1970 was a Thursday
_STRETCH = re.compile(
    r"(?:(?P<days>[a-z]{2}(?:[-,][a-z]{2})*))?\s*(?:(?P<from>\d\d?:\d\d)\s*-\s*(?P<until>\d\d?:\d\d))?"
)


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
    week = week_of(hours)
    doubt_ns = _clock_doubt_ns(passage)
    start_ns = passage.started_at_ns if since_ns is None else min(since_ns, passage.started_at_ns)
    first = (start_ns - doubt_ns) // _MINUTE_NS
    last = (passage.ended_at_ns + doubt_ns) // _MINUTE_NS
    if last - first > _WEEK_MIN:
        return all(week)
    return all(
        week[(minute + _offset_min(policy.timezone, minute // _QUARTER_MIN)) % _WEEK_MIN]
        for minute in range(first, last + 1)
    )


def local_date(passage: Passage, policy: Policy) -> datetime.date:
    """The policy's local date on which the passage began; the earlier one where its clock leaves two open."""
    earliest_ns = passage.started_at_ns - _clock_doubt_ns(passage)
    return datetime.datetime.fromtimestamp(earliest_ns // 10**9, ZoneInfo(policy.timezone)).date()


def _clock_doubt_ns(passage: Passage) -> int:
    sigma_ms = passage.clock_sigma_ms
    return round((UNKNOWN_CLOCK_S if sigma_ms is None else 2e-3 * sigma_ms) * 1e9)


@lru_cache(maxsize=1024)
def week_of(hours: tuple[str, ...]) -> bytes:
    """One byte for each minute of the week from Monday 00:00 on: 1 where one of ``hours`` holds.

    A stretch is days, a time, or both: ``mo-fr 07:00-19:00``, ``mo,we,fr 08:00-12:00``, ``sa-su``,
    ``22:00-06:00``. One that ends at or before its beginning runs past midnight, and its days are those on
    which it begins. 24:00 is the end of a day.

    Raises:
        PolicyError: for what is no such stretch.
    """
    week = bytearray(_WEEK_MIN)
    for stretch in hours:
        days, begin, end = _parse(stretch)
        for day in days:
            for minute in range(begin, end):
                week[(day * _DAY_MIN + minute) % _WEEK_MIN] = 1
    return bytes(week)


def _parse(stretch: str) -> tuple[list[int], int, int]:
    found = _STRETCH.fullmatch(stretch.strip().lower())
    if not found or not stretch.strip():
        raise PolicyError(f"the hours '{stretch}' are not understood; write them as 'mo-fr 07:00-19:00'.")
    days = _days(stretch, found["days"]) if found["days"] else list(range(7))
    if not found["from"]:
        return days, 0, _DAY_MIN
    begin, end = _minute(stretch, found["from"]), _minute(stretch, found["until"])
    if begin == end:
        raise PolicyError(f"the hours '{stretch}' end where they begin; leave the time out for whole days.")
    return days, begin, end if end > begin else end + _DAY_MIN


def _days(stretch: str, text: str) -> list[int]:
    days = []
    for part in text.split(","):
        names = part.split("-")
        unknown = [name for name in names if name not in DAYS]
        if unknown or len(names) > 2:
            wrong = unknown[0] if unknown else part
            raise PolicyError(f"'{wrong}' in the hours '{stretch}' is no day; days are {', '.join(DAYS)}.")
        numbers = [DAYS.index(name) for name in names]
        days += numbers[:1]
        for first, last in pairwise(numbers):
            days += [(first + step) % 7 for step in range(1, (last - first) % 7 + 1)]
    return days


def _minute(stretch: str, text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute > 59 or hour * 60 + minute > _DAY_MIN:
        raise PolicyError(f"'{text}' in the hours '{stretch}' is no time of day; write 00:00 to 24:00.")
    return hour * 60 + minute


@lru_cache(maxsize=4096)
def _offset_min(timezone: str, quarter: int) -> int:
    """What to add to minutes since the epoch for minutes since a local Monday, in this quarter of an hour.

    Clocks change at whole quarters of an hour only, in every zone.
    """
    moment = datetime.datetime.fromtimestamp(quarter * _QUARTER_MIN * 60, ZoneInfo(timezone))
    offset = moment.utcoffset()
    assert offset is not None
    return _EPOCH_MIN + int(offset.total_seconds() // 60)
