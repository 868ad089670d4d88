"""The kinds of vehicle the simulator knows, each assembled from a body and its fittings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from roadwitness.simulator.bodies import BodyShape, loft, scaled, wheels
from roadwitness.simulator.camera import Floats
from roadwitness.simulator.fittings import (
    car_front,
    car_rear,
    mirrors,
    on_front,
    on_rear,
    rectangle,
    round_outline,
    wipers,
)
from roadwitness.simulator.mesh import Layer, Material, Mesh, MeshBuilder
from roadwitness.simulator.motorcycle import build_motorcycle


@dataclass(frozen=True)
class Model:
    """A vehicle to draw: its mesh, where its plates sit, and where its people sit (u, v, z of head centres)."""

    kind: str
    label: str
    length: float
    width: float
    height: float
    mesh: Mesh
    front_plate: Floats | None
    rear_plate: Floats | None
    driver: Floats
    passenger: Floats


HATCHBACK = BodyShape(
    4.1, 1.76, ((0.0, 0.70), (-0.25, 0.80), (-1.0, 0.98), (-1.85, 1.42), (-2.5, 1.49), (-3.35, 1.43), (-3.95, 0.98), (-4.1, 0.90)),
    belt_z=0.93, screen=(-1.0, -1.85), roof=(-1.85, -3.35), rear_screen=(-3.4, -3.9), pillars=(-2.55, -3.3), front_axle=0.82, rear_axle=3.4,
)  # fmt: skip
SALOON = BodyShape(
    4.7, 1.82, ((0.0, 0.70), (-0.25, 0.79), (-1.25, 0.96), (-2.1, 1.38), (-2.7, 1.45), (-3.3, 1.40), (-4.0, 1.05), (-4.6, 1.0), (-4.7, 0.94)),
    belt_z=0.92, screen=(-1.25, -2.1), roof=(-2.1, -3.4), rear_screen=(-3.4, -3.95), pillars=(-2.75, -3.4), front_axle=0.9, rear_axle=3.7,
)  # fmt: skip
SUV = BodyShape(
    4.6, 1.88, ((0.0, 0.90), (-0.2, 0.99), (-1.15, 1.12), (-1.9, 1.62), (-2.5, 1.70), (-3.9, 1.64), (-4.4, 1.15), (-4.6, 1.0)),
    belt_z=1.08, clearance=0.24, roof_width=0.80, screen=(-1.15, -1.9), roof=(-1.9, -3.9), rear_screen=(-3.95, -4.35),
    pillars=(-2.7, -3.6), wheel_radius=0.36, front_axle=0.9, rear_axle=3.6,
)  # fmt: skip
VAN = BodyShape(
    5.2, 1.98, ((0.0, 0.92), (-0.2, 1.02), (-0.95, 1.25), (-1.75, 1.92), (-2.2, 2.02), (-5.05, 2.02), (-5.2, 1.95)),
    belt_z=1.18, clearance=0.22, roof_width=0.86, screen=(-0.95, -1.75), roof=(-1.75, -2.7), pillars=(-2.7,),
    wheel_radius=0.34, front_axle=0.95, rear_axle=4.1, rear_curve=0.05,
)  # fmt: skip
BUS = BodyShape(
    11.5, 2.5, ((0.0, 3.0), (-0.3, 3.08), (-11.2, 3.08), (-11.5, 3.0)), belt_z=1.15, clearance=0.3, roof_width=0.95,
    roof=(-0.5, -11.2), pillars=(-1.9, -3.5, -5.1, -6.7, -8.3, -9.9), wheel_radius=0.48, front_axle=2.6, rear_axle=8.3,
    front_curve=0.28, rear_curve=0.08, lean=0.14, step=0.8, edge=0.35,
)  # fmt: skip
CAB = BodyShape(
    2.1, 2.4, ((0.0, 2.72), (-0.25, 2.85), (-2.0, 2.9), (-2.1, 2.9)), belt_z=1.6, clearance=0.34, roof_width=0.93,
    roof=(-0.25, -1.5), pillars=(-1.5,), wheel_radius=0.48, front_axle=1.3, rear_axle=1.3, front_curve=0.24, rear_curve=0.0,
    lean=0.22, step=0.35, edge=0.4,
)  # fmt: skip


def plate_corners(shape: BodyShape, z: float, width: float, height: float, rear: bool) -> Floats:
    """A flat plate on a curved end: (4, 3), top left first and clockwise as someone facing it sees it."""
    end = shape.rear_points if rear else shape.front_points
    reach = end(np.array([[0.0, z]]), lift=0.02)[0, 0]
    side = 1.0 if rear else -1.0
    left, right = side * width / 2, -side * width / 2
    return np.array(
        [
            (reach, left, z + height / 2),
            (reach, right, z + height / 2),
            (reach, right, z - height / 2),
            (reach, left, z - height / 2),
        ]
    )


def _car(kind: str, base: BodyShape, rng: np.random.Generator, plate: tuple[float, float]) -> Model:
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
    _plate_holder(builder, shape, front_z, plate)
    if kind == "van":
        shape_glass = [(-0.75, 1.25), (0.75, 1.25), (0.7, 1.78), (-0.7, 1.78)]
        on_rear(builder, shape, shape_glass, Material.GLASS)
    seat = np.array([header - 0.28, 0.37 * shape.width / 1.8, shape.height - 0.30])
    return Model(
        kind, "car", shape.length, shape.width, shape.height, builder.build(),
        plate_corners(shape, front_z, *plate, rear=False), plate_corners(shape, rear_z, *plate, rear=True),
        seat, seat * [1, -1, 1],
    )  # fmt: skip


def _plate_holder(builder: MeshBuilder, shape: BodyShape, z: float, plate: tuple[float, float]) -> None:
    corners = plate_corners(shape, z, plate[0] + 0.03, plate[1] + 0.03, rear=False) - [0.008, 0, 0]
    builder.polygon(corners, Material.DARK, np.array([shape.start - 0.8, 0.0, z]), Layer.ON_OUTER)


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


def _bus(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
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
        "bus", "bus", shape.length, shape.width, shape.height, builder.build(),
        plate_corners(shape, shape.clearance + 0.17, *plate, rear=False), plate_corners(shape, 0.62, *plate, rear=True), seat, seat * [1, -1, 1],
    )  # fmt: skip


def _truck(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
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
        "truck", "truck", 2.25 + cargo_length, 2 * half, cargo_height, builder.build(),
        plate_corners(CAB, CAB.clearance + 0.17, *plate, rear=False), back, seat, seat * [1, -1, 1],
    )  # fmt: skip


def _motorcycle(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
    mesh, rear, head = build_motorcycle(rng, plate)
    return Model("motorcycle", "motorcycle", 2.1, 0.8, 1.65, mesh, None, rear, head, head)


_MAKERS: Mapping[str, Callable[[np.random.Generator, tuple[float, float]], Model]] = {
    "hatchback": lambda rng, plate: _car("hatchback", HATCHBACK, rng, plate),
    "saloon": lambda rng, plate: _car("saloon", SALOON, rng, plate),
    "suv": lambda rng, plate: _car("suv", SUV, rng, plate),
    "van": lambda rng, plate: _car("van", VAN, rng, plate),
    "bus": _bus,
    "truck": _truck,
    "motorcycle": _motorcycle,
}
KINDS = tuple(_MAKERS)


def build_model(kind: str, rng: np.random.Generator, plate_size_m: tuple[float, float]) -> Model:
    """A vehicle of ``kind`` (one of ``KINDS``) with small variations, and room for a plate of (width, height)."""
    return _MAKERS[kind](rng, plate_size_m)
