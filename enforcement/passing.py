"""When a part of a vehicle passed a line: between seen points only, with the time's uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.geometry import LineShape, apart
from enforcement.way import HARDEST_CHANGE_MS2, ITSELF, Reach, Way

_SEEN_ON_EACH_SIDE = 2  # one point alone may be a slip
_STAYS_POINTS = 5


@dataclass(frozen=True, slots=True)
class Offsets:
    """How a part of the vehicle lay to a line at each point of its way: all lists as long as the way.

    ``d`` is how far behind the line it was, ``u`` the expanded uncertainty of that, ``inside`` whether it was
    surely between the line's ends. Where it is not known, ``u`` is infinite.
    """

    d: list[float]
    u: list[float]
    inside: list[bool]


@dataclass(frozen=True, slots=True)
class Passing:
    """A part of the vehicle passed a line.

    ``before`` is the last point surely before it, ``beyond`` the first surely behind. ``at`` is when it
    passed, ``earliest`` and ``latest`` are the bounds of that (k = 2): seconds of the way.
    """

    before: int
    beyond: int
    earliest: float
    at: float
    latest: float

    @property
    def uncertainty_s(self) -> float:
        """The longer of the two ways from ``at`` to a bound."""
        return max(self.at - self.earliest, self.latest - self.at)


def offsets(way: Way, shape: LineShape, reach: Reach = ITSELF) -> Offsets:
    """How the tracked point, or the end of the vehicle at ``reach``, lay to the line along the way."""
    d, u, inside = [], [], []
    length = shape.length
    for i, doubt in enumerate(way.u):
        if reach is ITSELF:
            off, station, _, _ = shape.offset(way.x[i], way.y[i])
            aside = doubt
        else:
            heading = way.headings[i]
            if heading is None:
                d.append(0.0)
                u.append(float("inf"))
                inside.append(False)
                continue
            hx, hy, turn = heading
            ahead = reach.ahead_m
            off, station, nx, ny = shape.offset(way.x[i] + ahead * hx, way.y[i] + ahead * hy)
            # A doubtful heading moves the far end sideways, and towards or from the line only as far as the
            # vehicle does not drive straight at it.
            across, onto = abs(hx * ny - hy * nx), abs(hx * nx + hy * ny)
            swing = abs(ahead) * turn
            doubt, aside = (
                doubt + reach.doubt_m * onto + swing * (across + turn / 2),
                doubt + reach.doubt_m * across + swing * (onto + turn / 2),
            )
        d.append(off)
        u.append(doubt)
        inside.append(aside <= station <= length - aside)
    return Offsets(d, u, inside)


def passings(way: Way, seen: Offsets, backwards: bool = False) -> list[Passing]:
    """Every time the part surely went from before the line to behind it (``backwards``: the other way).

    It must have been seen on each side at least twice, without a break in between, and between the line's
    ends wherever it may have been on the line.
    """
    d = [-off for off in seen.d] if backwards else seen.d
    u = seen.u
    found = []
    before, ahead = -1, 0
    for i in range(len(d)):
        if d[i] + u[i] <= 0.0:
            ahead = ahead + 1
            before = i
        elif d[i] - u[i] >= 0.0:
            if ahead >= _SEEN_ON_EACH_SIDE and not _stays(d, u, i):
                continue
            if ahead >= _SEEN_ON_EACH_SIDE and _is_whole(way, seen, before, i):
                found.append(_between(way, d, u, before, i))
            before, ahead = -1, 0
    return found


def passings_of(way: Way, shape: LineShape) -> list[Passing]:
    """Every time the tracked point surely passed a line in its direction, or in both if it has none.

    The points are those of the clean way.
    """
    if not may_pass(way, shape):
        return []
    way = way.clean
    seen = offsets(way, shape)
    found = passings(way, seen)
    if shape.heading is None:
        found = sorted([*found, *passings(way, seen, backwards=True)], key=lambda passing: passing.at)
    return [passing for passing in found if moves_along(way, shape, passing)]


def may_pass(way: Way, shape: LineShape) -> bool:
    """False where the tracked point surely did not pass the line: cheap, and so for most lines of a road."""
    return not apart(way.bounds, shape.bounds) and shape.straddles(way.x, way.y)


def moves_along(way: Way, shape: LineShape, passing: Passing) -> bool:
    """Whether the vehicle passed within 90 degrees of the line's heading; true without one."""
    if shape.heading is None:
        return True
    hx, hy = shape.heading
    a, b = passing.before, passing.beyond
    return (way.x[b] - way.x[a]) * hx + (way.y[b] - way.y[a]) * hy > 0.0


def _stays(d: list[float], u: list[float], i: int) -> bool:
    """Whether the points from ``i`` on are surely behind the line, but for one that may be on neither side.

    Beside one that stands close to a line, slips of its place would add up to a passing with time.
    """
    ahead = range(i, min(i + _STAYS_POINTS, len(d)))
    behind = sum(d[k] - u[k] >= 0.0 for k in ahead)
    if any(d[k] + u[k] <= 0.0 for k in ahead):
        return False
    return behind >= max(_SEEN_ON_EACH_SIDE, len(ahead) - (len(ahead) == _STAYS_POINTS))


def _is_whole(way: Way, seen: Offsets, before: int, beyond: int) -> bool:
    if not all(seen.inside[before : beyond + 1]):
        return False
    return not any(way.broken[max(before - 1, 0) : beyond + 1])


def _between(way: Way, d: list[float], u: list[float], before: int, beyond: int) -> Passing:
    t = way.t
    after = before + 1
    low, high = d[before] + u[before], d[after] + u[after]
    low, high = low + _bow(t[after] - t[before]), high + _bow(t[after] - t[before])
    earliest = t[before] + (t[after] - t[before]) * _part(low, high)
    last = beyond - 1
    low, high = d[last] - u[last], d[beyond] - u[beyond]
    low, high = low - _bow(t[beyond] - t[last]), high - _bow(t[beyond] - t[last])
    latest = t[last] + (t[beyond] - t[last]) * _part(low, high)
    on = max(k for k in range(before, beyond) if d[k] <= 0.0)
    at = t[on] + (t[on + 1] - t[on]) * _part(d[on], d[on + 1])
    return Passing(before, beyond, min(earliest, at), at, max(latest, at))


def _bow(span_s: float) -> float:
    """How far an evenly accelerated vehicle is at most from the straight between two points, m: a·Δt²/8."""
    return HARDEST_CHANGE_MS2 * span_s * span_s / 8.0


def _part(low: float, high: float) -> float:
    """Where between 0 and 1 a value that goes straight from ``low`` to ``high`` is zero, if it is there."""
    if low >= 0.0:
        return 0.0
    return 1.0 if high <= 0.0 else low / (low - high)
