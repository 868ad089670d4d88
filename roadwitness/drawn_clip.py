"""The clip of ``watch --video``: every frame as it was seen, with what is known so far drawn on it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av

from detectors.drawing import OverlayPainter
from detectors.frames import Frame, FrameSource
from detectors.pipeline import ClosedPassage
from detectors.tracking import TrackedVehicle
from streams.errors import RoadwitnessError
from streams.messages import Box

_TICKS = 90_000


class VideoNotWritable(RoadwitnessError):
    """The drawn clip cannot be written where it was asked for."""


class DrawnClip:
    """Writes an H.264 clip with the source's own times, so that it plays as fast as the road was."""

    def __init__(self, path: Path, source: FrameSource) -> None:
        try:
            # Absolute, because FFmpeg takes the part before a colon for a protocol (10:00.mp4).
            self._container = av.open(str(path.absolute()), "w", format="mp4")
            self._stream = self._open_stream(source)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise VideoNotWritable(
                f"The video {path} cannot be written ({reason}): name an .mp4 file in a folder that exists."
            ) from error
        self._painter = OverlayPainter()
        self._began_ns: int | None = None

    def _open_stream(self, source: FrameSource) -> Any:
        stream: Any = self._container.add_stream("libx264", rate=round(source.nominal_fps) or 25)
        # H.264 with 4:2:0 colour has even sides only.
        stream.width, stream.height = source.width // 2 * 2, source.height // 2 * 2
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "23", "preset": "veryfast"}
        stream.codec_context.time_base = Fraction(1, _TICKS)
        # The file is opened here and not with the first frame, so that a wrong name is found at once.
        self._container.start_encoding()
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for packet in self._stream.encode():
            self._container.mux(packet)
        self._container.close()

    def add(
        self,
        frame: Frame,
        vehicles: tuple[TrackedVehicle, ...],
        closed: list[ClosedPassage],
        people: tuple[Box, ...],
    ) -> None:
        """Draw the vehicles in view and the passages that ended with this frame, and write it."""
        if self._began_ns is None:
            self._began_ns = frame.captured_at_ns
        painted = self._painter.paint(frame, vehicles, closed, people)
        picture = av.VideoFrame.from_ndarray(
            painted[: self._stream.height, : self._stream.width].copy(), format="bgr24"
        )
        picture.pts = (frame.captured_at_ns - self._began_ns) * _TICKS // 1_000_000_000
        picture.time_base = Fraction(1, _TICKS)
        for packet in self._stream.encode(picture):
            self._container.mux(packet)
