"""Section control: who entered a section, until the same vehicle leaves it.

Plates are held in memory only, for no longer than the section's ``longest_s``; those of a vehicle that breaks
no rule never reach the store. Entry and exit may come in either order. As long as a passage waits here for
its other half, its pictures must not be erased.

After a restart the memory is what the bus still gives: over Kafka the passages of the last ``longest_s``, on
the local log, which erases what was handled, nothing. Who is in a section at that moment is not measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from enforcement.circumstances import SectionEntry
from enforcement.errors import PolicyError
from enforcement.expiring import Expiring
from enforcement.hours import LEAST_CLASS_CONFIDENCE
from enforcement.law.speeds import Section
from enforcement.plate_matching import PlateSlots, match_probability, slots_of
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.section_times import Timed, passed_at
from streams.messages import Passage

#: So many vehicles are remembered at each end of a section.
_MOST = 20_000
_NO_ROAD = Road()


@dataclass(frozen=True)
class _End:
    """A passage at one end of a section: when it passed the line, and its plate."""

    passage: Passage
    timed: Timed
    plate: PlateSlots


@dataclass(frozen=True)
class Match:
    """The same vehicle at both ends of a section. ``entry`` is what a rule is told of the one there."""

    section: Section
    entered: Passage
    left: Passage
    entry: SectionEntry


class SectionMemory:
    """The vehicles in all sections that the policies know. Not for use from two threads."""

    def __init__(
        self,
        policies: Mapping[str, Policy],
        roads: Mapping[str, Road],
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Remember for the sections of ``policies``; both are by camera id, ``clock`` is in UTC ns.

        Raises:
            PolicyError: when a section names a line that is not on the road of its camera.
        """
        self._roads = roads
        sections = {
            s.id: s for camera, policy in policies.items() for s in policy.sections if s.exit_camera == camera
        }
        for section in sections.values():
            _check_lines(section, roads)
        self._stretches = [_Stretch(section, clock) for section in sections.values()]
        self._ended: dict[str, Passage] = {}

    def observe(self, passage: Passage) -> None:
        """Remember a passage at the entry or the exit of a section; one that is known changes nothing."""
        for stretch in self._stretches:
            stretch.observe(passage, self._roads.get(passage.camera_id, _NO_ROAD))

    def matches(self) -> list[Match]:
        """Vehicles that have been seen at both ends, again and again until :meth:`settle`."""
        return [match for stretch in self._stretches for match in stretch.matches()]

    def awaits(self, passage_id: str) -> bool:
        """Whether the passage still waits for its other half somewhere."""
        return any(stretch.holds(passage_id) for stretch in self._stretches)

    def settle(self, matches: Iterable[Match]) -> None:
        """These have been judged and what came of it is stored: forget them; they wait no longer."""
        for match in matches:
            for stretch in self._stretches:
                if stretch.section.id == match.section.id:
                    stretch.forget(match)
            self._end([match.entered, match.left])

    def ended(self) -> list[Passage]:
        """Passages, without their plate, that waited and wait no longer; until :meth:`release`."""
        for stretch in self._stretches:
            self._end(end.passage for end in stretch.expire())
        return [passage for key, passage in self._ended.items() if not self.awaits(key)]

    def release(self, passages: Iterable[Passage]) -> None:
        """That these wait no longer is stored."""
        for passage in passages:
            self._ended.pop(passage.passage_id, None)

    def _end(self, passages: Iterable[Passage]) -> None:
        for passage in passages:
            self._ended[passage.passage_id] = msgspec.structs.replace(passage, plate=None, track=())


class _Stretch:
    """One section and who is in it."""

    def __init__(self, section: Section, clock: Callable[[], int]) -> None:
        self.section = section
        self._entries: Expiring[_End] = Expiring(section.longest_s, _MOST, clock)
        self._exits: Expiring[_End] = Expiring(section.longest_s, _MOST, clock)
        self._matched: dict[str, Match] = {}

    def observe(self, passage: Passage, road: Road) -> None:
        section = self.section
        if passage.camera_id not in (section.entry_camera, section.exit_camera):
            return
        for held in (self._entries, self._exits):
            held.advance(passage.started_at_ns)
        leaving = passage.camera_id == section.exit_camera
        plate = slots_of(passage.plate)
        timed = passed_at(
            passage, road, section.exit_line if leaving else section.entry_line, leaving=leaving
        )
        if plate is not None and timed is not None:
            ends = self._exits if leaving else self._entries
            ends.put(passage.passage_id, timed.at_ns, _End(passage, timed, plate))

    def matches(self) -> list[Match]:
        if len(self._entries) and len(self._exits):
            by_text: dict[str, list[_End]] = {}
            for entry in self._entries:
                by_text.setdefault(entry.plate.text, []).append(entry)
            for left in self._exits:
                if left.plate.text in by_text and left.passage.passage_id not in self._matched:
                    self._match(left, by_text[left.plate.text])
        return list(self._matched.values())

    def _match(self, left: _End, alike: list[_End]) -> None:
        """Find the entry of ``left``, if it is beyond doubt which one it is.

        Every vehicle that can have entered in time is an alternative, and so is every other one that left: a
        plate that came twice is no match.
        """
        possible = [entry for entry in alike if self._in_time(entry, left)]
        if len(possible) != 1 or _contradict(possible[0].passage, left.passage):
            return
        [entry] = possible
        others = [e.plate for e in self._entries if e is not entry and self._in_time(e, left)]
        others += [e.plate for e in self._exits if e is not left and self._in_time(entry, e)]
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

    def _in_time(self, entry: _End, left: _End) -> bool:
        return 0 < left.timed.at_ns - entry.timed.at_ns <= self.section.longest_s * 1e9

    def holds(self, passage_id: str) -> bool:
        return passage_id in self._entries or passage_id in self._exits

    def forget(self, match: Match) -> None:
        self._matched.pop(match.left.passage_id, None)
        self._exits.pop(match.left.passage_id)
        self._entries.pop(match.entered.passage_id)

    def expire(self) -> list[_End]:
        return [*self._entries.expire(), *self._exits.expire()]


def _contradict(one: Passage, other: Passage) -> bool:
    """Whether two passages show vehicles that are surely of two classes."""
    sure = min(one.vehicle_confidence, other.vehicle_confidence) >= LEAST_CLASS_CONFIDENCE
    return sure and one.vehicle != other.vehicle


def _check_lines(section: Section, roads: Mapping[str, Road]) -> None:
    ends = (("entry_line", section.entry_camera, section.entry_line),)
    for field, camera, line in (*ends, ("exit_line", section.exit_camera, section.exit_line)):
        road = roads.get(camera)
        if line is not None and road is not None and road.line(line) is None:
            raise PolicyError(
                f"section {section.id}: {field} is '{line}', which is not drawn on the road of the camera "
                f"{camera}; draw it or name another."
            )
