"""Who is in one section, and which of them left it.

Entry and exit may lie on two partitions, which are read at any pace and in any batches. What comes is looked
at in the order in which it was published, as soon as both cameras have been read so far: so it does not
depend on anybody's pace who is matched with whom, and a worker that reads the log again finds the same.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from enforcement.circumstances import SectionEntry
from enforcement.expiring import Expiring
from enforcement.hours import LEAST_CLASS_CONFIDENCE
from enforcement.law.speeds import Section
from enforcement.plate_matching import PlateSlots, match_probability, slots_of
from enforcement.reading import Order, Reading
from enforcement.road import Road
from enforcement.section_times import Timed, passed_at
from enforcement.stripped import stripped
from streams.messages import Passage

#: So many vehicles are remembered at each end of a section, and twice as many wait to be looked at.
_MOST = 20_000
#: One camera's passages come in the order of their ends; by so much their times may be out of order.
_DISORDER_NS = 120 * 10**9


@dataclass(frozen=True)
class Match:
    """The same vehicle at both ends of a section. ``entry`` is what a rule is told of the one there."""

    section: Section
    entered: Passage
    left: Passage
    entry: SectionEntry


@dataclass(eq=False)
class _End:
    """A passage at one end of a section: when it passed the line, its plate, and its place in the log.

    ``rivals`` are the entries that can be those of one who leaves, of the same plate, by passage. They stay
    when they are forgotten: who is forgotten makes nobody else certain.
    """

    passage: Passage
    timed: Timed
    plate: PlateSlots
    order: Order
    leaving: bool
    rivals: set[str] = field(default_factory=set)


class _Side:
    """One end of a section: who passed it and waits, also by plate, and how far its camera's events go."""

    def __init__(self) -> None:
        self.held: Expiring[_End] = Expiring(_MOST)
        self.by_text: dict[str, dict[str, _End]] = {}
        self.latest_ns = 0

    def put(self, end: _End) -> None:
        key = end.passage.passage_id
        self.held.put(key, end)
        self.by_text.setdefault(end.plate.text, {}).setdefault(key, end)

    def forget(self, end: _End) -> None:
        self.held.pop(end.passage.passage_id)
        same = self.by_text.get(end.plate.text, {})
        same.pop(end.passage.passage_id, None)
        if not same:
            self.by_text.pop(end.plate.text, None)


class StretchMemory:
    """One section and who is in it. Not for use from two threads."""

    def __init__(self, section: Section, reading: Reading) -> None:
        self.section = section
        self._reading = reading
        self._span_ns = round(section.longest_s * 1e9)
        self._in = _Side()
        self._out = _Side()
        self._matched: dict[str, Match] = {}
        self._taken: set[str] = set()  # entries of these matches
        self._new: list[tuple[Order, int, _End]] = []  # a heap of those that were not looked at yet
        self._new_ids: set[str] = set()
        self._came = 0
        self._settled: Expiring[tuple[str, int]] = Expiring(2 * _MOST)

    def observe(self, passage: Passage, order: Order, road: Road, *, hold: bool) -> bool:
        """Whether the passage can have another half here; it is remembered where ``hold``."""
        section = self.section
        leaving = passage.camera_id == section.exit_camera
        side = self._out if leaving else self._in
        plate = slots_of(passage.plate)
        if plate is None:
            return False
        line = section.exit_line if leaving else section.entry_line
        timed = passed_at(passage, road, line, leaving=leaving)
        if timed is None:
            return False
        key = passage.passage_id
        if hold and not (key in self._settled or key in side.held or key in self._new_ids):
            # Of the entry, which another camera's finding names, nothing but its pictures is needed.
            kept = passage if leaving else stripped(passage)
            self._came += 1
            heapq.heappush(self._new, (order, self._came, _End(kept, timed, plate, order, leaving)))
            self._new_ids.add(key)
        return True

    def matches(self) -> list[Match]:
        """Vehicles that have been seen at both ends, until they are settled."""
        both_ns = self._both_ns()
        while self._new and (self._new[0][0][0] <= both_ns or len(self._new) > 2 * _MOST):
            _, _, end = heapq.heappop(self._new)
            self._new_ids.discard(end.passage.passage_id)
            self._look_at(end)
        return list(self._matched.values())

    def _look_at(self, end: _End) -> None:
        text = end.plate.text
        side = self._out if end.leaving else self._in
        side.put(end)
        side.latest_ns = max(side.latest_ns, end.passage.started_at_ns)
        read_ns = end.order[0]
        if end.leaving:
            alike = [e for e in self._in.by_text.get(text, {}).values() if self._may_be(e, end, read_ns)]
            end.rivals.update(each.passage.passage_id for each in alike)
            for entry in alike:
                self._match(end, entry, read_ns)
        else:
            for left in sorted(self._out.by_text.get(text, {}).values(), key=_when):
                if self._may_be(end, left, read_ns):
                    left.rivals.add(end.passage.passage_id)
                    self._match(left, end, read_ns)

    def _match(self, left: _End, entry: _End, read_ns: int) -> None:
        """Match ``entry`` and ``left`` if it is beyond doubt that they are one, by the log up to ``read_ns``.

        Every vehicle that can have entered in time is an alternative, and so is every other one that left
        before: a plate that came twice is no match. Who has been matched is no alternative any more, whether
        that is stored already or not.
        """
        if left.passage.passage_id in self._matched:
            return
        rivals = {each for each in left.rivals if each not in self._taken and each not in self._settled}
        if rivals != {entry.passage.passage_id} or _contradict(entry.passage, left.passage):
            return
        others = [
            e.plate
            for e in self._in.held
            if self._may_be(e, left, read_ns) and e is not entry and e.passage.passage_id not in self._taken
        ]
        since_ns, until_ns = entry.timed.at_ns, left.timed.at_ns
        others += [
            e.plate
            for e in self._out.held
            if since_ns < e.timed.at_ns < until_ns
            and e.passage.passage_id not in self._matched
            and not self._is_over(e, read_ns)
        ]
        probability = match_probability(left.plate, entry.plate, others)
        if not probability >= self.section.least_match_probability:
            return
        seen = entry.passage
        told = SectionEntry(
            self.section.id,
            seen.camera_id,
            seen.passage_id,
            entry.timed.at_ns,
            entry.timed.sigma_ms,
            probability,
            seen.tracked_part,
            seen.conditions,
            seen.evidence,
        )
        self._matched[left.passage.passage_id] = Match(self.section, seen, left.passage, told)
        self._taken.add(seen.passage_id)

    def _in_time(self, entry: _End, left: _End) -> bool:
        # By the log too: what was published later than a vehicle is remembered comes too late on every path.
        span_ns = self._span_ns
        if not 0 < left.timed.at_ns - entry.timed.at_ns <= span_ns:
            return False
        return abs(left.order[0] - entry.order[0]) <= span_ns

    def _may_be(self, entry: _End, left: _End, read_ns: int) -> bool:
        """Whether ``entry`` can be who left, by the log up to ``read_ns``.

        What may be forgotten by then counts for nothing, be it forgotten or not: that hangs on the pace.
        """
        return (
            self._in_time(entry, left)
            and not self._is_over(entry, read_ns)
            and not self._is_over(left, read_ns)
        )

    def _is_over(self, end: _End, read_ns: int) -> bool:
        """Whether the other half of ``end`` can no longer come, when the log was read up to ``read_ns``."""
        latest_ns = (self._in if end.leaving else self._out).latest_ns
        return end.order[0] < read_ns - self._span_ns or _when(end) < latest_ns - self._span_ns - _DISORDER_NS

    def settle(self, match: Match) -> None:
        """A match is judged and stored: both of its passages are never looked at again."""
        self._matched.pop(match.left.passage_id, None)
        self._taken.discard(match.entered.passage_id)
        for side, passage in ((self._in, match.entered), (self._out, match.left)):
            end = side.held.get(passage.passage_id)
            if end is not None:
                side.forget(end)
                self._settled.put(passage.passage_id, (passage.passage_id, end.order[0]))

    def expire(self) -> list[Passage]:
        """Forget whose other half can no longer come, or did not come in time; returns their passages."""
        if self._matched:
            return []  # judged and not yet stored
        both_ns = self._both_ns()
        gone = self._expire(self._in, both_ns) + self._expire(self._out, both_ns)
        self._settled.expire(lambda settled: settled[1] < both_ns - 2 * self._span_ns)
        return gone

    def _both_ns(self) -> int:
        """Up to when both cameras' passages have been read."""
        return self._reading.of_all((self.section.entry_camera, self.section.exit_camera))

    def _expire(self, side: _Side, both_ns: int) -> list[Passage]:
        gone = side.held.expire(lambda end: self._is_over(end, both_ns))
        for end in gone:
            side.forget(end)
        return [end.passage for end in gone]

    def clear(self) -> None:
        """Forget everybody."""
        self._in, self._out = _Side(), _Side()
        self._matched.clear()
        self._taken.clear()
        self._new.clear()
        self._new_ids.clear()
        self._settled.clear()


def _when(end: _End) -> int:
    return end.timed.at_ns


def _contradict(one: Passage, other: Passage) -> bool:
    """Whether two passages show vehicles that are surely of two classes."""
    sure = min(one.vehicle_confidence, other.vehicle_confidence) >= LEAST_CLASS_CONFIDENCE
    return sure and one.vehicle != other.vehicle
