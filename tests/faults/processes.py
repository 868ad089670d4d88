"""A process of the stage: started, watched, killed, stopped for a while and started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

#: A process that ended by itself is started again after so long, as systemd or Kubernetes would.
_AGAIN_AFTER_S = 0.5


class Player(Protocol):
    """Whatever can be killed and paused."""

    name: str

    @property
    def alive(self) -> bool:
        """Whether it runs now (or is stopped by a signal)."""

    def start(self) -> None:
        """Start it, also again."""

    def look_after(self) -> None:
        """Start it again where it ended by itself."""

    def kill(self) -> None:
        """SIGKILL; it stays down until :meth:`start`."""

    def freeze(self) -> None:
        """SIGSTOP: it is there and does nothing."""

    def thaw(self) -> None:
        """SIGCONT."""

    def said(self) -> str:
        """All that it wrote, over all its lives."""


class Running(Protocol):
    """A process that was started, as :class:`subprocess.Popen` shows it."""

    def poll(self) -> int | None:
        """None while it runs."""

    def send_signal(self, number: int, /) -> None:
        """Send it."""

    def kill(self) -> None:
        """SIGKILL."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""


def command(words: Sequence[str]) -> Callable[[Path], Running]:
    """A way to start ``words``, to be ended by the kernel when this process is killed."""
    setpriv = shutil.which("setpriv")
    whole = [setpriv, "--pdeathsig", "KILL", *words] if setpriv else list(words)

    def begin(log: Path) -> Running:
        with log.open("ab") as written:
            return subprocess.Popen(whole, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT)

    return begin


class Process:
    """One process that is to run. What it writes goes to a file, over all its lives."""

    def __init__(self, name: str, begin: Callable[[Path], Running], log: Path) -> None:
        """``begin`` starts it with its output added to ``log``."""
        self.name = name
        self._begin = begin
        self._log = log
        self._running: Running | None = None
        self._wanted = False
        self._ended_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs now (or is stopped by a signal)."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start it; from now on :meth:`look_after` keeps it running."""
        self._wanted = True
        self._running = self._begin(self._log)

    def look_after(self) -> None:
        """Start it again where it ended by itself."""
        if not self._wanted or self._running is None or self._running.poll() is None:
            return
        now = time.monotonic()
        if not self._ended_at:
            self._ended_at = now
        elif now - self._ended_at > _AGAIN_AFTER_S:
            self._ended_at = 0.0
            self.start()

    def kill(self) -> None:
        """SIGKILL; it stays down until :meth:`start`."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and its exit status; at last by force."""
        return self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP: it is there and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def tell(self) -> None:
        """Let it write to its log where each of its threads is."""
        self._signal(signal.SIGURG)

    def said(self) -> str:
        """All that it wrote, over all its lives."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _end(self, number: signal.Signals) -> int:
        self._wanted = False
        self._ended_at = 0.0
        if self._running is None:
            return 0
        self._signal(number)
        self._signal(signal.SIGCONT)
        try:
            return self._running.wait(15.0)
        except subprocess.TimeoutExpired:
            self._running.kill()
            return self._running.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(number)
