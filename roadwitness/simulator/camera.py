"""A pinhole camera over a road plane.

World: x metres to the right across the road, y metres along the road away from the camera, z metres up.
The camera stands at (x, 0, height). Image: u pixels to the right, v pixels down, (0, 0) the top left corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Camera:
    """An ideal camera, no lens distortion; ``pitch_rad`` is positive downwards, ``yaw_rad`` to the right."""

    x_m: float
    height_m: float
    pitch_rad: float
    yaw_rad: float
    focal_px: float
    width: int
    height: int

    @cached_property
    def position(self) -> Floats:
        """The optical centre, world metres, shape (3,)."""
        return np.array([self.x_m, 0.0, self.height_m])

    @cached_property
    def rotation(self) -> Floats:
        """World to camera axes (right, down, forward), shape (3, 3)."""
        sin_yaw, cos_yaw = math.sin(self.yaw_rad), math.cos(self.yaw_rad)
        sin_pitch, cos_pitch = math.sin(self.pitch_rad), math.cos(self.pitch_rad)
        forward = np.array([sin_yaw * cos_pitch, cos_yaw * cos_pitch, -sin_pitch])
        right = np.array([cos_yaw, -sin_yaw, 0.0])
        return np.stack([right, np.cross(forward, right), forward])

    @cached_property
    def matrix(self) -> Floats:
        """The 3x4 projection matrix: homogeneous pixels from homogeneous world metres."""
        inner = np.array(
            [[self.focal_px, 0.0, self.width / 2], [0.0, self.focal_px, self.height / 2], [0.0, 0.0, 1.0]]
        )
        turn = inner @ self.rotation
        return np.hstack([turn, (-turn @ self.position)[:, None]])

    @cached_property
    def road_to_image(self) -> Floats:
        """The homography from road metres (x, y, 1) to pixels, shape (3, 3)."""
        return self.matrix[:, [0, 1, 3]]

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels of shape (n, 2) and depths in metres of shape (n,) of world points of shape (n, 3).

        Points with a depth of zero or less lie behind the camera: their pixels mean nothing.
        """
        homogeneous = points @ self.matrix[:, :3].T + self.matrix[:, 3]
        depth = homogeneous[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        return homogeneous[:, :2] / safe[:, None], depth

    def road_at(self, pixels: Floats) -> Floats:
        """Road metres of shape (n, 2) seen at pixels of shape (n, 2); NaN at and above the horizon."""
        rays = np.hstack([pixels, np.ones((len(pixels), 1))]) @ np.linalg.inv(self.road_to_image).T
        scale = np.where(rays[:, 2] > 1e-9, rays[:, 2], np.nan)
        return np.asarray(rays[:, :2] / scale[:, None])


def aim(
    *, x_m: float, height_m: float, near_y_m: float, at_x_m: float, focal_px: float, width: int, height: int
) -> Camera:
    """A camera turned so that the road at ``near_y_m`` lies on the bottom edge, ``at_x_m`` in its middle."""
    below = math.atan2(height_m, near_y_m)
    pitch = below - math.atan2(height / 2, focal_px)
    yaw = math.atan2(at_x_m - x_m, near_y_m)
    return Camera(x_m, height_m, pitch, yaw, focal_px, width, height)
