"""Frames of a live camera, over a connection that may break and comes back."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
import tenacity

from detectors.frames import Arrival, CaptureCounts, Frame, Sequencer, SourceError
from detectors.prefetch import prefetch
from streams.events import Events

_events = Events(__name__)

SCHEMES = frozenset({"rtsp", "rtsps", "tcp", "udp", "srt"})
NANOSECONDS = 1_000_000_000
#: A stream's clock that is off the wall clock by more than this is set again: speeds live on differences of
#: times, evidence on the time of day.
_TOLERATED_DRIFT_NS = 1 * NANOSECONDS
_FIRST_ATTEMPTS = 3


class LiveSource:
    """A camera, by URL; RTSP goes over TCP, because a lost packet spoils a picture.

    The time of the first frame of a connection is the wall clock's; those after it follow the stream's own
    time stamps, which jitter less than their arrival, as long as both agree to a second. After an
    interruption it connects again, waiting between attempts up to ``longest_pause_s``, for ever. Raises
    SourceError if the camera cannot be reached at the start.
    """

    live = True
    frame_count: int | None = None

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 10.0,
        first_pause_s: float = 0.5,
        longest_pause_s: float = 30.0,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.url = url
        self.name = _without_password(url)
        self.counts = CaptureCounts()
        self._timeout_s = timeout_s
        self._wait = tenacity.wait_exponential(
            multiplier=first_pause_s, max=longest_pause_s
        ) + tenacity.wait_random(0, first_pause_s)
        self._clock_ns = clock_ns
        self._stop = threading.Event()
        try:
            self._connection: _Connection | None = self._connect(tenacity.stop_after_attempt(_FIRST_ATTEMPTS))
        except av.FFmpegError as error:
            raise SourceError(
                f"The camera {self.name} cannot be reached ({error.strerror}); check address, "
                "password and network."
            ) from error
        self.width, self.height = self._connection.width, self._connection.height
        self.nominal_fps = self._connection.nominal_fps

    def frames(self) -> Iterator[Frame]:
        """Frames as they arrive; if they are not taken in time the oldest are left out and counted."""
        return prefetch(self._read(), depth=16, on_overflow=self._count_late)

    def close(self) -> None:
        """Hang up; ``frames()`` then ends."""
        self._stop.set()

    def _count_late(self) -> None:
        self.counts.late += 1

    def _read(self) -> Iterator[Frame]:
        sequencer = Sequencer(self.counts)
        while not self._stop.is_set():
            connection = self._connection or self._reconnect()
            self._connection = None
            if connection is None:
                return
            with connection.container:
                yield from self._read_until_broken(connection, sequencer)

    def _read_until_broken(self, connection: _Connection, sequencer: Sequencer) -> Iterator[Frame]:
        anchor_ns: int | None = None
        try:
            for frame in connection.frames(sequencer):
                if self._stop.is_set():
                    return
                if frame.pts is None or frame.is_corrupt:
                    sequencer.skip()
                    continue
                now_ns = self._clock_ns()
                stream_ns = round(frame.pts * Fraction(frame.time_base) * NANOSECONDS)
                if anchor_ns is None or abs(anchor_ns + stream_ns - now_ns) > _TOLERATED_DRIFT_NS:
                    anchor_ns = now_ns - stream_ns
                captured_at_ns = anchor_ns + stream_ns
                index = sequencer.accept(captured_at_ns)
                if index is not None:
                    arrival = Arrival(now_ns, stream_ns, self.counts.reconnects)
                    yield Frame(index, captured_at_ns, frame.to_ndarray(format="bgr24"), arrival)
        except av.FFmpegError as error:
            sentence = f"The camera {self.name} was interrupted: {error.strerror}"
            _events.warning("camera-interrupted", sentence, reconnects=self.counts.reconnects)

    def _reconnect(self) -> _Connection | None:
        self.counts.reconnects += 1
        _events.info("camera-connecting", f"Connecting to the camera {self.name} again.")
        try:
            return self._connect(tenacity.stop_when_event_set(self._stop))
        except av.FFmpegError:
            return None

    def _connect(self, stop: Any) -> _Connection:
        retrying = tenacity.Retrying(
            stop=stop,
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(av.FFmpegError),
            sleep=tenacity.sleep_using_event(self._stop),
            reraise=True,
        )
        return retrying(_Connection, self.url, self._timeout_s)


class _Connection:
    """An open stream whose first frame has arrived. Raises av.FFmpegError."""

    def __init__(self, url: str, timeout_s: float) -> None:
        options = {"rtsp_transport": "tcp"} if url.startswith("rtsp") else {}
        self.container: Any = av.open(url, options=options, timeout=timeout_s)
        try:
            if not self.container.streams.video:
                raise SourceError(f"{_without_password(url)} has no video stream; give a camera's address.")
            self._stream = self.container.streams.video[0]
            # Frame threads would hold back as many frames as there are threads.
            self._stream.thread_type = "SLICE"
            self._packets = self.container.demux(self._stream)
            self._first = self._wait_for_frame()
        except BaseException:
            self.container.close()
            raise
        self.width, self.height = self._first[0].width, self._first[0].height
        self.nominal_fps = float(self._stream.average_rate or self._stream.guessed_rate or 25)

    def frames(self, sequencer: Sequencer) -> Iterator[Any]:
        yield from self._first
        for packet in self._packets:
            try:
                decoded = packet.decode()
            except av.error.InvalidDataError:
                sequencer.skip()
                continue
            yield from decoded

    def _wait_for_frame(self) -> list[Any]:
        for packet in self._packets:
            try:
                decoded = packet.decode()
            except av.error.InvalidDataError:
                continue
            if decoded:
                return list(decoded)
        raise av.error.EOFError(0, "the stream ended before its first picture")


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)
