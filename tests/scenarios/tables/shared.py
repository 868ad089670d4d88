"""What many tables begin with: a policy, a straight drive, rectangles of road, an hour of a day."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from enforcement.law.speeds import Tolerance
from enforcement.policy import Policy
from enforcement.road import Point
from tests.scenarios.motion import Drive, Hold, Path, Piece, Reach

TOLERANCE = Tolerance(3.0, 3.0)
BERLIN = ZoneInfo("Europe/Berlin")


def policy(**tables: Any) -> Policy:
    """A policy of 2026 in Berlin with these tables."""
    first = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return Policy(
        **{
            "id": "proof",
            "version": "1",
            "jurisdiction": "Proof",
            "valid_from": first,
            "timezone": "Europe/Berlin",
        }
        | tables
    )


def along(
    kmh: float, x: float = 1.75, *pieces: Piece, y: float = -60.0, heading: float = 0.0,
    then: tuple[Hold | Reach, ...] = (), at_s: float = 0.0, from_s: float = 0.0,
) -> Drive:  # fmt: skip
    """A drive whose path begins at (x, y): straight on and then by the pieces."""
    return Drive(Path(x, y, heading, pieces), kmh, from_s, at_s, then)


def box(left: float, right: float, near: float, far: float) -> tuple[Point, ...]:
    """The ring of a rectangle."""
    return ((left, near), (right, near), (right, far), (left, far))


def berlin(clock: str, day: int = 4, month: int = 5) -> datetime.datetime:
    """A local time of 2026 such as ``06:59:58``; the 4th of May is a Monday."""
    time = datetime.time.fromisoformat(clock)
    return datetime.datetime.combine(datetime.date(2026, month, day), time, BERLIN)


def halting(
    kmh: float, stop_y: float, x: float = 1.75, *, brake_ms2: float = 2.5, wait_s: float = 6.0,
    then: tuple[Hold | Reach, ...] = (), y: float = -60.0,
) -> Drive:  # fmt: skip
    """Straight along +y, to a halt with the front at ``stop_y``; braking begins at 0 s, then it waits."""
    seconds = kmh / 3.6 / brake_ms2
    before = kmh / 3.6 * seconds / 2
    path = Path(x, y, 0.0)
    return Drive(path, kmh, stop_y - y - before, 0.0, (Reach(0.0, seconds), Hold(wait_s), *then))
