"""An HTTP front on the embedded store that speaks enough of ClickHouse's own for its clients.

``StoreSocket`` answers read-only queries of this machine's user on a Unix domain socket in the data folder;
``StoreFront`` lets ``clickhouse_connect.get_client(host=…, port=…)`` work against the embedded engine.
"""

from __future__ import annotations

import gzip
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lz4.frame  # type: ignore[import-untyped]
import zstandard

from enforcement.errors import QueryFailed, StoreError
from enforcement.explaining import error_code
from enforcement.sockets import short_path
from enforcement.store import Store

SOCKET_NAME = "store.sock"

_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "lz4": lz4.frame.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
}
# What travels beside the settings of a query in ClickHouse's HTTP interface, or means nothing to one engine.
_NOT_SETTINGS = frozenset(
    [
        "query",
        "database",
        "default_format",
        "session_id",
        "session_timeout",
        "session_check",
        "query_id",
        "user",
        "password",
        "compress",
        "decompress",
        "enable_http_compression",
        "wait_end_of_query",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "client_protocol_version",
        "role",
        "buffer_size",
        "quota_key",
    ]
)
_INSERT = re.compile(rb"\s*INSERT\s+INTO\s[^\n]*?FORMAT\s+\w+[ \t]*(?:\n|$)", re.IGNORECASE)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/ping":
            self._answer(200, b"Ok.\n", "TabSeparated")
        else:
            self._run()

    def do_POST(self) -> None:
        self._run()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: queries may hold plates."""

    def address_string(self) -> str:
        return "local"

    def _run(self) -> None:
        arguments = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        output_format = arguments.get("default_format", "TabSeparated")
        try:
            body = self._body()
            if "multipart/form-data" in self.headers.get("Content-Type", ""):
                body, fields = _parted(self.headers["Content-Type"], body)
                arguments |= fields
        except (ValueError, RuntimeError, OSError, zstandard.ZstdError):
            # A client that failed in the middle of its data breaks the body off.
            self.close_connection = True
            self._answer(400, b"the body of the request is not complete.", output_format)
            return
        try:
            answer = self.server.answer(arguments, body, output_format)
        except StoreError as error:
            self._answer(500, str(error).encode(), "TabSeparated", code=error_code(str(error.__cause__)) or 1)
        else:
            self._answer(200, answer, output_format)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            content = b"".join(iter(self._chunk, b""))
        else:
            content = self._exactly(int(self.headers.get("Content-Length", 0)))
        decoder = _DECODERS.get(self.headers.get("Content-Encoding", ""))
        return decoder(content) if decoder else content

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        content = self._exactly(size)
        self.rfile.readline()
        return content

    def _exactly(self, size: int) -> bytes:
        content = self.rfile.read(size)
        if len(content) < size:  # half an INSERT must not be taken for a whole one
            raise ConnectionError("the client is gone")
        return content

    def _answer(self, status: int, content: bytes, output_format: str, code: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-ClickHouse-Format", output_format)
        self.send_header("X-ClickHouse-Timezone", "UTC")
        if code is not None:
            self.send_header("X-ClickHouse-Exception-Code", str(code))
        self.end_headers()
        self.wfile.write(content)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: Any, store: Store, *, read_only: bool) -> None:
        self._store = store  # kept open: the engine starts anew for each query once nobody holds it
        self._engine = store.engine()
        self._read_only = read_only
        self._thread: threading.Thread | None = None
        super().__init__(address, _Handler, bind_and_activate=False)

    def start(self) -> None:
        """Answer in the background."""
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.1,), name="store-front", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; queries under way are finished by their own threads."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
            self._thread = None
        self.server_close()

    def answer(self, arguments: dict[str, str], body: bytes, output_format: str) -> bytes:
        """Run the statement of one request.

        Raises:
            StoreError: what the engine says against it.
        """
        statement, content = _split(arguments.get("query", ""), body)
        database = arguments.get("database") or None
        if content is not None and not self._read_only:
            self._engine.insert(statement, content, database=database)
            return b""
        return self._engine.execute(
            statement,
            output_format,
            parameters={name[6:]: value for name, value in arguments.items() if name.startswith("param_")},
            settings={
                name: value
                for name, value in arguments.items()
                if name not in _NOT_SETTINGS and not name.startswith("param_")
            },
            database=database,
            read_only=self._read_only,
        )


class StoreFront(_Server):
    """The embedded store over HTTP on ``127.0.0.1``: reading and writing, for whoever reaches the port."""

    def __init__(self, store: Store, port: int = 0) -> None:
        """Listen on ``port``; 0 takes a free one, see :attr:`port`. Call :meth:`start`."""
        super().__init__(("127.0.0.1", port), store, read_only=False)
        self.server_bind()
        self.server_activate()

    def get_request(self) -> tuple[Any, Any]:
        """Send each piece of an answer at once: one that waits for its acknowledgement costs 40 ms."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])


class StoreSocket(_Server):
    """Read-only queries on the store of this process, through a socket in ``data`` for its owner alone."""

    address_family = socketserver.UnixStreamServer.address_family

    def __init__(self, store: Store, data: Path) -> None:
        """Take the place of a socket that a killed process left: the store's lock says that it is gone."""
        self._path = data / SOCKET_NAME
        super().__init__(None, store, read_only=True)
        self._path.unlink(missing_ok=True)
        with short_path(self._path) as place:
            self.socket.bind(place)
        # Nobody can connect before listening starts, so nobody slips in before the mode is set.
        self._path.chmod(0o600)
        self.server_activate()

    def stop(self) -> None:
        """Answer no more and remove the socket."""
        super().stop()
        self._path.unlink(missing_ok=True)


def _parted(content_type: str, body: bytes) -> tuple[bytes, dict[str, str]]:
    """A form's statement and its other fields: so clients send parameters that no address can hold."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    fields = {
        str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True) or b"")
        for part in form.iter_parts()
    }
    statement = fields.pop("query", b"")
    return statement, {name: content.decode() for name, content in fields.items()}


def _split(query: str, body: bytes) -> tuple[str, bytes | None]:
    """A request as a statement and, for an INSERT, its data: either may lie in the address or in the body."""
    whole = (query.encode() + b"\n" + body) if query else body
    found = _INSERT.match(whole)
    if found and whole[found.end() :]:
        return found.group().decode(), whole[found.end() :]
    try:
        return whole.decode(), None
    except UnicodeDecodeError as error:
        raise QueryFailed("the query is not UTF-8.") from error
