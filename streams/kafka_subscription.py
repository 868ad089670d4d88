"""A member of a consumer group on Kafka: what it is given, keeps, and hands over when members come and go."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from streams.bus import BusUnavailable, Part, Place, Record, Shares
from streams.kafka_assignor import TopicByTopicAssignor
from streams.kafka_records import as_bus_errors, fetching, record_of
from streams.kafka_settings import KafkaSettings
from streams.kafka_unpacking import unpack_quickly
from streams.metrics import BUS_POLL, CONSUMER_PARTITIONS, CONSUMER_REBALANCES
from streams.topics import Topic

_LOG = logging.getLogger(__name__)
#: Between two polls; who takes longer loses its partitions to another member. A worker polls beside its work,
#: so it is short: kafka-python waits for the answer to a join a little longer than this, also where the
#: join was lost with its connection.
_LONGEST_SILENCE_S = 60.0
_NOTE_EVERY_NS = 20 * 10**9
_MOVED_ON = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class KafkaSubscription:
    """A member of a consumer group. Not for use from two threads.

    Partitions move one by one (cooperatively): who keeps a partition goes on with it while others are
    handed over. With each commit goes up to when the partition had been handled, so that whoever has it next
    knows from when on to read again what it must remember.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topics: Sequence[Topic],
        group: str,
        shares: Shares | None = None,
    ) -> None:
        """Join ``group`` at the first poll.

        Raises:
            BusUnavailable: when no broker answers.
        """
        self._settings = settings
        self._shares = shares
        self._assignor = TopicByTopicAssignor()
        self._moves = _Moves(self._assignor)
        self._polled: dict[TopicPartition, OffsetAndMetadata] = {}  # since the last commit
        self._ahead: dict[TopicPartition, OffsetAndMetadata] = {}
        self._noted_ns = 0
        with as_bus_errors(settings):
            self._consumer = KafkaConsumer(
                **settings.client_options(),
                **fetching(),
                group_id=settings.topic_prefix + group,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                partition_assignment_strategy=[self._assignor],
                session_timeout_ms=round(settings.session_timeout_s * 1000),
                heartbeat_interval_ms=round(settings.session_timeout_s * 1000 / 4),
                max_poll_interval_ms=round(max(_LONGEST_SILENCE_S, settings.session_timeout_s) * 1000),
            )
            self._moves.consumer = unpack_quickly(self._consumer)
            self._consumer.subscribe(list(map(settings.topic_name, topics)), listener=self._moves)
        _await_what_was_joined(self._consumer._coordinator)

    def poll(self, timeout_s: float, max_records: int = 500, *, ahead: bool = False) -> Sequence[Record]:
        """The next records, after at most ``timeout_s`` s; a broker that is away looks like no records."""
        with as_bus_errors(self._settings, "poll"), BUS_POLL.time():
            polled = self._consumer.poll(timeout_ms=round(timeout_s * 1000), max_records=max_records)
        self._tell_moves()
        foreign = [each for batch in polled.values() for each in batch]
        last = {(each.topic, each.partition): each for each in foreign}
        for (name, number), each in last.items():
            place = OffsetAndMetadata(each.offset + 1, str(each.timestamp), -1)
            (self._ahead if ahead else self._polled)[TopicPartition(name, number)] = place
        topics = {name: self._settings.topic_of(name) for name, _ in last}
        return [record_of(topics[each.topic], each) for each in foreign]

    def take_ahead(self) -> None:
        """What was polled ahead counts as polled."""
        self._polled |= self._ahead
        self._ahead = {}

    def commit(self, since_ns: int | None = None) -> None:
        """What was polled is handled for good, and what was published before ``since_ns`` is done with.

        A member that took too long has lost its partitions meanwhile: then its records go to another member,
        and are handled again, which an idempotent store does not mind.
        """
        if not self._polled:
            return
        since_ms = "" if since_ns is None else f"/{since_ns // 1_000_000}"
        noted = {
            part: place._replace(metadata=place.metadata + since_ms) for part, place in self._polled.items()
        }
        try:
            with as_bus_errors(self._settings, "commit"):
                self._consumer.commit(noted, timeout_ms=round(self._settings.patience_s * 1000))
        except BusUnavailable as error:
            if not isinstance(error.__cause__, _MOVED_ON):
                raise
            # What stays with this member is not delivered again: it is committed with the next batch. What
            # goes to another one is left out as soon as this member hears of it.
            _LOG.warning("The consumer group moved on before a commit; it is tried again.")
        else:
            self._polled = {}

    def pause(self) -> None:
        """Give nothing until :meth:`resume`; the group keeps this member as long as it polls."""
        self._moves.paused = True
        self._consumer.pause(*self._consumer.assignment())

    def resume(self) -> None:
        """Give records again, from where it stopped."""
        self._moves.paused = False
        self._consumer.resume(*self._consumer.paused())

    def places(self, topic: Topic) -> Mapping[int, Place]:
        """Where the group stood in each partition of ``topic`` that this member has, by its last commit.

        While the group shares out anew this waits for its other members, since the coordinator answers a
        connection's requests in their order.
        """
        with as_bus_errors(self._settings):
            parts = self._parts_of(topic)
            now_ns = time.time_ns()
            firsts = self._consumer.offsets_for_times(dict.fromkeys(parts, 0)) if parts else {}
            return {part.partition: self._place(part, firsts.get(part), now_ns) for part in parts}

    def _place(self, part: TopicPartition, first: Any, now_ns: int) -> Place:
        committed = self._consumer.committed(part, metadata=True)
        if committed is None:  # nothing was ever handled, so all that is there will come
            offset, at_ns = (0, now_ns) if first is None else (first.offset, first.timestamp * 1_000_000)
            return Place(offset, at_ns, at_ns)
        times = [int(text) * 1_000_000 for text in (committed.metadata or "").split("/") if text.isdigit()]
        return Place(committed.offset, max(times, default=now_ns), min(times, default=now_ns))

    def reached(self, topic: Topic) -> Mapping[int, int]:
        """The partitions of which all has been polled, nothing ahead, and when; asks the brokers."""
        with as_bus_errors(self._settings):
            parts = self._parts_of(topic)
            now_ns = time.time_ns()
            ends = self._consumer.end_offsets(parts) if parts else {}
            positions = {part: self._consumer.position(part) for part in parts}
        done = {
            part: position
            for part, position in positions.items()
            if position is not None and position >= ends[part] and part not in self._ahead
        }
        if done and now_ns >= self._noted_ns + _NOTE_EVERY_NS:
            # So that a quiet partition does not look as if nobody had read it since its last record.
            note = str(now_ns // 1_000_000)
            self._polled |= {part: OffsetAndMetadata(offset, note, -1) for part, offset in done.items()}
            self._noted_ns = now_ns
        return {part.partition: now_ns for part in done}

    def close(self) -> None:
        """Leave the group; uncommitted records will be delivered again."""
        self._consumer.close(autocommit=False, timeout_ms=round(self._settings.patience_s * 1000))

    def _parts_of(self, topic: Topic) -> list[TopicPartition]:
        name = self._settings.topic_name(topic)
        return sorted(part for part in self._consumer.assignment() if part.topic == name)

    def _tell_moves(self) -> None:
        """Pass on what the group decided during this poll, on the thread that polls."""
        for gone, parts in self._moves.take():
            CONSUMER_REBALANCES.inc()
            if gone:
                self._polled = {part: place for part, place in self._polled.items() if part not in parts}
                self._ahead = {part: place for part, place in self._ahead.items() if part not in parts}
            if self._shares is not None and parts:
                (self._shares.taken if gone else self._shares.given)(self._ours(parts))
            for name in {part.topic for part in parts}:
                topic = self._settings.topic_of(name)
                CONSUMER_PARTITIONS.labels(topic.value).set(len(self._parts_of(topic)))

    def _ours(self, parts: Iterable[TopicPartition]) -> frozenset[Part]:
        return frozenset((self._settings.topic_of(part.topic), part.partition) for part in parts)


def _await_what_was_joined(coordinator: Any) -> None:
    """Let a poll go on with a join that outlasted the poll before, until it is complete.

    kafka-python (3.0) also joins when partitions came since the last assignment, and takes that for done as
    soon as it has made the new one. When the poll ends before the group has answered, nobody looks at the
    join again: no partitions, no heartbeats and no error, for ever.
    """
    asks = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator._join_task is not None or asks()


class _Moves(ConsumerRebalanceListener):  # type: ignore[misc]  # it has no types
    """Collects what the client's own thread tells of partitions that come (False) and go (True).

    Those that come while all are ``paused`` are paused here, before anything of them is fetched: kafka-python
    puts aside what it has of a paused partition, and of two such it never takes up the second one again.
    """

    def __init__(self, assignor: Any) -> None:
        self.paused = False
        self.consumer: Any = None
        self._assignor = assignor
        self._lock = threading.Lock()
        self._moves: list[tuple[bool, frozenset[TopicPartition]]] = []

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        if self.paused:
            self.consumer.pause(*assigned)
        self._note(False, assigned)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._note(True, revoked)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        # Else the client would claim them when it joins again, though another member has them by then.
        self._assignor.member_assignment = None
        self._note(True, lost)

    def take(self) -> list[tuple[bool, frozenset[TopicPartition]]]:
        with self._lock:
            moves, self._moves = self._moves, []
            return moves

    def _note(self, gone: bool, parts: Iterable[TopicPartition]) -> None:
        with self._lock:
            self._moves.append((gone, frozenset(parts)))
