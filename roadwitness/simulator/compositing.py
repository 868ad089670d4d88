"""Puts painted vehicles and poles into the empty scene: shadows, motion blur, glow and wet reflections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from roadwitness.simulator.air import Air
from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.glowing import glow, hazard_glow, headlamp_pool, vehicle_glow
from roadwitness.simulator.light import Light
from roadwitness.simulator.looks import Look
from roadwitness.simulator.model import Model
from roadwitness.simulator.ordering import painting_order
from roadwitness.simulator.painting import NEAREST_M, Sprite, paint_vehicle
from roadwitness.simulator.plates import Plate
from roadwitness.simulator.posing import TOWARDS_CAMERA_DEG, Pose
from roadwitness.simulator.shadows import cast_shadow

# For each pixel the index of the vehicle that shows there, or NOBODY.
Owners = npt.NDArray[np.int16]
NOBODY = -1
# The last sprite of each model, with its pose and its brake lamps: one that stands is painted once.
StandingSprites = dict[int, tuple[Pose, bool, Sprite | None]]


@dataclass(frozen=True)
class Actor:
    """A vehicle with its looks and plate, at a pose, with its speed in m/s for the blur.

    ``braking`` lights its brake lamps, ``hazard`` its four indicators.
    """

    model: Model
    look: Look
    plate: Plate | None
    pose: Pose
    speed_ms: float
    braking: bool = False
    hazard: bool = False


@dataclass(frozen=True)
class Lamp:
    """A lit lamp at a world point (3,): the halo's radius and colour (BGR bytes)."""

    at: Floats
    radius_m: float
    colour: tuple[float, float, float]


@dataclass(frozen=True)
class Fixture:
    """What stands in the scene and may hide vehicles: sprite, outline on the road (4, 2), lit lamps."""

    sprite: Sprite | None
    outline: Floats
    lamps: tuple[Lamp, ...] = ()


@dataclass(frozen=True)
class Sighting:
    """What a picture shows of one actor: boxes (x, y, w, h), corners (4, 2), and the share that shows."""

    vehicle: Floats
    plate: Floats | None
    plate_corners: Floats | None
    face: Floats | None
    visible: float


def _blurred(camera: Camera, actor: Actor, sprite: Sprite, exposure_s: float) -> Sprite:
    """The sprite smeared along its way across the picture during one exposure."""
    step, pose = actor.speed_ms * exposure_s, actor.pose
    ahead_x, ahead_y = pose.forward
    ends = np.array([[pose.x_m, pose.y_m, 0.5], [pose.x_m + ahead_x * step, pose.y_m + ahead_y * step, 0.5]])
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


def _reflect(image: Image, sprite: Sprite, wet: float) -> None:
    """A vehicle's or a pole's dim, streaky likeness upside down on the wet road below it."""
    solid = np.flatnonzero((sprite.image[..., 3] > 127).any(axis=1))
    if len(solid) == 0:
        return
    foot = sprite.top + int(solid[-1]) + 1
    height = min(len(sprite.image), image.shape[0] - foot)
    if height < 4:
        return
    mirrored = sprite.image[: int(solid[-1]) + 1][::-1][:height]
    tall = max(3, (len(mirrored) // 12) | 1)
    streaked = cv2.blur(mirrored, (3, tall))
    fade = wet * np.linspace(0.42, 0.05, len(streaked))[:, None, None]
    faint = np.asarray(streaked * fade).astype(np.uint8)
    _lay(image, replace(sprite, image=faint, top=foot))


def _paint_first_to_last(actors: Sequence[Actor], fixtures: Sequence[Fixture], camera: Camera) -> list[int]:
    """Indices of actors, then of fixtures, the furthest first.

    Where all vehicles come straight towards the camera and nothing else stands there, the order of their
    fronts is enough.
    """
    if not fixtures and all(actor.pose.heading_deg == TOWARDS_CAMERA_DEG for actor in actors):
        return sorted(range(len(actors)), key=lambda i: -actors[i].pose.y_m)
    outlines = [actor.pose.outline(actor.model.length, actor.model.width) for actor in actors]
    outlines += [fixture.outline for fixture in fixtures]
    return painting_order(outlines, camera.position[:2]) if outlines else []


def compose(
    background: Image,
    camera: Camera,
    light: Light,
    actors: Sequence[Actor],
    exposure_s: float,
    fixtures: Sequence[Fixture] = (),
    wet: float = 0.0,
    standing: StandingSprites | None = None,
    air: Air | None = None,
) -> tuple[Image, list[Sighting | None]]:
    """One picture without noise, and what it shows of each actor (None: nothing).

    ``fixtures`` are what else stands in the scene, such as poles; on a ``wet`` road (0..1) all is mirrored;
    ``standing`` keeps the sprites of vehicles that stand from picture to picture; ``air`` is what all fades
    into.
    """
    image = background.copy()
    owner: Owners = np.full(background.shape[:2], NOBODY, np.int16)
    order = _paint_first_to_last(actors, fixtures, camera)
    sprites: dict[int, tuple[Sprite, Floats]] = {}
    for index in order:
        if index < len(actors):
            cast_shadow(image, camera, light, actors[index].model, actors[index].pose)
            if light.is_dark:
                headlamp_pool(image, camera, actors[index].pose)
    for index in order:
        if index >= len(actors):
            _set_up(image, owner, camera, fixtures[index - len(actors)], wet, air)
            continue
        actor = actors[index]
        sprite = _painted(camera, light, actor, standing)
        if sprite is None:
            continue
        solid = sprite.image[..., 3] > 127
        if int(np.count_nonzero(solid)) < 4:
            continue
        if air is not None:
            far_m = float(np.hypot(actor.pose.x_m - camera.x_m, actor.pose.y_m))
            sprite = replace(sprite, image=air.over(sprite.image, far_m))
        if wet > 0:
            _reflect(image, sprite, wet)
        _lay(image, _blurred(camera, actor, sprite, exposure_s))
        if light.lamps_on or actor.braking:
            vehicle_glow(image, camera, actor.model, actor.pose, actor.braking, light.lamps_on, wet)
        if actor.hazard:
            hazard_glow(image, camera, actor.model, actor.pose)
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
        sprites[index] = (sprite, box.astype(np.float64))
    return image, [_sighting(index, sprites.get(index), owner) for index in range(len(actors))]


def _painted(camera: Camera, light: Light, actor: Actor, standing: StandingSprites | None) -> Sprite | None:
    kept = None if standing is None else standing.get(id(actor.model))
    if standing is None or kept is None or kept[:2] != (actor.pose, actor.braking):
        sprite = paint_vehicle(camera, light, actor.model, actor.look, actor.plate, actor.pose, actor.braking)
        if standing is None:
            return sprite
        kept = actor.pose, actor.braking, sprite
        standing[id(actor.model)] = kept
    return kept[2]


def _set_up(
    image: Image, owner: Owners, camera: Camera, fixture: Fixture, wet: float, air: Air | None
) -> None:
    sprite = fixture.sprite
    if sprite is not None and air is not None:
        far_m = float(np.hypot(*(fixture.outline.mean(axis=0) - camera.position[:2])))
        sprite = replace(sprite, image=air.over(sprite.image, far_m))
    if sprite is not None:
        if wet > 0:
            _reflect(image, sprite, wet)
        _lay(image, sprite)
        solid = sprite.image[..., 3] > 127
        height, width = solid.shape
        owner[sprite.top : sprite.top + height, sprite.left : sprite.left + width][solid] = NOBODY
    for lamp in fixture.lamps:
        glow(image, camera, lamp.at, lamp.radius_m, lamp.colour, wet)


def _sighting(index: int, painted: tuple[Sprite, Floats] | None, owner: Owners) -> Sighting | None:
    if painted is None:
        return None
    sprite, box = painted
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
