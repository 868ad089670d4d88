"""An analyst's query on a data folder, whether or not a process is serving it."""

from __future__ import annotations

import http.client
import socket
import time
from pathlib import Path
from urllib.parse import urlencode

from enforcement.errors import QueryFailed, StoreBusy, StoreError
from enforcement.front import SOCKET_NAME
from enforcement.sockets import short_path
from enforcement.store import Store

#: Format names of ``roadwitness sql`` and what ClickHouse calls them.
FORMATS = {"table": "PrettyCompact", "csv": "CSVWithNames", "json": "JSON", "arrow": "ArrowStream"}

_PATIENCE_S = 3.0


def query_store(data: Path, sql: str, output_format: str = "table") -> bytes:
    """The answer to a query that only reads, in one of ``FORMATS``.

    A process that is serving ``data`` is asked through its socket; otherwise the store is opened here.

    Raises:
        QueryFailed: with ClickHouse's message in one line, also for a query that would write.
        StoreError: when there is no store in ``data``.
        StoreBusy: when another process uses the store and does not answer queries.
    """
    if output_format not in FORMATS:
        raise QueryFailed(f"there is no format '{output_format}'; choose one of {', '.join(FORMATS)}.")
    path = data / "store"
    if not path.is_dir():
        raise StoreError(
            f"there is no store in {data}; run 'roadwitness demo' first, or name its folder with --data."
        )
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return _ask(data / SOCKET_NAME, sql, FORMATS[output_format])
        except (ConnectionError, FileNotFoundError):
            pass
        try:
            store = Store.embedded(path)
        except StoreBusy:
            # A process that is just starting holds the store for a moment before its socket answers.
            if time.monotonic() >= until:
                raise
            time.sleep(0.1)
            continue
        try:
            return store.engine().execute(sql, FORMATS[output_format], read_only=True)
        finally:
            store.close()


def _ask(socket_path: Path, sql: str, engine_format: str) -> bytes:
    connection = _SocketConnection(socket_path)
    try:
        connection.request("POST", "/?" + urlencode({"default_format": engine_format}), body=sql.encode())
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise QueryFailed(content.decode(errors="replace"))
    return content


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix domain socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with short_path(self._path) as place:
            self.sock.connect(place)
