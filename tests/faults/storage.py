"""The real S3 server that some seeds keep their evidence in, shared by all of them."""

from __future__ import annotations

import os
from pathlib import Path

from scripts.local_cluster.s3_server import BUCKET, S3Server, find_weed

#: A seed is short: a worker asks a bucket that does not answer again after a moment.
_PATIENCE = {"timeout_s": 3, "patience_s": 1}


class Storage:
    """The server, as a process that can be killed and paused."""

    name = "s3"

    def __init__(self, folder: Path) -> None:
        """Start it; the credentials go into this process's environment, for all that it starts."""
        self._server = S3Server(folder)
        self._server.start()
        os.environ.update(self._server.environment())

    @staticmethod
    def is_here() -> bool:
        """Whether this machine has the program."""
        return find_weed() is not None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self._server.process.running

    def address(self, prefix: str, port: int | None = None) -> str:
        """The place of one seed, through a link that listens on ``port``."""
        direct = self._server.address(f"{BUCKET}/{prefix}", **_PATIENCE)
        return direct.replace(f"%3A{self.port}", f"%3A{port or self.port}")

    def start(self) -> None:
        """Start it again; it answers a few seconds later."""
        self._server.process.start()

    def kill(self) -> None:
        """SIGKILL."""
        self._server.process.kill()

    def freeze(self) -> None:
        """SIGSTOP."""
        self._server.process.pause()

    def thaw(self) -> None:
        """SIGCONT."""
        self._server.process.resume()

    def look_after(self) -> None:
        """It does not end by itself."""

    def said(self) -> str:
        """Its log is not looked at: it knows digests only."""
        return ""
