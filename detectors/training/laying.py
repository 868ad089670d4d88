"""Laying a flat plate into a photograph: corners, light, perspective, and covering what was there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.labels import Box, clip

Picture = NDArray[np.uint8]
Corners = NDArray[np.float64]
#: Plates are seen from this many of their widths away, which bounds the perspective.
_DISTANCE = 6.0


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
    part = cut(picture, box)
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


def inside(box: Box, picture: Picture) -> Box:
    """The part of a box that lies in the picture."""
    return clip(box, (picture.shape[1], picture.shape[0]))


def cut(picture: Picture, box: Box) -> Picture | None:
    """The pixels of a box; None where it lies outside the picture."""
    x0, y0, x1, y1 = (int(v) for v in inside(box, picture))
    part = picture[y0 : y1 + 1, x0 : x1 + 1]
    return part if part.size else None
