"""Buses and lorries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadwitness.simulator.bodies import BodyShape, loft, wheels
from roadwitness.simulator.fittings import mirrors, on_front, on_rear, rectangle, round_outline
from roadwitness.simulator.mesh import Layer, Material, MeshBuilder
from roadwitness.simulator.model import Model, plate_corners
from roadwitness.simulator.shapes import BUS, CAB


def _big_front(builder: MeshBuilder, shape: BodyShape, screen_low: float, screen_high: float) -> None:
    """Windscreen, lamps and bumper of a bus or a lorry's cab."""
    half = shape.width / 2
    low = shape.clearance
    for column in range(4):
        edges = np.linspace(-0.93, 0.93, 5)[column : column + 2] * half
        a, b = float(edges[0]), float(edges[1])
        middle = (screen_low + screen_high) / 2
        for bottom, top in ((screen_low, middle), (middle, screen_high)):
            on_front(
                builder,
                shape,
                [(a, bottom), (b, bottom), (b, top), (a, top)],
                Material.WINDSCREEN,
                Layer.SCREEN,
            )
    on_front(builder, shape, rectangle(0.0, low + 0.17, half * 1.88, 0.30), Material.TRIM)
    for side in (-1.0, 1.0):
        lamp = [
            (side * half * 0.56, low + 0.38),
            (side * half * 0.92, low + 0.36),
            (side * half * 0.93, low + 0.58),
            (side * half * 0.58, low + 0.54),
        ]
        on_front(builder, shape, lamp, Material.HEADLAMP)
        on_front(
            builder,
            shape,
            round_outline(side * half * 0.68, low + 0.46, 0.075),
            Material.DARK,
            Layer.ON_FIXED,
        )
        on_front(
            builder, shape, round_outline(side * half * 0.68, low + 0.46, 0.055), Material.BULB, Layer.OUTER
        )
        on_front(
            builder,
            shape,
            rectangle(side * half * 0.85, low + 0.47, half * 0.10, 0.09),
            Material.INDICATOR,
            Layer.ON_FIXED,
        )
        on_front(
            builder,
            shape,
            rectangle(side * half * 0.72, low + 0.14, half * 0.2, 0.08),
            Material.CHROME,
            Layer.ON_FIXED,
        )


def build_bus(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
    """A city bus; ``plate`` is the plate's (width, height) in metres."""
    shape = replace(BUS, width=float(rng.uniform(2.45, 2.55)))
    builder = MeshBuilder()
    loft(builder, shape)
    wheels(builder, shape)
    _big_front(builder, shape, 1.12, 2.52)
    half = shape.width / 2
    on_front(builder, shape, rectangle(0.0, 2.76, half * 1.5, 0.26), Material.DARK)
    for place in np.linspace(-0.5, 0.5, 9):
        on_front(
            builder,
            shape,
            rectangle(float(place) * half, 2.76, 0.06, 0.13),
            Material.INDICATOR,
            Layer.ON_FIXED,
        )
    on_front(builder, shape, rectangle(0.0, 1.0, half * 1.2, 0.04), Material.CHROME)
    on_rear(builder, shape, rectangle(0.0, 2.2, half * 1.6, 0.8), Material.GLASS)
    on_rear(builder, shape, rectangle(0.0, 1.0, half * 1.3, 0.5), Material.TRIM)
    for side in (-1.0, 1.0):
        on_rear(builder, shape, rectangle(side * half * 0.83, 1.0, 0.18, 0.5), Material.TAILLAMP)
        arm = np.array([0.15, side * (half + 0.12), 2.15])
        builder.ellipsoid(arm, np.array([0.09, 0.11, 0.24]), Material.TRIM, Layer.OUTER, rings=5, sides=8)
        bar = np.array(
            [
                [0.1, side * half * 0.9, 2.62],
                [0.1, side * (half + 0.12), 2.45],
                [0.1, side * (half + 0.12), 2.37],
                [0.1, side * half * 0.9, 2.54],
            ]
        )
        builder.polygon(bar, Material.TRIM, np.array([-1.0, side * half, 2.5]), Layer.OUTER)
        for z, tall, material in ((0.95, 0.14, Material.SECOND),):
            for start in np.arange(-11.0, -0.5, 0.875):
                strip = np.array(
                    [
                        [start, side * (half + 0.004), z - tall],
                        [start + 0.875, side * (half + 0.004), z - tall],
                        [start + 0.875, side * (half + 0.004), z + tall],
                        [start, side * (half + 0.004), z + tall],
                    ]
                )
                builder.polygon(strip, material, np.array([start, 0.0, z]), Layer.FIXED)
    seat = np.array([-0.75, 0.62, 1.72])
    return Model(
        "bus",
        "bus",
        shape.length,
        shape.width,
        shape.height,
        builder.build(),
        plate_corners(shape, shape.clearance + 0.17, *plate, rear=False),
        plate_corners(shape, 0.62, *plate, rear=True),
        seat,
        seat * [1, -1, 1],
    )


def build_truck(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
    """A lorry with a box body of varied length; ``plate`` is the plate's (width, height) in metres."""
    cargo_length, cargo_height = float(rng.uniform(4.8, 7.5)), float(rng.uniform(3.2, 3.7))
    builder = MeshBuilder(section=0)
    front, rear = -2.25, -2.25 - cargo_length
    half = 1.24
    builder.box(
        np.array([rear, -half, 0.95]), np.array([front, half, cargo_height]), Material.SECOND, Layer.BODY, 0.6
    )
    builder.box(
        np.array([rear + 0.1, -half * 0.8, 0.55]),
        np.array([front, half * 0.8, 0.95]),
        Material.DARK,
        Layer.UNDER,
        0.8,
    )
    chassis = replace(CAB, length=cargo_length + 2.25, roof_line=((0.0, 2.9), (rear, 2.9)), width=2 * half)
    wheels(builder, chassis, (rear + 1.2, rear + 2.5) if cargo_length > 6 else (rear + 1.5,))
    for side in (-1.0, 1.0):
        lamp = np.array([[rear - 0.01, side * v, z] for v, z in rectangle(1.0, 0.75, 0.3, 0.16)])
        builder.polygon(lamp, Material.TAILLAMP, np.array([rear + 0.5, 0.0, 0.75]), Layer.FIXED)
    builder.section = 1
    loft(builder, CAB)
    wheels(builder, CAB, (-1.3,))
    _big_front(builder, CAB, 1.62, 2.45)
    for z in np.linspace(1.02, 1.45, int(rng.integers(3, 6))):
        on_front(builder, CAB, rectangle(0.0, float(z), 1.35, 0.06), Material.DARK)
    on_front(builder, CAB, rectangle(0.0, 2.62, 1.9, 0.10), Material.TRIM)
    mirrors(builder, CAB, -0.35, 2.0, size=0.34, material=Material.TRIM)
    back = np.array([(rear - 0.02, v, z) for v, z in ((0.9, 0.9), (0.38, 0.9), (0.38, 0.79), (0.9, 0.79))])
    seat = np.array([-0.85, 0.62, 2.05])
    return Model(
        "truck",
        "truck",
        2.25 + cargo_length,
        2 * half,
        cargo_height,
        builder.build(),
        plate_corners(CAB, CAB.clearance + 0.17, *plate, rear=False),
        back,
        seat,
        seat * [1, -1, 1],
    )
