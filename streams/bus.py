"""The ``Bus``: what every part publishes to and consumes from, whatever carries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from streams.errors import RoadwitnessError
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


class Record(msgspec.Struct, frozen=True):
    """One record as it lies on the bus. ``offset`` is per ``topic`` and ``partition``."""

    topic: Topic
    key: str
    value: bytes
    partition: int
    offset: int


class Subscription(Protocol):
    """A consumer of some topics, as a member of a group. Not for use from two threads."""

    def poll(self, timeout_s: float, max_records: int = 500) -> Sequence[Record]:
        """Records after the last ones polled, at most ``max_records``; empty when none came in time."""
        ...

    def commit(self) -> None:
        """Everything polled so far is handled for good: never deliver it to this group again."""
        ...

    def close(self) -> None:
        """Leave the group; uncommitted records will be delivered again."""
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
    """A durable, ordered (per key) log of messages."""

    def subscribe(self, topics: Sequence[Topic], group: str) -> Subscription:
        """Consume ``topics`` as ``group``, from the group's last commit, or from the beginning."""
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
