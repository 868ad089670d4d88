"""Paints a layout as a camera sees it: surfaces with their wear, marks with their edges, kerbs and trees."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from roadwitness.simulator.background import FINE, TILE, Single, noise_tile, paint_sky, plant
from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.layouts import Layout, quads
from roadwitness.simulator.light import Light, to_bytes
from roadwitness.simulator.weather import Weather

Mask = npt.NDArray[np.uint8]
NEAREST_M = 1.5
FURTHEST_M = 500.0
PAVEMENT = (0.25, 0.26, 0.26)
KERB_M = 0.16
LAMP_POOL_M = 11.0
LAMP_COLOUR = (0.30, 0.52, 0.75)
_SURFACES = {"asphalt": 1, "pavement": 2, "red": 3}


def clip_ahead(camera: Camera, ring: Floats) -> Floats:
    """A convex ring of world points (n, 3) cut where it comes nearer to the camera than ``NEAREST_M``."""
    depth = ring @ camera.matrix[2, :3] + camera.matrix[2, 3] - NEAREST_M
    kept: list[Floats] = []
    for here, there, a, b in zip(ring, np.roll(ring, -1, axis=0), depth, np.roll(depth, -1), strict=True):
        if a >= 0:
            kept.append(here)
        if (a >= 0) != (b >= 0):
            kept.append(here + (there - here) * (a / (a - b)))
    return np.array(kept).reshape(-1, 3)


def fill(mask: Image, camera: Camera, ring: Floats, value: tuple[float, ...] | float) -> None:
    """Fill a convex ring of road points (n, 2) in a picture ``FINE`` times the camera's size."""
    solid = clip_ahead(camera, np.column_stack([ring, np.zeros(len(ring))]))
    if len(solid) < 3:
        return
    pixels, _ = camera.project(solid)
    outline = np.round(np.clip(pixels * FINE - 0.5, -30000, 30000) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, outline, value, cv2.LINE_AA, 4)


def _albedo(
    camera: Camera,
    layout: Layout,
    x: Single,
    y: Single,
    seen: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Single:
    """Linear BGR (n, 3) of the ground at the ``seen`` pixels of the fine picture."""
    height, width = camera.height * FINE, camera.width * FINE
    surface = np.zeros((height, width), np.uint8)
    for area in layout.areas:
        fill_flat(surface, camera, np.array(area.ring), _SURFACES[area.surface])
    marks = np.zeros((height, width, 4), np.uint8)
    for patch in layout.patches:
        fill(marks, camera, np.array(patch.ring), (*(255 * c for c in patch.colour), 255.0))
    for stripe in layout.stripes:
        for quad in quads(stripe):
            fill(marks, camera, quad, (*(255 * c for c in stripe.colour), 255.0))
    kind, paint = surface.reshape(-1)[seen], marks.reshape(-1, 4)[seen]
    tile = noise_tile(rng)
    colour = np.empty((len(x), 3), np.float32)
    for surface_kind, painter in _PAINTERS.items():
        at = np.flatnonzero(kind == surface_kind)
        colour[at] = painter(tile, x[at], y[at], layout)
    at = np.flatnonzero(paint[:, 3])
    fine, broad = _noise(tile, x[at], y[at], 0.02), _noise(tile, x[at] + 50, y[at] * 0.4, 0.25)
    worn = paint[at, 3:] / np.float32(255) * np.where(fine < 1.1, 1.0, 0.35).astype(np.float32)[:, None]
    fresh = paint[at, :3] / np.float32(255) * (1 + 0.10 * broad + 0.08 * fine)[:, None]
    colour[at] = colour[at] * (1 - worn) + fresh * worn
    return colour


def _noise(tile: Single, x: Single, y: Single, cell_m: float) -> Single:
    """Noise at road metres, ``cell_m`` metres a texel."""
    return np.asarray(tile[(y / cell_m).astype(np.int32) % TILE, (x / cell_m).astype(np.int32) % TILE])


def _asphalt(tile: Single, x: Single, y: Single, layout: Layout) -> Single:
    fine, broad = _noise(tile, x, y, 0.02), _noise(tile, x + 50, y * 0.4, 0.25)
    shade = layout.asphalt * (1 + 0.16 * fine + 0.10 * broad)
    within = np.abs(x % layout.lane_width_m - layout.lane_width_m / 2)
    shade *= 1 - 0.09 * np.exp(-(((within - 0.8) / 0.3) ** 2))
    return np.asarray(shade[:, None] * np.array([1.03, 1.0, 0.97], np.float32))


def _red(tile: Single, x: Single, y: Single, layout: Layout) -> Single:
    return np.asarray(_asphalt(tile, x, y, layout) * np.array([0.51, 0.525, 1.29], np.float32))


def _pavement(tile: Single, x: Single, y: Single, layout: Layout) -> Single:
    fine, broad = _noise(tile, x, y, 0.02), _noise(tile, x + 50, y * 0.4, 0.25)
    slabs = 1 - 0.18 * ((np.mod(x, 1.0) < 0.04) | (np.mod(y, 1.0) < 0.04)).astype(np.float32)
    return np.asarray(np.array(PAVEMENT, np.float32) * ((1 + 0.10 * fine + 0.06 * broad) * slabs)[:, None])


def _grass(tile: Single, x: Single, y: Single, layout: Layout) -> Single:
    tuft = _noise(tile, x, y, 0.035)
    dry = np.clip(0.5 + 0.5 * _noise(tile, x + 20, y, 0.4), 0.0, 1.0)[:, None]
    green = (1 - dry) * np.array(layout.grass, np.float32) + dry * np.array([0.055, 0.15, 0.13], np.float32)
    return np.asarray(green * np.clip(1 + 0.38 * tuft, 0.25, 2.0)[:, None])


_PAINTERS = {
    0: _grass,
    _SURFACES["asphalt"]: _asphalt,
    _SURFACES["pavement"]: _pavement,
    _SURFACES["red"]: _red,
}


def fill_flat(mask: Mask, camera: Camera, ring: Floats, value: int) -> None:
    """Fill a convex ring without softened edges, for masks that hold kinds and not shades."""
    solid = clip_ahead(camera, np.column_stack([ring, np.zeros(len(ring))]))
    if len(solid) < 3:
        return
    pixels, _ = camera.project(solid)
    outline = np.round(np.clip(pixels * FINE - 0.5, -30000, 30000) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, outline, value, cv2.LINE_8, 4)


def _lamplight(layout: Layout, x: Single, y: Single) -> Single:
    """Linear BGR (n, 3) of what the street lamps send to the ground."""
    lit = np.zeros(len(x), np.float32)
    for lamp_x, lamp_y in layout.lamps:
        lit += 1.0 / (1.0 + ((x - lamp_x) ** 2 + (y - lamp_y) ** 2) / LAMP_POOL_M**2) ** 2
    return np.asarray(lit[:, None] * np.array(LAMP_COLOUR, np.float32))


def paint_ground(
    camera: Camera, light: Light, layout: Layout, weather: Weather, rng: np.random.Generator
) -> Image:
    """The empty scene of a layout, BGR uint8 (height, width, 3); what is far fades into the weather's air."""
    haze_m = weather.haze_m
    width, height = camera.width * FINE, camera.height * FINE
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    ground = camera.road_at(np.column_stack([columns.ravel(), rows.ravel()]) / FINE)
    picture = paint_sky(light, rng, height, width).reshape(-1, 3)
    far = np.hypot(ground[:, 0] - camera.x_m, ground[:, 1])
    seen = np.isfinite(ground[:, 1]) & (ground[:, 1] > 0) & (far < FURTHEST_M)
    x, y = ground[seen].T.astype(np.float32)
    lit = light.sun_colour * max(0.0, float(light.direction[2])) + light.sky_colour
    colour = _albedo(camera, layout, x, y, seen, rng) * (1 - 0.35 * weather.wet)
    shone = colour * (lit + (_lamplight(layout, x, y) if light.is_dark else 0.0))
    haze = (1 - np.exp(-np.clip(far[seen] - 0.06 * haze_m, 0.0, None) / haze_m))[:, None]
    picture[seen] = shone * (1 - haze) + np.array(light.horizon) * (light.sky / 0.42) * 0.8 * haze
    image = to_bytes(picture.reshape(height, width, 3))
    small: Image = np.asarray(
        cv2.resize(image, (camera.width, camera.height), interpolation=cv2.INTER_AREA), np.uint8
    )
    spots = []
    for _ in range(700):
        tree_y = float(rng.uniform(28, 260))
        tree_x = camera.x_m + float(rng.normal(0, 26))
        if layout.is_open(tree_x, tree_y, 4.0):
            spots.append((tree_x, tree_y))
    for tree_x, tree_y in sorted(spots[:220], key=lambda spot: -spot[1]):
        plant(small, camera, light, tree_x, tree_y, rng, weather.air)
    return small
