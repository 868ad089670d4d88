"""What this worker must know of partitions that others have: who entered where its sections end, and where
plates were seen.

A worker judges the passages of the partitions it has. A section is judged where its exit camera's passages
lie, a plate at two places where the later one lies; the other half may lie on a partition that another worker
judges. Such partitions are followed beside the group, for the cameras that are needed and no others. When
partitions come, the window that the policies ask for is read again, before where the group stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from enforcement.batch import read_batch
from enforcement.bench import Bench
from enforcement.reading import order_of
from streams.bus import Bus, Following, Place, Record
from streams.topics import Topic

#: By so much the clocks of brokers, or of units where brokers do not say the time, may be apart.
_SKEW_NS = 2 * 10**9
#: What most passages say, of which nothing is remembered: they need not be decoded.
_NO_PLATE = b'"plate":null'


class Neighbours:
    """Keeps the bench's memory up with the whole log, as far as the bench needs it. For one thread."""

    def __init__(self, bus: Bus, bench: Bench) -> None:
        self._bus = bus
        self._bench = bench
        self._needed: frozenset[str] = frozenset()
        self._following: Following | None = None

    def move(self, places: Mapping[int, Place], came: frozenset[int]) -> None:
        """This worker has the partitions of ``places`` now; ``came`` are those that it had not before.

        Raises:
            BusUnavailable: when what is to be remembered cannot be read; call it again.
        """
        bench, reading = self._bench, self._bench.reading
        self.close()
        self._needed = bench.judge_in(frozenset(places))
        needed = {reading.partition(camera) for camera in self._needed}
        # What is judged next may match with what lies a window before it, on any partition.
        since_ns = min((places[part].since_ns for part in came), default=None)
        if since_ns is not None:
            since_ns = max(0, since_ns - bench.remembers_ns - _SKEW_NS)
            self._read_again({part: places[part] for part in needed & places.keys()}, since_ns)
        beyond = needed - places.keys()
        if beyond:
            starts = {part: reading.of_partition(part) for part in beyond}
            if since_ns is not None:
                starts = dict.fromkeys(beyond, since_ns)
            self._following = self._bus.follow(Topic.PASSAGES, starts)
        reading.reached({part: place.handled_ns for part, place in places.items() if part in came})

    def _read_again(self, places: Mapping[int, Place], since_ns: int) -> None:
        if not places:
            return
        again = self._bus.follow(Topic.PASSAGES, dict.fromkeys(places, since_ns))
        try:
            records = again.read({part: place.handled_ns for part, place in places.items()})
        finally:
            again.close()
        self._remember(record for record in records if record.offset < places[record.partition].offset)

    @property
    def done_ns(self) -> int | None:
        """What was published before it is judged, wherever it lies; None where nothing is remembered."""
        return self._bench.reading.of_all(self._needed) if self._needed else None

    def keep_up(self, until_ns: int) -> bool:
        """Read what others' partitions have up to a time of publishing; whether anybody is new.

        Raises:
            BusUnavailable: when it cannot be read; what was read is not lost.
        """
        if self._following is None:
            return False
        records = self._following.read(until_ns + _SKEW_NS)
        self._bench.reading.reached(self._following.reached())
        return self._remember(records)

    def _remember(self, records: Iterable[Record]) -> bool:
        wanted = sorted(filter(self._is_wanted, records), key=order_of)
        for record, passage in read_batch(wanted).passages():
            self._bench.remember(passage, order_of(record))
        return bool(wanted)

    def _is_wanted(self, record: Record) -> bool:
        return record.key in self._needed and _NO_PLATE not in record.value

    def close(self) -> None:
        """Follow nobody any more."""
        if self._following is not None:
            self._following.close()
            self._following = None
