"""Pictures to a short film: H.264 in MP4, the same bytes from the same pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import av

from detectors.letterbox import Image

MEDIA_TYPE = "video/mp4"
_CODEC = "libx264"
#: Ever coarser, until the film is small enough.
_CRFS = (26, 31, 36, 42)
_CLOCK_HZ = 90_000
_KEY_EVERY = 12
_INDEX_BYTES, _INDEX_BYTES_A_FRAME = 2048, 32


def can_encode() -> bool:
    """Whether this machine's PyAV brings the encoder; its wheels do."""
    return _CODEC in av.codecs_available


def encode_film(pictures: Sequence[Image], times_ns: Sequence[int], most_bytes: int) -> bytes | None:
    """The film of BGR ``pictures`` (H, W, 3) of one size, shown when they were taken; None if too large.

    One thread codes, and nothing of the clock or the machine is written into the file, so that whoever codes
    the same pictures with the same library gets the same digest.
    """
    for crf in _CRFS:
        film = _encode(pictures, times_ns, crf)
        if len(film) <= most_bytes:
            return film
    return None


def _encode(pictures: Sequence[Image], times_ns: Sequence[int], crf: int) -> bytes:
    height, width = pictures[0].shape[:2]
    whole = io.BytesIO()
    # The index goes in front, into room kept for it, so that a player need not fetch the end first.
    room = _INDEX_BYTES + _INDEX_BYTES_A_FRAME * len(pictures)
    options = {"moov_size": str(room), "fflags": "+bitexact"}
    with av.open(whole, "w", format="mp4", options=options) as container:
        stream = cast(av.VideoStream, container.add_stream(_CODEC, rate=Fraction(25, 2)))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK_HZ)
        stream.codec_context.gop_size = _KEY_EVERY
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"crf": str(crf), "preset": "veryfast", "flags": "+bitexact"}
        for picture, at_ns in zip(pictures, times_ns, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = (at_ns - times_ns[0]) * _CLOCK_HZ // 10**9
            frame.time_base = stream.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return whole.getvalue()
