"""The ``Bus``: what every part publishes to and consumes from, whatever carries it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from streams.errors import RoadwitnessError
from streams.topics import Topic


class BusUnavailable(RoadwitnessError):
    """The bus cannot be reached or cannot write; the message says what to do."""


class BusFull(BusUnavailable):
    """The disk under the local log is full: nothing that was acknowledged is lost, nothing more is accepted."""


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


class Bus(Protocol):
    """A durable, ordered (per key) log of messages. Safe to use from several threads."""

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Write one record; when this returns, the record survives a killed process.

        Raises:
            BusUnavailable: when it could not be written.
        """
        ...

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]]) -> None:
        """Write several records, in order; when this returns, all survive (local log: all or none)."""
        ...

    def subscribe(self, topics: Sequence[Topic], group: str) -> Subscription:
        """Consume ``topics`` as ``group``, from the group's last commit, or from the beginning."""
        ...

    def close(self) -> None:
        """Flush and release; the bus must not be used afterwards."""
        ...
