"""From a flat printed plate to what a roadside camera makes of it: geometry, light, weather, optics, coding.

The order is that of the physics: dirt lies on the plate, the plate stands askew in the scene, light and
weather fall on the scene, the lens and the motion blur it, the sensor adds noise, the camera's processor
sharpens and the coder quantises; last, a detector cuts the plate out with a box that is not quite right.
Everything is drawn from one generator, so a seed names a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.reader import weather

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Harshness:
    """How bad the pictures get. Chances are per picture; widths are the plate's, in the camera's px."""

    narrowest_px: float = 46.0
    widest_px: float = 260.0
    night: float = 0.14
    dirt: float = 0.22
    rain: float = 0.07
    glare: float = 0.10
    shadow: float = 0.22
    motion: float = 0.35
    bad_box: float = 0.25
    squarest_tilt_degrees: float = 16.0


@dataclass(frozen=True)
class SeenPlate:
    """A plate as a detector cuts it out: ``crop`` BGR (H, W, 3), and its corners there, 0 to 1 across.

    ``corners`` (4, 2): top left, top right, bottom right, bottom left. ``plate_width_px`` is the plate's
    width in the camera's picture; ``blur_px`` the standard deviation of the blur there.
    """

    crop: Image
    corners: Floats
    plate_width_px: float
    blur_px: float


def photograph(plate: Image, rng: np.random.Generator, harsh: Harshness, backdrop: Image) -> SeenPlate:
    """Show ``plate`` (flat, its edge the image's edge) to a camera before ``backdrop``, and cut it out."""
    plate_width = float(np.exp(rng.uniform(np.log(harsh.narrowest_px), np.log(harsh.widest_px))))
    quad = _stand(plate.shape[1] / plate.shape[0], plate_width, rng, harsh)
    low, high = quad.min(axis=0), quad.max(axis=0)
    margin = np.array([0.30, 0.30], np.float32) * (high - low) + 3
    quad = quad - low + margin
    width, height = (int(v) for v in np.ceil(high - low + 2 * margin))
    flat = weather.soil(plate, rng) if rng.random() < harsh.dirt else plate
    scene = _compose(flat, quad, (height, width), rng, backdrop)
    scene = weather.light(scene, rng, harsh.shadow, harsh.glare)
    if rng.random() < harsh.night:
        scene = weather.infrared(scene, rng)
    if rng.random() < harsh.rain:
        scene = weather.rain(scene, rng)
    scene, blur = _optics(scene, plate_width, rng, harsh)
    scene = _electronics(scene, rng)
    x0, y0, x1, y1 = _box(quad, (height, width), rng, harsh)
    crop = np.ascontiguousarray(scene[y0:y1, x0:x1])
    corners = (quad - np.array([x0, y0], np.float32)) / np.array([x1 - x0, y1 - y0], np.float32)
    return SeenPlate(crop, corners.astype(np.float32), plate_width, blur)


def _stand(aspect: float, width_px: float, rng: np.random.Generator, harsh: Harshness) -> Floats:
    """The plate's corners in px as a pinhole camera sees it, turned by yaw, pitch and roll."""
    yaw, pitch = np.radians(np.clip(rng.normal(0, (20, 11)), (-58, -38), (58, 38)))
    roll = np.radians(np.clip(rng.normal(0, harsh.squarest_tilt_degrees / 2.7), -22, 22))
    half = np.array([[-1, -1 / aspect], [1, -1 / aspect], [1, 1 / aspect], [-1, 1 / aspect]]) / 2
    points = np.column_stack([half, np.zeros(4)])
    cy, sy, cp, sp, cr, sr = (
        np.cos(yaw),
        np.sin(yaw),
        np.cos(pitch),
        np.sin(pitch),
        np.cos(roll),
        np.sin(roll),
    )
    turn = (
        np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    )
    seen = points @ turn.T
    distance = np.exp(rng.uniform(np.log(3.5), np.log(25)))  # in plate widths: closer is stronger perspective
    flat = seen[:, :2] / (1 + seen[:, 2:3] / distance)
    flat *= rng.uniform(0.88, 1.12, (1, 2)) ** (0.5, 0.5)
    return (flat / np.ptp(flat[:, 0]) * width_px).astype(np.float32)


def _compose(
    plate: Image, quad: Floats, size: tuple[int, int], rng: np.random.Generator, backdrop: Image
) -> Floats:
    height, width = size
    # Reduced by area before the warp, since the warp itself samples and would let fine strokes alias.
    span = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    rise = max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]))
    target = (
        max(8, min(plate.shape[1], round(span * 1.25))),
        max(6, min(plate.shape[0], round(rise * 1.25))),
    )
    small = cv2.resize(plate, target, interpolation=cv2.INTER_AREA)
    source = np.array([[0, 0], [target[0], 0], [target[0], target[1]], [0, target[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source - 0.5, quad - 0.5)
    y = int(rng.integers(0, max(1, backdrop.shape[0] - height + 1)))
    x = int(rng.integers(0, max(1, backdrop.shape[1] - width + 1)))
    scene = backdrop[y : y + height, x : x + width]
    if scene.shape[:2] != size:
        scene = cv2.resize(scene, (width, height))
    scene = np.ascontiguousarray(scene)
    if rng.random() < 0.5:  # the shadow and the frame around a plate
        grown = (quad - quad.mean(0)) * rng.uniform(1.02, 1.14, 2).astype(np.float32) + quad.mean(0)
        shade = tuple(int(v) for v in rng.integers(0, 90, 3)) if rng.random() < 0.8 else (190, 190, 190)
        scene = cv2.fillConvexPoly(scene.copy(), np.round(grown * 16).astype(np.int32), shade, cv2.LINE_AA, 4)
    warped = cv2.warpPerspective(
        small, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    alpha = mask[..., None].astype(np.float32) * np.float32(1 / 255)
    return scene * (1 - alpha) + warped * alpha


def _optics(
    scene: Floats, plate_width: float, rng: np.random.Generator, harsh: Harshness
) -> tuple[Floats, float]:
    """Focus and motion blur. Characters are about a ninth of a plate wide; blur is drawn against that."""
    stroke = plate_width / 55
    focus = float(abs(rng.normal(0, 0.42)) * stroke + 0.2)
    scene = cv2.GaussianBlur(scene, (0, 0), focus)
    if rng.random() < harsh.motion:
        length = float(abs(rng.normal(0, 1.3)) * stroke)
        if length > 1.0:
            scene = cv2.filter2D(scene, -1, _streak(length, rng), borderType=cv2.BORDER_REPLICATE)
            focus = float(np.hypot(focus, length / np.sqrt(12)))
    if rng.random() < 0.12:  # a picture that was stored smaller than it is shown
        factor = rng.uniform(0.5, 0.85)
        small = cv2.resize(scene, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        scene = cv2.resize(small, (scene.shape[1], scene.shape[0]), interpolation=cv2.INTER_LINEAR)
    return scene, focus


def _streak(length: float, rng: np.random.Generator) -> Floats:
    """A motion blur's kernel: a line of ``length`` px, mostly along the road."""
    angle = rng.normal(0, 0.35) if rng.random() < 0.6 else rng.uniform(0, np.pi)
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size + 2, size + 2), np.uint8)
    middle = (size + 1) / 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    ends = [tuple(int(v) for v in np.round((middle + sign * reach) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
    return kernel.astype(np.float32) / max(1.0, float(kernel.sum()))


def _electronics(scene: Floats, rng: np.random.Generator) -> Image:
    """Sensor noise, the processor's sharpening, then JPEG or video coding."""
    if rng.random() < 0.75:
        sigma = abs(rng.normal(0, 5.0))
        noise = rng.standard_normal((*scene.shape[:2], 1), np.float32) * sigma
        if rng.random() < 0.4:
            noise = noise + rng.standard_normal(scene.shape, np.float32) * sigma * 0.7
        scene = scene + noise * np.sqrt(np.clip(scene, 8, 255) / 128)
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.7, 1.6))
        scene = scene + (scene - soft) * rng.uniform(0.3, 1.6)
    if rng.random() < 0.12:
        scene = scene.mean(axis=2, keepdims=True).repeat(3, axis=2)
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    if rng.random() < 0.8:
        quality = int(np.clip(rng.normal(68, 22), 14, 97))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
    return picture


def _box(
    quad: Floats, size: tuple[int, int], rng: np.random.Generator, harsh: Harshness
) -> tuple[int, int, int, int]:
    """A detector's box round ``quad``: near the plate's edges, sometimes far off, sometimes cutting."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    spread = 0.11 if rng.random() < harsh.bad_box else 0.035
    out = rng.normal(0.02, spread, 4)
    out = np.clip(out, -0.045, 0.29) * np.tile(high - low, 2)
    x0, y0 = np.floor(low - out[:2])
    x1, y1 = np.ceil(high + out[2:])
    height, width = size
    return int(max(0, x0)), int(max(0, y0)), int(min(width, x1)), int(min(height, y1))
