"""What is fixed to a body: lamps, grille, bumper, mirrors, wipers; polygons laid on its curved ends."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from roadwitness.simulator.bodies import BodyShape
from roadwitness.simulator.camera import Floats
from roadwitness.simulator.mesh import Layer, Material, MeshBuilder

Outline = list[tuple[float, float]]


def _lay(
    builder: MeshBuilder, shape: BodyShape, outline: Outline, material: int, layer: Layer, rear: bool
) -> None:
    points = np.array(outline)
    laid = shape.rear_points(points) if rear else shape.front_points(points)
    behind = np.array([shape.end + 0.6 if rear else shape.start - 0.6, 0.0, float(points[:, 1].mean())])
    builder.polygon(laid, material, behind, layer)


def on_front(
    builder: MeshBuilder, shape: BodyShape, outline: Outline, material: int, layer: Layer = Layer.FIXED
) -> None:
    """Lay a convex (v, z) outline on the front face."""
    _lay(builder, shape, outline, material, layer, rear=False)


def on_rear(
    builder: MeshBuilder, shape: BodyShape, outline: Outline, material: int, layer: Layer = Layer.FIXED
) -> None:
    """Lay a convex (v, z) outline on the rear face."""
    _lay(builder, shape, outline, material, layer, rear=True)


def rectangle(v: float, z: float, width: float, height: float) -> Outline:
    """An upright rectangle around (v, z)."""
    a, b = width / 2, height / 2
    return [(v - a, z - b), (v + a, z - b), (v + a, z + b), (v - a, z + b)]


def round_outline(v: float, z: float, radius: float) -> Outline:
    """A ten-sided disc around (v, z)."""
    turns = np.linspace(0.0, 2 * np.pi, 11)[:-1]
    return [(v + radius * float(np.cos(a)), z + radius * float(np.sin(a))) for a in turns]


def car_front(builder: MeshBuilder, shape: BodyShape, rng: np.random.Generator) -> float:
    """Grille, intake, headlamps, badge and bumper of a car; returns the plate's height in metres."""
    half = shape.width / 2
    low, top = shape.clearance, shape.top(shape.start)
    tall = top - low
    bumper = low + 0.46 * tall
    lamp_low, lamp_high = low + 0.60 * tall, low + 0.86 * tall
    wide = float(rng.uniform(0.30, 0.42)) * half
    grille_low = bumper + 0.10 * tall + 0.01
    grille = [(-wide, grille_low), (wide, grille_low), (wide * 1.25, lamp_high), (-wide * 1.25, lamp_high)]
    on_front(builder, shape, grille, Material.CHROME)
    inner = [(v * 0.93, z + (0.015 if z == grille_low else -0.02)) for v, z in grille]
    on_front(builder, shape, inner, Material.DARK, Layer.ON_FIXED)
    for z in np.linspace(grille_low + 0.04, lamp_high - 0.045, int(rng.integers(2, 5))):
        on_front(builder, shape, rectangle(0.0, float(z), wide * 1.9, 0.014), Material.CHROME, Layer.OUTER)
    on_front(
        builder,
        shape,
        round_outline(0.0, (grille_low + lamp_high) / 2, 0.055),
        Material.CHROME,
        Layer.ON_OUTER,
    )
    intake = [
        (-half * 0.62, low + 0.05),
        (half * 0.62, low + 0.05),
        (half * 0.5, low + 0.20),
        (-half * 0.5, low + 0.20),
    ]
    on_front(builder, shape, intake, Material.DARK)
    on_front(builder, shape, rectangle(0.0, low + 0.125, half * 1.0, 0.012), Material.TRIM, Layer.ON_FIXED)
    seam = [
        (-half * 0.93, bumper + 0.075),
        (half * 0.93, bumper + 0.075),
        (half * 0.93, bumper + 0.085),
        (-half * 0.93, bumper + 0.085),
    ]
    on_front(builder, shape, seam, Material.TRIM, Layer.FIXED)
    inward = float(rng.uniform(0.50, 0.58)) * half
    for side in (-1.0, 1.0):
        lamp = [
            (side * inward, lamp_low + 0.05),
            (side * half * 0.78, lamp_low),
            (side * half * 0.95, lamp_low + 0.05),
            (side * half * 0.96, lamp_high - 0.02),
            (side * half * 0.80, lamp_high + 0.005),
            (side * inward * 1.02, lamp_high - 0.05),
        ]
        on_front(builder, shape, lamp, Material.HEADLAMP)
        middle = (lamp_low + lamp_high) / 2
        on_front(
            builder, shape, round_outline(side * half * 0.70, middle, 0.062), Material.DARK, Layer.ON_FIXED
        )
        on_front(builder, shape, round_outline(side * half * 0.70, middle, 0.045), Material.BULB, Layer.OUTER)
        corner = [
            (side * half * 0.88, middle - 0.04),
            (side * half * 0.945, middle - 0.03),
            (side * half * 0.945, middle + 0.05),
            (side * half * 0.89, middle + 0.05),
        ]
        on_front(builder, shape, corner, Material.INDICATOR, Layer.ON_FIXED)
        fog = [
            (side * half * 0.68, low + 0.07),
            (side * half * 0.90, low + 0.10),
            (side * half * 0.90, low + 0.20),
            (side * half * 0.70, low + 0.19),
        ]
        on_front(builder, shape, fog, Material.TRIM)
        on_front(
            builder,
            shape,
            round_outline(side * half * 0.79, low + 0.14, 0.038),
            Material.CHROME,
            Layer.ON_FIXED,
        )
    return bumper - 0.05


def car_rear(builder: MeshBuilder, shape: BodyShape) -> float:
    """Tail lamps, bumper and boot line; returns the plate's height in metres."""
    half, low, top = shape.width / 2, shape.clearance, shape.top(shape.end)
    for side in (-1.0, 1.0):
        lamp = [
            (side * half * 0.60, top - 0.24),
            (side * half * 0.93, top - 0.26),
            (side * half * 0.93, top - 0.07),
            (side * half * 0.62, top - 0.09),
        ]
        on_rear(builder, shape, lamp, Material.TAILLAMP)
        on_rear(
            builder,
            shape,
            rectangle(side * half * 0.84, top - 0.20, half * 0.12, 0.05),
            Material.INDICATOR,
            Layer.ON_FIXED,
        )
    on_rear(builder, shape, rectangle(0.0, low + 0.07, half * 1.5, 0.12), Material.TRIM)
    on_rear(builder, shape, rectangle(0.0, low + 0.34, half * 1.8, 0.012), Material.TRIM)
    return max(low + 0.42, top - 0.24)


def mirrors(
    builder: MeshBuilder,
    shape: BodyShape,
    u: float,
    z: float,
    size: float = 0.1,
    material: int = Material.PAINT,
) -> None:
    """Two door mirrors that stand out from the body at (u, z)."""
    half = shape.width / 2
    for side in (-1.0, 1.0):
        centre = np.array([u, side * (half + 0.09), z])
        builder.ellipsoid(centre, np.array([0.06, 0.11, size * 0.8]), material, Layer.OUTER, rings=5, sides=8)
        foot = np.array(
            [
                [u, side * half * 0.93, z - 0.05],
                [u, side * (half + 0.06), z - 0.04],
                [u, side * (half + 0.06), z],
                [u, side * half * 0.93, z - 0.01],
            ]
        )
        builder.polygon(foot, Material.TRIM, np.array([u - 0.5, side * half, z]), Layer.OUTER)


def bonnet_seams(builder: MeshBuilder, shape: BodyShape, cowl: float) -> None:
    """The gaps beside the bonnet, from the lamps back to the windscreen's foot at ``cowl``."""
    for side in (-1.0, 1.0):
        us = np.linspace(shape.start - 0.12, cowl + 0.03, 6)
        for front, back in pairwise(us):
            ends = []
            for u, wide in ((front, 0.80), (back, 0.80)):
                half = shape.section(float(u))
                v = float(half[3, 0]) * wide
                z = float(np.interp(v, half[:3:-1, 0], half[:3:-1, 1]))
                ends += [(u, side * v, z + 0.004), (u, side * (v + 0.014), z + 0.004)]
            a, b, c, d = shape.bend(np.array(ends))
            below = (a + d) / 2 - np.array([0.0, 0.0, 1.0])
            builder.polygon(np.array([a, b, d, c]), Material.TRIM, below, Layer.FIXED)


def wipers(builder: MeshBuilder, low: Floats, high: Floats, half: float) -> None:
    """Two blades at the foot of a windscreen whose middle line runs from ``low`` to ``high``."""
    along = (high - low) / float(np.linalg.norm(high - low))
    for start in (-0.75, 0.05):
        a, b = low + np.array([0, start * half, 0]), low + np.array([0, (start + 0.6) * half, 0])
        a, b = a + along * 0.03, b + along * 0.09
        blade = np.array([a, b, b + along * 0.02, a + along * 0.02]) + np.array([0.012, 0.0, 0.012])
        builder.polygon(blade, Material.DARK, low - [1.0, 0.0, 1.0], Layer.OUTER)
