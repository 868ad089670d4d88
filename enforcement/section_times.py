"""When a vehicle passed the reference line of a section."""

from __future__ import annotations

import math
from dataclasses import dataclass

from enforcement.geometry import plan_of
from enforcement.passing import passings_of
from enforcement.road import Road
from enforcement.way import way_of
from streams.messages import Passage


@dataclass(frozen=True)
class Timed:
    """A time, UTC ns, and its standard uncertainty (k = 1) including the unit's clock."""

    at_ns: int
    sigma_ms: float


def passed_at(passage: Passage, road: Road, line_id: str | None, *, leaving: bool) -> Timed | None:
    """When the tracked point passed a line; see :class:`enforcement.law.speeds.Section`.

    Without a line it is when the vehicle was last seen (``leaving``) or first seen. None where the unit's
    clock is not known, or where it was not surely seen to pass the line, once.
    """
    clock_ms = passage.clock_sigma_ms
    # Two cameras always have two clocks here: that they might share one is nowhere said.
    if clock_ms is None or not 0.0 <= clock_ms < math.inf:
        return None
    if line_id is None:
        return Timed(passage.ended_at_ns if leaving else passage.started_at_ns, clock_ms)
    way, shape = way_of(passage), plan_of(road).lines.get(line_id)
    if way is None or shape is None:
        return None
    passings = passings_of(way, shape)
    if len(passings) != 1:
        return None
    [passing] = passings
    return Timed(way.at_ns(passing.at), math.hypot(clock_ms, 0.5e3 * passing.uncertainty_s))
