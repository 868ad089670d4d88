"""Small pictures on plates, drawn from simple shapes: seals, suns, trees, animals, outlines, marks."""

from __future__ import annotations

import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.figures import FIGURES, Draw, Sticker, colour_of

#: Each emblem comes in this many variants of colour and shape.
VARIANTS = 24
_SIDE = 96


@lru_cache(maxsize=4000)
def emblem(kind: str, variant: int, width: int, height: int) -> Sticker:
    """A BGRA picture (height, width, 4) of one of :data:`EMBLEMS`; equal arguments, equal picture."""
    rng = np.random.default_rng([zlib.crc32(kind.encode()), variant])
    colour = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    alpha = np.zeros((_SIDE, _SIDE), np.uint8)
    EMBLEMS[kind](rng, colour, alpha)
    drawn = cv2.merge((*cv2.split(colour), alpha))
    return np.asarray(
        cv2.resize(drawn, (max(2, width), max(2, height)), interpolation=cv2.INTER_AREA), np.uint8
    )


def blob(rng: np.random.Generator, side: int, roughness: float = 0.35, points: int = 24) -> NDArray[np.int32]:
    """A closed random outline (points, 2) filling most of a square of ``side`` pixels."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = 0.36 + roughness * 0.3 * (rng.random(points) - 0.5)
    radius = (radius + np.roll(radius, 1) + np.roll(radius, 2) * (rng.random() > 0.5)) / (
        2 + (rng.random() > 0.5)
    )
    ring = np.stack((np.cos(angle), np.sin(angle)), axis=1) * np.clip(radius, 0.12, 0.48)[:, None]
    return np.asarray((ring + 0.5) * side, np.int32)


def _disc(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 120, 255)
    cv2.circle(alpha, (48, 48), 44, 255, -1, cv2.LINE_AA)
    cv2.circle(colour, (48, 48), 41, colour_of(rng, 0, 140), 3, cv2.LINE_AA)
    for _ in range(6):
        x, y = (int(24 + 48 * value) for value in rng.random(2))
        cv2.circle(colour, (x, y), int(3 + 9 * rng.random()), colour_of(rng), -1, cv2.LINE_AA)
    for row in (34, 60):
        cv2.line(colour, (22, row), (74, row), colour_of(rng, 0, 90), 2)


def _seal_pair(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A German registration office's seal with, behind only, the inspection's coloured disc above it."""
    if rng.random() < 0.6:
        cv2.ellipse(alpha, (48, 22), (40, 20), 0, 0, 360, 255, -1, cv2.LINE_AA)
        hues = ((60, 160, 240), (200, 130, 60), (60, 220, 240), (120, 90, 200), (90, 170, 90), (60, 120, 220))
        cv2.ellipse(colour, (48, 22), (41, 21), 0, 0, 360, hues[int(rng.random() * 6)], -1)
        cv2.ellipse(colour, (48, 22), (22, 11), 0, 0, 360, (30, 30, 30), 2)
        cv2.line(colour, (30, 12), (66, 32), (30, 30, 30), 2)
    cv2.ellipse(alpha, (48, 72), (40, 21), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(colour, (48, 72), (41, 22), 0, 0, 360, (205, 210, 212), -1)
    cv2.ellipse(colour, (48, 72), (36, 18), 0, 0, 360, (70, 70, 70), 2)
    cv2.ellipse(colour, (48, 72), (14, 10), 0, 0, 360, colour_of(rng, 20, 200), -1)


def _sun(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = (40, int(60 + 160 * rng.random()), 235)
    cv2.circle(alpha, (48, 48), 18, 255, -1, cv2.LINE_AA)
    for angle in np.arange(0, 360, 15 if rng.random() < 0.5 else 45):
        end = (int(48 + 45 * np.cos(np.radians(angle))), int(48 + 45 * np.sin(np.radians(angle))))
        cv2.line(alpha, (48, 48), end, 255, 4, cv2.LINE_AA)


def _fruit(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = (20, int(110 + 60 * rng.random()), 240)
    cv2.circle(alpha, (36, 56), 28, 255, -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.circle(alpha, (66, 60), 26, 255, -1, cv2.LINE_AA)
        cv2.circle(colour, (66, 60), 26, (30, 90, 220), 2, cv2.LINE_AA)
    cv2.ellipse(alpha, (52, 26), (30, 12), 20, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(colour, (52, 26), (32, 14), 20, 0, 360, (50, 140, 50), -1)
    cv2.circle(colour, (44, 38), 8, (235, 240, 240), -1, cv2.LINE_AA)


def _conifer(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = (int(40 + 60 * rng.random()), int(80 + 70 * rng.random()), int(30 + 50 * rng.random()))
    for step in range(4):
        top, reach = 4 + 20 * step, 12 + 9 * step
        points = np.array([(48, top), (48 - reach, top + 30), (48 + reach, top + 30)], np.int32)
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA)
    cv2.rectangle(alpha, (44, 84), (52, 95), 255, -1)


def _palm(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 10, 110)
    cv2.rectangle(alpha, (45, 30), (52, 94), 255, -1)
    for angle in range(150, 400, 28):
        tip = (int(48 + 40 * np.cos(np.radians(angle))), int(34 + 30 * np.sin(np.radians(angle))))
        cv2.ellipse(
            alpha, ((48 + tip[0]) // 2, (34 + tip[1]) // 2), (22, 6), angle, 0, 360, 255, -1, cv2.LINE_AA
        )


def _cactus(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = (int(40 + 50 * rng.random()), int(70 + 60 * rng.random()), int(40 + 60 * rng.random()))
    for x, top, bottom in ((48, 6, 95), (24, 28, 56), (72, 20, 48)):
        cv2.line(alpha, (x, top), (x, bottom), 255, 13, cv2.LINE_AA)
    cv2.line(alpha, (24, 56), (48, 62), 255, 11, cv2.LINE_AA)
    cv2.line(alpha, (72, 48), (48, 54), 255, 11, cv2.LINE_AA)


def _star(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 200)
    angle = np.radians(np.arange(10) * 36 - 90)
    radius = np.where(np.arange(10) % 2 == 0, 45, 18)
    points = np.stack((48 + radius * np.cos(angle), 48 + radius * np.sin(angle)), axis=1).astype(np.int32)
    cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA)


def _outline(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 190)
    points = blob(rng, _SIDE, 1.0, int(8 + 10 * rng.random()))
    if rng.random() < 0.6:
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA)
    else:
        cv2.polylines(alpha, [points], True, 255, 4, cv2.LINE_AA)


def _animal(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A body, a head, four legs and now and then horns or a rider: enough at this size."""
    colour[:] = colour_of(rng, 0, 110)
    tilt = int(30 * (rng.random() - 0.5))
    cv2.ellipse(alpha, (46, 46), (28, 15), tilt, 0, 360, 255, -1, cv2.LINE_AA)
    head = (int(70 + 12 * rng.random()), int(22 + 16 * rng.random()))
    cv2.line(alpha, (64, 42), head, 255, 11, cv2.LINE_AA)
    cv2.ellipse(alpha, head, (11, 7), 30, 0, 360, 255, -1, cv2.LINE_AA)
    for x in (24, 34, 58, 67):
        cv2.line(alpha, (x, 50), (int(x + 16 * (rng.random() - 0.5)), 92), 255, 6, cv2.LINE_AA)
    if rng.random() < 0.5:
        cv2.line(alpha, head, (head[0] - 12, head[1] - 18), 255, 3, cv2.LINE_AA)
        cv2.line(alpha, head, (head[0] + 8, head[1] - 19), 255, 3, cv2.LINE_AA)
    if rng.random() < 0.35:
        cv2.line(alpha, (46, 40), (40, 8), 255, 10, cv2.LINE_AA)


def _bird(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 150)
    cv2.ellipse(alpha, (48, 56), (14, 32), int(40 * rng.random() - 20), 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(alpha, (26, 40), (26, 9), 40, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(alpha, (70, 40), (26, 9), -40, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.circle(alpha, (48, 22), 10, 255, -1, cv2.LINE_AA)
    cv2.circle(colour, (48, 22), 10, (230, 235, 235), -1, cv2.LINE_AA)


def _flower(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    petal = colour_of(rng, 60, 240)
    for angle in range(0, 360, 60):
        centre = (int(48 + 22 * np.cos(np.radians(angle))), int(40 + 22 * np.sin(np.radians(angle))))
        cv2.circle(alpha, centre, 15, 255, -1, cv2.LINE_AA)
        cv2.circle(colour, centre, 16, petal, -1)
    cv2.line(alpha, (48, 60), (48, 95), 255, 5)
    cv2.line(colour, (48, 63), (48, 95), (40, 120, 40), 7)
    cv2.circle(colour, (48, 40), 11, colour_of(rng), -1, cv2.LINE_AA)
    cv2.circle(alpha, (48, 40), 11, 255, -1, cv2.LINE_AA)


def _tower(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 60, 190)
    points = np.array([(38, 95), (42, 22), (54, 22), (58, 95)], np.int32)
    cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA)
    cv2.rectangle(alpha, (40, 6), (56, 20), 255, -1)
    for row in range(30, 95, 20):
        cv2.rectangle(colour, (30, row), (66, row + 9), (230, 235, 238), -1)


def _stripes(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """Stars over two bars."""
    colour[:] = (45, 35, 200)
    for x in (20, 48, 76):
        cv2.circle(alpha, (x, 16), 10, 255, -1, cv2.LINE_AA)
    cv2.rectangle(alpha, (6, 36), (90, 54), 255, -1)
    cv2.rectangle(alpha, (6, 68), (90, 86), 255, -1)


def _round(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 160)
    cv2.circle(alpha, (48, 48), int(20 + 24 * rng.random()), 255, -1, cv2.LINE_AA)


def _diamond(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 160)
    cv2.fillPoly(alpha, [np.array([(48, 14), (80, 48), (48, 82), (16, 48)], np.int32)], 255, cv2.LINE_AA)


def _crest(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 60, 240)
    cv2.rectangle(alpha, (16, 8), (80, 50), 255, -1)
    cv2.ellipse(alpha, (48, 50), (32, 40), 0, 0, 180, 255, -1, cv2.LINE_AA)
    cv2.rectangle(colour, (16, 30), (80, 48), colour_of(rng), -1)
    cv2.circle(colour, (48, 62), 12, colour_of(rng), -1, cv2.LINE_AA)
    cv2.rectangle(colour, (16, 8), (80, 10), colour_of(rng, 0, 60), 2)


def _wheelchair(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    colour[:] = colour_of(rng, 0, 255)
    cv2.circle(alpha, (42, 64), 24, 255, 7, cv2.LINE_AA)
    cv2.circle(alpha, (40, 12), 9, 255, -1, cv2.LINE_AA)
    cv2.polylines(alpha, [np.array([(40, 22), (42, 54), (68, 54), (80, 88)], np.int32)], False, 255, 8)


def _sticker(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A validation sticker with a year, as some states put it between the groups."""
    tint = colour_of(rng, 20, 255)
    cv2.rectangle(alpha, (14, 12), (82, 84), 255, -1)
    cv2.rectangle(colour, (0, 0), (95, 95), tint, -1)
    ink = (15, 15, 15) if sum(tint) > 380 else (240, 240, 240)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(colour, f"{int(100 * rng.random()):02d}", (20, 52), font, 1.4, ink, 4, cv2.LINE_AA)
    cv2.putText(colour, ("MAR", "JUN", "SEP", "DEC")[int(rng.random() * 4)], (18, 78), font, 0.8, ink, 2)


#: What can be drawn, by name.
EMBLEMS: dict[str, Draw] = {
    "disc": _disc,
    "german": _seal_pair,
    "sun": _sun,
    "fruit": _fruit,
    "conifer": _conifer,
    "palm": _palm,
    "cactus": _cactus,
    "star": _star,
    "outline": _outline,
    "animal": _animal,
    "bird": _bird,
    "flower": _flower,
    "tower": _tower,
    "stripes": _stripes,
    "round": _round,
    "diamond": _diamond,
    "crest": _crest,
    "wheelchair": _wheelchair,
    "sticker": _sticker,
    **FIGURES,
}
