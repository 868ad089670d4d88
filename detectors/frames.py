"""What a source of images gives: frames with the time of each, and a count of what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from detectors.letterbox import Image
from streams.errors import RoadwitnessError


class SourceError(RoadwitnessError):
    """A clip, folder or camera that gives no usable frames. The text says why and what to do."""


@dataclass(frozen=True)
class Arrival:
    """How a live frame came: the wall clock's time (UTC ns), the stream's own, and by which connection."""

    at_ns: int
    stream_ns: int
    connection: int = 0


@dataclass(frozen=True, eq=False)
class Frame:
    """One image (H, W, 3), BGR, and its time in UTC nanoseconds.

    ``index`` counts the frames of the source from 0, those that were left out included. ``arrival`` is known
    of a live source's frames.
    """

    index: int
    captured_at_ns: int
    image: Image
    arrival: Arrival | None = None


@dataclass
class CaptureCounts:
    """What happened while a source was read. Grows while frames are taken; read it at any time.

    ``corrupt`` frames could not be decoded; ``out_of_order`` ones bore a time that was not later than the
    frame's before and were left out; ``late`` ones of a live source waited too long and were left out.
    ``ended_early`` is a sentence if a clip holds less than it announces, ``untimed`` one if the source does
    not know when its frames were taken. ``coded_fps`` is the rate that the pictures' own coding declares.
    """

    frames: int = 0
    corrupt: int = 0
    out_of_order: int = 0
    late: int = 0
    reconnects: int = 0
    ended_early: str | None = None
    untimed: str | None = None
    coded_fps: float | None = None


class FrameSource(Protocol):
    """A clip, a folder of images or a live camera.

    ``width`` and ``height`` are those of the frames in px, ``frame_count`` None where it is not known.
    ``nominal_fps`` is what the source says of itself: good for a progress bar, never for a measurement.
    """

    width: int
    height: int
    nominal_fps: float
    frame_count: int | None
    live: bool
    counts: CaptureCounts

    def frames(self) -> Iterator[Frame]:
        """The frames in the order of their strictly increasing times, decoded ahead in another thread."""
        ...

    def close(self) -> None:
        """Stop reading; ``frames()`` then ends."""
        ...


class Sequencer:
    """Numbers frames, and leaves out those whose time is not later than the one's before."""

    def __init__(self, counts: CaptureCounts) -> None:
        self._counts = counts
        self._next_index = 0
        self._latest_ns: int | None = None

    def skip(self) -> None:
        """Count a frame that could not be decoded."""
        self._next_index += 1
        self._counts.corrupt += 1

    def accept(self, captured_at_ns: int) -> int | None:
        """The index of a frame taken at this time, or None if it must be left out."""
        index = self._next_index
        self._next_index += 1
        if self._latest_ns is not None and captured_at_ns <= self._latest_ns:
            self._counts.out_of_order += 1
            return None
        self._latest_ns = captured_at_ns
        self._counts.frames += 1
        return index
