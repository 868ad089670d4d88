"""Making a plate crop ready for a line recogniser: levelled, and two-line plates taken apart."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.reading import Image

#: Plates at least this much wider than high have one line (a two-line plate is at most about 2 : 1).
_SURELY_ONE_LINE = 2.6
#: Between two lines there is at most this part of the ink that each of them has.
_VALLEY = 0.6
#: A row is part of a line if it has this part of the ink of the fullest row.
_INKED = 0.4
#: A line so much lower than the other is a state's name, a slogan or a frame, not half of the plate.
_AS_TALL = 0.7
_ANGLES_DEG = tuple(range(-8, 9, 2))


def levelled(crop: Image) -> Image:
    """``crop`` turned by the few degrees, at most 8, that make its rows of characters stand out most."""
    height, width = crop.shape[:2]
    if height < 12 or width < 24:
        return crop
    grey = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), (96, max(16, round(96 * height / width))))
    edges = np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0))
    rows, columns = edges.shape
    middle = (columns / 2, rows / 2)

    def contrast(angle: float) -> float:
        turned = cv2.warpAffine(edges, cv2.getRotationMatrix2D(middle, angle, 1.0), (columns, rows))
        return float(turned[:, columns // 8 : -columns // 8].mean(axis=1).var())

    scores = [contrast(angle) for angle in _ANGLES_DEG]
    best = int(np.argmax(scores))
    level = _ANGLES_DEG.index(0)
    if best == level or scores[best] < 1.1 * scores[level]:
        return crop
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), _ANGLES_DEG[best], 1.0)
    turned = cv2.warpAffine(
        crop, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, dtype=np.uint8)


def two_lines(crop: Image) -> tuple[Image, Image] | None:
    """The upper and the lower line of ``crop`` if it may have two, cut at its emptiest row; else None."""
    height, width = crop.shape[:2]
    if width >= _SURELY_ONE_LINE * height or height < 16:
        return None
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    inner = grey[:, width // 8 : width - width // 8]
    ink = np.abs(cv2.Sobel(inner, cv2.CV_32F, 1, 0)).mean(axis=1)
    ink = np.convolve(ink, np.ones(3) / 3, mode="same")
    top, bottom = round(0.33 * height), round(0.67 * height)
    cut = top + int(ink[top:bottom].argmin())
    if ink.max() < 1.0 or ink[cut] > _VALLEY * min(ink[:cut].max(), ink[cut:].max()):
        return None
    upper, lower = _extent(ink[:cut]), _extent(ink[cut:])
    if min(upper, lower) < _AS_TALL * max(upper, lower):
        return None
    overlap = max(1, height // 24)
    return crop[: cut + overlap], crop[cut - overlap :]


def _extent(ink: NDArray[np.float32]) -> int:
    """How many rows of a line show ink."""
    return int((ink > _INKED * ink.max()).sum())
