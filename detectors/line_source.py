"""Lines that others write, from a file or over TCP, taken without ever waiting for them."""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from streams.errors import RoadwitnessError

_RETRY_S = 5.0
_LONGEST_LINE = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-f:]+\]|[^:/]+):(?P<port>\d{1,5})")


class FeedError(RoadwitnessError):
    """A feed cannot be used; the message says what to do."""


def utc_ns(moment: datetime) -> int:
    """A time with a zone in UTC nanoseconds since the epoch, to the microsecond."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


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
                f"The feed {path} cannot be read ({error.strerror}): name a file of JSON lines."
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
        self._thread = threading.Thread(target=self._work, name="feed", daemon=True)
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
        raise FeedError(f"{address} is no address of a feed: write tcp://host:port, or name a file.")
    return TcpLines(match["host"].strip("[]"), int(match["port"]))
