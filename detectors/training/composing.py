"""Composing pictures that teach a plate detector: plates hung in place of others, stickers, frames, night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.decoys import Decoys, sheet
from detectors.training.labels import Box, area, shared
from detectors.training.laying import (
    Composed,
    Picture,
    Place,
    Printer,
    Scene,
    around,
    corners_of,
    cover,
    inside,
    lay,
    light_on,
)

#: What plates of 16 to 120 px are drawn from: widths below are as likely as above.
_USUAL_WIDTH_PX = 44.0
_WIDTH_PX = (15.0, 150.0)
#: What remains of a plate at a picture's edge must be at least this part of it to count as a plate.
_LEAST_SEEN = 0.5
_LONGEST_PX = 896
#: This part of all pictures gets no plate where others get one: vehicles alone are no reason to see plates.
_BARE = 0.1


def compose(rng: np.random.Generator, scene: Scene, printer: Printer, decoys: Decoys) -> Composed:
    """Hang drawn plates in a photograph, paste what is no plate beside them, and finish the picture."""
    picture, plates, places, vehicles = _reframe(rng, scene)
    night = rng.random() < 0.2
    if night:
        _darken(rng, picture)
    boxes = list(plates)
    lights = [light_on(picture, place.old or _near(place)) for place in places]
    for place in places:
        if place.old is not None:
            cover(picture, place.old)
    taken: list[Box] = [*plates, *(place.old for place in places if place.old is not None)]
    bare = rng.random() < _BARE
    for _ in range(int(rng.random() * 4) if bare or rng.random() < 0.6 else 0):
        _paste_decoy(rng, picture, decoys, vehicles, taken)
    for place, light in zip(places, lights, strict=True) if not bare else ():
        box = _hang(rng, picture, printer, place, light, night)
        if box is not None:
            boxes.append(box)
    return _finish(rng, picture, boxes)


def _near(place: Place) -> Box:
    x, y = place.middle
    return x - place.width, y - 0.5 * place.width, x + place.width, y + 0.5 * place.width


def _hang(
    rng: np.random.Generator,
    picture: Picture,
    printer: Printer,
    place: Place,
    light: NDArray[np.float32],
    night: bool,
) -> Box | None:
    flat = printer.print(rng).image
    aspect = flat.shape[1] / flat.shape[0]
    # The same road shows long and square plates: squarer ones are narrower.
    width = place.width * (0.9 + 0.35 * rng.random()) * min(1.0, (aspect / 4.5) ** 0.45)
    corners = corners_of(rng, aspect, place.middle, width, 0.75 if place.old is not None else 1.1)
    if rng.random() < 0.35:  # what plates are screwed into
        grey = float(rng.random() * 70)
        holder = sheet(40, 80, (int(grey), int(grey), int(grey)))
        frame = 1.0 + (0.04 + 0.1 * rng.random()) * np.array([1.0, min(4.0, aspect)])
        middle = corners.mean(axis=0)
        lay(picture, holder, middle + (corners - middle) * frame)
    lit = flat.astype(np.float32) * _gain(rng, light, night)
    if rng.random() < 0.3:  # a shadow's edge, or a lamp's light from one side
        ramp = np.linspace(0.55 + 0.45 * rng.random(), 0.7 + 0.5 * rng.random(), flat.shape[1])[None, :, None]
        lit = lit * ramp if rng.random() < 0.7 else lit * ramp[:, ::-1]
    if rng.random() < 0.25:  # dirt
        lit = lit * (0.5 + 0.3 * rng.random()) + 0.3 * lit.mean()
    blur = float(0.25 + 0.9 * rng.random() ** 2)
    shine = float(0.5 * rng.random()) if night and rng.random() < 0.5 else 0.0
    lay(picture, np.clip(lit, 0, 255).astype(np.uint8), corners, blur, shine)
    whole, seen = around(corners), inside(around(corners), picture)
    return seen if area(seen) >= _LEAST_SEEN * area(whole) else None


def _gain(rng: np.random.Generator, light: NDArray[np.float32], night: bool) -> NDArray[np.float32]:
    """Plates throw light back: they are as bright as the brightest around them, or brighter."""
    low, high = (0.9, 2.4) if night else (0.85, 1.35)
    strength = light * (low + (high - low) * rng.random())
    least = 0.1 if night else 0.25
    return np.asarray(np.clip(strength, least, 1.1), np.float32)


def _paste_decoy(
    rng: np.random.Generator, picture: Picture, decoys: Decoys, vehicles: Sequence[Box], taken: list[Box]
) -> None:
    flat = decoys.draw(rng)
    height, width = picture.shape[:2]
    area = (
        vehicles[int(rng.random() * len(vehicles))]
        if vehicles and rng.random() < 0.7
        else (0, 0, width, height)
    )
    for _ in range(4):
        middle = (area[0] + (area[2] - area[0]) * rng.random(), area[1] + (area[3] - area[1]) * rng.random())
        corners = corners_of(rng, flat.shape[1] / flat.shape[0], middle, _some_width(rng), 0.8)
        box = around(corners)
        if all(shared(box, other) == 0 for other in taken):
            light = light_on(picture, box)
            lit = np.clip(flat * np.clip(light * (0.9 + 0.5 * rng.random()), 0.15, 1.1), 0, 255)
            lay(picture, lit.astype(np.uint8), corners, float(0.3 + 0.7 * rng.random()))
            taken.append(box)
            return


def _some_width(rng: np.random.Generator) -> float:
    return float(np.clip(_USUAL_WIDTH_PX * np.exp(0.65 * rng.standard_normal()), *_WIDTH_PX))


def _reframe(rng: np.random.Generator, scene: Scene) -> tuple[Picture, list[Box], list[Place], list[Box]]:
    """Cut a part out and scale it so that one of the plates gets a width drawn for it; mirror half of all."""
    picture = scene.picture
    height, width = picture.shape[:2]
    scale = 1.0
    x0 = y0 = 0.0
    x1, y1 = float(width), float(height)
    if scene.places:
        chosen = scene.places[int(rng.random() * len(scene.places))]
        scale = float(np.clip(_some_width(rng) / chosen.width, 0.35, 2.6))
        reach = _LONGEST_PX / scale
        side_x, side_y = min(width, reach), min(height, reach * (0.6 + 0.4 * rng.random()))
        side_y = min(height, max(side_y, min(side_x * 0.55, height)))
        x0 = float(np.clip(chosen.middle[0] - side_x * (0.2 + 0.6 * rng.random()), 0, width - side_x))
        y0 = float(np.clip(chosen.middle[1] - side_y * (0.3 + 0.6 * rng.random()), 0, height - side_y))
        x1, y1 = x0 + side_x, y0 + side_y
    part = picture[int(y0) : int(y1), int(x0) : int(x1)]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = max(32, round(part.shape[1] * scale)), max(32, round(part.shape[0] * scale))
    part = np.asarray(cv2.resize(part, size, interpolation=way), np.uint8).copy()
    mirrored = rng.random() < 0.5 and not scene.plates
    if mirrored:
        part = np.ascontiguousarray(part[:, ::-1])

    def moved(box: Box) -> Box:
        left, right = (box[0] - int(x0)) * scale, (box[2] - int(x0)) * scale
        if mirrored:
            left, right = size[0] - right, size[0] - left
        return left, (box[1] - int(y0)) * scale, right, (box[3] - int(y0)) * scale

    kept = [
        inside(moved(box), part)
        for box in scene.plates
        if area(inside(moved(box), part)) >= _LEAST_SEEN * area(moved(box))
    ]
    places = []
    for place in scene.places:
        x, y = place.middle
        middle = moved((x, y, x, y))[:2]
        if -10 < middle[0] < size[0] + 10 and -10 < middle[1] < size[1] + 10:
            old = None if place.old is None else moved(place.old)
            places.append(replace(place, middle=middle, width=place.width * scale, old=old))
        elif place.old is not None and area(inside(moved(place.old), part)) > 0:
            cover(part, moved(place.old))
    vehicles = [inside(moved(box), part) for box in scene.vehicles if area(inside(moved(box), part)) > 400]
    return part, kept, places, vehicles


def _darken(rng: np.random.Generator, picture: Picture) -> None:
    """Night falls, in place: dark, with a tint and more contrast."""
    tint = 0.7 + 0.6 * rng.random(3)
    lit = (
        255
        * (picture.astype(np.float32) / 255) ** (1.2 + 0.8 * rng.random())
        * (0.25 + 0.4 * rng.random())
        * tint
    )
    picture[:] = np.clip(lit, 0, 255).astype(np.uint8)


def _finish(rng: np.random.Generator, picture: Picture, boxes: Sequence[Box]) -> Composed:
    """What a camera adds: a little blur, noise, a weak encoder; a picture is at most 896 px long."""
    longest = max(picture.shape[:2])
    if longest > _LONGEST_PX:
        scale = _LONGEST_PX / longest
        picture = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        boxes = [(x0 * scale, y0 * scale, x1 * scale, y1 * scale) for x0, y0, x1, y1 in boxes]
    if rng.random() < 0.3:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.3 + 0.6 * rng.random()), np.uint8)
    if rng.random() < 0.12:  # the camera or the vehicle moved
        length = int(3 + 4 * rng.random())
        picture = np.asarray(cv2.blur(picture, (length, 1) if rng.random() < 0.7 else (1, length)), np.uint8)
    noise = (1 + 9 * rng.random() ** 2) * rng.standard_normal(picture.shape)
    noisy = np.clip(picture + noise, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(45 + 50 * rng.random())])[1]
    return Composed(np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8), tuple(boxes))
