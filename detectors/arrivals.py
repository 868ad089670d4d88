"""A live stream's clock against the wall clock, from when its frames arrive.

A frame arrives late by what the network took, never early. So of each second the frame that came soonest
after its own time is taken, and a robust line (Theil & Sen) through these says how fast the two clocks part.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_SECOND_NS = 1_000_000_000
#: Clocks that part by this at once have jumped; by this much a second, one of them is wrong.
JUMP_MS = 60.0
DRIFT_PPM = 2_000.0
_WINDOW_S = 60
_LEAST_SECONDS = 8
#: Seconds in a row that are late are no network's: the clock was set back.
_LATE_SECONDS = 4
#: What clocks and time stamps round by, in ms: no rate is known better than this allows.
_ROUNDED_MS = 0.5


@dataclass
class _Second:
    """One second of the stream: how far its soonest frame was ahead of the wall clock, and its last time."""

    number: int
    ahead_ms: float
    until_ns: int


@dataclass(frozen=True)
class Jump:
    """The clocks parted by ``by_ms`` at once, some time after ``from_ns`` of the stream."""

    from_ns: int
    by_ms: float


class Arrivals:
    """Follows one stream. ``rate`` is how fast its clock gains and its standard uncertainty, in ppm."""

    def __init__(self) -> None:
        self.rate: tuple[float, float] | None = None
        self._gain_ms: float | None = None
        self._seconds: deque[_Second] = deque(maxlen=_WINDOW_S)
        self._running: _Second | None = None
        self._late: list[_Second] = []
        self._origin: tuple[int, int] | None = None
        self._first_ms: float | None = None

    @property
    def offset_ms(self) -> float | None:
        """How far the stream's clock has moved against the wall clock since the start."""
        return (
            None
            if self._first_ms is None or not self._seconds
            else self._seconds[-1].ahead_ms - self._first_ms
        )

    @property
    def drifts(self) -> bool:
        """Whether the stream's clock is wrong beyond doubt."""
        return self.rate is not None and abs(self.rate[0]) - 2 * self.rate[1] > DRIFT_PPM

    def reason(self) -> str | None:
        """Why times of this stream cannot be measured with, None if they can."""
        if self._origin is None:
            return None
        if self.rate is not None and abs(self.rate[0]) > DRIFT_PPM:
            return f"the frames' clock runs {self.rate[0] / 1e4:+.2f} % against the wall clock"
        if self.rate is None or 2 * self.rate[1] > DRIFT_PPM:
            return "the camera's clock has not been compared with the wall clock for long enough"
        return None

    def restart(self) -> None:
        """A new connection: where its clock begins says nothing, how fast it runs is kept."""
        self._origin = self._running = None
        self._seconds.clear()
        self._late.clear()

    def add(self, stream_ns: int, arrived_at_ns: int) -> Jump | None:
        """Note one arrival: the stream's own time and the wall clock's, in ns; a jump, if there was one."""
        if self._origin is None:
            self._origin = (stream_ns, arrived_at_ns)
        number = (stream_ns - self._origin[0]) // _SECOND_NS
        ahead_ms = ((stream_ns - self._origin[0]) - (arrived_at_ns - self._origin[1])) * 1e-6
        now = self._running
        if now is not None and now.number == number:
            now.ahead_ms, now.until_ns = max(now.ahead_ms, ahead_ms), stream_ns
            return None
        self._running = _Second(number, ahead_ms, stream_ns)
        if now is not None and number < now.number:
            self._seconds.clear()
            self._late.clear()
            return Jump(stream_ns, ahead_ms - now.ahead_ms)
        return None if now is None else self._close(now)

    def _close(self, second: _Second) -> Jump | None:
        """A second is over: measure the rate again, or find that the clocks jumped in it."""
        if self._first_ms is None:
            self._first_ms = second.ahead_ms
        expected_ms = self._expected_ms(second)
        if expected_ms is None or abs(second.ahead_ms - expected_ms) <= JUMP_MS:
            # Seconds that were late by themselves were the network's doing.
            self._late.clear()
            self._seconds.append(second)
            if len(self._seconds) >= _LEAST_SECONDS:
                gain, sigma = _line(np.array([(s.number, s.ahead_ms) for s in self._seconds]))
                self._gain_ms = gain
                # Seconds are the stream's here; the rate is told by the wall clock's.
                stretch = 1.0 / (1.0 - gain / 1e3)
                self.rate = gain * 1e3 * stretch, sigma * 1e3 * stretch**2
            return None
        self._late.append(second)
        # A frame may come late, but never before it was taken.
        if second.ahead_ms < expected_ms and len(self._late) < _LATE_SECONDS:
            return None
        before, fresh = self._seconds[-1], self._late[:]
        self._late.clear()
        self._seconds = deque(fresh, maxlen=_WINDOW_S)
        # Each second is known by its soonest frame, which may have come before the clock was set back.
        by_ms = second.ahead_ms - expected_ms
        return Jump(before.until_ns - (_SECOND_NS if by_ms < 0 else 0), by_ms)

    def _expected_ms(self, second: _Second) -> float | None:
        """How far ahead a second's soonest frame should be, None before that can be said."""
        if not self._seconds:
            return None
        latest = self._seconds[-1]
        if self._gain_ms is not None:
            gain = self._gain_ms
        elif len(self._seconds) < 4:
            return None
        else:
            recent = list(self._seconds)[-6:]
            gain = float(
                np.median([(b.ahead_ms - a.ahead_ms) / (b.number - a.number) for a, b in pairwise(recent)])
            )
        return latest.ahead_ms + gain * (second.number - latest.number)


def _line(points: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and its standard uncertainty, in ms/s, of points (N, 2) of seconds and ms (Theil & Sen)."""
    seconds, ahead = points.T
    one, two = np.triu_indices(len(seconds), 1)
    slope = float(np.median((ahead[two] - ahead[one]) / (seconds[two] - seconds[one])))
    rest = ahead - slope * seconds
    scatter = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
    spread = float(np.sqrt(((seconds - seconds.mean()) ** 2).sum()))
    # The median of slopes is 1.1 times as uncertain as least squares.
    return slope, 1.1 * float(np.hypot(scatter, _ROUNDED_MS)) / spread
