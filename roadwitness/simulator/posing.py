"""Where a vehicle stands on the road, which way it points, and from where a camera sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roadwitness.simulator.camera import Floats

TOWARDS_CAMERA_DEG = 180.0
AWAY_FROM_CAMERA_DEG = 0.0


@dataclass(frozen=True)
class Pose:
    """The middle of a vehicle's front bumper on the road, metres, and its heading clockwise from +y."""

    x_m: float
    y_m: float
    heading_deg: float = TOWARDS_CAMERA_DEG

    @cached_property
    def forward(self) -> tuple[float, float]:
        """The unit vector (x, y) that the vehicle points along; exact for quarter turns."""
        turn = math.radians(self.heading_deg)
        return round(math.sin(turn), 15), round(math.cos(turn), 15)

    def to_world(self, points: Floats) -> Floats:
        """World metres of vehicle points (n, 3): u forwards of the front bumper, v to the left, z up."""
        return np.asarray(self.turn(points) + np.array([self.x_m, self.y_m, 0.0]))

    def turn(self, vectors: Floats) -> Floats:
        """World directions of vehicle directions (n, 3)."""
        ahead_x, ahead_y = self.forward
        u, v = vectors[..., 0], vectors[..., 1]
        return np.stack([ahead_x * u - ahead_y * v, ahead_y * u + ahead_x * v, vectors[..., 2]], axis=-1)

    def seen_at(self, position: Floats) -> tuple[float, float]:
        """Where the world point ``position`` is for the vehicle: (u metres ahead of its front, v left)."""
        ahead_x, ahead_y = self.forward
        x, y = float(position[0]) - self.x_m, float(position[1]) - self.y_m
        return ahead_x * x + ahead_y * y, ahead_x * y - ahead_y * x

    def outline(self, length_m: float, width_m: float) -> Floats:
        """The corners of a vehicle on the road, (4, 2): front left, front right, rear right, rear left."""
        half = width_m / 2
        corners = np.array(
            [(0.0, half, 0.0), (0.0, -half, 0.0), (-length_m, -half, 0.0), (-length_m, half, 0.0)]
        )
        return np.asarray(self.to_world(corners)[:, :2])
