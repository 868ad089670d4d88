"""Starts Python processes by forking one that has loaded everything: a seed starts a dozen of them.

What runs is the same code in a process of its own; only the two seconds of loading libraries are shared.
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
#: What the children need; nothing of it starts threads or opens the store's engine.
_LOADED = (
    "roadwitness.cli",
    "roadwitness.distributed",
    "tests.faults.unit",
    "streams.kafka",
    "enforcement.store",
)


class Child:
    """A process that the nursery started, as :class:`subprocess.Popen` would show it."""

    #: Nobody but its parent could know.
    returncode = 0

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return self.returncode
        return None

    def send_signal(self, number: int) -> None:
        """Send it, if it is still there."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: when it takes longer than ``timeout`` seconds.
        """
        until = time.monotonic() + (timeout or 60.0)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 60.0)
            time.sleep(0.01)
        return self.returncode


class Nursery:
    """The loaded process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def start(self, function: str, arguments: Sequence[str], log: Path) -> Child:
        """Call ``MODULE:FUNCTION`` in a new process with these arguments; its output is added to ``log``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = json.dumps([function, list(arguments), str(log), dict(os.environ)])
        self._process.stdin.write(order.encode() + b"\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it, and with it every child that still runs."""
        self._process.kill()
        self._process.wait()


def _grow(function: str, arguments: list[str], log: str, environment: dict[str, str]) -> None:
    """Become the process that was asked for."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    random.seed()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in enumerate((os.open(os.devnull, os.O_RDONLY), written, written)):
        os.dup2(source, target)
    module, _, name = function.partition(":")
    _log_groups()
    faulthandler.register(signal.SIGURG)  # asked by the harness where a process seems to hang
    sys.argv = [module, *arguments]
    code = 1
    try:
        getattr(importlib.import_module(module), name)()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _log_groups() -> None:
    """What the Kafka client says of its group goes into the log, whatever the level of the rest."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    group = logging.getLogger("kafka.coordinator")
    group.addHandler(handler)
    group.setLevel(logging.INFO)
    group.propagate = False


def main() -> None:
    """Read orders from stdin, fork, and answer the child's process id."""
    for name in _LOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the children
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _grow(*json.loads(line))
        print(child, flush=True)


if __name__ == "__main__":
    main()
