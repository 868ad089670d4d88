"""What lies on a plate and what light and weather do to the scene around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def clouds(size: tuple[int, int], cells: int, rng: np.random.Generator) -> Floats:
    """Smooth random values from 0 to 1 over (H, W); ``cells`` is how many bumps fit across the width."""
    height, width = size
    coarse = rng.random((max(2, round(cells * height / width) + 1), cells + 1), np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def soil(plate: Image, rng: np.random.Generator) -> Image:
    """Dust in clouds, mud in spots, scratches: over part of the plate, thicker towards one edge."""
    height, width = plate.shape[:2]
    colour = np.array([60, 80, 95], np.float32) * rng.uniform(0.5, 1.8) + rng.normal(0, 12, 3)
    cover = clouds((height, width), int(rng.integers(3, 14)), rng)
    slope = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * rng.uniform(-0.3, 0.5)
    alpha = np.clip(
        (cover + slope - rng.uniform(0.25, 0.75)) * rng.uniform(0.5, 2.2), 0, rng.uniform(0.3, 0.75)
    )
    dirty = plate * (1 - alpha[..., None]) + colour * alpha[..., None]
    for _ in range(int(rng.poisson(2.0))):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        shade = tuple(float(v) for v in colour * rng.uniform(0.4, 1.2))
        cv2.circle(dirty, centre, int(rng.integers(1, max(3, height // 14))), shade, -1, cv2.LINE_AA)
    return np.clip(dirty, 0, 255).astype(np.uint8)


def light(scene: Floats, rng: np.random.Generator, shadow: float, glare: float) -> Floats:
    """Exposure, contrast, colour of the light, a slope of brightness, a shadow's edge, a glare."""
    height, width = scene.shape[:2]
    lit = scene
    if rng.random() < 0.6:
        direction = rng.normal(0, 0.35, 2)
        xs, ys = (
            np.linspace(-0.5, 0.5, width, dtype=np.float32),
            np.linspace(-0.5, 0.5, height, dtype=np.float32),
        )
        lit = lit * (1 + xs[None, :, None] * direction[0] + ys[:, None, None] * direction[1]).astype(
            np.float32
        )
    if rng.random() < shadow:
        lit = lit * _shadow((height, width), rng)[..., None]
    cast = rng.normal(1, 0.06, 3) * np.exp(rng.normal(-0.04, 0.22))
    middle = rng.uniform(70, 150)
    contrast = np.clip(rng.normal(0.98, 0.22), 0.42, 1.6)
    lit = (lit * cast.astype(np.float32) - middle) * np.float32(contrast) + np.float32(
        middle + rng.normal(0, 14)
    )
    if rng.random() < glare:
        centre = rng.uniform(0, 1, 2) * (width, height)
        reach = rng.uniform(0.08, 0.4) * width
        ys, xs = np.mgrid[:height, :width].astype(np.float32)
        spot = np.exp(-((xs - centre[0]) ** 2 + (ys - centre[1]) ** 2) / (2 * reach**2))
        lit = lit + spot[..., None] * np.float32(rng.uniform(40, 150))
    if rng.random() < 0.5:
        gamma = np.exp(rng.normal(0, 0.25))
        lit = 255 * (np.clip(lit, 0, 255) / 255) ** np.float32(gamma)
    return np.clip(lit, 0, 275).astype(np.float32)


def _shadow(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A bumper's, tow bar's or tree's shadow: darker on one side of a line, its edge more or less soft."""
    height, width = size
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    side = np.cos(angle) * (xs / width - 0.5) + np.sin(angle) * (ys / height - 0.5) - offset
    soft = rng.uniform(0.004, 0.08)
    return 1 - rng.uniform(0.25, 0.7) / (1 + np.exp(-np.clip(side / soft, -20, 20)))


def infrared(scene: Floats, rng: np.random.Generator) -> Floats:
    """Night: colourless, the reflecting plate bright to burnt, its surroundings dark, a bloom."""
    grey = scene @ np.array([0.2, 0.5, 0.3], np.float32)
    low, high = np.percentile(grey, [5, 95])
    grey = (grey - low) / max(20.0, high - low)
    grey = grey * rng.uniform(110, 265) + rng.uniform(0, 30)
    if rng.random() < 0.5:
        bright = np.clip(grey - 170, 0, None)
        grey = grey + cv2.GaussianBlur(bright, (0, 0), rng.uniform(1.0, 5.0)) * rng.uniform(0.2, 0.9)
    tint = np.ones(3) if rng.random() < 0.6 else rng.normal(1, 0.12, 3)
    grey = grey + rng.standard_normal(grey.shape, np.float32) * abs(rng.normal(0, 6))
    return np.clip(grey[..., None] * tint.astype(np.float32), 0, 275).astype(np.float32)


def rain(scene: Floats, rng: np.random.Generator) -> Floats:
    """Streaks in front of the plate and drops that smear what is behind them, under a low contrast."""
    height, width = scene.shape[:2]
    wet = scene * np.float32(rng.uniform(0.65, 0.95)) + np.float32(rng.uniform(8, 45))
    streaks = np.zeros((height, width), np.uint8)
    lean = rng.normal(0, 0.3)
    for _ in range(int(rng.integers(4, 26))):
        x, y, reach = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.08, 0.35) * height
        end = (int(x + lean * reach), int(y + reach))
        cv2.line(streaks, (int(x), int(y)), end, int(rng.integers(40, 170)), 1, cv2.LINE_AA)
    wet = wet + cv2.GaussianBlur(streaks, (0, 0), 0.7)[..., None] * np.float32(0.6)
    smear = cv2.GaussianBlur(wet, (0, 0), max(1.0, width / 60))
    drops = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(0, 7))):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(drops, centre, int(rng.integers(1, max(3, height // 9))), 255, -1, cv2.LINE_AA)
    alpha = drops[..., None].astype(np.float32) * np.float32(0.8 / 255)
    return (wet * (1 - alpha) + smear * alpha).astype(np.float32)
