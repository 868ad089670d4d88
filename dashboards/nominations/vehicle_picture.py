"""The vehicle cut out of a picture of its case, for those who may see nothing else of the road."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from dashboards.overlay import best_frame
from enforcement.errors import EvidenceError
from enforcement.evidence_store import EvidenceStore
from streams.messages import Box, Passage

_MARGIN = 0.12
_WIDEST_PX = 1280
_QUALITY = 88


def vehicle_picture(evidence: EvidenceStore, passage: Passage) -> bytes | None:
    """The vehicle as JPEG out of the (blurred) evidence frame; None where there is no such picture now."""
    frame = best_frame(passage)
    if frame is None:
        return None
    try:
        content = evidence.get(frame.digest)
    except EvidenceError:
        return None
    return cut_out(content, frame.vehicle_box)


def cut_out(content: bytes, box: Box | None) -> bytes | None:
    """A picture's part around ``box`` (px; None: all of it) as JPEG; None for bytes that are no picture."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    if box is not None:
        side, height = box.w * _MARGIN, box.h * _MARGIN
        picture = picture.crop(
            (
                max(0, round(box.x - side)),
                max(0, round(box.y - height)),
                min(picture.width, round(box.x + box.w + side)),
                min(picture.height, round(box.y + box.h + height)),
            )
        )
    picture.thumbnail((_WIDEST_PX, _WIDEST_PX))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
