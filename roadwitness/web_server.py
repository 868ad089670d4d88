"""Serves the review pages from a thread, on a socket that was bound before any long work began."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn
from fastapi import FastAPI


class WebServer:
    """The pages of ``app`` on ``listener``, until :meth:`stop`."""

    def __init__(self, app: FastAPI, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        # No log_config: what uvicorn says goes where ours goes, which leaves the texts of errors out.
        config = uvicorn.Config(
            app, log_config=None, log_level="warning", access_log=False, server_header=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
        )

    def start(self) -> None:
        """Answer requests from now on; returns when the server is ready."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    @property
    def serving(self) -> bool:
        """Whether requests are answered."""
        return self._thread.is_alive()

    def wait(self, timeout_s: float) -> None:
        """Wait for the end of serving, at most so long."""
        self._thread.join(timeout_s)

    def stop(self) -> None:
        """Finish the requests under way and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
