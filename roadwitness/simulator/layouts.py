"""What is laid out on the ground of a scene: carriageways, pavements and painted marks, in road metres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from roadwitness.simulator.camera import Floats

Place = tuple[float, float]
Ring = tuple[Place, ...]

WHITE = (0.60, 0.62, 0.62)
YELLOW = (0.08, 0.46, 0.62)
RED_SURFACE = (0.055, 0.06, 0.16)
PIECE_M = 2.5


@dataclass(frozen=True)
class Area:
    """A convex piece of ground of one ``surface``: asphalt, pavement or coloured asphalt."""

    ring: Ring
    surface: str = "asphalt"


@dataclass(frozen=True)
class Stripe:
    """A painted line through ``points``; with ``dash_m`` it is broken. ``colour`` is linear BGR."""

    points: Ring
    width_m: float = 0.14
    dash_m: float = 0.0
    gap_m: float = 0.0
    colour: tuple[float, float, float] = WHITE


@dataclass(frozen=True)
class Patch:
    """A painted convex shape."""

    ring: Ring
    colour: tuple[float, float, float] = WHITE


@dataclass(frozen=True)
class Layout:
    """The ground of a scene; ``lamps`` are the feet of street lamps."""

    areas: tuple[Area, ...]
    stripes: tuple[Stripe, ...] = ()
    patches: tuple[Patch, ...] = ()
    lamps: tuple[Place, ...] = ()
    asphalt: float = 0.125
    lane_width_m: float = 3.5
    grass: tuple[float, float, float] = (0.035, 0.12, 0.08)

    def is_open(self, x_m: float, y_m: float, clear_m: float) -> bool:
        """Whether no area lies within about ``clear_m`` of a place, so that a tree may stand there."""
        for area in self.areas:
            ring = np.array(area.ring)
            low, high = ring.min(axis=0) - clear_m, ring.max(axis=0) + clear_m
            if low[0] <= x_m <= high[0] and low[1] <= y_m <= high[1]:
                return False
        return True


def rectangle(x_from: float, x_to: float, y_from: float, y_to: float) -> Ring:
    """An upright rectangle's corners."""
    return ((x_from, y_from), (x_to, y_from), (x_to, y_to), (x_from, y_to))


def quads(stripe: Stripe) -> Iterator[Floats]:
    """The painted pieces of a stripe, each (4, 2), none longer than a few metres."""
    half = stripe.width_m / 2
    points = np.array(stripe.points, dtype=np.float64)
    for start, end in pairwise(points):
        length = float(np.hypot(*(end - start)))
        if length == 0:
            continue
        along = (end - start) / length
        aside = np.array([-along[1], along[0]]) * half
        for begin, finish in _painted(length, stripe.dash_m, stripe.gap_m):
            a, b = start + along * begin, start + along * finish
            yield np.array([a + aside, b + aside, b - aside, a - aside])


def _painted(length: float, dash: float, gap: float) -> Iterator[tuple[float, float]]:
    begin = 0.0
    while begin < length - 1e-6:
        end = min(length, begin + (dash or length))
        while begin < end - 1e-6:
            yield begin, min(end, begin + PIECE_M)
            begin = min(end, begin + PIECE_M)
        begin = end + (gap if dash else 0.0)


def zebra(x_from: float, x_to: float, y_from: float, y_to: float) -> tuple[Patch, ...]:
    """A crossing's bars, across a road along y."""
    starts = np.arange(x_from + 0.25, x_to - 0.4, 1.0)
    return tuple(Patch(rectangle(float(x), float(x) + 0.5, y_from, y_to)) for x in starts)


def hatching(x_from: float, x_to: float, y_from: float, y_to: float) -> tuple[Stripe, ...]:
    """A box junction's yellow frame and diagonals."""
    frame = Stripe((*rectangle(x_from, x_to, y_from, y_to), (x_from, y_from)), 0.2, colour=YELLOW)
    lines = [frame]
    width, height = x_to - x_from, y_to - y_from
    for offset in np.arange(-height + 2.0, width, 2.0):
        a, b = max(0.0, offset), min(width, offset + height)
        if b - a < 0.3:
            continue
        rise = ((x_from + a, y_from + a - offset), (x_from + b, y_from + b - offset))
        fall = tuple((x, y_from + y_to - y) for x, y in rise)
        lines += [Stripe(rise, 0.13, colour=YELLOW), Stripe(fall, 0.13, colour=YELLOW)]
    return tuple(lines)


_GLYPHS: dict[str, Sequence[Ring]] = {
    "B": (
        ((0, 0), (0, 1), (0.62, 1), (0.75, 0.85), (0.62, 0.52), (0, 0.52)),
        ((0.62, 0.52), (0.8, 0.3), (0.65, 0), (0, 0)),
    ),
    "U": (((0, 1), (0, 0.2), (0.2, 0), (0.6, 0), (0.8, 0.2), (0.8, 1)),),
    "S": (
        (
            (0.8, 0.85),
            (0.6, 1),
            (0.2, 1),
            (0, 0.8),
            (0.15, 0.55),
            (0.65, 0.45),
            (0.8, 0.2),
            (0.6, 0),
            (0.2, 0),
            (0, 0.15),
        ),
    ),
}


def lettering(text: str, x_m: float, y_m: float, facing: float, tall_m: float = 3.0) -> tuple[Stripe, ...]:
    """Road lettering centred on a place; ``facing`` 1 is read by traffic along +y, -1 by that along -y."""
    wide = 0.62
    left = -wide * (len(text) - 1) / 2 - 0.2
    lines = []
    for number, letter in enumerate(text):
        for ring in _GLYPHS[letter]:
            points = tuple(
                (x_m + facing * (left + number * wide + 0.5 * u), y_m + facing * tall_m * (v - 0.5))
                for u, v in ring
            )
            lines.append(Stripe(points, 0.13))
    return tuple(lines)


def arrow(x_m: float, y_m: float, facing: float, turn: str = "ahead") -> tuple[Patch | Stripe, ...]:
    """A painted arrow for traffic along +y (``facing`` 1) or -y (-1): ahead, left or right."""

    def at(u: float, v: float) -> Place:
        return x_m + facing * u, y_m + facing * v

    shaft = Stripe((at(0, -1.8), at(0, 0.6)), 0.16)
    if turn == "ahead":
        return shaft, Patch((at(-0.35, 0.5), at(0.35, 0.5), at(0, 1.8)))
    side = -1.0 if turn == "left" else 1.0
    bend = Stripe((at(0, 0.6), at(0.4 * side, 0.9)), 0.2)
    return shaft, bend, Patch((at(0.35 * side, 0.45), at(0.35 * side, 1.35), at(0.95 * side, 0.9)))
