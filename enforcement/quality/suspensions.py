"""Rules suspended at single cameras: what they find there is counted, and opens no case."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from enforcement.errors import QualityError
from enforcement.exempting import Ground
from enforcement.judging import Verdict
from enforcement.store import Store
from streams.messages import Passage

#: Who suspends where the policy's own limit was passed.
BY_POLICY = "policy"
KIND = "suspended"
GROUND = Ground(KIND, "the rule is suspended at this camera")
#: Workers look so often for what is new, in seconds.
REFRESH_S = 30.0
_COLUMNS = ("camera_id", "offence", "at", "is_suspended", "by", "reason")


@dataclass(frozen=True)
class Change:
    """A rule was suspended at a camera, or allowed again: when (UTC ns), by whom and why."""

    camera_id: str
    offence: str
    at_ns: int
    is_suspended: bool
    by: str
    reason: str


class Suspensions:
    """Reads and writes them in the store; what was said stays. Safe to use from several threads."""

    def __init__(self, store: Store, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._store = store
        self._clock_ns = clock_ns

    def set(self, camera_id: str, offence: str, is_suspended: bool, by: str, reason: str) -> Change:
        """Suspend a rule at a camera, or allow it again, from now on.

        Raises:
            QualityError: without a reason, or where that is so already.
        """
        if not reason.strip():
            raise QualityError("Write why, so that others know what has to be seen to.")
        if ((camera_id, offence) in self.now()) == is_suspended:
            state = "suspended already" if is_suspended else "not suspended"
            raise QualityError(f"This rule is {state} at this camera; nothing was changed.")
        change = Change(camera_id, offence, self._clock_ns() // 1000 * 1000, is_suspended, by, reason.strip())
        row = (camera_id, offence, change.at_ns // 1000, is_suspended, by, change.reason)
        self._store.insert("suspensions", _COLUMNS, [row])
        return change

    def newest(self) -> list[Change]:
        """The last change of each rule and camera that ever was suspended, the newest first."""
        rows = self._store.query(
            """SELECT camera_id, offence, toUnixTimestamp64Micro(max(at) AS last) * 1000,
                argMax(is_suspended, at), argMax(by, at), argMax(reason, at)
            FROM suspensions FINAL GROUP BY camera_id, offence ORDER BY last DESC, camera_id, offence"""
        )
        return [Change(*row) for row in rows]

    def now(self) -> frozenset[tuple[str, str]]:
        """Camera and offence of what is suspended."""
        return frozenset((each.camera_id, each.offence) for each in self.newest() if each.is_suspended)


class KnownSuspensions:
    """What is suspended as a worker has it in memory, looked for anew every ``REFRESH_S`` seconds."""

    def __init__(self, store: Store) -> None:
        self._suspensions = Suspensions(store)
        self._lock = threading.Lock()
        self._now: frozenset[tuple[str, str]] = frozenset()
        self._due_s = 0.0

    def now(self) -> frozenset[tuple[str, str]]:
        """Camera and offence of what is suspended.

        Raises:
            StoreUnreachable, QueryFailed: when it is too old and the store cannot be asked.
        """
        with self._lock:
            if time.monotonic() >= self._due_s:
                self._now = self._suspensions.now()
                self._due_s = time.monotonic() + REFRESH_S
            return self._now


def without_suspended(passage: Passage, verdict: Verdict, suspended: frozenset[tuple[str, str]]) -> Verdict:
    """The verdict with the findings of suspended rules set aside, so that they count and open no case."""
    if not suspended or not verdict.findings:
        return verdict
    apart = [(finding, (passage.camera_id, finding.offence) in suspended) for finding in verdict.findings]
    return Verdict(
        tuple(finding for finding, is_suspended in apart if not is_suspended),
        verdict.set_aside + tuple((finding, GROUND) for finding, is_suspended in apart if is_suspended),
    )
