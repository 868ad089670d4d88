"""Whether the frames' times can be trusted: against the wall clock, against each other, and for lost frames.

A live source's frames bear the stream's own times; :mod:`detectors.arrivals` compares them with the wall
clock. A clip has no second clock; there the times can contradict only themselves, the rate that the pictures'
coding declares, or the interval that the site states.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from detectors.arrivals import Arrivals
from detectors.frames import Arrival, CaptureCounts
from streams.messages import HealthEvent

#: A stated rate and the times may differ by this part.
_RATE_PART = 0.005
_STEPS = 128
#: Steps that must agree on the interval before anything is said of it.
_LEAST_STEPS = 12
#: Rates that a coded one stands for: encoders declare fields, or leave out every other frame.
_USUAL_RATIOS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)


@dataclass(frozen=True)
class Doubt:
    """A stretch of time whose times are not to be trusted, and why."""

    from_ns: int
    until_ns: int
    reason: str


class ClockWatch:
    """Follows the times of one source's frames. ``dropped`` counts frames that never came.

    ``stated_interval_s`` is what the site says of its camera. ``coded_fps`` is what the pictures' coding
    says; ``untimed`` a sentence where the source invented its times.
    """

    def __init__(self, stated_interval_s: float | None = None) -> None:
        self.dropped = 0
        self.coded_fps: float | None = None
        self.untimed: str | None = None
        self._stated_s = stated_interval_s
        self._steps: deque[float] = deque(maxlen=_STEPS)
        self._early: list[float] = []
        self._interval_s: float | None = None
        self._index = 0
        self._at_ns: int | None = None
        self._arrived = Arrivals()
        self._anchor: tuple[int, int] | None = None
        self._doubts: deque[Doubt] = deque(maxlen=64)
        self._gaps: deque[tuple[int, float]] = deque(maxlen=512)
        self._events: list[HealthEvent] = []
        self._told: set[str] = set()

    @property
    def interval_s(self) -> float | None:
        """The interval from frame to frame in s, None while too few have come."""
        return self._interval_s

    @property
    def offset_ms(self) -> float | None:
        """How far the frames' times have moved against the wall clock since the start."""
        return self._arrived.offset_ms

    @property
    def drift_ppm(self) -> float | None:
        """How fast they move, in parts in a million; None without a wall clock."""
        return None if self._arrived.rate is None else self._arrived.rate[0]

    @property
    def rate_sigma_ppm(self) -> float:
        """The standard uncertainty of the clock's rate for a speed, in parts in a million."""
        return 0.0 if self._arrived.rate is None else float(np.hypot(*self._arrived.rate))

    def hear(self, counts: CaptureCounts) -> None:
        """Note what the source says of itself."""
        self.coded_fps, self.untimed = counts.coded_fps, counts.untimed

    def see(self, index: int, captured_at_ns: int, arrival: Arrival | None = None) -> None:
        """Note a frame: its number in the source, its time, and how it came if the source is live."""
        before_ns = self._at_ns
        if before_ns is not None:
            self._step(index - self._index, captured_at_ns)
        self._index, self._at_ns = index, captured_at_ns
        if arrival is not None:
            self._compare(before_ns or captured_at_ns, captured_at_ns, arrival)

    def reason_between(self, from_ns: int, until_ns: int) -> str | None:
        """Why times from ``from_ns`` to ``until_ns`` (UTC ns) cannot be measured with, None if they can."""
        if self.untimed is not None:
            return self.untimed
        for doubt in self._doubts:
            if doubt.from_ns <= until_ns and from_ns <= doubt.until_ns:
                return doubt.reason
        return self._rate_reason() or self._arrived.reason()

    def gaps_between(self, from_ns: int, until_ns: int) -> list[tuple[int, float]]:
        """Where frames did not come: after which time (UTC ns), and how many seconds are missing."""
        return [gap for gap in self._gaps if from_ns <= gap[0] < until_ns]

    def events(self) -> list[HealthEvent]:
        """What a person must know, since the last call."""
        reason = self._rate_reason()
        if reason is not None and self._at_ns is not None:
            self._tell_once("clock-rate", self._at_ns, reason)
        fresh, self._events = self._events, []
        return fresh

    def _step(self, frames: int, captured_at_ns: int) -> None:
        assert self._at_ns is not None
        step_s = (captured_at_ns - self._at_ns) * 1e-9
        self._steps.append(step_s / max(frames, 1))
        if self._interval_s is None:
            self._early.append(step_s)
            if len(self._steps) < _LEAST_STEPS:
                return
            self._interval_s = float(np.median(self._steps))
            self.dropped = sum(max(0, round(early / self._interval_s) - 1) for early in self._early)
            return
        if self._index % 16 == 0:
            self._interval_s = float(np.median(self._steps))
        elapsed = step_s / self._interval_s
        self.dropped += max(0, round(elapsed) - 1)
        if elapsed - frames > 0.6:
            self._gaps.append((self._at_ns, (elapsed - frames) * self._interval_s))
        # More pictures came than the time allows: times went back, and pictures were left out until they
        # had caught up.
        if frames - elapsed > 0.6:
            lost_s = (frames - elapsed) * self._interval_s
            self._doubt(
                self._at_ns, captured_at_ns, f"the frames' clock was set back by about {lost_s:.2f} s"
            )

    def _compare(self, before_ns: int, captured_at_ns: int, arrival: Arrival) -> None:
        anchor = (arrival.connection, captured_at_ns - arrival.stream_ns)
        if self._anchor is not None and anchor != self._anchor:
            # The source had to set the times again, because stream and wall clock had parted too far.
            by_s = (anchor[1] - self._anchor[1]) * 1e-9
            if anchor[0] == self._anchor[0]:
                self._doubt(before_ns, captured_at_ns, f"the frames' clock was set again by {by_s:+.2f} s")
            else:
                self._arrived.restart()
        self._anchor = anchor
        jump = self._arrived.add(arrival.stream_ns, arrival.at_ns)
        if jump is not None:
            reason = f"the frames' clock and the wall clock jumped apart by {jump.by_ms / 1e3:+.2f} s"
            self._doubt(min(jump.from_ns + anchor[1], before_ns), captured_at_ns, reason)
        if self._arrived.drifts:
            self._tell_once("clock-drift", captured_at_ns, self._arrived.reason() or "")
        else:
            self._told.discard("clock-drift")

    def _doubt(self, from_ns: int, until_ns: int, reason: str) -> None:
        self._doubts.append(Doubt(from_ns, until_ns, reason))
        self._events.append(HealthEvent("clock-jump", until_ns, reason))

    def _tell_once(self, kind: str, at_ns: int, detail: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._events.append(HealthEvent(kind, at_ns, detail))

    def _rate_reason(self) -> str | None:
        interval = self._interval_s
        if interval is None:
            return None
        if self._stated_s is not None:
            if abs(interval / self._stated_s - 1) > _RATE_PART:
                return (
                    f"frames come every {interval * 1e3:.2f} ms by their times, but the site states "
                    f"{self._stated_s * 1e3:.2f} ms"
                )
            return None
        if self.coded_fps is not None:
            ratio = interval * self.coded_fps
            if min(abs(ratio / usual - 1) for usual in _USUAL_RATIOS) > 2 * _RATE_PART:
                return (
                    f"the file's times say {1 / interval:.2f} frames/s, the pictures' own coding "
                    f"{self.coded_fps:.2f}: one of them is wrong"
                )
        return None
