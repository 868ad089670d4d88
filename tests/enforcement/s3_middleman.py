"""Stands between a client and an S3 server, passes on what it hears, and does harm where a test wants it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Heard:
    """A request that came by."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Said:
    """An answer: to a request that is not passed on, or of the server."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


#: What a test may do with a request: change it, answer it itself, or None to pass it on as it is.
OnRequest = Callable[[Heard], Said | None]
#: And with the server's answer.
OnAnswer = Callable[[Heard, Said], Said]


def pass_on(_: Heard) -> Said | None:
    """Do nothing."""
    return None


def leave(_: Heard, said: Said) -> Said:
    """Do nothing."""
    return said


class Middleman:
    """Listens on a free port of 127.0.0.1 and speaks to the server at ``url``."""

    def __init__(self, url: str) -> None:
        self.heard: list[Heard] = []
        self.on_request: OnRequest = pass_on
        self.on_answer: OnAnswer = leave
        address = urlsplit(url).netloc
        middleman = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                heard = Heard(self.command, self.path, dict(self.headers.items()), body)
                middleman.heard.append(heard)
                said = middleman.on_request(heard)
                if said is None:
                    said = middleman.on_answer(heard, _ask(address, heard))
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in said.headers:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_PUT = do_HEAD = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who asked may be gone
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """http://host:port"""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def refusal(status: int, code: str) -> Said:
    """An answer as S3 words it."""
    body = f"<Error><Code>{code}</Code><Message>secret words</Message></Error>".encode()
    return Said(status, body, {"Content-Type": "application/xml"})


def sleepy(seconds: float) -> OnRequest:
    """Let every request wait."""

    def wait(_: Heard) -> Said | None:
        time.sleep(seconds)
        return Said(500)

    return wait


def _ask(address: str, heard: Heard) -> Said:
    connection = http.client.HTTPConnection(address, timeout=10)
    # The signature covers the host as the client called it.
    connection.request(heard.method, heard.path, heard.body, heard.headers)
    answer = connection.getresponse()
    body = answer.read()
    headers = {name: value for name, value in answer.getheaders() if name.lower() != "transfer-encoding"}
    connection.close()
    return Said(answer.status, body, headers)
