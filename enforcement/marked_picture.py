"""A still with what was found on it drawn over it: a derivative for people, never evidence itself."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from enforcement.errors import PictureUnreadable
from streams.messages import Box, EvidenceReference, Passage

_VEHICLE, _PLATE, _POINT, _WAY = "#4fc3ff", "#ffd23f", "#ff8a3d", "#ffffff"
_EDGE = "#06121d"
_QUALITY = 88


def mark_picture(content: bytes, still: EvidenceReference, passage: Passage, label: str) -> bytes:
    """The still ``content`` (of ``passage``'s camera) with its boxes, the track and ``label``, as JPEG.

    Raises:
        PictureUnreadable: when the bytes are no picture.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadable("This piece of evidence is not a picture that can be shown.") from error
    draw = ImageDraw.Draw(picture)
    line = max(2, picture.width // 640)
    track = [(point.x_px, point.y_px) for point in passage.track]
    if len(track) > 1:
        draw.line(track, fill=_WAY, width=max(1, line - 1))
    for x, y in track:
        draw.circle((x, y), 1.3 * line, fill=_POINT)
    for box, colour in ((still.vehicle_box, _VEHICLE), (still.plate_box, _PLATE)):
        if box is not None:
            draw.rectangle(_corners(box), outline=colour, width=line)
    if still.vehicle_box is not None:
        size = picture.width / 52
        at = (still.vehicle_box.x, max(still.vehicle_box.y - 0.35 * size, 1.2 * size))
        font = ImageFont.load_default(size)
        draw.text(at, label, "white", font, anchor="ls", stroke_width=line, stroke_fill=_EDGE)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.w, box.y + box.h
