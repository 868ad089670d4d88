"""Putting shapes on a plate: flat ink, and the light and shade at the edges of pressed characters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]


def plain(height: int, width: int, colour: Colour) -> Picture:
    """A picture (height, width, 3) of one colour."""
    picture = np.empty((height, width, 3), np.uint8)
    cv2.rectangle(picture, (0, 0), (width, height), colour, -1)
    return picture


def blend(picture: Picture, alpha: NDArray[np.uint8], ink: Colour) -> None:
    """Paint ``ink`` (BGR) into ``picture`` (h, w, 3) where ``alpha`` (h, w) says, in place."""
    over = alpha.astype(np.float32) * np.float32(1 / 255)
    paint = plain(picture.shape[0], picture.shape[1], ink)
    cv2.blendLinear(picture, paint, 1 - over, over, dst=paint)
    picture[:] = paint


def stamp(picture: Picture, alpha: NDArray[np.uint8], left: int, top: int, ink: Colour) -> None:
    """Paint ``ink`` through a small mask at a place; what hangs over an edge is cut off."""
    height, width = picture.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + alpha.shape[1]), min(height, top + alpha.shape[0])
    if x1 > x0 and y1 > y0:
        blend(picture[y0:y1, x0:x1], alpha[y0 - top : y1 - top, x0 - left : x1 - left], ink)


def paste(picture: Picture, sticker: NDArray[np.uint8], left: int, top: int) -> None:
    """Lay a BGRA picture over ``picture`` in place; what hangs over an edge is cut off."""
    height, width = picture.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + sticker.shape[1]), min(height, top + sticker.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = sticker[y0 - top : y1 - top, x0 - left : x1 - left]
    over = part[:, :, 3].astype(np.float32) * np.float32(1 / 255)
    place = picture[y0:y1, x0:x1]
    place[:] = cv2.blendLinear(place, np.ascontiguousarray(part[:, :, :3]), 1 - over, over)


def press(picture: Picture, alpha: NDArray[np.uint8], strength: float, light: tuple[int, int]) -> None:
    """Shade the edges of ``alpha`` (h, w) as if it were pressed out of the sheet, in place.

    The side towards ``light`` (-1, 0 or 1 along x and y) brightens and the other darkens, by up to
    ``strength`` grey levels: the slope of the mask along the light, as in Lambert's law for a low relief.
    """
    if strength < 1 or light == (0, 0):
        return
    kernel = np.zeros((3, 3), np.float32)
    for row in range(3):
        for column in range(3):
            kernel[row, column] = -((row - 1) * light[1] + (column - 1) * light[0])
    kernel *= strength / (255 * np.abs(kernel).sum() / 2)
    slope = cv2.filter2D(alpha, cv2.CV_16S, kernel)
    cv2.add(picture, cv2.merge((slope, slope, slope)), dst=picture, dtype=cv2.CV_8U)
