"""Paints one vehicle: faces sorted by depth, glass over people, the plate warped onto its place."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.light import Light, shade, to_bytes
from roadwitness.simulator.looks import Look, Person
from roadwitness.simulator.mesh import SECTIONS_MEET_U, Ints, Layer, Material, Mesh
from roadwitness.simulator.model import Model
from roadwitness.simulator.plates import Plate, paint_plate, plate_texture
from roadwitness.simulator.posing import Pose

FINE = 2
SUBPIXEL_BITS = 4
NEAREST_M = 1.0
#: A plate or a face is seen from within this angle of straight ahead, as its tangent.
PLATE_SEEN_WITHIN = 2.2
FACE_SEEN_WITHIN = 1.0
#: From further aside than this (tangent), what stands out on the far side is painted before the body.
ASIDE = 0.6
#: What lies further forward than this part of the length is hidden by the roof from behind.
FRONT_PART = 0.55
BRAKE_GLOW = (0.06, 0.06, 0.9)


@dataclass(frozen=True)
class Sprite:
    """A painted vehicle: premultiplied BGRA (h, w, 4) at (left, top), and what can be seen of it in pixels.

    ``full_area`` is the area its outline would have if the picture had no edge; boxes are (x, y, w, h).
    """

    left: int
    top: int
    image: Image
    full_area: float
    plate_corners: Floats | None
    face: Floats | None


def paint_vehicle(
    camera: Camera,
    light: Light,
    model: Model,
    look: Look,
    plate: Plate | None,
    pose: Pose,
    braking: bool = False,
) -> Sprite | None:
    """Paint ``model`` at ``pose``; None where no part of it is in the picture."""
    mesh = model.mesh
    pixels, depth = camera.project(pose.to_world(mesh.vertices))
    ahead = depth > NEAREST_M
    if not ahead.any():
        return None
    low = np.maximum(np.floor(pixels[ahead].min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(pixels[ahead].max(axis=0)).astype(int) + 2, [camera.width, camera.height])
    if np.any(high - low < 2):
        return None
    size = (high - low) * FINE
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    fine = (pixels - low) * FINE - 0.5
    _paint_faces(canvas, camera, light, model, look, pose, fine, depth, braking)
    corners = _plate_pixels(camera, model, pose)
    if corners is not None and plate is not None:
        facing = pose.turn(np.array([1.0, 0.0, 0.0]) * (1 if pose.seen_at(camera.position)[0] > 0 else -1))
        sun = max(0.0, float(facing @ light.direction)) * light.sun
        brightness = min(1.0, (sun + 0.85 * light.sky + (0.25 if light.lamps_on else 0.0)) ** 0.45)
        paint_plate(canvas, (corners - low) * FINE - 0.5, plate_texture(plate), brightness)
    face = _face_box(camera, model, pose)
    hull = cv2.convexHull(pixels[ahead].astype(np.float32))
    image = cv2.resize(canvas, (int(high[0] - low[0]), int(high[1] - low[1])), interpolation=cv2.INTER_AREA)
    return Sprite(int(low[0]), int(low[1]), np.asarray(image), float(cv2.contourArea(hull)), corners, face)


def _paint_faces(
    canvas: Image,
    camera: Camera,
    light: Light,
    model: Model,
    look: Look,
    pose: Pose,
    fine: Floats,
    depth: Floats,
    braking: bool,
) -> None:
    mesh: Mesh = model.mesh
    centres, normals = pose.to_world(mesh.centres), pose.turn(mesh.normals)
    towards = camera.position - centres
    distance = np.linalg.norm(towards, axis=1)
    towards = towards / distance[:, None]
    seen = (np.sum(normals * towards, axis=1) > 0.0) & (depth[mesh.faces].min(axis=1) > NEAREST_M)
    order = np.flatnonzero(seen)
    ahead, aside = pose.seen_at(camera.position)
    section = mesh.sections if ahead > SECTIONS_MEET_U else -mesh.sections
    layers = _layers_seen(model, ahead, aside)
    order = order[np.lexsort((-distance[order], layers[order], section[order]))]
    materials = mesh.materials[order]
    glow = np.zeros((len(order), 3))
    glow[materials == Material.BULB] = look.lamps
    glow[materials == Material.TAILLAMP] = (
        BRAKE_GLOW if braking else np.array([0.0, 0.0, 0.5]) * min(1.0, look.lamps)
    )
    colours = to_bytes(
        shade(
            light,
            normals=normals[order],
            towards_camera=towards[order],
            albedo=look.albedo[materials],
            gloss=look.gloss[materials],
            glow=glow,
            heights_m=centres[order, 2],
        )
    ).tolist()
    corners = np.round(np.clip(fine, -1e6, 1e6) * (1 << SUBPIXEL_BITS)).astype(np.int32)[mesh.faces[order]]
    layers, screens = layers[order], materials == Material.WINDSCREEN
    last_screen = int(np.flatnonzero(screens)[-1]) if screens.any() else -1
    until = last_screen
    while 0 <= until < len(order) - 1 and layers[until + 1] <= Layer.SCREEN:
        until += 1
    for at, (outline, colour) in enumerate(zip(corners, colours, strict=True)):
        cv2.fillConvexPoly(canvas, outline, (*colour, 255), cv2.LINE_8, SUBPIXEL_BITS)
        if at == until:
            glass = [(corners[i], colours[i]) for i in np.flatnonzero(screens)]
            _paint_cabin(
                canvas, camera, light, model, look, pose, glass, fine_origin(camera, fine, pose, model)
            )


def _layers_seen(model: Model, ahead: float, aside: float) -> Ints:
    """What is painted over what for a viewer ``ahead`` of the front and ``aside`` of the middle (m).

    Seen from behind, the roof hides what is on the bonnet; from aside, the body what is on its far side.
    """
    layers, centres = model.mesh.layers, model.mesh.centres
    behind = -ahead - model.length
    if behind > 0:
        # What lies flat on the sides, such as wheels and stripes, is seen from behind as well.
        forward = (centres[:, 0] > -FRONT_PART * model.length) & (np.abs(model.mesh.normals[:, 1]) < 0.95)
        layers = np.where(forward & (layers >= Layer.OUTER), Layer.UNDER, layers)
        layers = np.where(forward & (layers >= Layer.FIXED), Layer.BODY, layers)
    if abs(aside) > max(model.width / 2, ASIDE * max(ahead, behind)):
        hidden = centres[:, 1] * np.sign(aside) < -0.49 * model.width
        layers = np.where(hidden, Layer.UNDER, layers)
    return layers


def fine_origin(camera: Camera, fine: Floats, pose: Pose, model: Model) -> Floats:
    """The picture's pixel that lies at the canvas's corner, (2,)."""
    first, _ = camera.project(pose.to_world(model.mesh.vertices[:1]))
    return np.asarray(first[0] - (fine[0] + 0.5) / FINE)


def _paint_cabin(
    canvas: Image,
    camera: Camera,
    light: Light,
    model: Model,
    look: Look,
    pose: Pose,
    glass: list[tuple[Image, list[int]]],
    origin: Floats,
) -> None:
    """Paint what is behind the windscreen, then the sky's reflection in it, where the glass is."""
    outlines = np.concatenate([outline for outline, _ in glass]) / (1 << SUBPIXEL_BITS)
    low = np.maximum(np.floor(outlines.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(outlines.max(axis=0)).astype(int) + 2, [canvas.shape[1], canvas.shape[0]])
    if np.any(high - low < 2):
        return
    shape = (int(high[1] - low[1]), int(high[0] - low[0]))
    inside, mirror, mask = (
        np.zeros((*shape, 3), np.uint8),
        np.zeros((*shape, 3), np.uint8),
        np.zeros(shape, np.uint8),
    )
    shift = (low * (1 << SUBPIXEL_BITS)).astype(np.int32)
    for outline, colour in glass:
        cv2.fillConvexPoly(mirror, outline - shift, colour, cv2.LINE_8, SUBPIXEL_BITS)
        cv2.fillConvexPoly(mask, outline - shift, 255, cv2.LINE_8, SUBPIXEL_BITS)
    dim = min(1.0, 0.35 + light.sky + 0.2 * light.sun)
    inside[:] = (int(26 * dim), int(26 * dim), int(25 * dim))
    seats = [(model.driver, look.driver), (model.passenger, look.passenger)]
    for head, person in seats:
        _paint_seat(inside, camera, pose, head, origin, low, dim)
        if person is not None:
            _paint_person(inside, camera, pose, head, person, origin, low, dim)
    _paint_wheel(inside, camera, pose, model.driver, origin, low, dim)
    region = canvas[low[1] : high[1], low[0] : high[0]]
    through = cv2.add(cv2.convertScaleAbs(inside, alpha=0.82), mirror)
    region[..., :3][mask > 0] = through[mask > 0]


def _fill(
    image: Image, camera: Camera, points: Floats, origin: Floats, low: Floats, colour: tuple[float, ...]
) -> None:
    pixels, depth = camera.project(points)
    if depth.min() > NEAREST_M:
        fine = (pixels - origin) * FINE - 0.5 - low
        cv2.fillPoly(image, [np.round(fine * 16).astype(np.int32)], colour, cv2.LINE_8, SUBPIXEL_BITS)


def _at(pose: Pose, head: Floats, outline: Floats, behind: float = 0.0) -> Floats:
    local = np.column_stack(
        [np.full(len(outline), head[0] - behind), head[1] + outline[:, 0], head[2] + outline[:, 1]]
    )
    return pose.to_world(local)


def _paint_seat(
    image: Image, camera: Camera, pose: Pose, head: Floats, origin: Floats, low: Floats, dim: float
) -> None:
    back = np.array([(-0.24, -0.7), (0.24, -0.7), (0.25, -0.22), (0.12, -0.10), (0.11, 0.06), (0.07, 0.1)])
    back = np.concatenate([back, back[::-1] * [-1, 1]])[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
    _fill(image, camera, _at(pose, head, back, 0.15), origin, low, (44 * dim, 43 * dim, 42 * dim))


def _paint_wheel(
    image: Image, camera: Camera, pose: Pose, head: Floats, origin: Floats, low: Floats, dim: float
) -> None:
    turn = np.linspace(0.0, np.pi, 12)
    outer = np.column_stack([0.18 * np.cos(turn), 0.18 * np.sin(turn)])
    rim = np.concatenate([outer, outer[::-1] * 0.84]) - [0.0, 0.52]
    _fill(image, camera, _at(pose, head, rim, -0.42), origin, low, (20 * dim, 20 * dim, 20 * dim))


def _paint_person(
    image: Image,
    camera: Camera,
    pose: Pose,
    head: Floats,
    person: Person,
    origin: Floats,
    low: Floats,
    dim: float,
) -> None:
    for outline, colour in person.outlines:
        bright = tuple(float(c * (0.25 + 0.5 * dim)) for c in colour)
        _fill(image, camera, _at(pose, head, outline), origin, low, bright)


def _plate_pixels(camera: Camera, model: Model, pose: Pose) -> Floats | None:
    """The visible plate's corners in the picture (4, 2); None without a plate or where it is cut off."""
    ahead, aside = pose.seen_at(camera.position)
    behind = -ahead - model.length
    place = model.front_plate if ahead > 0 else model.rear_plate if behind > 0 else None
    if place is None or abs(aside) > PLATE_SEEN_WITHIN * max(ahead, behind):
        return None
    corners, depth = camera.project(pose.to_world(place))
    inside = np.all((corners >= 0) & (corners <= [camera.width, camera.height]))
    return corners if depth.min() > NEAREST_M and bool(inside) else None


def _face_box(camera: Camera, model: Model, pose: Pose) -> Floats | None:
    """The driver's face (x, y, w, h) in the picture; None where it is cut off or seen from behind."""
    ahead, aside = pose.seen_at(camera.position)
    if ahead <= 0 or abs(aside) > FACE_SEEN_WITHIN * ahead:
        return None
    oval = np.array([(-0.08, -0.115), (0.08, -0.115), (0.08, 0.12), (-0.08, 0.12)])
    pixels, depth = camera.project(_at(pose, model.driver, oval))
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    if depth.min() < NEAREST_M or np.any(low < 0) or np.any(high > [camera.width, camera.height]):
        return None
    return np.concatenate([low, high - low])
