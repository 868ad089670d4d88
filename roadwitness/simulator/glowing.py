"""What shines: halos around lamps, their streaks on a wet road, and the headlamps' light on it."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.mesh import Material
from roadwitness.simulator.model import Model
from roadwitness.simulator.posing import Pose

NEAREST_M = 1.0
HEADLAMP = (225.0, 240.0, 255.0)
TAILLAMP = (25.0, 25.0, 190.0)
BRAKE_LAMP = (40.0, 40.0, 255.0)
HAZARD_LAMP = (30.0, 150.0, 255.0)
BEAM_M = 22.0
BEAM_WIDE_M = 5.0


def halo(
    image: Image,
    centre: Floats,
    radius: float,
    colour: tuple[float, float, float],
    strength: float = 1.3,
    tall: float = 1.0,
) -> None:
    """Add a soft disc of light to ``image``; ``tall`` stretches it upwards and downwards."""
    height, width = image.shape[:2]
    reach = np.array([radius, radius * tall])
    low = np.maximum(np.floor(centre - reach).astype(int), 0)
    high = np.minimum(np.ceil(centre + reach).astype(int), [width, height])
    if np.any(high - low < 2):
        return
    x, y = np.arange(low[0], high[0]) - centre[0], (np.arange(low[1], high[1]) - centre[1]) / tall
    far = np.hypot(x[None, :], y[:, None]) / radius
    disc = np.clip(1 - far, 0.0, 1.0) ** 3
    region = image[low[1] : high[1], low[0] : high[0]]
    light = (disc[..., None] * np.array(colour) * strength).clip(0, 255).astype(np.uint8)
    region[:] = cv2.add(region, light)


def glow(
    image: Image, camera: Camera, at: Floats, radius_m: float, colour: tuple[float, float, float], wet: float
) -> None:
    """Halo of a lamp at the world point ``at`` (3,), and its streak on a road that is ``wet`` (0..1)."""
    pixels, depth = camera.project(np.array([at, at * [1, 1, -1]]))
    if depth.min() < NEAREST_M:
        return
    radius = radius_m * camera.focal_px / float(depth[0])
    halo(image, pixels[0], radius, colour)
    if wet > 0:
        halo(image, pixels[1], radius * 0.8, colour, strength=0.9 * wet, tall=4.0)


def vehicle_glow(
    image: Image, camera: Camera, model: Model, pose: Pose, braking: bool, dark: bool, wet: float
) -> None:
    """Halos around headlamps (in the ``dark``), or tail and brake lamps of a vehicle seen from behind."""
    ahead, aside = pose.seen_at(camera.position)
    front = ahead > 0
    if front and not dark:
        return
    if abs(aside) > 2.5 * max(ahead, -ahead - model.length):
        return
    radius, colour = (
        (0.55, HEADLAMP) if front else (0.45 if dark else 0.26, BRAKE_LAMP) if braking else (0.25, TAILLAMP)
    )
    for lamp in pose.to_world(_lamps(model, Material.BULB if front else Material.TAILLAMP)):
        glow(image, camera, lamp, radius, colour, wet)


def hazard_glow(image: Image, camera: Camera, model: Model, pose: Pose) -> None:
    """The hazard lamps at the corners that the camera sees, when they are lit."""
    front = pose.seen_at(camera.position)[0] > -model.length / 2
    lamps = _lamps(model, Material.INDICATOR)
    for lamp in pose.to_world(lamps[(lamps[:, 0] > -model.length / 2) == front]):
        glow(image, camera, lamp, 0.28, HAZARD_LAMP, 0.0)


def _lamps(model: Model, material: Material) -> Floats:
    """The middles (n, 3) of a vehicle's lamps of one material, one on each side of each end."""
    centres = model.mesh.centres[model.mesh.materials == material]
    corners = {(u > -model.length / 2, v > 0) for u, v, _ in centres}
    return np.array(
        [
            centres[((centres[:, 0] > -model.length / 2) == front) & ((centres[:, 1] > 0) == left)].mean(
                axis=0
            )
            for front, left in sorted(corners)
        ]
    ).reshape(-1, 3)


@cache
def _beam() -> Image:
    """The two headlamps' light on the road, seen from above: (128, 64) bytes, the vehicle at the bottom."""
    u = np.linspace(BEAM_M, 0.0, 128)[:, None]
    v = np.linspace(-BEAM_WIDE_M, BEAM_WIDE_M, 64)[None, :]
    spread = 0.7 + 0.13 * u
    lobes = sum(np.exp(-(((v - side) / spread) ** 2)) for side in (-0.7, 0.7))
    along = np.clip(u / 3.0, 0.0, 1.0) * np.clip(1 - u / BEAM_M, 0.0, 1.0) ** 1.4
    return np.asarray(np.clip(lobes * along * 200, 0, 255)).astype(np.uint8)


def headlamp_pool(image: Image, camera: Camera, pose: Pose) -> None:
    """Brighten the road ahead of a vehicle with lit headlamps."""
    texture = _beam()
    rows, columns = texture.shape
    reach = BEAM_M
    while reach > 4.0:
        corners = [(reach, BEAM_WIDE_M), (reach, -BEAM_WIDE_M), (0.0, -BEAM_WIDE_M), (0.0, BEAM_WIDE_M)]
        world = pose.to_world(np.array([(u, v, 0.0) for u, v in corners]))
        pixels, depth = camera.project(world)
        if depth.min() > 2.0:
            break
        reach -= 3.0
    else:
        return
    low = np.clip(np.floor(pixels.min(axis=0)).astype(int), 0, [camera.width, camera.height])
    high = np.clip(np.ceil(pixels.max(axis=0)).astype(int), 0, [camera.width, camera.height])
    if np.any(high - low < 2):
        return
    top = rows * (1 - reach / BEAM_M)
    source = np.array([[0, top], [columns, top], [columns, rows], [0, rows]], np.float32)
    turn = cv2.getPerspectiveTransform(source, (pixels - low).astype(np.float32))
    lit = cv2.warpPerspective(texture, turn, (int(high[0] - low[0]), int(high[1] - low[1])))
    region = image[low[1] : high[1], low[0] : high[0]]
    mask = cv2.cvtColor(lit, cv2.COLOR_GRAY2BGR)
    brighter = cv2.multiply(region, mask, scale=1.5 / 255)
    region[:] = cv2.add(cv2.add(region, brighter), cv2.convertScaleAbs(mask, alpha=0.10))
