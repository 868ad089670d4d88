"""The driver's picture: the glass of one vehicle, out of the untouched frame, to be sealed by itself.

An officer who may see the driver then sees no bystander and no other vehicle, as on the original. Nothing
here knows who a face belongs to: a passenger beside the driver is on it too.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from detectors.cabins import LEAST_FACED_PX, glass_of, is_inside
from detectors.letterbox import Image
from detectors.regions import cut
from detectors.tracking import TrackedVehicle
from streams.messages import Box

_MARGIN = 0.05


def driver_picture(
    image: Image, vehicle: TrackedVehicle, faces: Sequence[Box]
) -> tuple[bytes, tuple[int, int]] | None:
    """The glass of ``vehicle`` with every one of ``faces`` in it as PNG, and its width and height (px).

    Args:
        image: the frame (BGR, H, W, 3).
        vehicle: whose driver it is.
        faces: boxes found on the frame, of anybody.

    Returns:
        None where the vehicle is too small for anybody to know a face again.
    """
    if vehicle.box.w < LEAST_FACED_PX:
        return None
    box = glass_of(vehicle)
    for face in faces:
        if is_inside(face, vehicle.box):
            box = _around(box, face)
    crop = cut(image, box, _MARGIN)
    if crop is None:
        return None
    height, width = crop.pixels.shape[:2]
    # Without loss: the very pixels of the sealed original, of which a face has few.
    return cv2.imencode(".png", crop.pixels)[1].tobytes(), (width, height)


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.x + one.w, other.x + other.w), max(one.y + one.h, other.y + other.h)
    return Box(left, top, right - left, bottom - top)
