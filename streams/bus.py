"""The ``Bus``: what every part publishes to and consumes from, whatever carries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from streams.errors import RoadwitnessError
from streams.schema_header import Headers
from streams.topics import Topic, largest_record_bytes


class BusUnavailable(RoadwitnessError):
    """The bus cannot be reached or cannot write; the message says what to do."""


class BusFull(BusUnavailable):
    """The disk under the log is full: nothing that was acknowledged is lost, nothing more is accepted."""


class BusUrlError(RoadwitnessError):
    """The address of a bus is of no known kind, or has a setting that is wrong."""


class RecordTooLarge(RoadwitnessError):
    """A record is larger than its topic allows, on every bus alike; trying again does not help."""


def check_size(topic: Topic, value: bytes) -> None:
    """Refuse what no bus would carry, so that what works embedded also works distributed.

    Raises:
        RecordTooLarge: when ``value`` is larger than ``largest_record_bytes(topic)``.
    """
    largest = largest_record_bytes(topic)
    if len(value) > largest:
        raise RecordTooLarge(
            f"A record of {len(value)} bytes is too large for the topic {topic}, which takes {largest}:"
            " make the picture smaller or its compression stronger."
        )


#: A topic and the number of one of its partitions.
Part = tuple[Topic, int]


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it lies on the bus. ``offset`` is per ``topic`` and ``partition``.

    ``published_at_ns`` (UTC) is when the bus took it, by the clock of the bus where that has one.
    """

    topic: Topic
    key: str
    value: bytes
    partition: int
    offset: int
    published_at_ns: int = 0
    headers: Headers = ()

    @property
    def part(self) -> Part:
        """The partition it lies in."""
        return self.topic, self.partition


class Place(msgspec.Struct, frozen=True):
    """Where a group goes on in a partition: at ``offset``; all before it has been handled.

    All before it was published by ``handled_ns`` (UTC), what comes then or later. What was published before
    ``since_ns``, which is no later, is done with wherever it lies; what came since may be only remembered.
    """

    offset: int
    handled_ns: int
    since_ns: int


class Shares(Protocol):
    """Is told which partitions a member of a group has. Called within ``poll`` and ``close``."""

    def given(self, parts: frozenset[Part]) -> None:
        """These belong to this member from now on; none of their records was polled yet."""
        ...

    def taken(self, parts: frozenset[Part]) -> None:
        """These belong to another member: what was polled of them and not committed is given to that one."""
        ...


class Subscription(Protocol):
    """A consumer of some topics, as a member of a group. Not for use from two threads."""

    def poll(self, timeout_s: float, max_records: int = 500, *, ahead: bool = False) -> Sequence[Record]:
        """Records after the last ones polled, at most ``max_records``; empty when none came in time.

        Those polled ``ahead``, while what came before is still being handled, are left out of every commit
        until :meth:`take_ahead`.
        """
        ...

    def take_ahead(self) -> None:
        """What was polled ahead is handled next: from now on it counts as polled."""
        ...

    def commit(self, since_ns: int | None = None) -> None:
        """Everything polled so far, and not ahead, is handled for good: never deliver it to this group again.

        ``since_ns`` (UTC) says up to when it is also done with; see :class:`Place`.
        """
        ...

    def pause(self) -> None:
        """Give nothing until :meth:`resume`; keep polling meanwhile, so that the group keeps this member."""
        ...

    def resume(self) -> None:
        """Give records again, from where it stopped."""
        ...

    def places(self, topic: Topic) -> Mapping[int, Place]:
        """Where the group stood in each partition of ``topic`` that this member has, by its last commit."""
        ...

    def reached(self, topic: Topic) -> Mapping[int, int]:
        """The partitions of ``topic`` of which all has been polled, nothing ahead, and when (UTC ns)."""
        ...

    def close(self) -> None:
        """Leave the group; uncommitted records will be delivered again."""
        ...


class Following(Protocol):
    """Reads some partitions beside any group, and commits nothing. Not for use from two threads."""

    def read(self, until_ns: int | Mapping[int, int]) -> Sequence[Record]:
        """What was published up to ``until_ns`` (UTC) and is there now, each record once.

        ``until_ns`` holds for all partitions, or is by partition.
        """
        ...

    def reached(self) -> Mapping[int, int]:
        """Up to which time of publishing (UTC ns) each partition has been read."""
        ...

    def close(self) -> None:
        """Stop."""
        ...


class Publisher(Protocol):
    """Takes records and keeps them. Safe to use from several threads."""

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Write one record; when this returns, the record survives a killed process.

        Raises:
            BusUnavailable: when it could not be written.
            RecordTooLarge: when its topic does not take so large a record.
        """
        ...

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]]) -> None:
        """Write several records, in order; when this returns, all survive (local log: all or none)."""
        ...


class Bus(Publisher, Protocol):
    """A durable, ordered (per key) log of messages.

    ``headers`` stand beside each record; the bus adds which schema and encoding this program writes, unless
    they are among them.
    """

    def publish(self, topic: Topic, key: str, value: bytes, *, headers: Headers = ()) -> None:
        """Write one record; see :class:`Publisher`."""
        ...

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]], *, headers: Headers = ()) -> None:
        """Write several records; see :class:`Publisher`."""
        ...

    def subscribe(
        self,
        topics: Sequence[Topic],
        group: str,
        *,
        shares: Shares | None = None,
        remembers_ns: Mapping[Topic, int] | None = None,
    ) -> Subscription:
        """Consume ``topics`` as ``group``, from the group's last commit, or from the beginning.

        ``shares`` is told of partitions that come and go. By ``recall`` or ``follow`` the group may ask again
        for what was published up to ``remembers_ns`` of a topic before where it stands: a bus that erases
        what was handled keeps it for so long, and no longer.
        """
        ...

    def partition_of(self, topic: Topic, key: str) -> int:
        """In which partition of ``topic`` the records of ``key`` lie."""
        ...

    def follow(self, topic: Topic, since_ns: Mapping[int, int]) -> Following:
        """Read partitions of ``topic`` beside any group, each from a time of publishing (UTC ns) on."""
        ...

    def recall(self, topic: Topic, since_ns: int = 0) -> Iterator[Record]:
        """The records of ``topic`` that are still there now, oldest first in each partition.

        Nothing is committed or erased by it. At least those published at ``since_ns`` (UTC nanoseconds) or
        later are given; a bus that does not know when a record was published gives all.
        """
        ...

    def close(self) -> None:
        """Flush and release; the bus must not be used afterwards."""
        ...
