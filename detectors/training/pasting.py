"""Drawn plates of many countries, pasted onto photographs: what the plate detector sees besides real ones.

    python -m detectors.training.pasting OUT --photos IMAGES:LABELS [--photos …] \\
        --vehicles IMAGES:LABELS --fonts FONTS [--count 500] [--seed 7]

In ``--photos`` every plate is labelled; each is replaced by a drawn one. ``--vehicles`` are photographs
with vehicles labelled, whose plates (blurred or not there) the shipped detector looks for: what it finds is
painted over. Every plate in a picture of OUT has a label; stickers, signs and grilles are pasted too and have
none. The same arguments give the same pictures.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.plates import PlateDetector
from detectors.training.decoys import Decoys, sheet
from detectors.training.labels import Box, area, clip, pictures, read_labels, shared, write_labels
from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.rendering import PlatePrinter
from streams import messages

Picture = NDArray[np.uint8]
Corners = NDArray[np.float64]

#: What plates of 16 to 120 px are drawn from: widths below are as likely as above.
_USUAL_WIDTH_PX = 44.0
_WIDTH_PX = (15.0, 150.0)
#: Plates are seen from this many of their widths away, which bounds the perspective.
_DISTANCE = 6.0
#: What remains of a plate at a picture's edge must be at least this part of it to count as a plate.
_LEAST_SEEN = 0.5
_LONGEST_PX = 896
#: This part of all pictures gets no plate where others get one: vehicles alone are no reason to see plates.
_BARE = 0.1
#: From this confidence on a place on a vehicle looks enough like a plate to hang one there.
_SUSPECTED = 0.08


class Rendered(Protocol):
    """A flat plate, as :class:`plateart.rendering.RenderedPlate` is one."""

    image: Picture


class Printer(Protocol):
    """Whatever draws flat plates."""

    def print(self, rng: np.random.Generator) -> Rendered:
        """One plate."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a plate can hang: the middle, its width, and the box of the one that hangs there."""

    middle: tuple[float, float]
    width: float
    old: Box | None = None


@dataclass(frozen=True)
class Scene:
    """A photograph, the places for plates in it, and the boxes of plates that stay as they are."""

    picture: Picture
    places: tuple[Place, ...]
    plates: tuple[Box, ...] = ()
    vehicles: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Composed:
    """A finished picture and the boxes (x0, y0, x1, y1) of all plates in it."""

    picture: Picture
    plates: tuple[Box, ...]


def corners_of(
    rng: np.random.Generator, aspect: float, middle: tuple[float, float], width: float, tilt: float = 1.0
) -> Corners:
    """The corners (4, 2), clockwise from the upper left, of a plate seen from anywhere before it.

    It is turned about its upright axis by up to some 50 degrees, less about the others; ``tilt`` scales all
    three. ``width`` is how wide it would be if seen straight on.
    """
    yaw, pitch, roll = (
        np.radians(np.clip(tilt * spread * rng.standard_normal(), -limit, limit))
        for spread, limit in ((20.0, 55.0), (8.0, 25.0), (5.0, 28.0))
    )
    flat = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * (1.0, 1.0 / aspect)
    points = np.column_stack([flat, np.zeros(4)])
    turn_y = np.array([(np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))])
    turn_x = np.array([(1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch))])
    turn_z = np.array([(np.cos(roll), -np.sin(roll), 0), (np.sin(roll), np.cos(roll), 0), (0, 0, 1)])
    turned = points @ (turn_z @ turn_x @ turn_y).T
    seen = turned[:, :2] * (_DISTANCE / (_DISTANCE + turned[:, 2:]))
    return np.asarray(seen * width + np.array(middle))


def around(corners: Corners) -> Box:
    """The box of some corners: the tightest that is upright."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def light_on(picture: Picture, box: Box) -> NDArray[np.float32]:
    """How bright a white surface would be there: 0 to 1 for blue, green and red."""
    part = _cut(picture, box)
    if part is None:
        return np.full(3, 0.8, np.float32)
    return np.asarray(np.percentile(part.reshape(-1, 3), 88, axis=0) / 255, np.float32)


def lay(picture: Picture, flat: Picture, corners: Corners, blur: float = 0.0, shine: float = 0.0) -> None:
    """Warp ``flat`` onto ``corners`` of ``picture``, in place, with soft edges.

    It is shrunk before, so that no line of it is skipped. ``blur`` is a Gaussian's sigma in pixels of the
    picture, and ``shine`` lets a bright plate glow into its surroundings, as at night.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    shrink = min(1.0, 2.0 * max(sides[0], sides[2]) / flat.shape[1])
    if shrink < 1.0:
        size = max(4, round(flat.shape[1] * shrink)), max(4, round(flat.shape[0] * shrink))
        flat = np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)
    pad = 4 + 3 * blur
    x0, y0, x1, y1 = around(corners)
    left, top = max(0, int(x0 - pad)), max(0, int(y0 - pad))
    right, bottom = min(picture.shape[1], int(x1 + pad) + 1), min(picture.shape[0], int(y1 + pad) + 1)
    if right - left < 2 or bottom - top < 2:
        return
    # Twice the size, then halved: smooth edges without stairs.
    height, width = flat.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.float32(2 * (corners - (left, top))))
    size = 2 * (right - left), 2 * (bottom - top)
    border = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
    seen = cv2.resize(
        cv2.warpPerspective(flat, matrix, size, **border), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
    )
    cover = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(
        cover, np.int32(np.round(16 * (2 * (corners - (left, top)) - 0.5))), 255, cv2.LINE_AA, 4
    )
    alpha = cv2.resize(cover, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    part = picture[top:bottom, left:right].astype(np.float32)
    mixed = part + (seen.astype(np.float32) - part) * alpha[..., None]
    if blur > 0.2:
        blurred = cv2.GaussianBlur(mixed, (0, 0), blur)
        soft = cv2.GaussianBlur(alpha, (0, 0), max(0.5, blur))[..., None]
        mixed = mixed + (blurred - mixed) * np.minimum(1, 1.5 * soft)
    if shine > 0:
        spread = max(1.5, 0.15 * sides[0])
        glow = cv2.GaussianBlur(seen.astype(np.float32) * alpha[..., None], (0, 0), spread)
        mixed = mixed + shine * glow
    picture[top:bottom, left:right] = np.clip(mixed, 0, 255).astype(np.uint8)


def cover(picture: Picture, box: Box) -> None:
    """Paint a plate over with its surroundings, in place."""
    margin = 0.12 * (box[3] - box[1]) + 1.5
    x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
    reach = max(6.0, 0.5 * (y1 - y0))
    left, top = max(0, int(x0 - reach)), max(0, int(y0 - reach))
    right, bottom = min(picture.shape[1], int(x1 + reach)), min(picture.shape[0], int(y1 + reach))
    if right - left < 3 or bottom - top < 3:
        return
    part = picture[top:bottom, left:right]
    mask = np.zeros(part.shape[:2], np.uint8)
    mask[max(0, int(y0) - top) : int(y1) + 1 - top, max(0, int(x0) - left) : int(x1) + 1 - left] = 255
    small = min(1.0, 90 / max(part.shape[:2]))
    size = max(3, round(part.shape[1] * small)), max(3, round(part.shape[0] * small))
    low = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(low, cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), 3, cv2.INPAINT_TELEA)
    filled = cv2.resize(filled, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
    part[mask > 0] = filled[mask > 0]


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
    whole, seen = around(corners), _inside(around(corners), picture)
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
        _inside(moved(box), part)
        for box in scene.plates
        if area(_inside(moved(box), part)) >= _LEAST_SEEN * area(moved(box))
    ]
    places = []
    for place in scene.places:
        x, y = place.middle
        middle = moved((x, y, x, y))[:2]
        if -10 < middle[0] < size[0] + 10 and -10 < middle[1] < size[1] + 10:
            old = None if place.old is None else moved(place.old)
            places.append(replace(place, middle=middle, width=place.width * scale, old=old))
        elif place.old is not None and area(_inside(moved(place.old), part)) > 0:
            cover(part, moved(place.old))
    vehicles = [_inside(moved(box), part) for box in scene.vehicles if area(_inside(moved(box), part)) > 400]
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


def _inside(box: Box, picture: Picture) -> Box:
    return clip(box, (picture.shape[1], picture.shape[0]))


def _cut(picture: Picture, box: Box) -> Picture | None:
    x0, y0, x1, y1 = (int(v) for v in _inside(box, picture))
    part = picture[y0 : y1 + 1, x0 : x1 + 1]
    return part if part.size else None


def _images_and_labels(pairs: Sequence[str]) -> list[tuple[Path, Path]]:
    found = []
    for pair in pairs:
        images, _, labels = pair.partition(":")
        found += [(path, Path(labels) / f"{path.stem}.txt") for path in pictures(Path(images))]
    return found


def _boxes(label: Path, picture: Picture) -> list[Box]:
    return read_labels(label, (picture.shape[1], picture.shape[0]))


def photo_scene(image: Path, label: Path) -> Scene | None:
    """A photograph whose plates are labelled, each a place.

    None for a close-up, where nothing is around, and for a photograph turned on its side.
    """
    picture = np.asarray(cv2.imread(str(image)), np.uint8)
    height, width = picture.shape[:2]
    boxes = _boxes(label, picture)
    sizes = [(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes]
    if not boxes or any(w > 0.4 * width or h > 0.4 * height or h > 1.1 * w for w, h in sizes):
        return None
    return Scene(picture, tuple(_place(box) for box in boxes))


def vehicle_scene(image: Path, label: Path, finder: PlateDetector) -> Scene | None:
    """A photograph of vehicles, with places where the detector suspects plates, else low on the vehicle."""
    picture = np.asarray(cv2.imread(str(image)), np.uint8)
    vehicles = _boxes(label, picture)
    looked_at = 32 * math.ceil(max(picture.shape[:2]) / 32)
    sure = [_corners(plate.box) for plate in finder.detect(picture, min(looked_at, 832), _SUSPECTED)]
    looks = [messages.Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in vehicles]
    places = [_place(box) for box in sure]
    for vehicle, plates in zip(
        vehicles, finder.detect_in_crops(picture, looks, confidence=_SUSPECTED), strict=True
    ):
        for plate in plates[:1]:
            if all(shared(_corners(plate.box), box) == 0 for box in sure):
                sure.append(_corners(plate.box))
                places.append(_place(sure[-1]))
        wide, tall = vehicle[2] - vehicle[0], vehicle[3] - vehicle[1]
        if not any(shared(box, vehicle) > 0 for box in sure) and wide > 60:
            middle = vehicle[0] + 0.5 * wide, vehicle[1] + 0.72 * tall
            places.append(Place(middle, 0.22 * min(wide, 1.3 * tall)))
    return Scene(picture, tuple(places), (), tuple(vehicles)) if places else None


def _place(box: Box) -> Place:
    return Place(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), box[2] - box[0], box)


def _corners(box: messages.Box) -> Box:
    return box.x, box.y, box.x + box.w, box.y + box.h


def write(out: Path, name: str, composed: Composed) -> None:
    """One picture and its labels, for Ultralytics."""
    (out / "images/train").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out / "images/train" / f"{name}.jpg"), composed.picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    size = composed.picture.shape[1], composed.picture.shape[0]
    write_labels(out / "labels/train" / f"{name}.txt", composed.plates, size)


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", action="append", default=[], metavar="IMAGES:LABELS")
    parser.add_argument("--vehicles", action="append", default=[], metavar="IMAGES:LABELS")
    parser.add_argument("--fonts", type=Path, help="typefaces for plates and stickers")
    parser.add_argument("--weights", default="", help="shares of countries, such as US=3,BR=2")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    lettering = Lettering([options.fonts] if options.fonts else [])
    weights = {
        key: float(value)
        for key, _, value in (item.partition("=") for item in options.weights.split(",") if item)
    }
    printer = PlatePrinter(
        load_layouts(), GlyphLibrary.open(options.fonts), weights=weights, lettering=lettering
    )
    decoys, finder = Decoys(lettering), PlateDetector(threads=1)
    scenes = [photo_scene(*pair) for pair in _images_and_labels(options.photos)]
    scenes += [vehicle_scene(*pair, finder) for pair in _images_and_labels(options.vehicles)]
    usable = [scene for scene in scenes if scene is not None]
    rng = np.random.default_rng(options.seed)
    order: list[int] = []
    for number in range(options.count):
        order = order or [int(index) for index in rng.permutation(len(usable))]
        write(options.out, f"pasted_{number:05d}", compose(rng, usable[order.pop()], printer, decoys))


if __name__ == "__main__":
    main()
