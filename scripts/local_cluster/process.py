"""One program of the cluster: its log, its end, and a mark by which it is found again (``leftover.py``)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.local_cluster.errors import ClusterError

#: In the environment of everything that a cluster starts: the cluster's folder. See ``leftover.py``.
MARK = "ROADWITNESS_CLUSTER"
_LAST_BYTES = 3000


class Process:
    """A program in a session of its own, so that Ctrl-C in the terminal reaches only who started it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        grace_s: float = 15.0,
    ) -> None:
        """``folder`` is the cluster's; the log goes into ``logs/NAME.log`` there. Then :meth:`start`."""
        self.name = name
        self.log = folder / "logs" / f"{name}.log"
        self._command = list(command)
        self._environment = {**os.environ, **(environment or {}), MARK: str(folder.resolve())}
        self._grace_s = grace_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, also of one that has ended; None before the start."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code of one that has ended; minus the signal that ended it."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it; also again, after its end. What it writes is added to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool], patience_s: float) -> None:
        """Wait for ``ready``, asked a few times a second.

        Raises:
            ClusterError: with the end of the log, when the program ends before or takes too long.
        """
        deadline = time.monotonic() + patience_s
        while not ready():
            if not self.running:
                raise ClusterError(f"{self.name} ended at its start ({self.log}): {self.last_words()}")
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{self.name} was not ready in {patience_s:.0f} s ({self.log}): {self.last_words()}"
                )
            time.sleep(0.1)

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end, at most so long; whether it has ended."""
        if self._process is not None:
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return False
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM; returns at once."""
        self._signal(signal.SIGTERM)

    def stop(self) -> bool:
        """SIGTERM, and SIGKILL for one that does not end in its time; whether it ended by itself."""
        self.ask_to_stop()
        if self.wait(self._grace_s):
            return True
        self.kill()
        return False

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.wait(self._grace_s)

    def pause(self) -> None:
        """Let it stand still, holding its connections."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def last_words(self) -> str:
        """The end of its log."""
        try:
            return self.log.read_bytes()[-_LAST_BYTES:].decode(errors="replace").strip()
        except OSError:
            return "it wrote nothing."

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            # The whole group: what it started goes with it.
            os.killpg(self._process.pid, number)
