"""Boxes as arrays: overlap and the suppression of repeated finds.

Arrays hold one box a row as left, top, right, bottom (``xyxy``), float32, in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.messages import Box

Floats = NDArray[np.float32]


def to_xyxy(boxes: Sequence[Box]) -> Floats:
    """Boxes as an (N, 4) array of left, top, right, bottom.

    >>> to_xyxy([Box(1, 2, 3, 4)]).tolist()
    [[1.0, 2.0, 4.0, 6.0]]
    """
    rows = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes]
    return np.asarray(rows, np.float32).reshape(-1, 4)


def to_box(row: Floats) -> Box:
    """One row of left, top, right, bottom as a :class:`~streams.messages.Box`."""
    left, top, right, bottom = (float(value) for value in row)
    return Box(left, top, right - left, bottom - top)


def intersections(first: Floats, second: Floats) -> Floats:
    """Areas that each of N boxes shares with each of M, in square pixels: (N, 4), (M, 4) -> (N, M)."""
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.clip(bottom_right - top_left, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def areas(boxes: Floats) -> Floats:
    """Areas of N boxes in square pixels, (N,)."""
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)


def iou_matrix(first: Floats, second: Floats) -> Floats:
    """Intersection over union of each of N boxes with each of M: (N, M), each in 0..1."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    return np.asarray(shared / np.maximum(union, np.float32(1e-9)), np.float32)


def containment(inner: Floats, outer: Floats) -> Floats:
    """The part of each of N inner boxes that lies in each of M outer ones: (N, M), each in 0..1."""
    own = np.maximum(areas(inner), np.float32(1e-9))
    return np.asarray(intersections(inner, outer) / own[:, None], np.float32)


def suppress(boxes: Floats, scores: Floats, groups: NDArray[np.int64], iou: float) -> NDArray[np.int64]:
    """Indices of the boxes to keep, best score first: non-maximum suppression within each group.

    Of two boxes of one group that overlap by more than ``iou``, the one with the lower score goes.
    """
    if len(boxes) == 0:
        return np.empty(0, np.int64)
    corner_and_size = np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]).astype(np.float64)
    kept = cv2.dnn.NMSBoxesBatched(
        corner_and_size.tolist(), scores.tolist(), groups.tolist(), -1.0, float(iou)
    )
    indices = np.asarray(kept, np.int64).reshape(-1)
    return indices[np.argsort(-scores[indices], kind="stable")]
