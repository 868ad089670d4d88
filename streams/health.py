"""Whether a process lives, and whether it can do its work: what ``/health`` and ``/ready`` answer."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import Gauge

from streams.errors import RoadwitnessError
from streams.metrics import DISK_FREE, DISK_SIZE, LOOP_MOVED

_PATIENCE_S = 10.0

#: Raises, or says in a sentence, why a part cannot be used.
Check = Callable[[], str | None]


class Loop:
    """A loop that has to go round; silent for longer than ``limit_s``, its process is taken for hung."""

    def __init__(self, stage: str, limit_s: float) -> None:
        self.stage = stage
        self.limit_s = limit_s
        self._moved = time.monotonic()
        self._resting = False
        self._gauge = LOOP_MOVED.labels(stage)

    def beat(self) -> None:
        """The loop goes round; cheap enough to be called for each frame."""
        self._moved = time.monotonic()
        self._gauge.set_to_current_time()

    def rest(self) -> None:
        """The loop has done its work: from now on its silence means nothing."""
        self._resting = True

    @property
    def age_s(self) -> float:
        """Seconds since the last beat."""
        return 0.0 if self._resting else time.monotonic() - self._moved


class Part:
    """Something that a process depends on, asked again and again on a thread of its own.

    So an answer that never comes (a paused server, a network that swallows packets) is an answer too.
    """

    def __init__(self, name: str, check: Check, away: Gauge | None, needed: bool, every_s: float) -> None:
        self.name = name
        self.needed = needed
        self._check = check
        self._away = away
        self._every_s = every_s
        self._outcome: str | None = "it has not been asked yet"
        self._asked_at: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{name}", daemon=True)

    @property
    def fault(self) -> str | None:
        """Why it cannot be used, as a sentence; None while it can."""
        asked_at = self._asked_at
        waited_s = time.monotonic() - asked_at if asked_at is not None else 0.0
        return f"it has not answered for {waited_s:.0f} s" if waited_s > _PATIENCE_S else self._outcome

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; a question that hangs is left alone."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_PATIENCE_S)

    def show(self) -> None:
        """Bring the gauge up to date."""
        if self._away is not None:
            self._away.set(self.fault is not None)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._asked_at = time.monotonic()
            self._outcome, self._asked_at = _told(self._check), None
            self._stop.wait(self._every_s)


def _told(ask: Callable[[], str | None]) -> str | None:
    """What ``ask`` tells or raises, as a sentence; None while all is well."""
    try:
        return ask()
    except RoadwitnessError as error:
        return str(error)
    except Exception as error:  # whatever a client library lets through, the part is of no use now
        return f"it failed with {type(error).__name__}"


class Health:
    """The loops and the parts of one process. Every method may be called from any thread.

    Used as a context manager it starts and stops the asking.
    """

    def __init__(self) -> None:
        self._loops: list[Loop] = []
        self._parts: list[Part] = []
        self._states: list[tuple[str, bool, Callable[[], str | None]]] = []
        self._refreshers: list[Callable[[], None]] = []

    def loop(self, stage: str, limit_s: float) -> Loop:
        """A loop that must go round at least every ``limit_s``; call its ``beat`` each time."""
        loop = Loop(stage, limit_s)
        self._loops.append(loop)
        return loop

    def watch(
        self, name: str, check: Check, away: Gauge | None = None, *, needed: bool = True, every_s: float = 2.0
    ) -> None:
        """Ask a part by ``check``, which raises when it cannot be used; ``away`` is 1 meanwhile.

        A part that is not ``needed`` makes the answer *degraded*, not *not ready*.
        """
        self._parts.append(Part(name, check, away, needed, every_s))

    def state(self, name: str, fault: Callable[[], str | None], *, needed: bool = True) -> None:
        """A part that is known without waiting: ``fault`` says what is wrong, None if nothing."""
        self._states.append((name, needed, fault))

    def disk(self, place: str, path: Path) -> None:
        """Show the room on the disk under ``path``."""

        def refresh() -> None:
            there = next((each for each in (path, *path.absolute().parents) if each.exists()), None)
            if there is not None:
                usage = shutil.disk_usage(there)
                DISK_FREE.labels(place).set(usage.free)
                DISK_SIZE.labels(place).set(usage.total)

        self.refresh_by(refresh)

    def refresh_by(self, refresh: Callable[[], None]) -> None:
        """Call ``refresh`` before the metrics are shown."""
        self._refreshers.append(refresh)

    def refresh(self) -> None:
        """Bring the gauges up to date that are only worth computing when somebody looks."""
        for part in self._parts:
            part.show()
        for refresh in self._refreshers:
            try:
                refresh()
            except (RoadwitnessError, OSError):
                continue  # a part that fails is told by /ready; the other figures must be shown all the more

    def living(self) -> tuple[bool, dict[str, Any]]:
        """Whether every loop goes round, and the answer of ``/health``."""
        well = all(loop.age_s <= loop.limit_s for loop in self._loops)
        ages = {loop.stage: {"age_s": round(loop.age_s, 1), "limit_s": loop.limit_s} for loop in self._loops}
        return well, {"status": "ok" if well else "stalled", "loops": ages}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether every needed part can be used, and the answer of ``/ready``."""
        found = [(part.name, part.needed, part.fault) for part in self._parts]
        found += [(name, needed, _told(fault)) for name, needed, fault in self._states]
        ready = not any(needed and fault for _, needed, fault in found)
        degraded = ready and any(fault for _, _, fault in found)
        parts = {name: fault or "ok" for name, _, fault in found}
        return ready, {
            "status": "degraded" if degraded else "ready" if ready else "not ready",
            "parts": parts,
        }

    def __enter__(self) -> Health:
        for part in self._parts:
            part.start()
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts:
            part.stop()
