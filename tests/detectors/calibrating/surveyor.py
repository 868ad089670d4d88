"""A camera over a road whose truth is known, and a surveyor who measures it with stated errors."""

import math
from dataclasses import dataclass

import numpy as np

from detectors.calibration import Calibration, ControlPoint

SIZE = (1280, 720)
GRID = [(x, y) for y in (14.0, 20.0, 28.0, 40.0) for x in (0.0, 3.5, 7.0)]


@dataclass(frozen=True)
class TrueCamera:
    """A pinhole at (x, 0, height), looking down by ``pitch`` and right by ``yaw`` (rad)."""

    x: float = 2.5
    height: float = 6.0
    pitch: float = 0.22
    yaw: float = 0.06
    focal: float = 1500.0

    def project(self, road):
        """Pixels (N, 2) of road points (N, 2), through a perfect lens."""
        sy, cy, sp, cp = *_sc(self.yaw), *_sc(self.pitch)
        forward = np.array([sy * cp, cy * cp, -sp])
        right = np.array([cy, -sy, 0.0])
        axes = np.stack([right, np.cross(forward, right), forward])
        away = np.column_stack([road, np.zeros(len(road))]) - [self.x, 0.0, self.height]
        seen = away @ axes.T
        return seen[:, :2] / seen[:, 2:] * self.focal + np.array(SIZE) / 2


def _sc(angle):
    return math.sin(angle), math.cos(angle)


def random_camera(rng):
    """A camera as they are hung: 4 to 9 m up, the road from 9 to 16 m at its lower edge."""
    height, near, focal = rng.uniform(4, 9), rng.uniform(9, 16), rng.uniform(1100, 2400)
    pitch = math.atan2(height, near) - math.atan2(SIZE[1] / 2, focal)
    x = rng.uniform(-4, 9)
    return TrueCamera(x, height, pitch, math.atan2(3.5 - x, near + 8), focal)


def random_places(rng, camera, count):
    """Road places (count, 2) that the camera sees, all over two lanes from 14 to 45 m."""
    road = np.column_stack([rng.uniform(-1, 8, 40 * count), rng.uniform(14, 45, 40 * count)])
    pixels = camera.project(road)
    seen = ((pixels > 0) & (pixels < SIZE)).all(axis=1)
    return road[seen][:count]


def points_of(camera, road, rng=None, sigma_px=0.5, sigma_m=0.02, times=1.0, lens=None):
    """Control points at road places (N, 2), their noise ``times`` what is stated; exact without ``rng``."""
    road = np.asarray(road, dtype=float)
    pixels = camera.project(road)
    if lens is not None:
        pixels = lens.distort(pixels)
    if rng is not None:
        pixels = pixels + rng.normal(0, sigma_px * times, pixels.shape)
        road = road + rng.normal(0, sigma_m * times, road.shape)
    return [
        ControlPoint(tuple(p), tuple(r), sigma_px, sigma_m, f"nail {i + 1}")
        for i, (p, r) in enumerate(zip(pixels.tolist(), road.tolist(), strict=True))
    ]


def calibrated(points, **kwargs):
    return Calibration.from_points("north", SIZE, points, **kwargs)


def moved(point, by_px=(0.0, 0.0), by_m=(0.0, 0.0)):
    """The point, wrongly clicked or wrongly surveyed."""
    image = (point.image[0] + by_px[0], point.image[1] + by_px[1])
    road = (point.road[0] + by_m[0], point.road[1] + by_m[1])
    return ControlPoint(image, road, point.sigma_px, point.sigma_m, point.name)


def speed_factor(calibration, camera, middle, base=10.0):
    """What the calibration makes of a way of ``base`` m along the road, as a part of it, and its sigma."""
    (x, y), half = middle, base / 2
    ends = camera.project([(x, y - half), (x, y + half)])
    lengths = []
    for draw in calibration.draws():
        seen = np.column_stack([calibration.undistort(ends), [1.0, 1.0]]) @ draw.T
        lengths.append(np.linalg.norm(np.diff(seen[:, :2] / seen[:, 2:], axis=0)) / base)
    lengths = np.array(lengths)
    return lengths[0], math.sqrt(calibration.draw_weights() @ (lengths - lengths[0]) ** 2)
