"""Colours and people: what makes two vehicles of one kind differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.mesh import Material

# Linear BGR of a vehicle's paint and how often it is met.
PAINTS: Mapping[str, tuple[tuple[float, float, float], float]] = {
    "white": ((0.74, 0.75, 0.75), 0.20),
    "silver": ((0.42, 0.41, 0.40), 0.17),
    "grey": ((0.13, 0.125, 0.12), 0.16),
    "black": ((0.018, 0.016, 0.016), 0.15),
    "blue": ((0.28, 0.09, 0.03), 0.11),
    "red": ((0.025, 0.02, 0.36), 0.09),
    "green": ((0.06, 0.13, 0.035), 0.04),
    "beige": ((0.33, 0.43, 0.50), 0.04),
    "yellow": ((0.03, 0.42, 0.66), 0.04),
}
_FIXED: Mapping[Material, tuple[tuple[float, float, float], float]] = {
    Material.TRIM: ((0.022, 0.022, 0.022), 0.35),
    Material.GLASS: ((0.010, 0.011, 0.010), 1.0),
    Material.WINDSCREEN: ((0.012, 0.012, 0.011), 1.6),
    Material.TYRE: ((0.016, 0.016, 0.017), 0.1),
    Material.RIM: ((0.40, 0.40, 0.41), 0.6),
    Material.CHROME: ((0.42, 0.42, 0.43), 0.9),
    Material.HEADLAMP: ((0.50, 0.50, 0.50), 1.0),
    Material.TAILLAMP: ((0.02, 0.02, 0.30), 0.9),
    Material.INDICATOR: ((0.03, 0.26, 0.62), 0.8),
    Material.DARK: ((0.010, 0.010, 0.010), 0.15),
    Material.BULB: ((0.70, 0.70, 0.70), 1.0),
    Material.SKIN: ((0.28, 0.38, 0.60), 0.0),
}


@dataclass(frozen=True)
class Person:
    """An invented face from the front: outlines (n, 2) of (v, z) metres around its centre, and BGR bytes."""

    outlines: tuple[tuple[Floats, tuple[int, int, int]], ...]


@dataclass(frozen=True)
class Look:
    """A vehicle's palette (albedo and gloss by ``Material``) and the people in it."""

    colour: str
    albedo: Floats
    gloss: Floats
    lamps: float
    driver: Person
    passenger: Person | None


def _ellipse(v: float, z: float, a: float, b: float, start: float = 0.0, end: float = 2 * np.pi) -> Floats:
    turn = np.linspace(start, end, 18)
    return np.column_stack([v + a * np.cos(turn), z + b * np.sin(turn)])


def invent_person(rng: np.random.Generator) -> Person:
    """A face from ellipses: hair, skin, brows, eyes, nose, mouth, neck and shoulders."""
    tone = float(rng.uniform(0.35, 1.0))
    skin = (int(80 + 95 * tone), int(105 + 105 * tone), int(135 + 105 * tone))
    shade = (int(skin[0] * 0.78), int(skin[1] * 0.78), int(skin[2] * 0.82))
    hair = ((20, 24, 30), (25, 45, 80), (70, 120, 160), (120, 125, 128), (15, 15, 18))[int(rng.integers(5))]
    shirt = np.clip(rng.uniform(25, 180) + rng.normal(0, 25, 3), 10, 220).astype(int).tolist()
    long_hair = bool(rng.random() < 0.4)
    parts: list[tuple[Floats, tuple[int, int, int]]] = [
        (_ellipse(0, -0.34, 0.23, 0.20), (shirt[0], shirt[1], shirt[2])),
        (_ellipse(0, -0.13, 0.055, 0.07), shade),
    ]
    if long_hair:
        parts.append((_ellipse(0, -0.01, 0.105, 0.15), hair))
    parts += [
        (_ellipse(0, 0.035, 0.088, 0.105), hair),
        (_ellipse(0, -0.01, 0.078, 0.108), skin),
        (_ellipse(0, 0.055, 0.078, 0.055, 0.25, np.pi - 0.25), hair),
        (_ellipse(0, -0.032, 0.013, 0.022), shade),
        (_ellipse(0, -0.066, 0.030, 0.009), (70, 70, 150)),
    ]
    for side in (-1, 1):
        parts += [
            (_ellipse(side * 0.033, 0.028, 0.020, 0.006), hair),
            (_ellipse(side * 0.033, 0.008, 0.017, 0.010), (225, 228, 230)),
            (_ellipse(side * 0.033, 0.008, 0.009, 0.010), (35, 40, 45)),
        ]
    return Person(tuple(parts))


def invent_look(rng: np.random.Generator, kind: str, lamps_on: bool) -> Look:
    """Paint, second colour, clothes and people for one vehicle."""
    names = list(PAINTS)
    shares = np.array([PAINTS[name][1] for name in names])
    if kind == "truck" or kind == "van":
        shares = shares * np.where(np.array(names) == "white", 3.0, 1.0)
    colour = str(rng.choice(names, p=shares / shares.sum()))
    albedo, gloss = np.zeros((len(Material), 3)), np.zeros(len(Material))
    for material, (bgr, coat) in _FIXED.items():
        albedo[material], gloss[material] = bgr, coat
    albedo[Material.PAINT] = np.array(PAINTS[colour][0]) * rng.uniform(0.85, 1.15)
    gloss[Material.PAINT] = rng.uniform(0.7, 1.0)
    second = PAINTS[str(rng.choice(["white", "silver", "blue", "red", "yellow", "green"]))][0]
    albedo[Material.SECOND], gloss[Material.SECOND] = np.array(second), 0.3
    albedo[Material.CLOTH] = rng.uniform(0.01, 0.25, 3)
    albedo[Material.HELMET], gloss[Material.HELMET] = rng.uniform(0.01, 0.6, 3), 1.0
    lamps = 2.0 if lamps_on or kind == "motorcycle" else float(rng.choice([0.0, 0.0, 0.6]))
    passenger = invent_person(rng) if rng.random() < 0.35 else None
    return Look(colour, albedo, gloss, lamps, invent_person(rng), passenger)
