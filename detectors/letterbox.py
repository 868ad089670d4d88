"""Fitting an image into a model's input without changing its shape, and bringing boxes back exactly."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats

Image = NDArray[np.uint8]

#: Detectors of the YOLO family halve the image five times.
STRIDE = 32
#: The grey that Ultralytics pads with, so that the border looks as it did in training.
PADDING_GREY = 114


@dataclass(frozen=True)
class Letterbox:
    """Where an image of ``width`` x ``height`` px lies on a canvas: scaled to ``inner``, moved by ``offset``.

    All pairs are x before y.
    """

    width: int
    height: int
    inner: tuple[int, int]
    canvas: tuple[int, int]
    offset: tuple[int, int]

    def apply(self, image: Image) -> Image:
        """The image (H, W, 3) resized and centred on the canvas."""
        if self.inner != (self.width, self.height):
            image = np.asarray(cv2.resize(image, self.inner, interpolation=cv2.INTER_LINEAR), np.uint8)
        if self.inner == self.canvas:
            return image
        canvas = np.full((self.canvas[1], self.canvas[0], 3), PADDING_GREY, np.uint8)
        left, top = self.offset
        canvas[top : top + self.inner[1], left : left + self.inner[0]] = image
        return canvas

    def restore(self, boxes: Floats) -> Floats:
        """Boxes (N, 4) ``xyxy`` on the canvas as boxes on the image, cut at the image's edges."""
        scale = np.asarray([self.width / self.inner[0], self.height / self.inner[1]] * 2, np.float32)
        moved = (boxes - np.asarray(self.offset * 2, np.float32)) * scale
        limit = np.asarray([self.width, self.height] * 2, np.float32)
        return np.asarray(np.clip(moved, 0, limit), np.float32)

    def place(self, boxes: Floats) -> Floats:
        """Boxes (N, 4) ``xyxy`` on the image as boxes on the canvas: the inverse of :meth:`restore`."""
        scale = np.asarray([self.inner[0] / self.width, self.inner[1] / self.height] * 2, np.float32)
        return np.asarray(boxes * scale + np.asarray(self.offset * 2, np.float32), np.float32)


def fit(
    width: int, height: int, longest_side: int, canvas: tuple[int | None, int | None] = (None, None)
) -> Letterbox:
    """The letterbox that brings an image's longest side to ``longest_side`` px.

    The canvas is the smallest one whose sides are multiples of 32; a model with a fixed input passes its
    (width, height) instead.

    >>> fit(1280, 720, 640).canvas
    (640, 384)
    """
    scale = longest_side / max(width, height)
    canvas_width, canvas_height = canvas
    if canvas_width is not None and canvas_height is not None:
        scale = min(canvas_width / width, canvas_height / height)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    canvas_width = canvas_width or _round_up(inner_width)
    canvas_height = canvas_height or _round_up(inner_height)
    return Letterbox(
        width,
        height,
        (inner_width, inner_height),
        (canvas_width, canvas_height),
        ((canvas_width - inner_width) // 2, (canvas_height - inner_height) // 2),
    )


def fit_all(sizes: list[tuple[int, int]], longest_side: int) -> list[Letterbox]:
    """Letterboxes for images (width, height) that share one canvas, so that they run as one batch."""
    single = [fit(width, height, longest_side) for width, height in sizes]
    width = max(box.canvas[0] for box in single)
    height = max(box.canvas[1] for box in single)
    return [
        Letterbox(
            box.width,
            box.height,
            box.inner,
            (width, height),
            ((width - box.inner[0]) // 2, (height - box.inner[1]) // 2),
        )
        for box in single
    ]


def _round_up(pixels: int) -> int:
    return -(-pixels // STRIDE) * STRIDE
