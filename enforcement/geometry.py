"""The shapes of a road, made once for each road: how far a place lies behind a line or inside a zone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from enforcement.road import Line, Point, Road, Zone

Bounds = tuple[float, float, float, float]  # left, lower, right, upper; metres

_ROADS_KEPT = 64
_EVEN = 1e-9  # m²: below this three corners lie on one line


def direction(heading_deg: float) -> Point:
    """The unit vector of a heading, degrees clockwise from +y."""
    angle = math.radians(heading_deg)
    return math.sin(angle), math.cos(angle)


def bounds_of(points: Iterable[Point]) -> Bounds:
    """The upright box around ``points``."""
    across, along = zip(*points, strict=True)
    return min(across), min(along), max(across), max(along)


def apart(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes have no place in common."""
    return one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A straight piece of a line: start, unit vectors along it and to its positive side, length, station."""

    x: float
    y: float
    ux: float
    uy: float
    nx: float
    ny: float
    length: float
    station: float


class LineShape:
    """A line with two sides: the positive one is where its heading points, or else to its left."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.bounds = bounds_of(line.points)
        self.heading = None if line.heading_deg is None else direction(line.heading_deg)
        (ax, ay), (bx, by) = line.points[0], line.points[-1]
        hx, hy = self.heading or (ay - by, bx - ax)
        side = 1.0 if (ay - by) * hx + (bx - ax) * hy >= 0.0 else -1.0
        pieces = []
        station = 0.0
        for (ax, ay), (bx, by) in pairwise(line.points):
            length = math.hypot(bx - ax, by - ay)
            if length > 0.0:
                ux, uy = (bx - ax) / length, (by - ay) / length
                pieces.append(_Piece(ax, ay, ux, uy, -side * uy, side * ux, length, station))
                station += length
        self._pieces = pieces
        self.length = station

    def offset(self, x: float, y: float) -> tuple[float, float, float, float]:
        """How far (x, y) lies to the positive side, where along the line, and that side's unit vector.

        The first and the last piece go on straight beyond the line's ends, where the place along it is
        negative or above ``length``.
        """
        pieces = self._pieces
        if len(pieces) == 1:
            only = pieces[0]
            dx, dy = x - only.x, y - only.y
            return dx * only.nx + dy * only.ny, dx * only.ux + dy * only.uy, only.nx, only.ny
        return self._nearest(x, y)

    def straddles(self, xs: list[float], ys: list[float], ahead_m: float = 0.0) -> bool:
        """False where no part up to ``ahead_m`` from these places was on both sides of the line: cheap."""
        if len(self._pieces) > 1:
            return True
        line = self._pieces[0]
        nx, ny = line.nx, line.ny
        zero = line.x * nx + line.y * ny
        sides = [x * nx + y * ny for x, y in zip(xs, ys, strict=True)]
        return min(sides) - ahead_m <= zero <= max(sides) + ahead_m

    def _nearest(self, x: float, y: float) -> tuple[float, float, float, float]:
        best = (math.inf, 0.0, 0.0, 0.0, 0.0)
        last = len(self._pieces) - 1
        for number, piece in enumerate(self._pieces):
            dx, dy = x - piece.x, y - piece.y
            along, aside = dx * piece.ux + dy * piece.uy, dx * piece.nx + dy * piece.ny
            low = -math.inf if number == 0 else 0.0
            high = math.inf if number == last else piece.length
            on = min(max(along, low), high)
            distance = math.hypot(aside, along - on)
            if distance >= best[0]:
                continue
            nx, ny = piece.nx, piece.ny
            if on != along:  # at a corner the side is told by both pieces that meet there
                beside = self._pieces[number + (1 if on > 0.0 else -1)]
                ex, ey = x - piece.x - on * piece.ux, y - piece.y - on * piece.uy
                aside = ex * (nx + beside.nx) + ey * (ny + beside.ny)
            best = (distance, math.copysign(distance, aside), piece.station + on, nx, ny)
        return best[1:]


class ZoneShape:
    """A zone: how deep a place lies in it."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.bounds = bounds_of(zone.ring)
        self.heading = None if zone.heading_deg is None else direction(zone.heading_deg)
        ring = [*zone.ring, zone.ring[0]]
        self._edges = [pair for pair in pairwise(ring) if pair[0] != pair[1]]
        self._planes = _half_planes(self._edges)

    def depth(self, x: float, y: float) -> float:
        """Metres from (x, y) to the edge: positive inside; outside negative and never too far from 0."""
        if self._planes is not None:
            return min([px * x + py * y + pc for px, py, pc in self._planes])
        inside = False
        nearest = math.inf
        for (ax, ay), (bx, by) in self._edges:
            ex, ey = bx - ax, by - ay
            on = ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)
            on = min(max(on, 0.0), 1.0)
            nearest = min(nearest, math.hypot(x - ax - on * ex, y - ay - on * ey))
            if (ay > y) != (by > y) and x < ax + (y - ay) / ey * ex:
                inside = not inside
        return nearest if inside else -nearest


def _half_planes(edges: list[tuple[Point, Point]]) -> list[tuple[float, float, float]] | None:
    """For a convex ring the inner side of every edge, as (nx, ny, c) with depth nx*x + ny*y + c."""
    turns = [
        (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
        for ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) in zip(edges, edges[1:] + edges[:1], strict=True)
    ]
    if not (all(turn > -_EVEN for turn in turns) or all(turn < _EVEN for turn in turns)):
        return None
    side = 1.0 if sum(turns) > 0.0 else -1.0
    planes = []
    for (ax, ay), (bx, by) in edges:
        length = side * math.hypot(bx - ax, by - ay)
        nx, ny = (ay - by) / length, (bx - ax) / length
        planes.append((nx, ny, -nx * ax - ny * ay))
    return planes


@dataclass(frozen=True)
class Plan:
    """The shapes of one road, by what they are for."""

    road: Road
    lines: dict[str, LineShape] = field(default_factory=dict)
    zones: dict[str, ZoneShape] = field(default_factory=dict)
    stop_lines: tuple[LineShape, ...] = ()
    junctions: tuple[ZoneShape, ...] = ()
    lanes: tuple[ZoneShape, ...] = ()


_plans: dict[int, Plan] = {}


def plan_of(road: Road) -> Plan:
    """The shapes of ``road``; of the roads that were asked for last they are kept."""
    known = _plans.get(id(road))
    if known is not None:  # a plan holds its road, so that no other can have its id
        return known
    lines = {line.id: LineShape(line) for line in road.lines if len(set(line.points)) > 1}
    zones = {zone.id: ZoneShape(zone) for zone in road.zones if len(set(zone.ring)) > 2}
    plan = Plan(
        road,
        lines,
        zones,
        tuple(shape for shape in lines.values() if shape.line.kind == "stop"),
        tuple(shape for shape in zones.values() if shape.zone.kind == "junction"),
        tuple(s for s in zones.values() if s.zone.kind == "lane" and s.heading is not None),
    )
    if len(_plans) >= _ROADS_KEPT:
        _plans.clear()
    _plans[id(road)] = plan
    return plan
