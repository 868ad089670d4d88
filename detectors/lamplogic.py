"""From looks at a signal head to its phases: what must hold, in which order, and what is not known.

A frame alone proves nothing: LEDs pulse and may be off in any one frame, a lorry's tail lamp may shine where
the red one is. So a state is believed after it has held, dark frames are bridged for a moment, and a change
that no controller makes (green to red without amber) is not believed, and nothing is known until a state is
seen that fits again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from detectors.lamps import LampLook
from streams.messages import LampPhase

UNKNOWN, DARK, FLASHING = "unknown", "dark", "flashing"

#: What may follow what where there is an amber lamp; unknown, dark and flashing may go over into anything.
_NEXT = {
    "green": {"amber"},
    "amber": {"red"},
    "red": {"red_amber", "green"},
    "red_amber": {"green", "red"},
}


@dataclass(frozen=True)
class LogicSettings:
    """How long things take. A state must ``hold_s`` and be seen on ``least_looks`` frames.

    For ``bridge_s`` no answer, or dark, changes nothing; ``dark_after_s`` of nothing but dark is ``dark``.
    A state that cannot follow the one before is not believed at all, unless nothing was seen for so long that
    the states between may have gone by unseen: then it must hold for ``found_hold_s``. Amber lasts at least
    ``least_amber_s``. Flashing is a lamp that begins to burn three times in step, ``flash_s`` apart.
    """

    hold_s: float = 0.12
    least_looks: int = 3
    bridge_s: float = 0.4
    dark_after_s: float = 4.0
    found_hold_s: float = 1.0
    least_amber_s: float = 1.0
    flash_s: tuple[float, float] = (0.5, 2.5)
    remember_s: float = 180.0


@dataclass
class _Run:
    """A state that is seen and not yet believed."""

    state: str
    from_ns: int
    until_ns: int
    looks: int = 1

    @property
    def held_s(self) -> float:
        return (self.until_ns - self.from_ns) * 1e-9


class LampLogic:
    """The phases of one signal as its looks come in, in the order of time.

    A phase begins between the last frame that showed the state before and the first that showed its own:
    ``from_ns`` is the middle, ``uncertainty_ms`` half of that stretch. Where it is not known what was shown
    before, it begins with the first frame that showed it, so it may really have begun long before.
    """

    def __init__(self, signal_id: str, lamps: tuple[str, ...], settings: LogicSettings | None = None) -> None:
        self._signal_id = signal_id
        self._ordered = "amber" in lamps
        self._settings = settings or LogicSettings()
        self._phases: deque[LampPhase] = deque()
        self._current: LampPhase | None = None
        #: The latest phase whose state is known, and whether its beginning was seen.
        self._known: LampPhase | None = None
        self._known_start = False
        self._next: _Run | None = None
        self._latest_ns = 0
        self._spacing_ns = 0
        self._dark_since_ns: int | None = None
        self._onsets: deque[tuple[str, float]] = deque(maxlen=3)

    @property
    def state(self) -> str:
        """What the signal shows now, as far as it is known."""
        return self._current.state if self._current else UNKNOWN

    def settled_until_ns(self) -> int | None:
        """Up to when the phases are not going to change any more; None before the first look."""
        if self._current is None:
            return None
        run = self._next
        if self._current.state == UNKNOWN and run is not None and self._may_follow(run):
            return run.from_ns - 1
        return self._current.until_ns

    def phases(self, from_ns: int, until_ns: int) -> tuple[LampPhase, ...]:
        """The phases that overlap a stretch of time, in the order of time."""
        everything = [*self._phases, *([self._current] if self._current else [])]
        return tuple(p for p in everything if p.until_ns >= from_ns and p.from_ns <= until_ns)

    def add(self, look: LampLook) -> None:
        """Take in what the next frame showed."""
        now_ns = look.captured_at_ns
        if self._current is None:
            self._current = LampPhase(self._signal_id, UNKNOWN, now_ns, now_ns)
        else:
            self._spacing_ns = now_ns - self._latest_ns
        self._latest_ns = now_ns
        # Frames may be missing: what was shown meanwhile is not known, whatever this one shows.
        self._lose(now_ns)
        state = self._evident(look)
        if state is not None and state == self._current.state:
            self._next = None
            self._go_on(now_ns)
        elif state is not None:
            self._prepare(state, now_ns)
        if self._current.state == UNKNOWN:
            self._go_on(now_ns)
        limit_ns = now_ns - round(self._settings.remember_s * 1e9)
        while self._phases and self._phases[0].until_ns < limit_ns:
            self._phases.popleft()

    def _lose(self, now_ns: int) -> None:
        """A state that was not seen for too long is not known any more."""
        assert self._current is not None
        until_ns = self._current.until_ns
        if self._current.state != UNKNOWN and now_ns - until_ns > self._settings.bridge_s * 1e9:
            self._begin(UNKNOWN, until_ns + 1, 0)
            self._go_on(now_ns)

    def _evident(self, look: LampLook) -> str | None:
        """What a look says in view of those before: a dark frame alone says nothing."""
        now_ns, state = look.captured_at_ns, look.state
        now_s = now_ns * 1e-9
        low_s, high_s = self._settings.flash_s
        if state == DARK:
            if self._dark_since_ns is None:
                self._dark_since_ns = now_ns
            long_dark = now_ns - self._dark_since_ns >= self._settings.dark_after_s * 1e9
            state = DARK if long_dark else None
        elif state is not None:
            if self._onsets and self._onsets[-1][0] != state:
                self._onsets.clear()
            if self._dark_since_ns is not None and now_ns - self._dark_since_ns >= low_s / 4 * 1e9:
                self._onsets.append((state, now_s))
            self._dark_since_ns = None
        times = [at_s for _, at_s in self._onsets]
        if len(times) == 3 and now_s - times[2] <= high_s:
            first_s, second_s = times[1] - times[0], times[2] - times[1]
            in_step = abs(first_s - second_s) <= 0.3 * second_s
            if in_step and low_s <= min(first_s, second_s) and max(first_s, second_s) <= high_s:
                return FLASHING
        return state

    def _prepare(self, state: str, now_ns: int) -> None:
        """Another state than the current one is seen: believe it when it has held for long enough."""
        limits, run = self._settings, self._next
        if run is None or run.state != state or now_ns - run.until_ns > limits.bridge_s * 1e9:
            run = self._next = _Run(state, now_ns, now_ns, 0)
        run.until_ns = now_ns
        run.looks += 1
        if state in (DARK, FLASHING):
            self._begin(state, now_ns, self._spacing_ns)
        elif self._may_follow(run) and run.looks >= limits.least_looks and run.held_s >= self._hold_s(run):
            self._begin_run(run)

    def _may_follow(self, run: _Run) -> bool:
        """Whether a controller can have gone from the latest known state to that of ``run``."""
        before = self._known
        if not self._ordered or before is None or before.state not in _NEXT or before.state == run.state:
            return True
        if run.state in _NEXT[before.state]:
            amber_s = (run.from_ns - before.from_ns) * 1e-9
            short = before.state == "amber" and self._known_start and amber_s < self._settings.least_amber_s
            return not short
        return self._hidden_s(run) >= self._settings.least_amber_s + self._settings.bridge_s

    def _hold_s(self, run: _Run) -> float:
        before = self._known
        lost = before is not None and before.state != run.state and self.state == UNKNOWN
        in_order = before is None or run.state in _NEXT.get(before.state, {run.state})
        return self._settings.found_hold_s if lost and not in_order else self._settings.hold_s

    def _hidden_s(self, run: _Run) -> float:
        return (run.from_ns - self._known.until_ns) * 1e-9 if self._known else 0.0

    def _begin_run(self, run: _Run) -> None:
        assert self._current is not None
        before, looked_ns = self._current, run.until_ns
        if before.state != UNKNOWN:
            half_ns = (run.from_ns - before.until_ns) // 2
            self._begin(run.state, run.from_ns - half_ns, half_ns)
            self._known_start = True
        else:
            self._begin(run.state, run.from_ns, self._spacing_ns)
        self._go_on(looked_ns)

    def _begin(self, state: str, from_ns: int, uncertainty_ns: int) -> None:
        assert self._current is not None
        current = self._current
        if current.state == UNKNOWN:
            current = msgspec.structs.replace(current, until_ns=from_ns - 1)
        if current.until_ns >= current.from_ns:
            self._phases.append(current)
        self._current = LampPhase(self._signal_id, state, from_ns, from_ns, uncertainty_ns * 1e-6)
        if state != UNKNOWN:
            self._next = None
            self._known, self._known_start = self._current, False

    def _go_on(self, until_ns: int) -> None:
        """The current state is known to hold until then."""
        assert self._current is not None
        self._current = msgspec.structs.replace(self._current, until_ns=until_ns)
        if self._current.state != UNKNOWN:
            self._known = self._current
