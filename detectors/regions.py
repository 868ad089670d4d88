"""Parts of an image: cutting a box out with a margin, and bringing what was found in it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from detectors.letterbox import Image
from detectors.yolo import Detection
from streams.messages import Box


@dataclass(frozen=True, eq=False)
class Crop:
    """A view of an image's pixels (not a copy), and where its corner lies in that image."""

    pixels: Image
    left: int
    top: int


def cut(image: Image, box: Box, margin: float = 0.0) -> Crop | None:
    """The part of an image under a box widened by ``margin`` of its sides, or None if nothing is left."""
    height, width = image.shape[:2]
    dx, dy = box.w * margin, box.h * margin
    left, top = max(0, round(box.x - dx)), max(0, round(box.y - dy))
    right, bottom = min(width, round(box.x + box.w + dx)), min(height, round(box.y + box.h + dy))
    if right <= left or bottom <= top:
        return None
    return Crop(image[top:bottom, left:right], left, top)


def shift(detection: Detection, dx: float, dy: float) -> Detection:
    """The detection with its box moved by (dx, dy) px."""
    box = detection.box
    return replace(detection, box=Box(box.x + dx, box.y + dy, box.w, box.h))
