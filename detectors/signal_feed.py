"""A controller's own word on its signals: JSON lines from a file or over TCP, with their times checked.

One line is one message, ``{"signal_id": "S1", "state": "red", "at": "2026-05-04T08:00:07.250Z"}``: the state
holds since ``at`` if it is a change, and still holds at ``at`` if it was said before. Because silence proves
nothing, a state is known up to the latest message only, so a controller repeats itself every few seconds.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec

from detectors.lamplogic import UNKNOWN
from streams.errors import RoadwitnessError
from streams.messages import HealthEvent, LampPhase

#: Longer silence than this and it is not known what the signal showed meanwhile.
SILENCE_S = 15.0
#: A live message from further ahead than this is from a clock that is wrong.
AHEAD_S = 1.0
_REMEMBER_S = 180.0
_RETRY_S = 5.0
_LONGEST_LINE = 4096
_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-f:]+\]|[^:/]+):(?P<port>\d{1,5})")


class FeedError(RoadwitnessError):
    """The feed of a controller cannot be used; the message says what to do."""


class FeedMessage(msgspec.Struct, frozen=True):
    """One line of a feed. ``uncertainty_ms`` (k = 2) is the controller's own."""

    signal_id: str
    state: Literal["red", "red_amber", "amber", "green", "flashing", "dark", "unknown"]
    at: datetime
    uncertainty_ms: Annotated[float, msgspec.Meta(ge=0)] = 100.0

    @property
    def at_ns(self) -> int:
        """``at`` in UTC nanoseconds."""
        since = self.at - datetime(1970, 1, 1, tzinfo=UTC)
        return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


class LineSource(Protocol):
    """Where lines come from. ``recorded`` lines may all be there at once, before their time has come."""

    recorded: bool

    def lines(self) -> Sequence[bytes]:
        """The lines that have come since the last call; never waits."""
        ...

    def close(self) -> None:
        """Stop reading."""
        ...


class FileLines:
    """The lines of a file, and those that are appended to it later."""

    recorded = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise FeedError(
                f"The signal feed {path} cannot be read ({error.strerror}): name a file of JSON lines."
            ) from error

    def lines(self) -> Sequence[bytes]:
        """New whole lines."""
        new = self._file.read()
        if not new:
            return []
        *whole, self._rest = (self._rest + new).split(b"\n")
        return whole

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class TcpLines:
    """Lines from a server, read in a thread of its own that connects again when the connection ends."""

    recorded = False

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._queue: queue.Queue[bytes] = queue.Queue(maxsize=10_000)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="signal feed", daemon=True)
        self._thread.start()

    def lines(self) -> Sequence[bytes]:
        """The lines that have come."""
        taken: list[bytes] = []
        while not self._queue.empty():
            taken.append(self._queue.get_nowait())
        return taken

    def close(self) -> None:
        """End the connection."""
        self._stop.set()
        self._thread.join(timeout=2 * _RETRY_S)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                with socket.create_connection(self._address, timeout=_RETRY_S) as connection:
                    connection.settimeout(0.5)
                    self._read(connection)
            except OSError:
                # What was not heard is not known, and the phases say so; there is nothing else to tell.
                pass
            self._stop.wait(_RETRY_S)

    def _read(self, connection: socket.socket) -> None:
        rest = b""
        while not self._stop.is_set():
            try:
                new = connection.recv(65_536)
            except TimeoutError:
                continue
            if not new:
                return
            *whole, rest = (rest + new).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                return
            for line in whole:
                if not self._queue.full():
                    self._queue.put_nowait(line)


def open_lines(address: str) -> LineSource:
    """The lines at ``tcp://host:port``, or of a file.

    Raises:
        FeedError: for an address of another kind, or a file that cannot be read.
    """
    if "://" not in address:
        return FileLines(Path(address))
    match = _TCP.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65_536:
        raise FeedError(f"{address} is no address of a signal feed: write tcp://host:port, or name a file.")
    return TcpLines(match["host"].strip("[]"), int(match["port"]))


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
