"""Families of plate lettering: the stroke parameters and typefaces that look like a country's plates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detectors.training.plateart.forms import Form

Span = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """Ranges of a stroke alphabet, and the typefaces (pattern of the file's stem) that resemble the family.

    ``width`` and ``stroke`` are in cap heights. ``choices`` lists, per alternate of `Form`, what may occur;
    one listed twice occurs twice as often. ``fonts_share`` is how often a typeface is taken, where there is
    one; it is stretched and thickened towards ``width`` and ``stroke``.
    """

    width: Span
    stroke: Span
    radius: Span
    oval: Span = (1.0, 1.4)
    round_ends: float = 0.5
    round_joins: float = 0.5
    soft: Span = (0.0, 0.25)
    zero_like_o: float = 1.0
    zero_width: Span = (1.0, 1.0)
    gap: float = 0.0
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fonts: str = ""
    fonts_share: float = 0.3


_SANS = r"(LiberationSans|DejaVu|Roboto|OpenSans|Lato|Inter|Carlito|Clear|texgyreheros|NimbusSans|SofiaSans)"
_CONDENSED = (
    r"(Condensed|Cond\b|Narrow|Yanone|Bebas|FjallaOne|heroscn|GemunuLibre|Oswald|Teko|PTN|DmBdCond|BoldCond)"
)
_DIN = r"(OSP-DIN|osifont|routed-gothic|RG2014|NationalPark|B612-|Barlow|Rajdhani|ShareTech|Overpass|Saira)"

LOOKS: Mapping[str, Look] = {
    "fe": Look(
        (0.58, 0.68), (0.125, 0.155), (0.16, 0.3), oval=(1.0, 1.5), round_ends=0.3, round_joins=0.2,
        soft=(0.08, 0.3), zero_like_o=0.0, zero_width=(0.82, 0.92), gap=0.65,
        choices={"one": ("flag",), "letter_i": ("slab", "slab", "bar"), "three": ("flat", "flat", "round"),
                 "j": ("top", "top", "hook"), "six": ("straight", "curled"), "four": ("open", "closed"),
                 "g": ("bar", "spur"), "m": ("half",), "w": ("half", "full"), "a_top": ("pointed", "flat")},
        fonts=_DIN, fonts_share=0.1,
    ),
    "din": Look(
        (0.48, 0.62), (0.11, 0.15), (0.2, 0.32), oval=(1.0, 1.3), round_ends=0.15, round_joins=0.2,
        soft=(0.05, 0.25), zero_like_o=0.6, zero_width=(0.85, 1.0),
        choices={"one": ("flag",), "three": ("round", "round", "flat"), "six": ("straight", "curled"),
                 "j": ("hook",), "seven": ("plain", "plain", "bar"), "r": ("slanting",)},
        fonts=rf"{_DIN}|{_CONDENSED}", fonts_share=0.35,
    ),
    "mandatory": Look(
        (0.6, 0.67), (0.16, 0.185), (0.16, 0.26), oval=(1.0, 1.15), round_ends=0.03, round_joins=0.1,
        soft=(0.03, 0.15),
        choices={"one": ("bar",), "a_top": ("flat", "pointed"), "m": ("half", "half", "full"),
                 "w": ("half", "full"), "four": ("closed",), "six": ("curled",), "g": ("bar", "spur")},
        fonts=r"(Bold|Black|Heavy)", fonts_share=0.12,
    ),
    "us": Look(
        (0.43, 0.57), (0.115, 0.165), (0.12, 0.3), oval=(0.9, 1.5), round_ends=0.75, round_joins=0.75,
        soft=(0.08, 0.32), zero_like_o=0.85, zero_width=(0.9, 1.0),
        choices={"one": ("bar", "flag", "flag", "slab", "slab"), "letter_i": ("bar", "slab"),
                 "zero": ("plain",) * 11 + ("slash",), "a_top": ("pointed", "flat"),
                 "three": ("round", "round", "round", "flat"),
                 "four": ("closed", "open", "leaning", "leaning"),
                 "seven": ("plain", "plain", "plain", "hook", "curved"), "g": ("bar", "spur", "plain"),
                 "j": ("hook", "hook", "top"), "k": ("meet", "branch"), "m": ("half", "full"),

                 "w": ("half", "full", "upright", "upright"), "q": ("cross", "outside"),
                 "r": ("slanting", "upright"),
                 "six": ("curled", "curled", "straight")},
        fonts=rf"(RG2014|NationalPark|Dosis|routed-gothic|Barlow|VarelaRound)|{_CONDENSED}", fonts_share=0.2,
    ),
    "french": Look(
        (0.5, 0.62), (0.12, 0.16), (0.18, 0.32), oval=(1.0, 1.35), round_ends=0.1, round_joins=0.2,
        zero_like_o=0.7, zero_width=(0.88, 1.0),
        choices={"one": ("flag",), "six": ("curled", "straight"), "m": ("half", "full"), "j": ("hook",)},
        fonts=rf"{_SANS}|{_DIN}", fonts_share=0.4,
    ),
    "dutch": Look(
        (0.5, 0.62), (0.12, 0.155), (0.16, 0.3), round_ends=0.3, round_joins=0.3, gap=0.4,
        zero_like_o=0.4, zero_width=(0.88, 0.98),
        choices={"one": ("flag",), "j": ("hook", "top"), "three": ("round", "flat")},
        fonts=_DIN, fonts_share=0.25,
    ),
    "italian": Look(
        (0.46, 0.58), (0.11, 0.145), (0.14, 0.28), oval=(1.0, 1.4), round_ends=0.4, round_joins=0.4,
        choices={"one": ("flag", "flag", "bar"), "six": ("curled",), "three": ("round", "flat")},
        fonts=rf"{_DIN}|{_CONDENSED}", fonts_share=0.3,
    ),
    "scandinavian": Look(
        (0.5, 0.64), (0.12, 0.16), (0.16, 0.32), round_ends=0.3, round_joins=0.35,
        zero_like_o=0.6, zero_width=(0.88, 1.0),
        choices={"one": ("flag", "flag", "bar"), "six": ("curled", "straight"), "three": ("round", "flat")},
        fonts=rf"{_SANS}|{_DIN}", fonts_share=0.35,
    ),
    "brazil": Look(
        (0.55, 0.66), (0.14, 0.18), (0.16, 0.28), round_ends=0.1, round_joins=0.15,
        choices={"one": ("bar", "flag"), "a_top": ("flat", "pointed"), "six": ("curled", "straight")},
        fonts=r"(Bold|SemiBold|DemiBold)", fonts_share=0.3,
    ),
    "russian": Look(
        (0.55, 0.68), (0.12, 0.16), (0.16, 0.32), oval=(1.0, 1.4), round_ends=0.55, round_joins=0.5,
        zero_like_o=0.7, zero_width=(0.9, 1.0),
        choices={"one": ("flag", "flag", "bar"), "six": ("curled", "straight"), "three": ("round", "flat")},
        fonts=rf"{_SANS}|{_DIN}|PTS", fonts_share=0.25,
    ),
    "china": Look(
        (0.46, 0.56), (0.095, 0.135), (0.16, 0.28), oval=(1.0, 1.4), round_ends=0.3, round_joins=0.3,
        soft=(0.05, 0.3),
        choices={"one": ("bar",), "g": ("bar", "spur"), "six": ("curled", "straight", "straight"),
                 "four": ("closed",), "q": ("cross", "outside"), "w": ("full",), "m": ("half", "full")},
        fonts=rf"{_DIN}|{_CONDENSED}", fonts_share=0.2,
    ),
    "sans-bold": Look(
        (0.55, 0.75), (0.15, 0.2), (0.2, 0.4), round_ends=0.1, round_joins=0.15,
        choices={"one": ("flag",), "g": ("bar", "spur")},
        fonts=r"(Bold|Black|Heavy|SemiBold|DemiBold)", fonts_share=0.8,
    ),
    "sans-condensed": Look(
        (0.4, 0.52), (0.1, 0.16), (0.12, 0.28), round_ends=0.3, round_joins=0.3,
        choices={"one": ("flag", "bar"), "g": ("bar", "spur")},
        fonts=_CONDENSED, fonts_share=0.75,
    ),
    "any": Look(
        (0.42, 0.72), (0.1, 0.18), (0.14, 0.36), oval=(0.9, 1.6), round_ends=0.4, round_joins=0.4,
        soft=(0.0, 0.4), zero_like_o=0.8, zero_width=(0.85, 1.0), gap=0.05,
        choices={"one": ("bar", "flag", "flag", "slab"), "letter_i": ("bar", "slab"),
                 "zero": ("plain",) * 8 + ("slash", "dot"), "a_top": ("pointed", "flat"),
                 "three": ("round", "round", "flat"), "four": ("closed", "closed", "open", "leaning"),
                 "seven": ("plain", "plain", "hook", "bar", "curved"), "g": ("bar", "spur", "plain"),
                 "j": ("hook", "top"), "k": ("meet", "branch"), "m": ("half", "full"),
                 "w": ("half", "full", "upright"),
                 "q": ("cross", "outside"), "r": ("slanting", "upright"), "six": ("curled", "straight")},
        fonts=r".", fonts_share=0.6,
    ),
}  # fmt: skip
LOOKS = {
    **LOOKS,
    "mercosur": replace(LOOKS["fe"], gap=0.5),
    # The face that comes with Pillow, made bold, as on drawn plates and on those of makers without dies.
    "built-in": replace(
        LOOKS["sans-bold"], width=(0.48, 0.66), stroke=(0.15, 0.21), fonts="^Pillow$", fonts_share=0.9
    ),
    # Some states' dies are so fine that at a distance a 1 is told from an I, and a 2 from a Z, by a hair.
    "us-fine": replace(LOOKS["us"], width=(0.36, 0.55), stroke=(0.07, 0.12), fonts_share=0.0),
}


def draw_form(rng: np.random.Generator, look: Look) -> Form:
    """A stroke alphabet of the look: numbers evenly from its ranges, alternates evenly from its choices."""
    like_o = bool(rng.random() < look.zero_like_o)
    drawn: dict[str, Any] = {
        name: round(float(rng.uniform(*getattr(look, name))), 4)
        for name in ("width", "stroke", "radius", "oval", "soft")
    }
    # Within a narrow letter a bold pen would leave no counters.
    drawn["stroke"] = round(min(drawn["stroke"], 0.29 * drawn["width"]), 4)
    drawn |= {name: str(rng.choice(options)) for name, options in look.choices.items()}
    return Form(
        **drawn,
        waist=round(float(rng.uniform(0.44, 0.5)), 3),
        inset=round(float(rng.choice([0.0, rng.uniform(0.02, 0.07)])), 3),
        wide=round(float(rng.uniform(1.0, 1.25)), 3),
        narrow=round(float(rng.uniform(0.88, 1.0)), 3),
        round_ends=bool(rng.random() < look.round_ends),
        round_joins=bool(rng.random() < look.round_joins),
        gap=round(float(rng.uniform(0.02, 0.05)), 3) if rng.random() < look.gap else 0.0,
        zero_like_o=like_o,
        zero_width=1.0 if like_o else round(float(rng.uniform(*look.zero_width)), 3),
        y_fork=round(float(rng.uniform(0.42, 0.56)), 3),
        middle=round(float(rng.uniform(0.46, 0.53)), 3),
        bowl=round(float(rng.uniform(0.5, 0.6)), 3),
        a_bar=round(float(rng.uniform(0.68, 0.78)), 3),
        four_bar=round(float(rng.uniform(0.68, 0.77)), 3),
        seven_foot=round(float(rng.uniform(0.18, 0.42)), 3),
        aperture=round(float(rng.uniform(0.15, 0.29)), 3),
    )
