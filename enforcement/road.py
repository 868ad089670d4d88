"""The road of a camera: lines and zones on its plane, in metres, as a traffic engineer draws them.

x runs to the right across the road and y along it, as in the camera's calibration. Headings are degrees
clockwise from +y: a vehicle with heading 0 moves along +y, with 90 along +x.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Point = tuple[float, float]

LineKind = Literal["stop", "solid", "gate"]
ZoneKind = Literal["lane", "reserved", "no_stopping", "box", "ban", "junction"]


class Line(msgspec.Struct, frozen=True):
    """A line on the road, two points or more.

    A ``stop`` line belongs to a ``signal`` and counts for vehicles that cross it within 90 degrees of
    ``heading_deg``; a ``solid`` line may not be crossed in either direction; a ``gate`` is an imagined line
    that tells where a vehicle came from or went to.
    """

    id: str
    kind: LineKind
    points: tuple[Point, ...]
    signal: str | None = None
    heading_deg: float | None = None


class Zone(msgspec.Struct, frozen=True):
    """A piece of road inside a ring of three points or more (the last joins the first).

    ``lane``: a lane whose traffic moves along ``heading_deg``; ``reserved``: a lane for some vehicles;
    ``no_stopping`` and ``box``: where none may stand; ``ban``: closed to some vehicles; ``junction``: the
    conflict area behind the stop lines.
    """

    id: str
    kind: ZoneKind
    ring: tuple[Point, ...]
    heading_deg: float | None = None


class Road(msgspec.Struct, frozen=True):
    """All lines and zones of one camera's road, and the id of the survey that they come from."""

    id: str = ""
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()

    def line(self, line_id: str) -> Line | None:
        """The line of that id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def zone(self, zone_id: str) -> Zone | None:
        """The zone of that id."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)
