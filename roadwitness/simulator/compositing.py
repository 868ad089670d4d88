"""Puts painted vehicles into the empty scene: shadows, motion blur, headlamp glow and sensor noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.light import Light
from roadwitness.simulator.looks import Look
from roadwitness.simulator.model import Model
from roadwitness.simulator.painting import NEAREST_M, Pose, Sprite, paint_vehicle
from roadwitness.simulator.plates import Plate

# For each pixel the index of the vehicle that shows there, or -1.
Owners = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Actor:
    """A vehicle with its looks and plate, at a pose, with its speed in m/s for the blur."""

    model: Model
    look: Look
    plate: Plate | None
    pose: Pose
    speed_ms: float


@dataclass(frozen=True)
class Sighting:
    """What a picture shows of one actor: boxes (x, y, w, h), corners (4, 2), and the share that shows."""

    vehicle: Floats
    plate: Floats | None
    plate_corners: Floats | None
    face: Floats | None
    visible: float


def _shadow(image: Image, camera: Camera, light: Light, actor: Actor) -> None:
    """Darken the road where the vehicle keeps the sun (sharper) and the sky (softer, underneath) away."""
    model, pose = actor.model, actor.pose
    # A motorcycle's shadow is that of its wheels, not of its handlebar.
    half = model.width * (0.2 if model.kind == "motorcycle" else 0.5)
    under = np.array(
        [[0.0, -half, 0], [0.0, half, 0], [-model.length, half, 0], [-model.length, -half, 0]]
    ) * [1, 0.96, 1]
    pieces = [(pose.to_world(under), 0.52)]
    if light.sun > 0.2:
        points = pose.to_world(model.mesh.vertices[::5])
        sun = light.direction
        cast = points - points[:, 2:] / max(0.2, float(sun[2])) * sun
        pieces.append((cast, 1.0 - 0.62 * light.sun / (light.sun + light.sky)))
    for points, keep in pieces:
        pixels, depth = camera.project(points)
        pixels = pixels[depth > NEAREST_M]
        if len(pixels) < 3:
            continue
        hull = cv2.convexHull(pixels.astype(np.float32))[:, 0]
        blur = 0.02 * camera.focal_px / max(4.0, float(np.median(depth))) + 0.6
        margin = int(3 * blur) + 2
        low = np.maximum(np.floor(hull.min(axis=0)).astype(int) - margin, 0)
        high = np.minimum(np.ceil(hull.max(axis=0)).astype(int) + margin, [camera.width, camera.height])
        if np.any(high - low < 2):
            continue
        mask = np.full((high[1] - low[1], high[0] - low[0]), 255, np.uint8)
        cv2.fillConvexPoly(mask, np.round((hull - low) * 16).astype(np.int32), 255.0 * keep, cv2.LINE_AA, 4)
        mask = cv2.GaussianBlur(mask, (0, 0), blur)
        region = image[low[1] : high[1], low[0] : high[0]]
        region[:] = cv2.multiply(region, cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR), scale=1 / 255)


def _blurred(camera: Camera, actor: Actor, sprite: Sprite, exposure_s: float) -> Sprite:
    """The sprite smeared along its way across the picture during one exposure."""
    step = actor.speed_ms * exposure_s * (-1.0 if actor.pose.approaching else 1.0)
    pose = actor.pose
    ends = np.array([[pose.x_m, pose.y_m, 0.5], [pose.x_m, pose.y_m + step, 0.5]])
    pixels, depth = camera.project(ends)
    if depth.min() < NEAREST_M:
        return sprite
    across, down = pixels[1] - pixels[0]
    length = float(np.hypot(across, down))
    if length < 0.6:
        return sprite
    reach = min(12, int(np.ceil(length / 2)) + 1)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 9):
        x, y = reach + share * across, reach + share * down
        left, top = int(np.clip(np.floor(x), 0, 2 * reach - 1)), int(np.clip(np.floor(y), 0, 2 * reach - 1))
        right_share, low_share = float(np.clip(x - left, 0, 1)), float(np.clip(y - top, 0, 1))
        kernel[top, left] += (1 - right_share) * (1 - low_share)
        kernel[top, left + 1] += right_share * (1 - low_share)
        kernel[top + 1, left] += (1 - right_share) * low_share
        kernel[top + 1, left + 1] += right_share * low_share
    kernel /= kernel.sum()
    smeared = cv2.filter2D(sprite.image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return replace(sprite, image=np.asarray(smeared))


def _lay(image: Image, sprite: Sprite) -> None:
    height, width = sprite.image.shape[:2]
    region = image[sprite.top : sprite.top + height, sprite.left : sprite.left + width]
    through = cv2.cvtColor(cv2.bitwise_not(sprite.image[..., 3]), cv2.COLOR_GRAY2BGR)
    region[:] = cv2.add(
        cv2.multiply(region, through, scale=1 / 255), np.ascontiguousarray(sprite.image[..., :3])
    )


def _glow(image: Image, camera: Camera, actor: Actor) -> None:
    """Halos around lit headlamps (or tail lamps of a receding vehicle)."""
    model, pose = actor.model, actor.pose
    end = 0.0 if pose.approaching else -model.length
    sides = (0.0,) if model.kind == "motorcycle" else (-0.7, 0.7)
    height = 0.9 if model.kind == "motorcycle" else 0.68 if model.label == "car" else 0.8
    for side in sides:
        pixels, depth = camera.project(pose.to_world(np.array([[end, side * model.width / 2, height]])))
        if depth[0] < NEAREST_M:
            continue
        radius = (0.55 if pose.approaching else 0.25) * camera.focal_px / float(depth[0])
        centre = pixels[0]
        low = np.maximum(np.floor(centre - radius).astype(int), 0)
        high = np.minimum(np.ceil(centre + radius).astype(int), [camera.width, camera.height])
        if np.any(high - low < 2):
            continue
        x, y = np.arange(low[0], high[0]) - centre[0], np.arange(low[1], high[1]) - centre[1]
        far = np.hypot(x[None, :], y[:, None]) / radius
        halo = np.clip(1 - far, 0.0, 1.0) ** 3
        colour = np.array([225.0, 240.0, 255.0]) if pose.approaching else np.array([25.0, 25.0, 190.0])
        region = image[low[1] : high[1], low[0] : high[0]]
        region[:] = cv2.add(region, (halo[..., None] * colour * 1.3).clip(0, 255).astype(np.uint8))


def compose(
    background: Image, camera: Camera, light: Light, actors: Sequence[Actor], exposure_s: float
) -> tuple[Image, list[Sighting | None]]:
    """One picture without noise, and what it shows of each actor (None: nothing)."""
    image = background.copy()
    owner: Owners = np.full(background.shape[:2], -1, np.int16)
    nearest_last = sorted(range(len(actors)), key=lambda i: -actors[i].pose.y_m)
    sprites: dict[int, tuple[Sprite, Floats, int]] = {}
    for index in nearest_last:
        _shadow(image, camera, light, actors[index])
    for index in nearest_last:
        actor = actors[index]
        sprite = paint_vehicle(camera, light, actor.model, actor.look, actor.plate, actor.pose)
        if sprite is None:
            continue
        solid = sprite.image[..., 3] > 127
        area = int(np.count_nonzero(solid))
        if area < 4:
            continue
        _lay(image, _blurred(camera, actor, sprite, exposure_s))
        if light.lamps_on:
            _glow(image, camera, actor)
        across, down = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
        box = np.array(
            [
                sprite.left + across[0],
                sprite.top + down[0],
                across[-1] - across[0] + 1,
                down[-1] - down[0] + 1,
            ]
        )
        height, width = solid.shape
        owner[sprite.top : sprite.top + height, sprite.left : sprite.left + width][solid] = index
        sprites[index] = (sprite, box.astype(np.float64), area)
    return image, [_sighting(index, sprites.get(index), owner) for index in range(len(actors))]


def _sighting(index: int, painted: tuple[Sprite, Floats, int] | None, owner: Owners) -> Sighting | None:
    if painted is None:
        return None
    sprite, box, _ = painted
    height, width = sprite.image.shape[:2]
    shown = int(
        np.count_nonzero(owner[sprite.top : sprite.top + height, sprite.left : sprite.left + width] == index)
    )
    if shown == 0:
        return None
    visible = min(1.0, shown / max(1.0, sprite.full_area))
    corners = sprite.plate_corners
    if corners is not None and not _uncovered(corners, index, owner):
        corners = None
    face = sprite.face
    if face is not None and not _uncovered(np.array([face[:2], face[:2] + face[2:]]), index, owner):
        face = None
    plate = None if corners is None else np.concatenate([corners.min(axis=0), np.ptp(corners, axis=0)])
    return Sighting(box, plate, corners, face, visible)


def _uncovered(points: Floats, index: int, owner: Owners) -> bool:
    """Whether no nearer vehicle hides any of ``points``."""
    x = np.clip(points[:, 0].astype(int), 0, owner.shape[1] - 1)
    y = np.clip(points[:, 1].astype(int), 0, owner.shape[0] - 1)
    return bool(np.all(owner[y, x] == index))


class NoiseBank:
    """Sensor noise made once and laid over frames at random offsets."""

    def __init__(
        self, rng: np.random.Generator, width: int, height: int, sigma: float, fields: int = 4
    ) -> None:
        self._rng = rng
        self._size = (width, height)
        raw = rng.normal(scale=sigma, size=(fields, height + 64, width + 64, 1)) + rng.normal(
            scale=sigma * 0.45, size=(fields, height + 64, width + 64, 3)
        )
        self._more = np.clip(np.round(raw), 0, 255).astype(np.uint8)
        self._less = np.clip(np.round(-raw), 0, 255).astype(np.uint8)

    def apply(self, image: Image) -> Image:
        """``image`` (height, width, 3) with noise added."""
        field = int(self._rng.integers(len(self._more)))
        x, y = (int(v) for v in self._rng.integers(0, 64, 2))
        width, height = self._size
        part = (field, slice(y, y + height), slice(x, x + width))
        return np.asarray(cv2.subtract(cv2.add(image, self._more[part]), self._less[part]))
