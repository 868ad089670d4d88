"""How far the log of passages has been read: what decides when somebody can be forgotten.

Our own clock cannot decide it: while the store is away, or a backlog is worked off, time passes and nothing
is read, and who was forgotten meanwhile would never be matched with what is read afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from streams.bus import Record
from streams.topics import Topic

#: Where a record lies among all: when it was published, its partition, its offset. What is published later
#: is greater, and no two are equal.
Order = tuple[int, int, int]


def order_of(record: Record) -> Order:
    """Where ``record`` lies among all records of its topic."""
    return record.published_at_ns, record.partition, record.offset


class Reading:
    """Up to which time of publishing (UTC ns) each camera's passages have been read."""

    def __init__(self, partition_of: Callable[[str], int] = lambda camera: 0) -> None:
        """``partition_of`` a camera's id; without it all lie in one."""
        self._partition_of = partition_of
        self._partitions: dict[str, int] = {}
        self._reached: dict[int, int] = {}

    def partition(self, camera: str) -> int:
        """Where the camera's passages lie."""
        known = self._partitions.get(camera)
        if known is None:
            known = self._partitions[camera] = self._partition_of(camera)
        return known

    def read(self, records: Iterable[Record]) -> None:
        """These have been read, those of other topics count for nothing."""
        for record in records:
            if record.topic is Topic.PASSAGES:
                reached = self._reached.get(record.partition, 0)
                self._reached[record.partition] = max(reached, record.published_at_ns)

    def reached(self, times_ns: Mapping[int, int]) -> None:
        """Nothing that was published before these times is unread in these partitions."""
        for partition, at_ns in times_ns.items():
            self._reached[partition] = max(self._reached.get(partition, 0), at_ns)

    def of(self, camera: str) -> int:
        """Up to when the camera's passages have been read; 0 where they are not read here."""
        return self._reached.get(self.partition(camera), 0)

    def of_partition(self, partition: int) -> int:
        """The same for a partition."""
        return self._reached.get(partition, 0)

    def of_all(self, cameras: Iterable[str]) -> int:
        """Up to when all that these cameras published has been read."""
        return min(map(self.of, cameras), default=0)
