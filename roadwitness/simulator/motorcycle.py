"""A motorcycle with its rider, built from ellipsoids and boxes."""

from __future__ import annotations

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.mesh import Layer, Material, Mesh, MeshBuilder


def _wheel(builder: MeshBuilder, u: float) -> None:
    radius, half = 0.31, 0.07
    turn = np.linspace(0.0, 2 * np.pi, 17)
    centre = np.array([u, 0.0, radius])
    ring = np.array(
        [
            [
                (u + r * np.cos(a), v, radius + r * np.sin(a))
                for r, v in ((0.27, -half), (0.31, 0.0), (0.27, half))
            ]
            for a in turn
        ]
    )
    builder.grid(ring, lambda _r, _c: Material.TYRE, lambda _c: centre, Layer.UNDER)
    for side in (-1.0, 1.0):
        for size, out, material, layer in (
            (0.28, 0.0, Material.TYRE, Layer.UNDER),
            (0.20, 0.004, Material.RIM, Layer.UNDER),
        ):
            disc = np.array(
                [(u + size * np.cos(a), side * (half + out), radius + size * np.sin(a)) for a in turn[:-1:2]]
            )
            builder.polygon(disc, material, centre, layer)


def _limb(builder: MeshBuilder, start: Floats, end: Floats, radius: float, material: int) -> None:
    """A row of overlapping balls from ``start`` to ``end``."""
    steps = max(2, int(np.linalg.norm(end - start) / (radius * 0.7)))
    for share in np.linspace(0.0, 1.0, steps):
        builder.ellipsoid(
            start + (end - start) * share, np.full(3, radius), material, Layer.BODY, rings=4, sides=7
        )


def build_motorcycle(rng: np.random.Generator, plate: tuple[float, float]) -> tuple[Mesh, Floats, Floats]:
    """The mesh, the rear plate's corners (4, 3) and the rider's head centre (u, v, z)."""
    builder = MeshBuilder()
    _wheel(builder, -0.32)
    _wheel(builder, -1.72)
    place = np.array
    for side in (-1.0, 1.0):
        _limb(
            builder,
            place([-0.32, side * 0.1, 0.31]),
            place([-0.52, side * 0.1, 0.85]),
            0.035,
            Material.CHROME,
        )
    builder.ellipsoid(place([-1.0, 0.0, 0.55]), place([0.42, 0.2, 0.26]), Material.DARK, Layer.BODY)
    builder.ellipsoid(place([-0.85, 0.0, 0.86]), place([0.36, 0.17, 0.15]), Material.PAINT, Layer.BODY)
    builder.ellipsoid(place([-1.45, 0.0, 0.82]), place([0.42, 0.15, 0.09]), Material.TRIM, Layer.BODY)
    builder.ellipsoid(place([-0.32, 0.0, 0.64]), place([0.26, 0.1, 0.05]), Material.PAINT, Layer.BODY)
    for side in (-1.0, 1.0):
        hip, knee, foot = (
            place([-1.3, side * 0.14, 0.92]),
            place([-0.85, side * 0.25, 0.80]),
            place([-1.15, side * 0.2, 0.36]),
        )
        _limb(builder, hip, knee, 0.095, Material.DARK)
        _limb(builder, knee, foot, 0.075, Material.DARK)
        builder.ellipsoid(
            foot - [-0.06, 0, 0.05], place([0.15, 0.06, 0.06]), Material.TYRE, Layer.BODY, rings=4
        )
        shoulder, hand = place([-1.05, side * 0.22, 1.33]), place([-0.58, side * 0.36, 1.02])
        elbow = (shoulder + hand) / 2 + [0.0, side * 0.08, -0.06]
        _limb(builder, shoulder, elbow, 0.075, Material.CLOTH)
        _limb(builder, elbow, hand, 0.06, Material.CLOTH)
        builder.ellipsoid(
            place([-0.6, side * 0.42, 1.16]), place([0.03, 0.08, 0.05]), Material.TRIM, Layer.OUTER, rings=4
        )
    torso_from, torso_to = place([-1.35, 0.0, 0.95]), place([-1.08, 0.0, 1.3])
    for share in np.linspace(0.0, 1.0, 4):
        wide = 0.17 + 0.06 * share
        builder.ellipsoid(
            torso_from + (torso_to - torso_from) * share,
            place([0.13, wide, 0.15]),
            Material.CLOTH,
            Layer.BODY,
            rings=5,
        )
    builder.ellipsoid(
        place([-0.42, 0.0, 0.92]), place([0.16, 0.2, 0.17]), Material.PAINT, Layer.FIXED, rings=6, sides=12
    )
    lamp = place(
        [
            (-0.25 - 0.2 * (v / 0.1) ** 2 * 0.1, v, 0.90 + z)
            for v, z in (
                (-0.09, -0.05),
                (0.09, -0.05),
                (0.1, 0.03),
                (0.05, 0.06),
                (-0.05, 0.06),
                (-0.1, 0.03),
            )
        ]
    )
    builder.polygon(lamp, Material.BULB, place([-0.8, 0.0, 0.9]), Layer.OUTER)
    screen = place([(-0.36, -0.13, 1.04), (-0.36, 0.13, 1.04), (-0.52, 0.1, 1.24), (-0.52, -0.1, 1.24)])
    builder.polygon(screen, Material.GLASS, place([-0.9, 0.0, 1.0]), Layer.OUTER)
    head = place([-1.0, 0.0, 1.50])
    builder.ellipsoid(head, place([0.15, 0.125, 0.15]), Material.HELMET, Layer.OUTER, rings=8, sides=12)
    visor = place(
        [
            (-0.87 + 0.02 * (1 - abs(v) / 0.09), v, 1.50 + z)
            for v, z in (
                (-0.1, -0.03),
                (0.0, -0.045),
                (0.1, -0.03),
                (0.095, 0.045),
                (0.0, 0.055),
                (-0.095, 0.045),
            )
        ]
    )
    builder.polygon(visor, Material.GLASS, head, Layer.ON_OUTER)
    builder.polygon(
        place([(-1.98, v, z) for v, z in ((-0.06, 0.8), (0.06, 0.8), (0.06, 0.86), (-0.06, 0.86))]),
        Material.TAILLAMP,
        place([-1.5, 0.0, 0.8]),
        Layer.FIXED,
    )
    wide, tall = min(plate[0], 0.24), max(plate[1], 0.15)
    z = 0.68
    rear = place(
        [
            (-2.0, v, h)
            for v, h in (
                (wide / 2, z + tall / 2),
                (-wide / 2, z + tall / 2),
                (-wide / 2, z - tall / 2),
                (wide / 2, z - tall / 2),
            )
        ]
    )
    return builder.build(), rear, head
