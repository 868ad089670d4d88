"""Frames of a video file, with the times that the file gives them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from detectors.frames import CaptureCounts, Frame, Sequencer, SourceError
from detectors.letterbox import Image
from detectors.prefetch import prefetch
from streams.events import Events

_events = Events(__name__)

NANOSECONDS = 1_000_000_000
#: Recorders without a clock write the epoch of their format (1904 or 1970) as creation time.
_EARLIEST_BELIEVED_YEAR = 1990
#: A clip that lacks more than this part of its announced length, and three frames, was cut off.
_TOLERATED_LOSS = 0.01
#: Encoders of frames at uneven times write the ticks of their clock where the rate belongs.
_HIGHEST_FPS = 500.0


class ClipSource:
    """A video file. Time of a frame = time of the first frame + its presentation time in the file.

    The first frame's time is ``recorded_at_ns``, else the creation time in the container, else the file's
    modification time. Frames are turned as the file's rotation says. Raises SourceError where there is
    nothing to decode; a file that ends early gives the frames that it has, and says so in ``counts``.
    """

    live = False

    def __init__(self, path: Path, recorded_at_ns: int | None = None) -> None:
        self.path = path
        self.counts = CaptureCounts()
        self._closed = False
        with _open(path) as container:
            stream = container.streams.video[0]
            first = _first_frame(container)
            if first is None:
                raise SourceError(
                    f"No frame of {path} can be decoded; check that the file is complete, or record it again."
                )
            self.height, self.width = _upright(first).shape[:2]
            self.nominal_fps = float(stream.average_rate or stream.guessed_rate or 25)
            self.frame_count: int | None = stream.frames or None
            self._announced_s = _announced_seconds(container, stream)
            creation = container.metadata.get("creation_time") or stream.metadata.get("creation_time")
        if recorded_at_ns is None:
            recorded_at_ns = _parse_creation_time(creation)
        self.recorded_at_ns = recorded_at_ns if recorded_at_ns is not None else path.stat().st_mtime_ns

    def frames(self) -> Iterator[Frame]:
        """The frames in order; the file is read anew at each call."""
        return prefetch(self._decode())

    def close(self) -> None:
        """Let ``frames()`` end at its next frame."""
        self._closed = True

    def _decode(self) -> Iterator[Frame]:
        self.counts = CaptureCounts()
        sequencer = Sequencer(self.counts)
        start: Fraction | None = None
        last = Fraction(0)
        ticks: int | None = None
        with _open(self.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            in_avi = container.format.name == "avi"
            for frame in _decoded(container, stream, sequencer):
                if self._closed:
                    return
                if start is None:
                    # By now the decoder has read what the stream itself says, whatever the container does.
                    coded = float(stream.codec_context.framerate or 0)
                    self.counts.coded_fps = coded if 0 < coded <= _HIGHEST_FPS else None
                ticks = _avi_ticks(frame, ticks) if in_avi else frame.pts
                if ticks is None or frame.is_corrupt:
                    sequencer.skip()
                    continue
                seconds = ticks * Fraction(frame.time_base)
                start = seconds if start is None else start
                last = max(last, seconds - start)
                captured_at_ns = self.recorded_at_ns + round((seconds - start) * NANOSECONDS)
                index = sequencer.accept(captured_at_ns)
                if index is not None:
                    yield Frame(index, captured_at_ns, _upright(frame))
        self._conclude(float(last))

    def _conclude(self, last_s: float) -> None:
        counts, seconds_a_frame = self.counts, 1 / self.nominal_fps
        if counts.frames == 0:
            raise SourceError(
                f"No frame of {self.path} has both a picture and a time; remux it with "
                "time stamps, or record it again."
            )
        missing_s = (self._announced_s or 0.0) - (last_s + seconds_a_frame)
        if missing_s > max(3 * seconds_a_frame, _TOLERATED_LOSS * (self._announced_s or 0.0)):
            counts.ended_early = (
                f"{self.path} was cut off: it announces {self._announced_s:.1f} s and ends after "
                f"{last_s:.1f} s; copy it again from the camera if the rest is needed."
            )
            _events.warning("clip-cut-off", counts.ended_early)
        if counts.corrupt or counts.out_of_order:
            _events.warning(
                "frames-left-out",
                f"{self.path}: {counts.corrupt} frames could not be decoded and {counts.out_of_order} came"
                " out of order; they were left out.",
                corrupt=counts.corrupt,
                out_of_order=counts.out_of_order,
            )


def _open(path: Path) -> Any:
    try:
        # FFmpeg takes the part before a colon for a protocol (10:00.mp4), but not behind a slash.
        container = av.open(str(path.absolute()))
    except PermissionError as error:
        raise SourceError(f"{path} may not be read; give this user the right to read it.") from error
    except av.FFmpegError as error:
        raise SourceError(
            f"{path} is not a video that can be read, or it was cut off ({error.strerror}); "
            "check the file with a player."
        ) from error
    if not container.streams.video:
        container.close()
        raise SourceError(f"{path} has no video stream; give a file with pictures.")
    return container


def _decoded(container: Any, stream: Any, sequencer: Sequencer) -> Iterator[Any]:
    """The frames of a stream; packets that cannot be decoded are counted and passed over."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError as error:
            _events.warning("reading-stopped", f"Reading stopped: {error.strerror}")
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            sequencer.skip()


def _avi_ticks(frame: Any, before: int | None) -> int | None:
    """The time of a frame in AVI, which knows no presentation times: frames come one a tick, as shown.

    What FFmpeg gives as presentation time is the order of decoding, another one where there are B-frames.
    """
    if frame.dts is not None:
        return int(frame.dts)
    # The last frames come when there is nothing left to decode.
    return frame.pts if before is None else before + 1


def _first_frame(container: Any) -> Any | None:
    ignored = Sequencer(CaptureCounts())
    return next(_decoded(container, container.streams.video[0], ignored), None)


def _upright(frame: Any) -> Image:
    image: Image = frame.to_ndarray(format="bgr24")
    quarters = round((frame.rotation or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def _announced_seconds(container: Any, stream: Any) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _parse_creation_time(text: str | None) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    if moment.year < _EARLIEST_BELIEVED_YEAR:
        return None
    since_epoch = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since_epoch // datetime.timedelta(microseconds=1) * 1000
