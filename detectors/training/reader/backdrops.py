"""What stands round a plate in a crop: painted surfaces and, from a folder of photographs, real ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.reader.weather import clouds

Image = NDArray[np.uint8]
_SIZE = (320, 480)


def painted(rng: np.random.Generator) -> Image:
    """A bumper, a grille, a boot lid: a coloured slope with edges and a little texture, (320, 480, 3)."""
    height, width = _SIZE
    base = rng.uniform(5, 235) * rng.uniform(0.8, 1.2, 3)
    image = np.ones((height, width, 3), np.float32) * base
    image += (clouds(_SIZE, int(rng.integers(2, 8)), rng)[..., None] - 0.5) * rng.uniform(10, 120)
    for _ in range(int(rng.integers(0, 9))):
        shade = np.clip(base * rng.uniform(0.2, 2.0) + rng.normal(0, 20, 3), 0, 255)
        colour = tuple(float(v) for v in shade)
        y, x = int(rng.integers(0, height)), int(rng.integers(0, width))
        if rng.random() < 0.5:
            thick = int(rng.integers(1, 14))
            cv2.line(image, (0, y), (width, y + int(rng.normal(0, 20))), colour, thick, cv2.LINE_AA)
        else:
            corner = (x + int(rng.integers(5, 160)), y + int(rng.integers(4, 60)))
            cv2.rectangle(image, (x, y), corner, colour, -1)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 3))
    return np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def photographed(folder: Path, rng: np.random.Generator, count: int) -> list[Image]:
    """``count`` patches out of the photographs under ``folder`` (jpg, png), at random scales."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    patches: list[Image] = []
    for path in rng.permutation(np.array(files, dtype=object))[: count // 2 + 1]:
        image = cv2.imread(str(path))
        if image is None:
            continue
        for _ in range(2):
            scale = rng.uniform(0.6, 2.0) * max(_SIZE[0] / image.shape[0], _SIZE[1] / image.shape[1])
            grown = cv2.resize(image, None, fx=max(1.0, scale), fy=max(1.0, scale))
            y = int(rng.integers(0, max(1, grown.shape[0] - _SIZE[0] + 1)))
            x = int(rng.integers(0, max(1, grown.shape[1] - _SIZE[1] + 1)))
            patch = grown[y : y + _SIZE[0], x : x + _SIZE[1]]
            patches.append(np.ascontiguousarray(cv2.resize(patch, _SIZE[::-1])))
    return patches[:count]
