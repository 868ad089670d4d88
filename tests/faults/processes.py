"""A process of the stage: started, watched, killed, stopped for a while and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: A process that ended by itself is started again after so long, as systemd or Kubernetes would.
_AGAIN_AFTER_S = 0.5


class Process:
    """One command that is to run. What it writes goes to a file, over all its lives."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.exits: list[int] = []
        self._command = _with_us(command)
        self._log = log
        self._env = {**os.environ, **(env or {})}
        self._running: subprocess.Popen[bytes] | None = None
        self._wanted = False
        self._ended_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs now (or is stopped by a signal)."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Start it; from now on :meth:`look_after` keeps it running."""
        self._wanted = True
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self._env
            )

    def look_after(self) -> None:
        """Start it again where it ended by itself."""
        if not self._wanted or self._running is None or self._running.poll() is None:
            return
        now = time.monotonic()
        if not self._ended_at:
            self._ended_at = now
            self.exits.append(self._running.returncode)
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


def _with_us(command: Sequence[str]) -> list[str]:
    """The command, to be ended by the kernel when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else list(command)
