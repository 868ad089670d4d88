"""A clip played again and again as if a camera were filming it now: the eyes of a simulated roadside unit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

from detectors.capture import open_source
from detectors.frames import CaptureCounts, Frame, FrameSource, SourceError

_NANOSECONDS = 1_000_000_000


class PacedSource:
    """The frames of a clip, later by ``shift_ns``, none of them before its time."""

    live = False

    def __init__(
        self, clip: FrameSource, shift_ns: int, stop: threading.Event, now_ns: Callable[[], int]
    ) -> None:
        self._clip = clip
        self._shift_ns = shift_ns
        self._stop = stop
        self._now_ns = now_ns
        self.width, self.height = clip.width, clip.height
        self.nominal_fps, self.frame_count = clip.nominal_fps, clip.frame_count
        self.counts: CaptureCounts = clip.counts

    def frames(self) -> Iterator[Frame]:
        """The frames, until the clip ends or a stop is asked for."""
        for frame in self._clip.frames():
            self.counts = self._clip.counts  # a clip counts anew each time that it is read
            at_ns = frame.captured_at_ns + self._shift_ns
            if self._stop.wait(max(at_ns - self._now_ns(), 0) / _NANOSECONDS):
                return
            yield replace(frame, captured_at_ns=at_ns)

    def close(self) -> None:
        """Stop reading."""
        self._clip.close()


def repeated(
    source: str,
    recorded_at_ns: int,
    every_s: float,
    stop: threading.Event,
    now_ns: Callable[[], int] = time.time_ns,
) -> Iterator[FrameSource]:
    """The clip ``source`` every ``every_s`` seconds until ``stop``, each time as if it were recorded now.

    Times are moved by whole multiples of ``every_s``, so clips that belong together (the two ends of a
    section) keep together, whenever their units were started. The first round begins up to ``every_s`` ago.

    Raises:
        SourceError: when the clip cannot be used.
    """
    if "://" in source:
        raise SourceError(f"{source} is a live camera, which repeats nothing; leave out --repeat.")
    every_ns = round(every_s * _NANOSECONDS)
    round_number = -1
    while not stop.is_set():
        round_number = max(round_number + 1, (now_ns() - recorded_at_ns) // every_ns)
        with closing(open_source(source, recorded_at_ns)) as clip:
            yield PacedSource(clip, round_number * every_ns, stop, now_ns)
