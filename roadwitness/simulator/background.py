"""The road without vehicles: asphalt, markings, verge, trees, hills and sky, painted once for a camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from roadwitness.simulator.air import Air
from roadwitness.simulator.camera import Camera, Floats, Image
from roadwitness.simulator.light import Light, to_bytes

Single = npt.NDArray[np.float32]
FINE = 2
TILE = 512


@dataclass(frozen=True)
class Road:
    """Lanes from left to right, metres; ``opposite`` lanes of the other way lie left of x = 0."""

    lanes: int = 2
    lane_width_m: float = 3.5
    opposite: int = 1
    dash_m: float = 4.0
    gap_m: float = 8.0
    median_m: float = 0.0
    trees: bool = True
    rail: bool = True
    grass: tuple[float, float, float] = (0.035, 0.13, 0.085)
    asphalt: float = 0.135

    def centre(self, lane: int) -> float:
        """The middle of ``lane``; 0 is the leftmost approaching lane, negative lanes are opposite ones."""
        shift = -self.median_m if lane < 0 else 0.0
        return (lane + 0.5) * self.lane_width_m + shift


def noise_tile(rng: np.random.Generator) -> Single:
    """Tileable noise in several octaves, about -1..1, of shape (TILE, TILE)."""
    total = np.zeros((TILE, TILE), np.float32)
    for cells, weight in ((8, 0.5), (32, 0.35), (128, 0.3), (512, 0.35)):
        coarse = rng.normal(size=(cells, cells)).astype(np.float32)
        wrapped = np.pad(coarse, 2, mode="wrap")
        scale = TILE // cells
        big = cv2.resize(wrapped, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        total += weight * big[2 * scale : 2 * scale + TILE, 2 * scale : 2 * scale + TILE]
    return np.asarray(total)


def sample_tile(tile: Single, x: Floats, y: Floats, cell_m: float) -> Floats:
    """Noise at road metres, ``cell_m`` metres a texel."""
    return np.asarray(
        tile[(y / cell_m).astype(np.int64) % TILE, (x / cell_m).astype(np.int64) % TILE], dtype=np.float64
    )


def _line(offset: Floats, width: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(offset) < width / 2)


def paint_road(x: Floats, y: Floats, road: Road, rng: np.random.Generator) -> Floats:
    """Linear BGR albedo of shape (n, 3) of the ground at road metres x, y of shape (n,)."""
    tile = noise_tile(rng)
    left = -road.opposite * road.lane_width_m - (road.median_m if road.opposite else 0.0)
    right = road.lanes * road.lane_width_m
    fine, broad = sample_tile(tile, x, y, 0.02), sample_tile(tile, x + 50, y * 0.4, 0.25)
    shade = road.asphalt * (1 + 0.16 * fine + 0.10 * broad)
    within = (x - np.where(x < 0, -road.median_m, 0.0)) % road.lane_width_m - road.lane_width_m / 2
    tracks = np.exp(-(((np.abs(within) - 0.8) / 0.28) ** 2))
    shade *= 1 - 0.14 * tracks - 0.10 * np.exp(-((within / 0.35) ** 2))
    patched = (broad > 0.9) & (np.abs(within) < 1.3)
    shade = np.where(patched, shade * 0.82, shade)
    colour = shade[:, None] * np.array([1.03, 1.0, 0.97])
    paint = 0.62 * (1 + 0.10 * broad + 0.08 * fine)
    dashed = np.mod(y, road.dash_m + road.gap_m) < road.dash_m
    marked = np.zeros(len(x), bool)
    for lane in range(1, road.lanes):
        marked |= _line(x - lane * road.lane_width_m, 0.14) & dashed
    for lane in range(1, road.opposite):
        marked |= _line(x + road.median_m + lane * road.lane_width_m, 0.14) & dashed
    for edge in (left, right):
        marked |= _line(x - edge, 0.2)
    if road.opposite:
        marked |= _line(x, 0.15) | _line(x + max(road.median_m, 0.35), 0.15)
    worn = fine < 1.1
    colour = np.where((marked & worn)[:, None], paint[:, None] * np.array([0.97, 1.0, 1.0]), colour)
    outside = (x < left - 1.0) | (x > right + 1.3)
    if road.median_m > 0.6:
        outside |= (x < -0.25) & (x > -road.median_m + 0.25)
    tuft = sample_tile(tile, x, y, 0.035)
    dry = np.clip(0.5 + 0.5 * sample_tile(tile, x + 20, y, 0.4), 0.0, 1.0)[:, None]
    green = (1 - dry) * np.array(road.grass) + dry * np.array([0.055, 0.15, 0.13])
    green = green * np.clip(1 + 0.38 * tuft, 0.25, 2.0)[:, None]
    return np.asarray(np.where(outside[:, None], green, colour))


def paint_sky(light: Light, rng: np.random.Generator, height: int, width: int) -> Floats:
    """A cloudy sky, linear BGR (height, width, 3)."""
    rows = np.linspace(0.0, 1.0, height)[:, None, None]
    sky = np.array(light.zenith) * (1 - rows) + np.array(light.horizon) * rows
    soft = cv2.resize(
        rng.normal(size=(10, 16)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    cloud = np.clip(soft, 0.0, 1.0)[..., None] * 0.35
    return np.asarray((sky * (1 - cloud) + 0.95 * cloud) * (light.sky / 0.42))


def paint_background(camera: Camera, light: Light, road: Road, rng: np.random.Generator) -> Image:
    """The empty scene, BGR uint8 of shape (height, width, 3)."""
    width, height = camera.width * FINE, camera.height * FINE
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    ground = camera.road_at(np.column_stack([columns.ravel(), rows.ravel()]) / FINE)
    picture = paint_sky(light, rng, height, width).reshape(-1, 3)
    below = np.isfinite(ground[:, 1]) & (ground[:, 1] > 0) & (ground[:, 1] < 900)
    x, y = ground[below].T
    lit = light.sun_colour * max(0.0, float(light.direction[2])) + light.sky_colour
    colour = paint_road(x, y, road, rng) * lit
    haze = (1 - np.exp(-np.clip(y - 60, 0.0, None) / 900.0))[:, None]
    picture[below] = colour * (1 - haze) + np.array(light.horizon) * (light.sky / 0.42) * 0.8 * haze
    image = to_bytes(picture.reshape(height, width, 3))
    small: Image = np.asarray(
        cv2.resize(image, (camera.width, camera.height), interpolation=cv2.INTER_AREA), np.uint8
    )
    if road.trees:
        _plant(small, camera, light, road, rng)
    if road.rail:
        _rails(small, camera, light, road)
    return small


def _pixel(camera: Camera, x: float, y: float, z: float) -> tuple[Floats, float]:
    pixels, depth = camera.project(np.array([[x, y, z]]))
    return pixels[0], float(depth[0])


def _plant(image: Image, camera: Camera, light: Light, road: Road, rng: np.random.Generator) -> None:
    """Trees and bushes beside the road, far ones first, as heaps of leaf-coloured discs."""
    left = -road.opposite * road.lane_width_m - road.median_m - 5.0
    right = road.lanes * road.lane_width_m + 5.0
    for y in np.sort(rng.uniform(18, 420, 150))[::-1]:
        x = left - rng.gamma(1.5, 6.0) if rng.random() < 0.5 else right + rng.gamma(1.5, 6.0)
        plant(image, camera, light, float(x), float(y), rng)


def plant(
    image: Image,
    camera: Camera,
    light: Light,
    x: float,
    y: float,
    rng: np.random.Generator,
    air: Air | None = None,
) -> None:
    """One tree or bush at a place beside the road."""
    bright = light.sky * 0.8 + light.sun * 0.6
    tall = float(rng.uniform(1.0, 2.2) if rng.random() < 0.4 else rng.uniform(4.0, 9.0))
    foot, depth = _pixel(camera, float(x), float(y), 0.0)
    if depth < 5:
        return
    scale = camera.focal_px / depth
    if not -tall * scale < foot[0] < camera.width + tall * scale:
        return
    if tall > 3:
        top = foot - [0.0, tall * 0.5 * scale]
        bark = np.array([0.05, 0.07, 0.09]) * bright
        trunk = to_bytes(air.into(bark, depth) if air else bark).tolist()
        cv2.line(
            image,
            np.round(foot).astype(int).tolist(),
            np.round(top).astype(int).tolist(),
            trunk,
            max(1, int(0.3 * scale)),
        )
    tone = np.array([0.02, 0.075, 0.045]) * rng.uniform(0.6, 1.3)
    for _ in range(140):
        away = np.clip(rng.normal(size=2), -1.7, 1.7) * [0.20, 0.16]
        lift = 0.62 + float(away[1]) if tall > 3 else 0.45 + float(away[1]) * 1.6
        at = foot + np.array([away[0] * tall * 1.3, -max(0.05, lift) * tall]) * scale
        leaf = tone * bright * (0.75 + 1.1 * away[1] + rng.uniform(0.0, 0.7))
        leaf = air.into(leaf, depth) if air else leaf
        radius = max(1, int(tall * scale * rng.uniform(0.02, 0.06)))
        cv2.circle(
            image,
            np.round(at).astype(int).tolist(),
            radius,
            to_bytes(np.clip(leaf, 0, 1)).tolist(),
            -1,
            cv2.LINE_AA,
        )


def _rails(image: Image, camera: Camera, light: Light, road: Road) -> None:
    """A crash barrier along the right verge, posts and beam."""
    x = road.lanes * road.lane_width_m + 2.0
    lit = light.sun_colour * 0.4 + light.sky_colour
    for y in np.arange(240.0, 2.0, -2.0):
        low, depth = _pixel(camera, x, float(y), 0.45)
        high, _ = _pixel(camera, x, float(y), 0.78)
        low_far, _ = _pixel(camera, x, float(y) + 2.0, 0.45)
        high_far, _ = _pixel(camera, x, float(y) + 2.0, 0.78)
        if depth < 1.0:
            continue
        foot, _ = _pixel(camera, x, float(y), 0.0)
        post = to_bytes(np.array([0.20, 0.20, 0.20]) * lit).tolist()
        wide = max(1, int(0.1 * camera.focal_px / depth))
        cv2.line(
            image,
            np.round(foot).astype(int).tolist(),
            np.round(low).astype(int).tolist(),
            post,
            wide,
            cv2.LINE_AA,
        )
        thirds = [0.0, 0.35, 0.65, 1.0]
        for share, tone in zip(range(3), (0.30, 0.18, 0.38), strict=True):
            a, b = thirds[share], thirds[share + 1]
            quad = np.array(
                [
                    low + (high - low) * a,
                    low + (high - low) * b,
                    low_far + (high_far - low_far) * b,
                    low_far + (high_far - low_far) * a,
                ]
            )
            beam = to_bytes(np.array([1.0, 0.99, 0.97]) * tone * lit).tolist()
            cv2.fillConvexPoly(image, np.round(quad * 16).astype(np.int32), beam, cv2.LINE_AA, 4)
