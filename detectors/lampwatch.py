"""All signals of one camera: what its picture and the controllers say together, and what is passed on of it.

Where both speak of a signal and contradict one another, it is not known what the drivers saw: the state is
unknown, and a person is told.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from detectors.frames import Frame
from detectors.lamplogic import UNKNOWN, LampLogic
from detectors.lamps import LampReader, SignalHead
from detectors.signal_feed import SILENCE_S, ControllerRecord, SignalFeed
from streams.messages import HealthEvent, LampChange, LampPhase

#: An unchanged state is passed on again after this.
REPEAT_S = 5.0
#: Two sources may notice a change this far apart without contradicting one another.
TOLERANCE_S = 0.7
#: A contradiction that goes on is told again after this.
_TELL_AGAIN_S = 60.0
#: A head that is not known for so long should be looked at: it is dirty, hidden, or its region is wrong.
_UNKNOWN_S = 300.0
_STOP = {"red", "red_amber"}


class LampWatch:
    """Watches signals by their heads in the picture, by controllers' feeds, or both."""

    def __init__(
        self,
        junction_id: str,
        camera_id: str,
        heads: Sequence[SignalHead] = (),
        feeds: Sequence[SignalFeed] = (),
    ) -> None:
        self._junction_id = junction_id
        self._camera_id = camera_id
        self._readers = [LampReader(head) for head in heads]
        self._logics = {head.signal_id: LampLogic(head.signal_id, head.lamps) for head in heads}
        self._feeds = tuple(feeds)
        self._records: dict[str, ControllerRecord] = {k: r for feed in feeds for k, r in feed.records.items()}
        self.signal_ids = tuple(dict.fromkeys([*self._logics, *self._records]))
        self._said: dict[str, tuple[str, int]] = {}
        self._told_ns: dict[str, int] = {}
        self._known_ns: dict[str, int] = {}
        self._events: list[HealthEvent] = []
        self._now_ns = 0

    def see(self, frame: Frame) -> None:
        """Look at every head in ``frame``, and hear what the controllers have said by its time."""
        self._now_ns = frame.captured_at_ns
        for reader in self._readers:
            signal_id, now_ns = reader.head.signal_id, frame.captured_at_ns
            look = reader.look(frame.image, now_ns)
            logic = self._logics[signal_id]
            logic.add(look)
            if logic.state != UNKNOWN:
                self._known_ns[signal_id] = now_ns
            elif now_ns - self._known_ns.setdefault(signal_id, now_ns) > _UNKNOWN_S * 1e9:
                self._known_ns[signal_id] = now_ns
                detail = f"the camera has not known signal {signal_id} for {_UNKNOWN_S:.0f} s"
                why = f": {look.why}" if look.why else ""
                self._events.append(HealthEvent("signal-unknown", now_ns, detail + why))
        for feed in self._feeds:
            self._events += feed.poll(frame.captured_at_ns)

    def phases(self, from_ns: int, until_ns: int) -> tuple[LampPhase, ...]:
        """The phases of all signals that overlap a stretch of time."""
        return tuple(p for signal in self.signal_ids for p in self._phases(signal, from_ns, until_ns))

    def is_settled(self, at_ns: int) -> bool:
        """Whether no phase up to ``at_ns`` is going to change any more."""
        ends = [logic.settled_until_ns() for logic in self._logics.values()]
        ends += [record.latest_ns for record in self._records.values()]
        return all(end is not None and end >= at_ns for end in ends)

    def changes(self) -> list[LampChange]:
        """What is to be passed on since the last call: changes, and what still holds every few seconds."""
        found = []
        for signal in self.signal_ids:
            said = self._said.get(signal)
            due = said is None or self._now_ns - said[1] >= REPEAT_S * 1e9
            if not due and signal not in self._records and said and said[0] == self._logics[signal].state:
                continue
            latest = self._phases(signal, self._now_ns - round(REPEAT_S * 1e9), self._now_ns)
            if not latest:
                continue
            phase = latest[-1]
            changed = said is None or phase.state != said[0]
            if changed or due:
                found.append(
                    LampChange(
                        junction_id=self._junction_id,
                        signal_id=signal,
                        state=phase.state,
                        at_ns=phase.from_ns if changed else phase.until_ns,
                        uncertainty_ms=phase.uncertainty_ms if changed else 0.0,
                        source=phase.source,
                        camera_id=self._camera_id,
                    )
                )
                self._said[signal] = (phase.state, self._now_ns)
        return found

    def events(self) -> list[HealthEvent]:
        """What a person must know, since the last call."""
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Stop listening to controllers."""
        for feed in self._feeds:
            feed.close()

    def _phases(self, signal: str, from_ns: int, until_ns: int) -> tuple[LampPhase, ...]:
        logic, record = self._logics.get(signal), self._records.get(signal)
        seen = logic.phases(from_ns, until_ns) if logic else ()
        if record is None:
            return seen
        phases, clash = combine(seen, record.phases(from_ns, until_ns))
        if clash is not None and clash.from_ns - self._told_ns.get(signal, 0) > _TELL_AGAIN_S * 1e9:
            self._told_ns[signal] = clash.from_ns
            self._events.append(
                HealthEvent(
                    "signal-contradiction",
                    clash.from_ns,
                    f"of signal {signal} the camera and the controller say different things",
                )
            )
        return tuple(p for p in phases if p.until_ns >= from_ns and p.from_ns <= until_ns)


def combine(
    seen: Sequence[LampPhase], said: Sequence[LampPhase]
) -> tuple[tuple[LampPhase, ...], LampPhase | None]:
    """One signal's phases from the camera's and the controller's, and the first contradiction.

    The controller's hold, being more precise; where the camera shows another lamp for longer than the two may
    differ at a change, the state is unknown. Where the controller said nothing, the camera's hold.
    """
    said = [phase for phase in said if phase.state != UNKNOWN]
    # Until it speaks again, a controller still means what it said last.
    meant = [_until(k, k.until_ns + round(SILENCE_S * 1e9)) if k is said[-1] else k for k in said]
    clashes = [
        LampPhase(k.signal_id, UNKNOWN, start, end, 0.0, source="controller")
        for k in meant
        for c in seen
        if not _agree(c.state, k.state)
        and (end := min(c.until_ns, k.until_ns)) - (start := max(c.from_ns, k.from_ns)) > TOLERANCE_S * 1e9
    ]
    taken = [(clash.from_ns, clash.until_ns) for clash in clashes]
    covered = [*taken, *((phase.from_ns, phase.until_ns) for phase in said)]
    alone = [piece for phase in seen for piece in _without(phase, covered)]
    sure = [piece for phase in said for piece in _without(_as_unsure_as(phase, seen), taken)]
    phases = sorted([*alone, *sure, *clashes], key=lambda p: p.from_ns)
    return tuple(phases), min(clashes, key=lambda p: p.from_ns, default=None)


def _agree(seen: str, said: str) -> bool:
    return UNKNOWN in (seen, said) or seen == said or {seen, said} <= _STOP


def _as_unsure_as(phase: LampPhase, seen: Sequence[LampPhase]) -> LampPhase:
    """The controller's phase, no surer of its beginning than it and the camera differ."""
    apart_ms = [
        abs(c.from_ns - phase.from_ns) * 1e-6 + c.uncertainty_ms for c in seen if c.state == phase.state
    ]
    near = [apart for apart in apart_ms if apart <= 2e3 * TOLERANCE_S]
    return msgspec.structs.replace(phase, uncertainty_ms=max([phase.uncertainty_ms, *near]))


def _until(phase: LampPhase, until_ns: int) -> LampPhase:
    return msgspec.structs.replace(phase, until_ns=until_ns)


def _without(phase: LampPhase, stretches: Sequence[tuple[int, int]]) -> list[LampPhase]:
    """What is left of a phase outside some stretches of time."""
    left = [(phase.from_ns, phase.until_ns)]
    for start, end in stretches:
        left = [
            piece
            for a, b in left
            for piece in ((a, min(b, start - 1)), (max(a, end + 1), b))
            if piece[0] <= piece[1]
        ]
    return [msgspec.structs.replace(phase, from_ns=a, until_ns=b) for a, b in left]
