"""A controller's own word on its signals: JSON lines from a file or over TCP, with their times checked.

One line is one message, ``{"signal_id": "S1", "state": "red", "at": "2026-05-04T08:00:07.250Z"}``: the state
holds since ``at`` if it is a change, and still holds at ``at`` if it was said before. Because silence proves
nothing, a state is known up to the latest message only, so a controller repeats itself every few seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from detectors.lamplogic import UNKNOWN
from detectors.line_source import LineSource, utc_ns
from streams.messages import HealthEvent, LampPhase

#: Longer silence than this and it is not known what the signal showed meanwhile.
SILENCE_S = 15.0
#: A live message from further ahead than this is from a clock that is wrong.
AHEAD_S = 1.0
_REMEMBER_S = 180.0


class FeedMessage(msgspec.Struct, frozen=True):
    """One line of a feed. ``uncertainty_ms`` (k = 2) is the controller's own."""

    signal_id: str
    state: Literal["red", "red_amber", "amber", "green", "flashing", "dark", "unknown"]
    at: datetime
    uncertainty_ms: Annotated[float, msgspec.Meta(ge=0)] = 100.0

    @property
    def at_ns(self) -> int:
        """``at`` in UTC nanoseconds."""
        return utc_ns(self.at)


class ControllerRecord:
    """What the controller said of one signal, as phases."""

    def __init__(self, signal_id: str) -> None:
        self._signal_id = signal_id
        self._phases: deque[LampPhase] = deque()

    @property
    def latest_ns(self) -> int | None:
        """The time of the latest message."""
        return self._phases[-1].until_ns if self._phases else None

    def add(self, message: FeedMessage) -> None:
        """Take in a message that is later than all before it."""
        at_ns = message.at_ns
        begun = LampPhase(
            self._signal_id, message.state, at_ns, at_ns, message.uncertainty_ms, source="controller"
        )
        if self._phases:
            last = self._phases[-1]
            if at_ns - last.until_ns > SILENCE_S * 1e9:
                silence = LampPhase(
                    self._signal_id, UNKNOWN, last.until_ns + 1, at_ns - 1, 0.0, source="controller"
                )
                self._phases.append(silence)
            elif last.state == message.state:
                self._phases[-1] = msgspec.structs.replace(last, until_ns=at_ns)
                return
            else:
                self._phases[-1] = msgspec.structs.replace(last, until_ns=at_ns - 1)
        self._phases.append(begun)
        while self._phases[0].until_ns < at_ns - _REMEMBER_S * 1e9:
            self._phases.popleft()

    def phases(self, from_ns: int, until_ns: int) -> tuple[LampPhase, ...]:
        """The phases that overlap a stretch of time."""
        return tuple(p for p in self._phases if p.until_ns >= from_ns and p.from_ns <= until_ns)


class SignalFeed:
    """One controller's messages about some signals, with what was wrong about them."""

    def __init__(self, lines: LineSource, signal_ids: Sequence[str]) -> None:
        self.records = {signal_id: ControllerRecord(signal_id) for signal_id in signal_ids}
        self._lines = lines
        self._early: deque[FeedMessage] = deque()
        self._decoder = msgspec.json.Decoder(FeedMessage)
        self._told: set[str] = set()
        self._begun_ns: int | None = None

    def poll(self, now_ns: int) -> list[HealthEvent]:
        """Take in what has come by ``now_ns`` (frame time); what was wrong, each kind of fault once."""
        events: list[HealthEvent] = []
        for line in self._lines.lines():
            if not line.strip():
                continue
            try:
                message = self._decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                events += self._tell(now_ns, "unreadable", f"a message of the signal feed is wrong: {error}")
                continue
            if message.at.tzinfo is None:
                events += self._tell(now_ns, "zone", "a time of the signal feed has no zone; send UTC with Z")
            elif message.signal_id in self.records:
                self._early.append(message)
        while self._early:
            message = self._early[0]
            ahead_s = (message.at_ns - now_ns) * 1e-9
            if ahead_s > 0 and (self._lines.recorded or ahead_s <= AHEAD_S):
                break
            self._early.popleft()
            latest_ns = self.records[message.signal_id].latest_ns
            if ahead_s > 0:
                detail = f"the signal feed's clock is {ahead_s:.1f} s ahead; its messages are left out"
                events += self._tell(now_ns, "ahead", detail)
            elif latest_ns is not None and message.at_ns <= latest_ns:
                detail = "the signal feed's times do not increase; messages are left out"
                events += self._tell(now_ns, "order", detail)
            else:
                self.records[message.signal_id].add(message)
        return [*events, *self._silences(now_ns)]

    def _silences(self, now_ns: int) -> list[HealthEvent]:
        """Signals of which nothing was heard for long, each told once until it is heard again."""
        self._begun_ns = now_ns if self._begun_ns is None else self._begun_ns
        events: list[HealthEvent] = []
        for signal_id, record in self.records.items():
            heard_ns = max(self._begun_ns, record.latest_ns or 0)
            fault = f"silent {signal_id}"
            if now_ns - heard_ns <= SILENCE_S * 1e9:
                self._told.discard(fault)
            else:
                detail = f"nothing was heard of signal {signal_id} for {SILENCE_S:.0f} s"
                events += self._tell(now_ns, fault, detail)
        return events

    def close(self) -> None:
        """Stop listening."""
        self._lines.close()

    def _tell(self, now_ns: int, fault: str, detail: str) -> list[HealthEvent]:
        if fault in self._told:
            return []
        self._told.add(fault)
        return [HealthEvent("signal-feed", now_ns, detail)]
