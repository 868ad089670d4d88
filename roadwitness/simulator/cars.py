"""Passenger cars and vans."""

from __future__ import annotations

import numpy as np

from roadwitness.simulator.bodies import BodyShape, loft, scaled, wheels
from roadwitness.simulator.fittings import bonnet_seams, car_front, car_rear, mirrors, on_rear, wipers
from roadwitness.simulator.mesh import Layer, Material, MeshBuilder
from roadwitness.simulator.model import Model, plate_corners


def build_car(kind: str, base: BodyShape, rng: np.random.Generator, plate: tuple[float, float]) -> Model:
    """A car with the body ``base``, slightly varied; ``plate`` is the plate's (width, height) in metres."""
    shape = scaled(
        base, float(rng.uniform(0.95, 1.06)), float(rng.uniform(0.97, 1.03)), float(rng.uniform(0.97, 1.04))
    )
    builder = MeshBuilder()
    loft(builder, shape)
    wheels(builder, shape)
    front_z = car_front(builder, shape, rng)
    rear_z = car_rear(builder, shape)
    assert shape.screen is not None
    cowl, header = shape.screen
    mirrors(
        builder,
        shape,
        cowl - 0.45,
        shape.belt_z + 0.06,
        material=Material.PAINT if rng.random() < 0.7 else Material.TRIM,
    )
    low, high = np.array([cowl, 0.0, shape.top(cowl)]), np.array([header, 0.0, shape.top(header)])
    wipers(builder, low, high, shape.width / 2 * 0.85)
    bonnet_seams(builder, shape, cowl)
    _plate_holder(builder, shape, front_z, plate)
    if kind == "van":
        shape_glass = [(-0.75, 1.25), (0.75, 1.25), (0.7, 1.78), (-0.7, 1.78)]
        on_rear(builder, shape, shape_glass, Material.GLASS)
    seat = np.array([header - 0.28, 0.37 * shape.width / 1.8, shape.height - 0.30])
    return Model(
        kind,
        "car",
        shape.length,
        shape.width,
        shape.height,
        builder.build(),
        plate_corners(shape, front_z, *plate, rear=False),
        plate_corners(shape, rear_z, *plate, rear=True),
        seat,
        seat * [1, -1, 1],
    )


def _plate_holder(builder: MeshBuilder, shape: BodyShape, z: float, plate: tuple[float, float]) -> None:
    corners = plate_corners(shape, z, plate[0] + 0.03, plate[1] + 0.03, rear=False) - [0.008, 0, 0]
    builder.polygon(corners, Material.DARK, np.array([shape.start - 0.8, 0.0, z]), Layer.ON_OUTER)
