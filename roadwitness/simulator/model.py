"""What a vehicle is to the painter: a mesh, a class, and where its plates and people are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.bodies import BodyShape
from roadwitness.simulator.camera import Floats
from roadwitness.simulator.mesh import Mesh


@dataclass(frozen=True)
class Model:
    """A vehicle to draw: its mesh, where its plates are, and its people's head centres (u, v, z)."""

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
