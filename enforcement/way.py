"""The way of a vehicle over the road as far as it was seen: places, their doubt, headings and gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt, sub
from statistics import median

from enforcement.geometry import Bounds
from enforcement.hours import LEAST_CLASS_CONFIDENCE
from enforcement.once import once
from streams.messages import Passage, TrackPoint

#: What happened between two points that lie further apart than this is not known, s.
LONGEST_GAP_S = 1.0
#: No vehicle changes its speed faster than this on a road, m/s².
HARDEST_CHANGE_MS2 = 10.0

_CHORDS_M = (4.0, 12.0)  # a heading is that of the way over so much to either side of the point
_BASE_S = 0.5  # the speed before and after a step is that over this time
_JUMP_M = 0.5

#: What a speed is void for and what makes places or times doubtful as well, as words of the reason: a merged
#: track, a moved camera, a clock that cannot be trusted; but not a base that is too short for a speed.
_DOUBTFUL = (
    "plate", "vehicles", "merged", "calibrat", "camera", "clock", "jump", "times", "km/h is not plausible"
)  # fmt: skip


Heading = tuple[float, float, float]  # x and y of the unit vector, and the doubt of its angle in radians


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an end of the vehicle lies from the tracked point: metres ahead (negative: behind), k = 2."""

    ahead_m: float
    doubt_m: float


ITSELF = Reach(0.0, 0.0)


class Way:
    """The points of a track that have a place, in order of time; all lists are as long.

    ``t`` are seconds since ``start_ns``, ``x`` and ``y`` metres of the road plane, ``u`` the expanded
    uncertainty (k = 2) of a place in metres. ``bounds`` is the box around all places with their uncertainty.
    """

    def __init__(self, points: Sequence[TrackPoint]) -> None:
        self._points = points
        self._at_ns = [point.captured_at_ns for point in points]
        self.start_ns = self._at_ns[0]
        self.x: list[float] = [point.x_m for point in points]  # type: ignore[misc]
        self.y: list[float] = [point.y_m for point in points]  # type: ignore[misc]
        self._sigma: list[float] = [point.sigma_m for point in points]  # type: ignore[misc]
        x, y = self.x, self.y
        most = 2.0 * max(self._sigma)
        self.bounds: Bounds = (min(x) - most, min(y) - most, max(x) + most, max(y) + most)

    # Most vehicles are lawful by their bounds alone, so the next two wait until a rule looks closer.
    @once
    def t(self) -> list[float]:
        """Seconds since ``start_ns``."""
        start = self.start_ns
        return [(at_ns - start) * 1e-9 for at_ns in self._at_ns]

    @once
    def u(self) -> list[float]:
        """The expanded uncertainty (k = 2) of each place, metres."""
        return [2.0 * sigma for sigma in self._sigma]

    @property
    def is_finite(self) -> bool:
        """Whether every place and its doubt is a number."""
        return math.isfinite(sum(self.x) + sum(self.y) + sum(self._sigma))

    @property
    def can_be(self) -> bool:
        """Whether the times rise and no doubt is negative."""
        return min(self._sigma) >= 0.0 and all(map(lt, self._at_ns, islice(self._at_ns, 1, None)))

    def at_ns(self, t: float) -> int:
        """The capture time of ``t`` seconds since the start."""
        return self.start_ns + round(t * 1e9)

    def place_at(self, t: float) -> tuple[float, float]:
        """The place at ``t``, straight between the points around it."""
        times = self.t
        after = next((i for i, time in enumerate(times) if time >= t), len(times) - 1)
        before = max(after - 1, 0)
        span = times[after] - times[before]
        part = (t - times[before]) / span if span else 0.0
        x = self.x[before] + part * (self.x[after] - self.x[before])
        return x, self.y[before] + part * (self.y[after] - self.y[before])

    @once
    def broken(self) -> list[bool]:
        """For each step to the next point whether it is unknown: too long, or a jump that no vehicle makes.

        A jump is a step that differs from what the speed before and the speed after it both foretell, by
        more than ``HARDEST_CHANGE_MS2`` and the track's own scatter allow. The stated uncertainty plays no
        part, so that a greater one never mends a track.
        """
        if self._is_even():
            return [False] * (len(self.t) - 1)
        t, x, y = self.t, self.x, self.y
        steps = len(t) - 1
        differ = [0.0] * steps
        allowed = [0.0] * steps
        first, last = 0, 1
        for k in range(steps):
            while t[k] - t[first] > _BASE_S and first < k - 1:
                first += 1
            last = max(last, k + 2)
            while last < steps and t[last + 1] - t[k + 1] <= _BASE_S:
                last += 1
            dt = t[k + 1] - t[k]
            best = math.inf
            for a, b in ((first, k), (k + 1, min(last, steps))):
                base = t[b] - t[a]
                if base > 0.0:
                    vx, vy = (x[b] - x[a]) / base, (y[b] - y[a]) / base
                    change = HARDEST_CHANGE_MS2 * dt * (dt + base) / 2
                    far = math.hypot(x[k + 1] - x[k] - vx * dt, y[k + 1] - y[k] - vy * dt)
                    if far - change < best:
                        best, differ[k], allowed[k] = far - change, far, change
        scatter = median(differ) if differ else 0.0
        return [
            t[k + 1] - t[k] > LONGEST_GAP_S or differ[k] > _JUMP_M + 4.0 * scatter + allowed[k]
            for k in range(steps)
        ]

    def _is_even(self) -> bool:
        """Whether every step is so like one of its neighbours that none can be a gap or a jump: cheap."""
        t = self.t
        if max(map(sub, t[1:], t)) > LONGEST_GAP_S:
            return False
        dx, dy = list(map(sub, self.x[1:], self.x)), list(map(sub, self.y[1:], self.y))
        turns = list(map(math.hypot, map(sub, dx[1:], dx), map(sub, dy[1:], dy)))
        if not turns:
            return True
        most = _JUMP_M + 2.0 * sorted(turns)[len(turns) // 2]
        return max(map(min, [turns[0], *turns], [*turns, turns[-1]])) <= most

    @once
    def clean(self) -> Way:
        """The way without the single points that lie where the vehicle cannot have been at that time."""
        stray = {k for k in range(1, len(self.t) - 1) if self.broken[k - 1] and self.broken[k]}
        stray = {k for k in stray if self.t[k + 1] - self.t[k - 1] <= LONGEST_GAP_S}
        if not stray:
            return self
        kept = [point for k, point in enumerate(self._points) if k not in stray]
        return Way(kept)

    def middle(self, i: int) -> tuple[float, float]:
        """The median of the places at point ``i`` and its neighbours, so that no slip stretches a way."""
        around = slice(max(i - 1, 0), i + 2)
        return median(self.x[around]), median(self.y[around])

    @once
    def headings(self) -> list[Heading | None]:
        """For each point the unit vector of the movement and its doubt (k = 2) in radians.

        It is that of the way over 4 metres to either side of the point, or over 12 metres if that is surer
        although the two differ; a vehicle that stands keeps the one with which it came. None where it has not
        moved so far in all that was seen.
        """
        return [_surer(near, far) for near, far in zip(*(self._chords(m) for m in _CHORDS_M), strict=True)]

    def _chords(self, arm_m: float) -> list[Heading | None]:
        x, y, u = self.x, self.y, self.u
        count = len(x)
        headings: list[Heading | None] = []
        behind, ahead = -1, 0
        for i in range(count):
            while behind + 1 < i and math.hypot(x[i] - x[behind + 1], y[i] - y[behind + 1]) >= arm_m:
                behind += 1
            ahead = max(ahead, i)
            while ahead < count and math.hypot(x[ahead] - x[i], y[ahead] - y[i]) < arm_m:
                ahead += 1
            a, b = (behind if behind >= 0 else i), (ahead if ahead < count else i)
            dx, dy = x[b] - x[a], y[b] - y[a]
            chord = math.hypot(dx, dy)
            if chord < arm_m / 2.0:  # by scatter, or because it turned back
                headings.append(None)
            else:
                headings.append((dx / chord, dy / chord, (u[a] + u[b]) / chord))
        return headings

    def end(self, i: int, reach: Reach) -> tuple[float, float, float] | None:
        """Where an end of the vehicle was at point ``i``, and its uncertainty (k = 2) in any direction."""
        if reach is ITSELF:
            return self.x[i], self.y[i], self.u[i]
        heading = self.headings[i]
        if heading is None:
            return None
        hx, hy, turn = heading
        ahead = reach.ahead_m
        return (
            self.x[i] + ahead * hx,
            self.y[i] + ahead * hy,
            self.u[i] + reach.doubt_m + abs(ahead) * turn,
        )


def _surer(near: Heading | None, far: Heading | None) -> Heading | None:
    if near is None or far is None:
        return near
    differ = abs(near[0] * far[1] - near[1] * far[0])
    return (*far[:2], far[2] + differ) if far[2] + differ < near[2] else near


def way_of(passage: Passage) -> Way | None:
    """The way of a passage; None without two known places, or where its times or places cannot be trusted."""
    reason = passage.speed.void_reason
    if reason is not None and any(word in reason for word in _DOUBTFUL):
        return None
    return way_along(passage.track)


def way_along(track: tuple[TrackPoint, ...]) -> Way | None:
    """The way along a track; see :func:`way_of`."""
    way = _through(track)
    if way is None:
        # Seldom: leave out the points that have no place.
        way = _through([point for point in track if _is_placed(point)])
    return way if way is not None and way.can_be else None


def _through(points: Sequence[TrackPoint]) -> Way | None:
    """The way through points of which each must have a place, else None."""
    if len(points) < 2:
        return None
    try:
        way = Way(points)
    except TypeError:  # a None among the numbers
        return None
    return way if way.is_finite else None


def _is_placed(point: TrackPoint) -> bool:
    x, y, sigma = point.x_m, point.y_m, point.sigma_m
    return x is not None and y is not None and sigma is not None and math.isfinite(x + y + sigma)


def fronts(passage: Passage) -> tuple[Reach, ...]:
    """Where the front may be from the tracked point; empty where it cannot be told.

    Where the tracked part is not known it may be either end: what is found must hold for both.
    """
    return _ends(passage, "front", 1.0)


def rears(passage: Passage) -> tuple[Reach, ...]:
    """Where the rear may be from the tracked point; see :func:`fronts`."""
    return _ends(passage, "rear", -1.0)


def _ends(passage: Passage, part: str, side: float) -> tuple[Reach, ...]:
    if passage.tracked_part == part:
        return (ITSELF,)
    if passage.length_m is None or passage.tracked_part not in ("front", "rear", "unknown"):
        return ()
    if not passage.vehicle_confidence >= LEAST_CLASS_CONFIDENCE:
        return ()  # its length is that of its class
    other = Reach(side * passage.length_m, 2.0 * passage.length_sigma_m)
    return (ITSELF, other) if passage.tracked_part == "unknown" else (other,)
