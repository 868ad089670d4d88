"""A rendered crop at a further use: another box round the plate, another focus, another coder.

Rendering takes four times as long as learning from what was rendered, so each sample is used several times;
this makes a new picture of it each time, in a fortieth of the time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.reader.shapes import CROP_SIZE

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

#: Plates narrower than this in the camera's picture can hardly be read: none is blurred more.
_EDGE_PX = 75.0


def varied(crop: Image, corners: Floats, width_px: float, rng: np.random.Generator) -> tuple[Image, Floats]:
    """``crop`` BGR of ``CROP_SIZE`` seen anew, and its plate's ``corners`` (4, 2), 0 to 1 across.

    ``width_px`` is the plate's width in the camera's picture: the wider, the more blur it stands.
    """
    crop, corners = _boxed_anew(crop, corners, rng)
    room = max(0.0, float(np.log(width_px / _EDGE_PX)))
    chances = rng.random(3)
    if room > 0 and chances[0] < 0.35:
        blur = rng.uniform(0.3, 0.5 + 1.1 * min(room, 1.2)) * np.exp(rng.normal(0, 0.3, 2))
        # The crop is stretched to one size, which widens most plates less than it heightens them.
        across, down = max(0.2, blur[0] * 1.25), max(0.2, blur[1] * 0.9)
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), sigmaX=across, sigmaY=down), np.uint8)
    if room > 0.2 and chances[1] < 0.15:
        part = rng.uniform(0.5, 0.85)
        small = cv2.resize(crop, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
        way = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
        crop = np.asarray(cv2.resize(small, CROP_SIZE[::-1], interpolation=way), np.uint8)
    if chances[2] < 0.25:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(28, 92))]
        coded = cv2.imencode(".jpg", crop, quality)[1]
        crop = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return crop, corners


def _boxed_anew(crop: Image, corners: Floats, rng: np.random.Generator) -> tuple[Image, Floats]:
    """As a detector's next box would have cut and tilted it; what lies outside repeats the edge."""
    half = np.array(CROP_SIZE[::-1]) / 2
    grown, askew, moved = np.exp(rng.normal(0, 0.045, 2)), rng.normal(0, 0.02, 2), rng.normal(0, 0.03, 2)
    # From the new crop to the old one, both from -1 to 1 across.
    way = np.array([[grown[0], askew[0] * 0.6], [askew[1] * 1.5, grown[1]]])
    in_px = way * half[:, None] / half[None]
    middle = half - 0.5
    matrix = np.column_stack([in_px, middle + moved * half - in_px @ middle])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(crop, matrix, CROP_SIZE[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    there = np.linalg.solve(way, (corners * 2 - 1 - moved).T).T
    return np.asarray(seen, np.uint8), ((there + 1) / 2).astype(np.float32)
