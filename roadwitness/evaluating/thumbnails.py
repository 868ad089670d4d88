"""Small pictures for reports, as JPEG in the page itself, with faces made unrecognisable."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detectors.faces import FaceDetector
from detectors.folder_source import read_image
from detectors.letterbox import Image
from detectors.redaction import redact
from detectors.regions import cut
from streams.messages import Box

#: At most so many pictures of errors in a report.
MOST = 60
_WIDTH_PX, _HEIGHT_PX = 320, 200
_QUALITY = 78
_GREEN, _RED = (80, 200, 60), (60, 60, 240)


@dataclass(frozen=True)
class Marked:
    """A box to draw on a picture: a labelled one green, a found one red."""

    box: Box
    labelled: bool


def of_crop(path: Path) -> str | None:
    """A plate's crop, enlarged to a legible size; None where the file cannot be read any more."""
    image = read_image(path)
    return None if image is None else of_pixels(image)


def of_pixels(image: Image) -> str:
    """A picture as a data URI, scaled to the size of a thumbnail."""
    height, width = image.shape[:2]
    scale = min(_WIDTH_PX / width, _HEIGHT_PX / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    jpeg = cv2.imencode(".jpg", shrunk, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


class Surroundings:
    """Cuts boxes with what is around them out of images, and hides the faces there."""

    def __init__(self) -> None:
        self._faces = FaceDetector()

    def of(self, path: Path, middle: Box, marked: Sequence[Marked], margin: float) -> str | None:
        """What lies around ``middle``, ``margin`` of its longer side to each side, with boxes drawn."""
        image = read_image(path)
        if image is None:
            return None
        side = max(middle.w, middle.h)
        around = Box(
            middle.x + middle.w / 2 - side * (0.5 + margin) * 1.3,
            middle.y + middle.h / 2 - side * (0.5 + margin) * 0.8,
            side * (1 + 2 * margin) * 1.3,
            side * (1 + 2 * margin) * 0.8,
        )
        hidden = redact(image, [face.box for face in self._faces.detect(image)])
        crop = cut(hidden, around, 0.0)
        if crop is None:
            return None
        scale = min(_WIDTH_PX / crop.pixels.shape[1], _HEIGHT_PX / crop.pixels.shape[0])
        shown = np.ascontiguousarray(cv2.resize(crop.pixels, None, fx=scale, fy=scale), np.uint8)
        for each in marked:
            start = (each.box.x - crop.left) * scale, (each.box.y - crop.top) * scale
            end = start[0] + each.box.w * scale, start[1] + each.box.h * scale
            corners = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
            cv2.rectangle(shown, *corners, (0, 0, 0), 4)
            cv2.rectangle(shown, *corners, _GREEN if each.labelled else _RED, 2)
        return of_pixels(shown)
