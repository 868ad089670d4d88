"""What a plate alphabet of strokes can differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Form:
    """All that a plate alphabet of strokes can differ in. Lengths are in cap heights, heights from the top.

    ``oval`` stretches corner radii upwards; ``soft`` is how far a sharp edge is rounded, in pens; ``gap`` is
    the width of the cuts of a forgery-resistant face, which has none of them at 0.
    """

    width: float = 0.5
    stroke: float = 0.14
    radius: float = 0.2
    oval: float = 1.0
    waist: float = 0.47
    inset: float = 0.04
    wide: float = 1.1
    narrow: float = 0.96
    round_ends: bool = True
    round_joins: bool = True
    soft: float = 0.0
    gap: float = 0.0
    zero: Literal["plain", "slash", "dot"] = "plain"
    zero_width: float = 1.0
    zero_like_o: bool = True
    one: Literal["bar", "flag", "slab"] = "bar"
    letter_i: Literal["bar", "slab"] = "bar"
    three: Literal["round", "flat"] = "round"
    four: Literal["closed", "open", "leaning"] = "closed"
    six: Literal["curled", "straight"] = "curled"
    seven: Literal["plain", "bar", "hook", "curved"] = "plain"
    a_top: Literal["pointed", "flat"] = "pointed"
    g: Literal["bar", "spur", "plain"] = "bar"
    j: Literal["hook", "top"] = "hook"
    k: Literal["meet", "branch"] = "branch"
    m: Literal["half", "full"] = "half"
    w: Literal["half", "full", "upright"] = "full"
    q: Literal["cross", "outside"] = "cross"
    r: Literal["slanting", "upright"] = "slanting"
    y_fork: float = 0.48
    middle: float = 0.5
    bowl: float = 0.55
    a_bar: float = 0.74
    four_bar: float = 0.73
    seven_foot: float = 0.32
    aperture: float = 0.24


def pen_factor(form: Form, character: str) -> float:
    """How thick the pen is, as a multiple of the form's: dies thin it where strokes stand close together."""
    if character in "A4N":
        return min(1.0, form.width * 0.26 / form.stroke)
    if character == "W" and form.w == "upright":
        return min(0.9, form.width * form.wide * 0.22 / form.stroke)
    if character not in "MW":
        return 1.0
    return min(1.0, form.width * form.wide * (0.2 if character == "M" else 0.19) / form.stroke)


def width_factor(form: Form, character: str) -> float:
    """How wide a character is, as a multiple of the form's usual width."""
    if character in "MW":
        return form.wide
    if character == "0":
        return form.zero_width
    if character == "1":
        return {"bar": 0.0, "flag": 0.5, "slab": 0.8}[form.one]
    if character == "I":
        return 0.0 if form.letter_i == "bar" else 0.7
    return form.narrow if character in "EFJL" else 1.0
