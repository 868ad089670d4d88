"""Hours of a week, as policies write them: ``mo-fr 07:00-19:00``."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from enforcement.errors import PolicyError

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN

_STRETCH = re.compile(
    r"(?:(?P<days>[a-z]{2}(?:[-,][a-z]{2})*))?\s*(?:(?P<from>\d\d?:\d\d)\s*-\s*(?P<until>\d\d?:\d\d))?"
)


@lru_cache(maxsize=1024)
def week_of(hours: tuple[str, ...]) -> bytes:
    """One byte for each minute of the week from Monday 00:00 on: 1 where one of ``hours`` holds.

    A stretch is days, a time, or both: ``mo-fr 07:00-19:00``, ``mo,we,fr 08:00-12:00``, ``sa-su``,
    ``22:00-06:00``. One that ends before its beginning runs past midnight, and its days are those on which it
    begins. 24:00 is the end of a day.

    Raises:
        PolicyError: for what is no such stretch.
    """
    week = bytearray(WEEK_MIN)
    for stretch in hours:
        days, begin, end = _parse(stretch)
        for day in days:
            for minute in range(begin, end):
                week[(day * DAY_MIN + minute) % WEEK_MIN] = 1
    return bytes(week)


def _parse(stretch: str) -> tuple[list[int], int, int]:
    found = _STRETCH.fullmatch(stretch.strip().lower())
    if not found or not stretch.strip():
        raise PolicyError(f"the hours '{stretch}' are not understood; write them as 'mo-fr 07:00-19:00'.")
    days = _days(stretch, found["days"]) if found["days"] else list(range(7))
    if not found["from"]:
        return days, 0, DAY_MIN
    begin, end = _minute(stretch, found["from"]), _minute(stretch, found["until"])
    if begin == end:
        raise PolicyError(f"the hours '{stretch}' end where they begin; leave the time out for whole days.")
    return days, begin, end if end > begin else end + DAY_MIN


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
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise PolicyError(f"'{text}' in the hours '{stretch}' is no time of day; write 00:00 to 24:00.")
    return hour * 60 + minute
