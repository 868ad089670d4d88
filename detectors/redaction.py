"""Making faces, and plates where asked, unrecognisable for good.

A blur alone can be undone in part, and a mosaic with many cells can be matched against candidates. Here a
region is reduced to a few average colours before anything is drawn, so that the detail is not in the image
any more, whatever is done to it later.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from detectors.letterbox import Image
from detectors.regions import cut
from streams.messages import Box

#: Cells along the shorter and the longer side of a region. Sixteen averages hold no face and no plate.
CELLS = 4


def redact(image: Image, boxes: Sequence[Box], *, margin: float = 0.2) -> Image:
    """A copy of a BGR image (H, W, 3) in which every box is reduced to 4 x 4 average colours, smoothed.

    Each box is first widened by ``margin`` of its sides, because detectors cut off chins and hair. Boxes that
    reach outside the image are cut at its edge.
    """
    redacted = image.copy()
    for box in boxes:
        crop = cut(redacted, box, margin)
        if crop is None:
            continue
        height, width = crop.pixels.shape[:2]
        averages = cv2.resize(
            crop.pixels, (min(CELLS, width), min(CELLS, height)), interpolation=cv2.INTER_AREA
        )
        if width <= CELLS or height <= CELLS:
            averages = cv2.resize(crop.pixels, (1, 1), interpolation=cv2.INTER_AREA)
        crop.pixels[:] = cv2.resize(averages, (width, height), interpolation=cv2.INTER_LINEAR)
    return redacted
