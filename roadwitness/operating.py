"""The port for those who operate a process: ``/metrics``, ``/health`` and ``/ready``, away from the pages."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from roadwitness.listening import bind
from roadwitness.progress import say
from roadwitness.supervision import supervised
from streams.events import Events
from streams.health import Health
from streams.metrics import BUILD_INFO, REGISTRY
from streams.tracing import traced

_events = Events(__name__)


@dataclass(frozen=True)
class Operating:
    """Where a process answers its operators; ``port`` None: nowhere, and 0: on any free port."""

    port: int | None = None
    host: str = "127.0.0.1"


@contextmanager
def operated(process: str, health: Health, where: Operating) -> Iterator[str | None]:
    """Answer operators within it, and trace; yields the address, None where no port is wanted.

    Raises:
        PortTaken: when the port is in use.
    """
    BUILD_INFO.labels(version("roadwitness"), process).set(1)
    _events.info("started", version=version("roadwitness"))
    if where.port is None:
        with traced(process), supervised(health):
            yield None
        return
    with (
        traced(process),
        bind(where.port, where.host, option="--metrics-port") as listener,
        health,
        supervised(health),
    ):
        server = _Server(listener, health)
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="operations", daemon=True)
        thread.start()
        try:
            host, port = listener.getsockname()[:2]
            url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            say(f"For operators: {url}/metrics, /health and /ready.")
            yield url
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, health: Health) -> None:
        super().__init__(listener.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.health = health


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "roadwitness"
    sys_version = ""
    timeout = 10.0

    def do_GET(self) -> None:
        """Answer one question."""
        health = self.server.health
        path = self.path.partition("?")[0]
        if path == "/metrics":
            health.refresh()
            self._answer(HTTPStatus.OK, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        elif path == "/health":
            self._answer_json(*health.living())
        elif path == "/ready":
            self._answer_json(*health.ready())
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"Ask for /metrics, /health or /ready.\n", "text/plain")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: whoever asks every few seconds is no event."""

    def _answer_json(self, well: bool, body: dict[str, Any]) -> None:
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
