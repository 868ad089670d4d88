"""Sensor noise, made once and laid over frames at random offsets."""

from __future__ import annotations

import cv2
import numpy as np

from roadwitness.simulator.camera import Image


class NoiseBank:
    """A few fields of noise with the standard deviation ``sigma`` in bytes."""

    def __init__(
        self, rng: np.random.Generator, width: int, height: int, sigma: float, fields: int = 4
    ) -> None:
        self._rng = rng
        self._size = (width, height)
        raw = rng.normal(scale=sigma, size=(fields, height + 64, width + 64, 1)) + rng.normal(
            scale=sigma * 0.45, size=(fields, height + 64, width + 64, 3)
        )
        self._more = np.clip(np.round(raw), 0, 255).astype(np.uint8)
        self._less = np.clip(np.round(-raw), 0, 255).astype(np.uint8)

    def apply(self, image: Image) -> Image:
        """``image`` (height, width, 3) with noise added."""
        field = int(self._rng.integers(len(self._more)))
        x, y = (int(v) for v in self._rng.integers(0, 64, 2))
        width, height = self._size
        part = (field, slice(y, y + height), slice(x, x + width))
        return np.asarray(cv2.subtract(cv2.add(image, self._more[part]), self._less[part]))
