"""How a vehicle really moves: a path on the road and a speed along it, exact at any time.

Places are metres on the road plane, headings degrees clockwise from +y, times seconds of the scene.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_STEP_M = 0.1
_BEYOND_M = 400.0


@dataclass(frozen=True)
class Straight:
    """Straight on for ``length_m``."""

    length_m: float


@dataclass(frozen=True)
class Turn:
    """Along an arc, ``degrees`` to the right (negative: to the left)."""

    degrees: float
    radius_m: float


@dataclass(frozen=True)
class Shift:
    """A change of lane: ``right_m`` to the right (negative: to the left) over ``over_m`` of road."""

    right_m: float
    over_m: float = 40.0


Piece = Straight | Turn | Shift


@dataclass(frozen=True)
class Path:
    """The line that the middle of a vehicle follows; it goes on straight at both ends.

    Distances along it are counted from its start at (``x``, ``y``), in metres.
    """

    x: float
    y: float
    heading_deg: float = 0.0
    pieces: tuple[Piece, ...] = ()

    @cached_property
    def _table(self) -> tuple[Reals, Reals]:
        """(N,) distances and (N, 2) places, the straight ends included."""
        place = np.array([self.x, self.y])
        heading = math.radians(self.heading_deg)
        before = place - _BEYOND_M * _along(heading)
        places = [before[None], place[None]]
        for piece in self.pieces:
            right = np.array([math.cos(heading), -math.sin(heading)])
            match piece:
                case Straight(length):
                    new = place + length * _along(heading)[None]
                case Shift(aside, over):
                    u = np.linspace(0, 1, max(int(over / _STEP_M), 4))[1:, None]
                    new = place + u * over * _along(heading) + aside * (1 - np.cos(np.pi * u)) / 2 * right
                case Turn(degrees, radius):
                    angle = math.radians(degrees)
                    steps = max(int(abs(angle) * radius / _STEP_M), 4)
                    turned = np.linspace(0, abs(angle), steps)[1:, None]
                    side = math.copysign(1.0, angle)
                    new = (
                        place
                        + radius * np.sin(turned) * _along(heading)
                        + side * radius * (1 - np.cos(turned)) * right
                    )
                    heading += angle
            places.append(new)
            place = new[-1]
        places.append((place + _BEYOND_M * _along(heading))[None])
        xy = np.concatenate(places)
        s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]) - _BEYOND_M
        return s, xy

    def at(self, s: Reals) -> Reals:
        """(N, 2) places at the distances ``s`` (N,)."""
        known, xy = self._table
        return np.stack([np.interp(s, known, xy[:, 0]), np.interp(s, known, xy[:, 1])], axis=-1)


def _along(heading_rad: float) -> Reals:
    return np.array([math.sin(heading_rad), math.cos(heading_rad)])


@lru_cache(maxsize=2048)
def _drawn_after(path: Path, behind_m: float) -> tuple[Reals, Reals]:
    """Distances of the front and (N, 2) places of a point that is drawn after it at ``behind_m``.

    It moves towards the front at every moment, as a rear axle does: the curve is a tractrix.
    """
    known, _ = path._table
    s = np.arange(-behind_m, known[-2] + 3.0 * behind_m, _STEP_M)
    front = path.at(s)
    places = np.empty_like(front)
    x, y = path.at(np.array([s[0] - behind_m]))[0]
    for i, (ahead_x, ahead_y) in enumerate(front.tolist()):
        dx, dy = ahead_x - x, ahead_y - y
        short = 1.0 - behind_m / math.hypot(dx, dy)
        x, y = x + short * dx, y + short * dy
        places[i] = x, y
    return s, places


@dataclass(frozen=True)
class Hold:
    """The speed stays as it is for ``seconds``."""

    seconds: float


@dataclass(frozen=True)
class Reach:
    """The speed changes evenly to ``kmh`` within ``seconds``; a negative speed is reversing."""

    kmh: float
    seconds: float


@dataclass(frozen=True)
class Drive:
    """A drive along ``path``: its front is ``from_s`` m along it at the time ``at_s``, driving ``kmh``.

    Then come the ``pieces`` of its speed; the first speed held before, and the last holds after.
    """

    path: Path
    kmh: float
    from_s: float = 0.0
    at_s: float = 0.0
    pieces: tuple[Hold | Reach, ...] = ()

    @cached_property
    def _knots(self) -> Reals:
        """(N, 4): time, distance, speed in m/s, and acceleration from there on."""
        t, s, v = self.at_s, self.from_s, self.kmh / 3.6
        rows = [(-math.inf, s, v, 0.0)]
        for piece in self.pieces:
            a = (piece.kmh / 3.6 - v) / piece.seconds if isinstance(piece, Reach) else 0.0
            rows.append((t, s, v, a))
            t, s, v = (
                t + piece.seconds,
                s + v * piece.seconds + a * piece.seconds**2 / 2,
                v + a * piece.seconds,
            )
        rows.append((t, s, v, 0.0))
        return np.array(rows)

    def _moving(self, t: Reals) -> tuple[Reals, Reals]:
        knots = self._knots
        row = knots[np.clip(np.searchsorted(knots[:, 0], t, side="right") - 1, 0, len(knots) - 1)]
        # Before the first piece the first speed holds, counted back from where it ends.
        since = t - np.where(np.isinf(row[:, 0]), self.at_s, row[:, 0])
        return row[:, 1] + row[:, 2] * since + row[:, 3] * since**2 / 2, row[:, 2] + row[:, 3] * since

    def distance(self, t: Reals) -> Reals:
        """How far along the path the front is, m."""
        return self._moving(t)[0]

    def speed_ms(self, t: Reals) -> Reals:
        """The speed, m/s; negative when reversing."""
        return self._moving(t)[1]

    def place(self, t: Reals, behind_m: float = 0.0) -> Reals:
        """(N, 2): where the point ``behind_m`` behind the front is; it is drawn after the front in curves."""
        if behind_m and self.path.pieces:
            s, xy = _drawn_after(self.path, behind_m)
            front = np.clip(self.distance(t), s[0], s[-1])
            beyond = (self.distance(t) - front)[:, None]
            seen = np.stack([np.interp(front, s, xy[:, 0]), np.interp(front, s, xy[:, 1])], axis=-1)
            step = np.where(beyond < 0, xy[1] - xy[0], xy[-1] - xy[-2]) / _STEP_M
            return np.asarray(seen + beyond * step)
        return self.path.at(self.distance(t) - behind_m)

    @property
    def ends_s(self) -> float:
        """When the last piece is over, and the last speed holds for good."""
        return float(self._knots[-1, 0])

    def when(self, s: float, *, longest_s: float = 400.0) -> float:
        """The first time at which the front is ``s`` along the path; infinite where it never gets there."""
        t = np.arange(self.at_s - 60.0, self.at_s + longest_s, 0.01)
        reached = np.flatnonzero(self.distance(t) >= s)
        if not len(reached) or reached[0] == 0:
            return math.inf
        t = np.linspace(t[reached[0] - 1], t[reached[0]], 101)
        return float(t[np.flatnonzero(self.distance(t) >= s)[0]])
