"""Plates as the states of North America make them: a picture under everything, emblems, stacked letters."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.bands import bgr
from detectors.training.plateart.emblems import EMBLEMS, VARIANTS, emblem
from detectors.training.plateart.layouts import Layout, Paint
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.relief import Colour, paste, plain, stamp
from detectors.training.plateart.scenery import SCENES, scene

#: Characters must stand out from what is behind them by this many grey levels.
LEAST_CONTRAST = 75
_PICTURES = tuple(name for name in EMBLEMS if name not in ("german", "disc", "divider"))
_STACKED = (
    *("TRK", "SA", "DV", "NG", "VET", "XX", "TK", "COM", "DLR", "US", "PH", "BB", "AC", "EL", "FF", "KB"),
    *("A", "B", "C", "K", "T", "1A", "5B", "TR", "PU", "RV", "APP", "ORG", "MC", "LE", "AM", "HAM", "ED"),
)
_CODES = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"

#: A character's mask as the characters of the number are cut.
Die = Callable[[str], NDArray[np.uint8]]


def state_ground(
    rng: np.random.Generator, layout: Layout, paint: Paint, height: int, width: int
) -> tuple[NDArray[np.uint8], Colour]:
    """A background (height, width, 3), pictured by the layout's trait, and an ink that stands out from it."""
    pictured = "pictured" in layout.traits or ("washed" in layout.traits and rng.random() < 0.4)
    if pictured:
        picture = scene(int(rng.random() * SCENES), height, width).copy()
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
    else:
        tint = [int(24 * value - 12) for value in rng.random(3)]
        shade = int(20 * rng.random() - 14)
        blue, green, red = (
            min(255, max(0, value + shift + shade))
            for value, shift in zip(bgr(paint.plate), tint, strict=True)
        )
        picture = plain(height, width, (blue, green, red))
        if paint.to:
            fade = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
            picture[:] = (picture * (1 - fade) + np.array(bgr(paint.to), np.float32) * fade).astype(np.uint8)
    if rng.random() < (0.3 if "emblems" in layout.traits else 0.06):
        _watermark(rng, picture)
    return picture, _standing_out(rng, picture, bgr(paint.ink))


def dress_state(
    rng: np.random.Generator,
    layout: Layout,
    picture: NDArray[np.uint8],
    ink: Colour,
    area: tuple[int, int],
    lettering: Lettering,
    die: Die,
) -> tuple[int, int]:
    """Stand an emblem or small stacked letters beside the characters; the columns that are left for them.

    The letters stand between the emblem and the characters, printed, or pressed by the characters' ``die``.
    """
    height = picture.shape[0]
    left, right = area
    if rng.random() < (0.8 if "side-picture" in layout.traits else 0.03):
        reach = int(height * (0.3 + 0.3 * rng.random()))
        kind = _PICTURES[int(rng.random() * len(_PICTURES))]
        tall = int(reach * (0.9 + 0.7 * rng.random()))
        on_left = rng.random() < 0.75
        x = left if on_left else right - reach
        y = int(height * (0.5 + 0.12 * (rng.random() - 0.5)) - tall / 2)
        paste(picture, emblem(kind, int(rng.random() * VARIANTS), reach // 4 * 4, tall // 4 * 4), x, y)
        left, right = (left + reach, right) if on_left else (left, right - reach)
    if "die-stack" in layout.traits and rng.random() < 0.75:
        return _pressed_stack(rng, picture, ink, (left, right), die)
    if rng.random() < (0.85 if "stacked" in layout.traits else 0.03):
        letters = _STACKED[int(rng.random() * len(_STACKED))]
        high = "high-stack" in layout.traits
        if high and rng.random() < 0.5:
            letters = "".join(_CODES[int(rng.random() * len(_CODES))] for _ in range(2))
        reach = int(height * (0.13 + (0.14 if high else 0.08) * rng.random()))
        on_left = rng.random() < 0.55
        place = left + reach // 2 if on_left else right - reach // 2
        if rng.random() < 0.12 and "stacked" in layout.traits:  # FIRE over FIGHTER and the like
            reach = int(height * 0.4)
            words = (("FIRE", "FIGHTER"), ("PURPLE", "HEART"), ("DISABLED", "VET"), ("FARM", "TRUCK"))
            letters_of: tuple[str, ...] = words[int(rng.random() * len(words))]
            tall = int(height * 0.09)
            place = left + reach // 2 if on_left else right - reach // 2
        else:
            letters_of = tuple(letters)
            most = 0.75 if high else 0.5
            tall = int(height * (0.42 / max(2, len(letters)) * (0.7 + most * rng.random())))
        if on_left:
            left += reach
        else:
            right -= reach
        _stack(rng, picture, letters_of, place, tall, reach, ink, lettering)
    return left, right


def decoy_ink(rng: np.random.Generator, asked: str, ink: Colour, picture: NDArray[np.uint8]) -> Colour:
    """The colour of small print: as asked, as the characters', or with ``any`` often another that shows."""
    if not asked:
        return ink
    if asked != "any":
        return bgr(asked)
    if rng.random() < 0.45:
        return ink
    colours = (
        (35, 25, 190),
        (150, 50, 20),
        (60, 100, 20),
        (20, 20, 20),
        (240, 240, 240),
        (130, 30, 110),
        (30, 120, 220),
    )
    return _standing_out(rng, picture[: picture.shape[0] // 4], colours[int(rng.random() * len(colours))])


def _stack(
    rng: np.random.Generator,
    picture: NDArray[np.uint8],
    letters: tuple[str, ...],
    middle: int,
    tall: int,
    reach: int,
    ink: Colour,
    lettering: Lettering,
) -> None:
    height = picture.shape[0]
    tall = max(4, tall)
    pitch = tall * (1.15 + 0.25 * rng.random())
    y = height * (0.5 + 0.06 * (rng.random() - 0.5)) - pitch * (len(letters) - 1) / 2
    for letter in letters:
        mask = lettering.words(rng, letter, "sans", tall, int(reach * 0.9))
        stamp(picture, mask, middle - mask.shape[1] // 2, int(y - mask.shape[0] / 2), ink)
        y += pitch


def _pressed_stack(
    rng: np.random.Generator, picture: NDArray[np.uint8], ink: Colour, area: tuple[int, int], die: Die
) -> tuple[int, int]:
    """Two or three characters over one another, half as high as the number's; the columns that are left."""
    height = picture.shape[0]
    left, right = area
    count = 2 if rng.random() < 0.85 else 3
    letters = [_CODES[int(rng.random() * len(_CODES))] for _ in range(count)]
    tall = int(height * (0.5 + 0.16 * rng.random()) / count * (0.75 + 0.25 * rng.random()))
    pitch = tall * (1.04 + 0.2 * rng.random())
    stretch = 0.8 + 0.5 * rng.random()
    masks = [die(letter) for letter in letters]
    widths = [max(3, int(mask.shape[1] * tall / mask.shape[0] * stretch)) for mask in masks]
    reach = max(widths)
    on_left = rng.random() < 0.65
    start = left if on_left else right - reach
    y = height * (0.5 + 0.06 * (rng.random() - 0.5)) - pitch * (count - 1) / 2
    for mask, width in zip(masks, widths, strict=True):
        small = np.asarray(cv2.resize(mask, (width, tall), interpolation=cv2.INTER_AREA), np.uint8)
        stamp(picture, small, start + (reach - width) // 2, int(y - tall / 2), ink)
        y += pitch
    apart = int(height * (0.02 + 0.08 * rng.random()))
    return (start + reach + apart, right) if on_left else (left, start - apart)


def _watermark(rng: np.random.Generator, picture: NDArray[np.uint8]) -> None:
    """A pale emblem behind the characters."""
    height, width = picture.shape[:2]
    tall = int(height * (0.4 + 0.5 * rng.random())) // 8 * 8
    kind = _PICTURES[int(rng.random() * len(_PICTURES))]
    mark = emblem(kind, int(rng.random() * VARIANTS), tall, tall).copy()
    mark[:, :, 3] = cv2.convertScaleAbs(mark[:, :, 3], alpha=0.15 + 0.35 * rng.random())
    paste(picture, mark, int((width - tall) * rng.random()), int((height - tall) * rng.random()))


def _standing_out(rng: np.random.Generator, picture: NDArray[np.uint8], ink: Colour) -> Colour:
    """``ink``, made darker or lighter until it differs enough from the middle of ``picture``."""
    height, width = picture.shape[:2]
    blue, green, red, _ = cv2.mean(picture[height // 4 : 3 * height // 4 + 1, width // 8 : -width // 8 : 3])
    behind = 0.114 * blue + 0.587 * green + 0.299 * red
    own = 0.114 * ink[0] + 0.587 * ink[1] + 0.299 * ink[2]
    if abs(own - behind) >= LEAST_CONTRAST:
        return ink
    target = 0 if behind > 115 else 255
    share = 0.65 + 0.35 * rng.random()
    return tuple(int(value + (target - value) * share) for value in ink)  # type: ignore[return-value]
