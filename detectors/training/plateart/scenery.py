"""Pictured backgrounds: skies, mountains, woods, waves, washed photographs, as many states print them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

#: How many different backgrounds there are.
SCENES = 360


@lru_cache(maxsize=2 * SCENES)
def scene(index: int, height: int, width: int) -> NDArray[np.uint8]:
    """Background ``index`` (0 to :data:`SCENES` - 1) as BGR (height, width, 3), read-only."""
    rng = np.random.default_rng([1789, index])
    picture = _KINDS[index % len(_KINDS)](rng, height, width)
    if rng.random() < 0.65:  # most states wash the picture out so that the characters stand before it
        wash = np.full_like(picture, 245)
        strength = 0.25 + 0.5 * rng.random()
        picture = cv2.addWeighted(picture, 1 - strength, wash, strength, 0)
    picture.setflags(write=False)
    return picture


def _stops(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Colours (count, 3) of a sky: any hue, rather bright."""
    hues = np.zeros((1, count, 3), np.uint8)
    hues[0, :, 0] = (rng.random(count) * 180).astype(np.uint8)
    hues[0, :, 1] = (rng.random(count) * 170).astype(np.uint8)
    hues[0, :, 2] = (150 + rng.random(count) * 105).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hues, cv2.COLOR_HSV2BGR)[0], np.float32)


def _sky(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A gradient from top to bottom with two to four colours."""
    stops = _stops(rng, 2 + int(rng.random() * 3))
    column = cv2.resize(stops[:, None, :], (1, height), interpolation=cv2.INTER_LINEAR)
    return np.repeat(column, width, axis=1).astype(np.uint8)


def _skyline(rng: np.random.Generator, width: int, roughness: float) -> NDArray[np.float64]:
    """A ridge: heights (width,) between 0 and 1."""
    points = rng.random(int(4 + 10 * rng.random()))
    ridge = np.interp(np.linspace(0, len(points) - 1, width), np.arange(len(points)), points)
    return np.asarray(ridge + roughness * rng.random(width), np.float64)


def _mountains(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    picture = _sky(rng, height, width)
    rows = np.arange(height)[:, None]
    for layer in range(1 + int(rng.random() * 3)):
        base = height * (0.35 + 0.22 * layer + 0.1 * rng.random())
        ridge = base + height * 0.3 * _skyline(rng, width, 0.02)
        dark = rng.random() < 0.5
        picture[rows > ridge[None]] = (rng.random(3) * (120 if dark else 255)).astype(np.uint8)
    return picture


def _wood(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    picture = _sky(rng, height, width)
    colour = tuple(int(value) for value in 20 + rng.random(3) * 110)
    floor = int(height * (0.7 + 0.25 * rng.random()))
    for _ in range(int(6 + 24 * rng.random())):
        x, tall = int(rng.random() * width), int(height * (0.15 + 0.4 * rng.random()))
        half = max(2, tall // 5)
        points = np.array([(x, floor - tall), (x - half, floor), (x + half, floor)], np.int32)
        cv2.fillPoly(picture, [points], colour, cv2.LINE_AA)
    picture[floor:] = colour
    return picture


def _rays(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    picture = _sky(rng, height, width)
    centre = (int(width * rng.random()), int(height * (0.5 + 0.6 * rng.random())))
    colour = tuple(int(value) for value in _stops(rng, 1)[0])
    for angle in np.arange(0, 360, 16 + 14 * rng.random()):
        far = [
            (int(centre[0] + 400 * np.cos(np.radians(edge))), int(centre[1] + 400 * np.sin(np.radians(edge))))
            for edge in (angle, angle + 8)
        ]
        cv2.fillPoly(picture, [np.array([centre, *far], np.int32)], colour)
    cv2.circle(picture, centre, int(height * (0.1 + 0.3 * rng.random())), (60, 150, 245), -1, cv2.LINE_AA)
    return picture


def _arcs(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A rainbow over a plain ground, or the rings of waves."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = tuple(int(value) for value in 215 + rng.random(3) * 40)
    thick = int(height * (0.04 + 0.06 * rng.random()))
    centre, radius = (width // 2, int(height * (1.0 + 0.6 * rng.random()))), int(height * 1.1)
    for band in range(3 + int(rng.random() * 4)):
        colour = tuple(int(value) for value in 90 + rng.random(3) * 160)
        cv2.ellipse(picture, centre, (int(width * 0.55), radius - band * thick), 0, 180, 360, colour, thick)
    return picture


def _waves(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    picture = _sky(rng, height, width)
    rows, columns = np.arange(height)[:, None], np.arange(width)[None]
    for _ in range(2 + int(rng.random() * 3)):
        middle = height * rng.random()
        swing = height * (0.04 + 0.2 * rng.random())
        wave = middle + swing * np.sin(columns / width * (2 + 8 * rng.random()) + 6 * rng.random())
        inside = np.abs(rows - wave) < height * (0.02 + 0.1 * rng.random())
        picture[inside] = _stops(rng, 1)[0].astype(np.uint8)
    return picture


def _photograph(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """Noise of several sizes in a few colours: a photograph that nobody can make out."""
    picture = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((3, 90), (7, 60), (18, 35), (48, 18)):
        noise = rng.random((cells, 2 * cells, 3)).astype(np.float32) - 0.5
        grey = rng.random((cells, 2 * cells, 1)).astype(np.float32) - 0.5
        mixed = 0.22 * noise + 0.85 * grey
        picture += 2 * weight * cv2.resize(mixed, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(picture + 90 + 110 * rng.random(3), 0, 255).astype(np.uint8)


def _flag(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """Slanted or level stripes."""
    picture = np.empty((height, width, 3), np.uint8)
    colours = _stops(rng, 3).astype(np.uint8)
    slope, period = 0.6 * (rng.random() - 0.5), height * (0.2 + 0.8 * rng.random())
    phase = (np.arange(height)[:, None] + slope * np.arange(width)[None]) / period
    picture[:] = colours[(phase.astype(int)) % 3]
    return picture


def _bands(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A plain sheet with a coloured stripe along the top, the bottom or both."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = _stops(rng, 1)[0].astype(np.uint8) if rng.random() < 0.3 else 240
    fade = rng.random() < 0.5
    for top in (True, False):
        if rng.random() < 0.75:
            reach = int(height * (0.12 + 0.25 * rng.random()))
            colour = rng.random(3) * 255
            edge = np.linspace(1, 0 if fade else 1, reach, dtype=np.float32)[:, None, None]
            part = picture[:reach] if top else picture[::-1][:reach]
            part[:] = (part * (1 - edge) + colour * edge).astype(np.uint8)
    return picture


_KINDS: tuple[Callable[[np.random.Generator, int, int], NDArray[np.uint8]], ...] = (
    *(_sky, _mountains, _bands, _wood, _rays, _bands, _arcs, _waves, _photograph, _flag),
)
