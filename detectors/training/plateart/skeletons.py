"""The skeletons of 0-9 and A-Z with the alternates that plates have, in a unit box.

A point is ``(x, y, share)``: ``share`` of the form's corner radius rounds the corner there; 0 leaves it
sharp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detectors.training.plateart.forms import Form

Point = tuple[float, float, float]
Gap = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Stroke:
    """One path of the pen, which is ``weight`` times as thick as elsewhere in the character.

    A stroke that ``branches`` begins within another, so that its first end is never square.
    """

    points: tuple[Point, ...]
    closed: bool = False
    weight: float = 1.0
    branches: bool = False


def _line(*points: tuple[float, float], weight: float = 1.0, branches: bool = False) -> Stroke:
    return Stroke(tuple((x, y, 0.0) for x, y in points), weight=weight, branches=branches)


def _path(*points: Point) -> Stroke:
    return Stroke(points)


def _ring(left: float, top: float, right: float, bottom: float, share: float = 1.0) -> Stroke:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Stroke(tuple((x, y, share) for x, y in corners), closed=True)


def _mouth(f: Form, bar: float | None = None) -> float:
    """Where the end over a mouth stops: however bold the pen, a closed 3, 6 or 9 would be an 8."""
    return min(f.aperture, (f.waist if bar is None else bar) - 1.7 * f.stroke)


def _zero(f: Form) -> list[Stroke]:
    ring = _ring(0, 0, 1, 1, 1.0 if f.zero_like_o else 0.8)
    if f.zero == "slash":
        return [ring, _line((0.1, 0.84), (0.9, 0.16), weight=0.55)]
    if f.zero == "dot":
        return [ring, _line((0.5, 0.49), (0.5, 0.51), weight=0.6)]
    return [ring]


def _one(f: Form) -> list[Stroke]:
    if f.one == "bar":
        return [_line((0.5, 0), (0.5, 1))]
    if f.one == "flag":
        return [_line((0, 0.22), (1, 0), (1, 1))]
    return [_line((0.08, 0.2), (0.5, 0), (0.5, 1)), _line((0, 1), (1, 1))]


def _two(f: Form) -> list[Stroke]:
    return [_path((0, f.aperture, 0), (0, 0, 1), (1, 0, 1), (1, 0.42, 1), (0, 1, 0), (1, 1, 0))]


def _three(f: Form) -> list[Stroke]:
    a, m = _mouth(f), f.waist
    if f.three == "flat":
        top = m - 0.06
        return [_path((0, 0, 0), (1, 0, 0), (0.42, top, 0), (1, top, 1), (1, 1, 1), (0, 1, 1), (0, 1 - a, 0))]
    right = 1 - f.inset
    return [
        _path((f.inset, a, 0), (f.inset, 0, 1), (right, 0, 1), (right, m, 1), (0.36, m, 0)),
        _path((0.36, m, 0), (1, m, 1), (1, 1, 1), (0, 1, 1), (0, 1 - a, 0)),
    ]


def _four(f: Form) -> list[Stroke]:
    bar, stem = f.four_bar, 0.8
    if f.four == "leaning":
        return [_line((0.6, 0), (0, bar), (1, bar)), _line((stem, 0.5), (stem, 1))]
    if f.four == "open":
        return [_line((0.42, 0), (0, bar), (1, bar)), _line((stem, 0.36), (stem, 1))]
    return [_line((stem, 1), (stem, 0), (0, bar), (1, bar))]


def _five(f: Form) -> list[Stroke]:
    top = f.waist - 0.07
    return [
        _path(
            *((0.95, 0, 0), (0.02, 0, 0), (0.02, top, 0), (1, top, 1), (1, 1, 1), (0, 1, 1)),
            (0, 1 - f.aperture, 0),
        )
    ]


def _six(f: Form) -> list[Stroke]:
    top = f.waist - 0.05
    if f.six == "straight":
        return [_ring(0, top, 1, 1), _path((0.72, 0, 0), (0.0, 0.46, 1.2), (0, 0.75, 0))]
    return [
        _ring(0, top, 1, 1),
        _path((0, 0.75, 0), (0, 0, 1), (1, 0, 1), (1, _mouth(f, top), 0)),
    ]


def _turned(strokes: list[Stroke]) -> list[Stroke]:
    return [Stroke(tuple((1 - x, 1 - y, s) for x, y, s in each.points), each.closed) for each in strokes]


def _seven(f: Form) -> list[Stroke]:
    if f.seven == "hook":
        return [_line((0, 0.14), (0, 0), (1, 0), (f.seven_foot, 1))]
    if f.seven == "curved":
        return [_path((0, 0, 0), (1, 0, 0), (1, 0.12, 0), (0.35, 0.55, 1.4), (0.35, 1, 0))]
    strokes = [_line((0, 0), (1, 0), (f.seven_foot, 1))]
    return [*strokes, _line((0.26, 0.54), (0.94, 0.54), weight=0.7)] if f.seven == "bar" else strokes


def _eight(f: Form) -> list[Stroke]:
    return [_ring(f.inset, 0, 1 - f.inset, f.waist), _ring(0, f.waist, 1, 1)]


def _a(f: Form) -> list[Stroke]:
    half = 0.0 if f.a_top == "pointed" else 0.1
    bar = f.a_bar
    left = (0.5 - half) * (1 - bar)
    legs = [(0.0, 1.0), (0.5, 0.0), (1.0, 1.0)]
    if half:
        legs = [(0.0, 1.0), (0.5 - half, 0.0), (0.5 + half, 0.0), (1.0, 1.0)]
    return [_line(*legs), _line((left, bar), (1 - left, bar), weight=0.85)]


def _b(f: Form) -> list[Stroke]:
    right = 1 - f.inset * 1.5
    return [
        Stroke(((0, 0, 0), (right, 0, 1), (right, f.waist, 1), (0, f.waist, 0)), closed=True),
        Stroke(((0, f.waist, 0), (1, f.waist, 1), (1, 1, 1), (0, 1, 0)), closed=True),
    ]


def _c(f: Form) -> list[Stroke]:
    a = f.aperture
    return [_path((1, a, 0), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 1 - a, 0))]


def _g(f: Form) -> list[Stroke]:
    bar = 0.56
    start: tuple[Point, ...] = ((1, f.aperture, 0), (1, 0, 1), (0, 0, 1), (0, 1, 1))
    if f.g == "spur":
        return [_path(*start, (1, 1, 1), (1, 0.7, 0)), _line((0.52, bar), (1, bar), (1, 1))]
    inner = 0.5 if f.g == "bar" else 0.72
    return [_path(*start, (1, 1, 1), (1, bar, 0), (inner, bar, 0))]


def _i(f: Form) -> list[Stroke]:
    stem = _line((0.5, 0), (0.5, 1))
    return [stem] if f.letter_i == "bar" else [stem, _line((0, 0), (1, 0)), _line((0, 1), (1, 1))]


def _j(f: Form) -> list[Stroke]:
    hook = _path((1, 0, 0), (1, 1, 1), (0, 1, 1), (0, 0.74, 0))
    return [hook] if f.j == "hook" else [hook, _line((0.35, 0), (1, 0))]


def _k(f: Form) -> list[Stroke]:
    stem = _line((0, 0), (0, 1))
    if f.k == "meet":
        return [stem, _line((1, 0), (0.1, 0.5), (1, 1))]
    return [stem, _line((0.02, 0.63), (1, 0), branches=True), _line((0.36, 0.42), (1, 1), branches=True)]


def _m(f: Form) -> list[Stroke]:
    low = 0.58 if f.m == "half" else 1.0
    return [_line((0, 1), (0, 0), (0.5, low), (1, 0), (1, 1))]


def _p(f: Form) -> list[Stroke]:
    low = f.bowl
    return [
        Stroke(((0, 0, 0), (1, 0, 1), (1, low, 1), (0, low, 0)), closed=True),
        _line((0, 0), (0, 1)),
    ]


def _q(f: Form) -> list[Stroke]:
    tail = _line((0.56, 0.7), (1.02, 1.0), weight=0.85) if f.q == "cross" else _line((0.7, 0.84), (1.1, 1.0))
    return [_ring(0, 0, 1, 1), tail]


def _r(f: Form) -> list[Stroke]:
    low = f.bowl - 0.02
    bowl = Stroke(((0, 0, 0), (1, 0, 1), (1, low, 1), (0, low, 0)), closed=True)
    if f.r == "upright":
        leg = _path((0.4, low, 0), (0.96, low, 0.7), (1, 1, 0))
    else:
        leg = _line((0.46, low), (1, 1), branches=True)
    return [bowl, _line((0, 0), (0, 1)), leg]


def _s(f: Form) -> list[Stroke]:
    a, m, i = _mouth(f), f.waist, f.inset / 2
    return [
        _path(
            *((1 - i, a, 0), (1 - i, 0, 1), (i, 0, 1), (i, m, 1)),
            *((1, m, 1), (1, 1, 1), (0, 1, 1), (0, 1 - a, 0)),
        )
    ]


def _w(f: Form) -> list[Stroke]:
    if f.w == "upright":
        return [_line((0, 0), (0.04, 1), (0.5, 0.48), (0.96, 1), (1, 0))]
    top = 0.3 if f.w == "half" else 0.0
    return [_line((0, 0), (0.25, 1), (0.5, top), (0.75, 1), (1, 0))]


_SKELETONS: dict[str, Callable[[Form], list[Stroke]]] = {
    **{"0": _zero, "1": _one, "2": _two, "3": _three, "4": _four, "5": _five, "6": _six, "7": _seven},
    **{"8": _eight, "9": lambda f: _turned(_six(f)), "A": _a, "B": _b, "C": _c},
    "D": lambda f: [Stroke(((0, 0, 0), (1, 0, 1.3), (1, 1, 1.3), (0, 1, 0)), closed=True)],
    "E": lambda f: [_line((1, 0), (0, 0), (0, 1), (1, 1)), _line((0, f.middle), (0.85, f.middle))],
    "F": lambda f: [_line((1, 0), (0, 0), (0, 1)), _line((0, f.middle), (0.82, f.middle))],
    "G": _g,
    "H": lambda f: [_line((0, 0), (0, 1)), _line((1, 0), (1, 1)), _line((0, f.middle), (1, f.middle))],
    **{"I": _i, "J": _j, "K": _k, "M": _m},
    "L": lambda f: [_line((0, 0), (0, 1), (1, 1))],
    "N": lambda f: [_line((0, 1), (0, 0), (1, 1), (1, 0))],
    "O": lambda f: [_ring(0, 0, 1, 1, 1.0 if f.zero_like_o else 1.5)],
    **{"P": _p, "Q": _q, "R": _r, "S": _s, "W": _w},
    "T": lambda f: [_line((0, 0), (1, 0)), _line((0.5, 0), (0.5, 1))],
    "U": lambda f: [_path((0, 0, 0), (0, 1, 1), (1, 1, 1), (1, 0, 0))],
    "V": lambda f: [_line((0, 0), (0.5, 1), (1, 0))],
    "X": lambda f: [_line((0, 0), (1, 1)), _line((1, 0), (0, 1))],
    "Y": lambda f: [_line((0, 0), (0.5, f.y_fork), (1, 0)), _line((0.5, f.y_fork), (0.5, 1), branches=True)],
    "Z": lambda f: [_line((0, 0), (1, 0), (0, 1), (1, 1))],
}
CHARACTERS = frozenset(_SKELETONS)

# Cuts of a face that resists forgery: where a ring closes or a leg begins.
_GAPS: dict[str, tuple[Gap, ...]] = {
    "0": (((0.62, -0.06), (0.8, 0.14)),),
    "6": (((-0.05, 0.36), (0.3, 0.5)),),
    "9": (((1.05, 0.64), (0.7, 0.5)),),
    "P": (((0.18, 0.44), (0.18, 0.66)),),
    "R": (((0.18, 0.42), (0.18, 0.64)),),
    "Q": (((0.86, 0.72), (0.62, 1.05)),),
}


def skeleton(form: Form, character: str) -> tuple[list[Stroke], tuple[Gap, ...]]:
    """The strokes of a character and the cuts through them; KeyError where there is no such character."""
    return _SKELETONS[character](form), _GAPS.get(character, ()) if form.gap > 0 else ()
