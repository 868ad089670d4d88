"""Section control: who entered a section, until the same vehicle leaves it.

Plates are held in memory only; those of a vehicle that breaks no rule never reach the store. Entry and exit
may come in either order, and from different partitions of the log: a section is judged by the worker that has
the partition of its exit camera, and by no other. As long as a passage waits there for its other half, its
pictures must not be erased, whoever stores them.

What waits is forgotten when the other camera's log has been read ``longest_s`` further, by the times of the
events or of their publishing: then its other half did not come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from enforcement.errors import PolicyError
from enforcement.law.speeds import Section
from enforcement.policy import Policy
from enforcement.reading import Order, Reading
from enforcement.road import Road
from enforcement.stretch_memory import Match, StretchMemory
from enforcement.stripped import stripped
from streams.messages import Passage

__all__ = ["Ended", "Match", "SectionMemory"]

_NO_ROAD = Road()


@dataclass(frozen=True)
class Ended:
    """A passage, without plate and track, that waits no longer in a section."""

    section_id: str
    passage: Passage


class SectionMemory:
    """The vehicles in all sections that the policies know. Not for use from two threads."""

    def __init__(
        self,
        policies: Mapping[str, Policy],
        roads: Mapping[str, Road],
        reading: Reading | None = None,
    ) -> None:
        """Remember for the sections of ``policies``; both are by camera id.

        Raises:
            PolicyError: when a section names a line that is not on the road of its camera.
        """
        self._roads = roads
        self.sections = {
            s.id: s for camera, policy in policies.items() for s in policy.sections if s.exit_camera == camera
        }
        for section in self.sections.values():
            _check_lines(section, roads)
        reading = reading or Reading()
        self._stretches = {each.id: StretchMemory(each, reading) for each in self.sections.values()}
        self._by_camera: dict[str, list[StretchMemory]] = {}
        for stretch in self._stretches.values():
            for camera in {stretch.section.entry_camera, stretch.section.exit_camera}:
                self._by_camera.setdefault(camera, []).append(stretch)
        self._judged = list(self._stretches.values())
        self._ended: dict[tuple[str, str], Ended] = {}

    def judge_only(self, section_ids: Collection[str]) -> None:
        """Another worker judges all other sections: forget who is in them, and remember nobody there."""
        for section_id, stretch in self._stretches.items():
            if section_id not in section_ids:
                stretch.clear()
        self._judged = [self._stretches[each] for each in section_ids]
        self._ended = {key: each for key, each in self._ended.items() if key[0] in section_ids}

    def observe(self, passage: Passage, order: Order = (0, 0, 0)) -> tuple[str, ...]:
        """Remember a passage at an end of a section; one that is known changes nothing.

        ``order`` is its place in the log.

        Returns:
            The ids of the sections in which it waits for its other half, whoever judges them.
        """
        stretches = self._by_camera.get(passage.camera_id)
        if stretches is None:
            return ()
        road = self._roads.get(passage.camera_id, _NO_ROAD)
        return tuple(
            stretch.section.id
            for stretch in stretches
            if stretch.observe(passage, order, road, hold=stretch in self._judged)
        )

    def matches(self) -> list[Match]:
        """Vehicles that have been seen at both ends, again and again until :meth:`settle`."""
        return [match for stretch in self._judged for match in stretch.matches()]

    def settle(self, matches: Iterable[Match]) -> None:
        """These have been judged and what came of it is stored: forget them; they wait no longer."""
        for match in matches:
            self._stretches[match.section.id].settle(match)
            self._end(match.section, [match.entered, match.left])

    def ended(self) -> list[Ended]:
        """What waited and waits no longer, until :meth:`release`."""
        for stretch in self._judged:
            self._end(stretch.section, stretch.expire())
        return list(self._ended.values())

    def release(self, ended: Iterable[Ended]) -> None:
        """That these wait no longer is stored."""
        for each in ended:
            self._ended.pop((each.section_id, each.passage.passage_id), None)

    def _end(self, section: Section, passages: Iterable[Passage]) -> None:
        for passage in passages:
            self._ended[section.id, passage.passage_id] = Ended(section.id, stripped(passage))


def _check_lines(section: Section, roads: Mapping[str, Road]) -> None:
    ends = (("entry_line", section.entry_camera, section.entry_line),)
    for field, camera, line in (*ends, ("exit_line", section.exit_camera, section.exit_line)):
        road = roads.get(camera)
        if line is not None and road is not None and road.line(line) is None:
            raise PolicyError(
                f"section {section.id}: {field} is '{line}', which is not drawn on the road of the camera "
                f"{camera}; draw it or name another."
            )
