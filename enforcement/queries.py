"""An analyst's queries, read-only: on a data folder, whether or not a process serves it, or on a server."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from enforcement.engine import escape_parameter
from enforcement.errors import QueryFailed, StoreBusy, StoreError
from enforcement.front import SOCKET_NAME
from enforcement.sockets import short_path
from enforcement.store import Store

#: Format names of ``roadwitness sql`` and what ClickHouse calls them.
FORMATS = {"table": "PrettyCompact", "csv": "CSVWithNames", "json": "JSON", "arrow": "ArrowStream"}

_PATIENCE_S = 3.0


class Reader(Protocol):
    """Answers queries that only read."""

    def ask(
        self, sql: str, output_format: str = "table", parameters: Mapping[str, str] | None = None
    ) -> bytes:
        """The answer to one query, in one of ``FORMATS``.

        Args:
            sql: one statement that reads; ``{name:Type}`` in it stands for a parameter.
            output_format: a key of ``FORMATS``.
            parameters: the values, as ClickHouse writes them.

        Raises:
            QueryFailed: with ClickHouse's message in one line, also for a query that would write.
            StoreError: when whoever answers went away.
        """


@contextmanager
def reading(data: Path) -> Iterator[Reader]:
    """Whoever answers queries on the store in ``data``: the process that serves it, or this one.

    Raises:
        StoreError: when there is no store in ``data``.
        StoreBusy: when another process uses the store and does not answer queries.
    """
    path = data / "store"
    if not path.is_dir():
        raise StoreError(
            f"there is no store in {data}; run 'roadwitness demo' first, or name its folder with --data."
        )
    until = time.monotonic() + _PATIENCE_S
    while True:
        if _answers(data / SOCKET_NAME):
            yield _SocketReader(data / SOCKET_NAME)
            return
        try:
            store = Store.embedded(path)
            break
        except StoreBusy:
            # A process that is just starting holds the store for a moment before its socket answers.
            if time.monotonic() >= until:
                raise
            time.sleep(0.1)
    try:
        yield StoreReader(store)
    finally:
        store.close()


@contextmanager
def reading_from(place: str | Path) -> Iterator[Reader]:
    """:func:`reading` for a folder; for ``http(s)://user:password@host:port/database``, that server.

    Raises:
        StoreUnreachable: when the server does not answer or refuses the credentials.
        StoreError, StoreBusy: as :func:`reading` does.
    """
    if not str(place).startswith(("http://", "https://")):
        with reading(Path(place)) as reader:
            yield reader
        return
    store = Store.server(str(place))
    try:
        yield StoreReader(store)
    finally:
        store.close()


def query_store(
    data: Path, sql: str, output_format: str = "table", parameters: Mapping[str, str] | None = None
) -> bytes:
    """The answer to one query on the store in ``data``; see :func:`reading` and :meth:`Reader.ask`."""
    with reading(data) as reader:
        return reader.ask(sql, output_format, parameters)


class StoreReader:
    """A store that this process has open, or a server."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(
        self, sql: str, output_format: str = "table", parameters: Mapping[str, str] | None = None
    ) -> bytes:
        """As :class:`Reader` says."""
        return self._store.answer(sql, _format(output_format), parameters)


class _SocketReader:
    """The process that serves the store."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(
        self, sql: str, output_format: str = "table", parameters: Mapping[str, str] | None = None
    ) -> bytes:
        arguments = {"default_format": _format(output_format)}
        for name, value in (parameters or {}).items():
            arguments[f"param_{name}"] = escape_parameter(value)
        connection = _SocketConnection(self._path)
        try:
            connection.request("POST", "/?" + urlencode(arguments), body=sql.encode())
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise StoreError("the process that served the store has ended; ask again.") from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise QueryFailed(content.decode(errors="replace"))
        return content


def _format(name: str) -> str:
    if name not in FORMATS:
        raise QueryFailed(f"there is no format '{name}'; choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def _answers(path: Path) -> bool:
    connection = _SocketConnection(path)
    try:
        connection.connect()
    except (ConnectionError, FileNotFoundError):
        return False
    finally:
        connection.close()
    return True


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix domain socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with short_path(self._path) as place:
            self.sock.connect(place)
