"""Real crops whose licence allows training, mixed into the rendered ones.

Three shapes of folder are understood: files named by their text (the first character of a Chinese plate
included), a folder with ``labels.csv`` (columns file, text, country, and part where the maker of the folder
has split it), and a folder of such folders.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.reader.classes import encode
from detectors.training.reader.samples import fitted

Image = NDArray[np.uint8]
Part = Literal["training", "tuning", "validation"]


@dataclass(frozen=True)
class RealCrop:
    """A crop BGR (H, W, 3), its text, its country's ISO code."""

    image: Image
    text: str
    country: str


#: Of eight neighbours by name (or in the table), two are for validation, one for tuning, five for training.
_PARTS: dict[Part, tuple[int, ...]] = {"training": (1, 2, 3, 5, 6), "tuning": (7,), "validation": (0, 4)}


def load_real(folder: Path, part: Part = "training", *, country: str = "CN") -> list[RealCrop]:
    """One part of the crops under ``folder``; validation is each fourth where no table says otherwise.

    ``country`` is whose plates they are where no table says so. A crop whose text the reader has no classes
    for is left out.
    """
    inner = sorted(path for path in folder.iterdir() if path.is_dir())
    if inner:
        return [crop for path in inner for crop in load_real(path, part, country=country)]
    table = folder / "labels.csv"
    if table.exists():
        with table.open(newline="", encoding="utf-8") as lines:
            rows = [
                (row["file"], row["text"], row.get("country", country), row.get("part"))
                for row in csv.DictReader(lines)
            ]
    else:
        files = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".png"})
        rows = [(name, Path(name).stem, country, None) for name in files]
    crops = []
    for index, (name, text, of, said) in enumerate(rows):
        if (said != part) if said else (index % 8 not in _PARTS[part]):
            continue
        content = np.frombuffer((folder / name).read_bytes(), np.uint8)
        image = cv2.imdecode(content, cv2.IMREAD_COLOR)
        try:
            encode(text)
        except ValueError:
            continue
        if image is not None:
            crops.append(RealCrop(np.asarray(image, np.uint8), text, of))
    return crops


def shaken(image: Image, rng: np.random.Generator) -> Image:
    """A real crop as another day, box and camera would have given it, in the network's size."""
    height, width = image.shape[:2]
    pad = 0.16
    big = cv2.copyMakeBorder(
        image,
        round(height * pad),
        round(height * pad),
        round(width * pad),
        round(width * pad),
        cv2.BORDER_REPLICATE,
    )
    out = np.clip(rng.normal(0.01, 0.035, 4), -0.03, 0.14) * (width, height, width, height)
    x0, y0 = width * pad - out[0], height * pad - out[1]
    x1, y1 = width * (1 + pad) + out[2], height * (1 + pad) + out[3]
    tilt = rng.normal(0, 0.03, (4, 2)) * (height, height)
    corners = (np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) + tilt).astype(np.float32)
    scale = np.exp(rng.normal(0, 0.2))
    size = (max(24, round((x1 - x0) * scale)), max(10, round((y1 - y0) * scale)))
    ends = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    seen = cv2.warpPerspective(
        big, cv2.getPerspectiveTransform(corners, ends), size, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), 0.2 + abs(rng.normal(0, 0.6)))
    seen = (seen - 120) * np.exp(rng.normal(0, 0.2)) + 120 + rng.normal(0, 18)
    seen = seen * rng.normal(1, 0.05, 3)
    if rng.random() < 0.5:
        seen = seen + rng.standard_normal(seen.shape) * abs(rng.normal(0, 6))
    picture = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
    return fitted(picture)
