"""Side bands: the blue one with stars and country letters, flags, and the bands along top or bottom."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.layouts import Band
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.relief import Colour, stamp

#: Flags as stripes: direction ("v" side by side, "h" one above the other) and the BGR colours.
FLAGS: dict[str, tuple[str, tuple[Colour, ...]]] = {
    "nl": ("h", ((40, 30, 180), (240, 240, 240), (140, 60, 30))),
    "it": ("v", ((70, 145, 0), (240, 240, 240), (55, 43, 206))),
    "pl": ("h", ((240, 240, 240), (60, 20, 220))),
    "ua": ("h", ((187, 91, 0), (0, 214, 255))),
    "ru": ("h", ((240, 240, 240), (166, 57, 0), (30, 43, 213))),
    "gb": ("h", ((100, 30, 10), (240, 240, 240), (40, 20, 200), (240, 240, 240), (100, 30, 10))),
    "br": ("h", ((50, 150, 20), (0, 220, 255), (120, 40, 0), (0, 220, 255), (50, 150, 20))),
    "tr": ("h", ((40, 10, 220),)),
    "no": ("h", ((48, 12, 186), (240, 240, 240), (91, 32, 0), (240, 240, 240), (48, 12, 186))),
    "ch": ("h", ((30, 30, 220), (240, 240, 240), (30, 30, 220))),
    "ro": ("v", ((127, 43, 0), (22, 209, 252), (38, 17, 206))),
    "md": ("v", ((165, 70, 0), (0, 210, 255), (46, 9, 204))),
    "by": ("h", ((60, 40, 200), (60, 40, 200), (70, 130, 0))),
    "in": ("h", ((51, 153, 255), (240, 240, 240), (8, 136, 19))),
    "ar": ("h", ((223, 172, 116), (240, 240, 240), (223, 172, 116))),
    "kz": ("h", ((190, 175, 0), (0, 220, 255), (190, 175, 0))),
}


def paint_band(
    picture: NDArray[np.uint8], band: Band, scale: float, rng: np.random.Generator, lettering: Lettering
) -> None:
    """Paint ``band`` into a plate of ``scale`` pixels a millimetre, in place."""
    height, width = picture.shape[:2]
    reach = max(3, round(band.width_mm * scale))
    shade = 0.85 + 0.3 * rng.random()
    place = {
        "left": picture[:, :reach],
        "right": picture[:, width - reach :],
        "top": picture[:reach],
        "bottom": picture[height - reach :],
    }[band.side]
    place[:] = tuple(min(255, int(value * shade)) for value in bgr(band.colour))
    ink = bgr(band.ink)
    letters = band.letters[int(rng.random() * len(band.letters))] if band.letters else ""
    emblem = band.emblem[int(rng.random() * len(band.emblem))] if band.emblem else ""
    if band.side in ("left", "right"):
        _upright(place, letters, emblem, ink, rng, lettering)
    else:
        _level(place, letters, emblem, ink, rng, lettering)


def bgr(colour: str) -> Colour:
    """``#rrggbb`` as (blue, green, red)."""
    return int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16)


def _upright(
    place: NDArray[np.uint8],
    letters: str,
    emblem: str,
    ink: Colour,
    rng: np.random.Generator,
    lettering: Lettering,
) -> None:
    height, width = place.shape[:2]
    if emblem:
        _emblem(place, emblem, (width // 2, int(height * 0.3)), 0.36 * min(width, height * 0.8), ink)
    if letters:
        mask = lettering.words(rng, letters, "sans", max(5, int(height * 0.2)), int(width * 0.8))
        middle = height * (0.77 if emblem else 0.5)
        stamp(place, mask, (width - mask.shape[1]) // 2, int(middle - mask.shape[0] / 2), ink)


def _level(
    place: NDArray[np.uint8],
    letters: str,
    emblem: str,
    ink: Colour,
    rng: np.random.Generator,
    lettering: Lettering,
) -> None:
    height, width = place.shape[:2]
    if letters:
        mask = lettering.words(rng, letters, "sans", max(4, int(height * 0.55)), int(width * 0.6))
        stamp(place, mask, (width - mask.shape[1]) // 2, (height - mask.shape[0]) // 2, ink)
    if emblem:
        for x in (int(0.07 * width), int(0.93 * width)):
            _emblem(place, emblem if x > width / 2 else "stars", (x, height // 2), 0.32 * height, ink)


def _emblem(
    place: NDArray[np.uint8], emblem: str, middle: tuple[int, int], radius: float, ink: Colour
) -> None:
    if emblem == "stars":
        for angle in range(0, 360, 30):
            x = middle[0] + radius * np.cos(np.radians(angle))
            y = middle[1] + radius * np.sin(np.radians(angle))
            cv2.circle(
                place, (round(x * 8), round(y * 8)), round(max(0.7, radius * 0.13) * 8), ink, -1, 16, 3
            )
        return
    if emblem == "disc":
        cv2.circle(place, middle, max(2, int(radius)), ink, -1, cv2.LINE_AA)
        return
    direction, colours = FLAGS[emblem]
    wide, tall = radius * 1.7, radius * 1.15
    left, top = middle[0] - wide / 2, middle[1] - tall / 2
    for number, colour in enumerate(colours):
        low, high = number / len(colours), (number + 1) / len(colours)
        if direction == "v":
            corners = ((int(left + low * wide), int(top)), (int(left + high * wide), int(top + tall)))
        else:
            corners = ((int(left), int(top + low * tall)), (int(left + wide), int(top + high * tall)))
        cv2.rectangle(place, corners[0], corners[1], colour, -1)
