"""How far apart two cameras are, at least."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: Latitude and longitude, WGS84, degrees.
Position = tuple[float, float]

#: A vehicle may be seen this far before or behind the camera, m.
_SEEN_AT_M = 100.0
#: The smallest radius of the Earth (at the poles), so that no distance comes out too long, m.
_RADIUS_M = 6_356_752.0


class Distances:
    """The least way between cameras: by road where it was measured, else as the crow flies.

    No road is shorter than the great circle, so that the speed that a way would have needed is never taken
    too high.
    """

    def __init__(
        self,
        positions: Mapping[str, Position] | None = None,
        by_road_m: Mapping[tuple[str, str], float] | None = None,
    ) -> None:
        """From positions by camera id, and ways in metres between pairs of cameras, either way round."""
        self._positions = positions or {}
        self._by_road_m = {frozenset(pair): metres for pair, metres in (by_road_m or {}).items()}

    def between(self, one: str, other: str) -> float | None:
        """Metres that a vehicle seen by both cameras must have driven at least; None where not known."""
        if one == other:
            return 0.0
        measured = self._by_road_m.get(frozenset((one, other)))
        if measured is None:
            here, there = self._positions.get(one), self._positions.get(other)
            if here is None or there is None:
                return None
            measured = great_circle_m(here, there)
        return max(0.0, measured - 2.0 * _SEEN_AT_M)


def great_circle_m(one: Position, other: Position) -> float:
    """The distance over the ground by the haversine formula, m."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(math.radians, each)) for each in (one, other))
    half = (
        math.sin((other_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    )
    return 2.0 * _RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
