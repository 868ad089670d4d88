"""What is screwed, glued or clipped on a plate: bolts, date stickers, dealers' frames and holders."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.emblems import colour_of
from detectors.training.plateart.layouts import Layout
from detectors.training.plateart.lettering import Face, Lettering
from detectors.training.plateart.relief import Colour, paste, stamp
from detectors.training.plateart.typeset import Setting

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DEALERS = (
    *("TOYOTA", "FORD", "HONDA", "CHEVROLET", "SUBARU", "MOTORS", "AUTO MALL", "AUTOHAUS", "AUTOMOBILES"),
    *("LAKESIDE", "VALLEY", "HILLTOP", "RIVERSIDE", "NORTH", "CENTRAL", "CAR CENTER", "GARAGE", "GO TEAM"),
    *("MY OTHER CAR", "ALUMNI", "UNIVERSITY", "I LOVE MY DOG", "WWW.CARS.COM", "555-0142", "CITY", "SPORT"),
    *("EAGLES", "LIONS", "FIREFIGHTER", "VETERAN", "CLASSIC", "SINCE 1962", "SERVICE", "AUTO GROUP"),
)
_FRAMES: tuple[tuple[Colour, Colour], ...] = (
    *(((20, 20, 20), (225, 225, 225)), ((15, 15, 15), (180, 180, 180)), ((190, 195, 195), (30, 30, 30))),
    *(((235, 235, 235), (150, 40, 20)), ((120, 40, 20), (240, 240, 240)), ((30, 30, 150), (240, 240, 240))),
    *(((160, 165, 168), (40, 40, 120)), ((35, 35, 38), (60, 200, 240))),
)


def fit(
    rng: np.random.Generator,
    layout: Layout,
    picture: NDArray[np.uint8],
    setting: Setting,
    lettering: Lettering,
) -> NDArray[np.uint8]:
    """Add what the layout's traits call for; nothing covers more than the characters' rims."""
    if "stickers" in layout.traits:
        _stickers(rng, picture, setting, lettering)
    if rng.random() < (0.75 if "stickers" in layout.traits else 0.3):
        _bolts(rng, layout, picture)
    if "frame" in layout.traits and rng.random() < 0.38:
        _frame(rng, picture, setting, lettering)
    if "holder" in layout.traits and rng.random() < 0.15:
        return _holder(rng, picture, lettering)
    return picture


@lru_cache(maxsize=64)
def _bolt(variant: int, side: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng([77, variant])
    picture = np.zeros((48, 48, 4), np.uint8)
    grey = int(40 + 170 * rng.random())
    cv2.circle(picture, (24, 24), 20, (grey, grey, grey, 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (24, 24), 20, (grey // 3, grey // 3, grey // 3, 255), 3, cv2.LINE_AA)
    cv2.circle(picture, (20, 19), 7, (min(255, grey + 50),) * 3 + (255,), -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        angle = np.pi * rng.random()
        dx, dy = int(14 * np.cos(angle)), int(14 * np.sin(angle))
        cv2.line(picture, (24 - dx, 24 - dy), (24 + dx, 24 + dy), (grey // 3,) * 3 + (255,), 4)
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _bolts(rng: np.random.Generator, layout: Layout, picture: NDArray[np.uint8]) -> None:
    height, width = picture.shape[:2]
    side = max(4, int(height * (0.05 + 0.05 * rng.random())))
    american = "stickers" in layout.traits
    columns = (0.2, 0.8) if american else ((0.17, 0.83), (0.3, 0.7), (0.12, 0.88))[int(rng.random() * 3)]
    rows: tuple[float, ...] = ((0.1, 0.9), (0.1,), (0.9,))[int(rng.random() * 3)] if american else (0.5,)
    if not american and rng.random() < 0.7:
        rows = ((0.12,), (0.88,), (0.12, 0.88))[int(rng.random() * 3)]
    variant = int(rng.random() * 12)
    for x in columns:
        for y in rows:
            place = (
                int(x * width + 2 * rng.random() - side / 2),
                int(y * height + 2 * rng.random() - side / 2),
            )
            paste(picture, _bolt(variant, side), *place)


def _stickers(
    rng: np.random.Generator, picture: NDArray[np.uint8], setting: Setting, lettering: Lettering
) -> None:
    """Month and year in the corners: printed, or on bright stickers."""
    height, width = picture.shape[:2]
    tall = int(height * (0.11 + 0.06 * rng.random()))
    corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
    first = int(rng.random() * 4)
    for corner in (corners[first], corners[(first + 1 + int(rng.random() * 3)) % 4]):
        if rng.random() < 0.3:
            continue
        wide = int(tall * (1.2 + 0.8 * rng.random()))
        inset = int(height * (0.02 + 0.04 * rng.random()))
        x = inset + int(0.03 * width) if corner[0] == 0 else width - wide - inset - int(0.03 * width)
        y = inset if corner[1] == 0 else height - tall - inset
        blank = colour_of(rng, 40, 255)
        if rng.random() < 0.8:
            cv2.rectangle(picture, (x, y), (x + wide, y + tall), blank, -1)
        if rng.random() < 0.15:
            cv2.rectangle(picture, (x, y), (x + wide, y + tall), (60, 60, 60), 1)
        month = rng.random() < 0.5
        text = _MONTHS[int(rng.random() * 12)] if month else f"{int(rng.random() * 100):02d}"
        if not month and rng.random() < 0.3:
            text = str(1995 + int(rng.random() * 31))
        mask = lettering.words(rng, text, "sans", max(4, int(tall * (0.4 + 0.35 * rng.random()))), wide - 2)
        dark = sum(blank) > 330
        ink = colour_of(rng, 0, 90) if dark else (240, 240, 240)
        stamp(picture, mask, x + (wide - mask.shape[1]) // 2, y + (tall - mask.shape[0]) // 2, ink)


def _frame(
    rng: np.random.Generator, picture: NDArray[np.uint8], setting: Setting, lettering: Lettering
) -> None:
    """A dealer's frame over the edges: bars on top and below, often with words, and thin sides."""
    height, width = picture.shape[:2]
    rim, ink = _FRAMES[int(rng.random() * len(_FRAMES))]
    top, below = (int(height * (0.05 + 0.13 * rng.random())) for _ in range(2))
    side = int(height * (0.02 + 0.05 * rng.random()))
    picture[:top] = rim
    picture[height - below :] = rim
    picture[:, :side] = rim
    picture[:, width - side :] = rim
    edge = tuple(int(value * 0.6 + 60 * rng.random()) for value in rim)
    cv2.rectangle(picture, (side, top), (width - 1 - side, height - 1 - below), edge, 1)
    for middle, thick in ((top / 2, top), (height - below / 2, below)):
        if thick > 0.08 * height and rng.random() < 0.8:
            _words(rng, picture, (width / 2, middle), int(thick * 0.6), int(width * 0.8), ink, lettering)


def _holder(rng: np.random.Generator, picture: NDArray[np.uint8], lettering: Lettering) -> NDArray[np.uint8]:
    """A European plate holder: a strip with the dealer's name below the plate, a rim around it."""
    height, width = picture.shape[:2]
    strip, rim = int(height * (0.1 + 0.12 * rng.random())), int(height * 0.05 * rng.random())
    held = np.empty((height + strip + rim, width + 2 * rim, 3), np.uint8)
    colour, ink = _FRAMES[int(rng.random() * len(_FRAMES))]
    held[:] = colour
    held[rim : rim + height, rim : rim + width] = picture
    _words(rng, held, (held.shape[1] / 2, height + rim + strip / 2), int(strip * 0.55), width, ink, lettering)
    return held


def _words(
    rng: np.random.Generator,
    picture: NDArray[np.uint8],
    middle: tuple[float, float],
    tall: int,
    room: int,
    ink: Colour,
    lettering: Lettering,
) -> None:
    first = int(rng.random() * len(_DEALERS))
    text = _DEALERS[first]
    if rng.random() < 0.6:  # few partners for each, so that most texts are already drawn
        text += " " + _DEALERS[(first + 1 + int(rng.random() * 4)) % len(_DEALERS)]
    face: Face = "sans" if rng.random() < 0.7 else "any"
    mask = lettering.words(rng, text, face, max(4, tall), room)
    stamp(picture, mask, int(middle[0] - mask.shape[1] / 2), int(middle[1] - mask.shape[0] / 2), ink)
