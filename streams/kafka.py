"""The bus of the distributed way to run: Apache Kafka, through kafka-python."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from streams.bus import BusUnavailable, Record, check_size
from streams.kafka_settings import KafkaSettings
from streams.kafka_topics import FRAME_BYTES, make_missing_topics
from streams.topics import Topic, largest_record_bytes

_LOG = logging.getLogger(__name__)
_LARGEST_REQUEST_BYTES = max(map(largest_record_bytes, Topic)) + FRAME_BYTES
_LONGEST_HANDLING_S = 600  # between two polls; who takes longer loses its partitions to another member


class KafkaBus:
    """A ``Bus`` over a Kafka cluster. Records of one key lie in one partition, in order.

    Raises:
        BusUnavailable: from the constructor and from every method, when no broker answers in ``patience_s``
            seconds or the cluster refuses.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        with as_bus_errors(self._settings):
            make_missing_topics(settings)
            self._producer = KafkaProducer(
                **settings.client_options(),
                acks="all",
                enable_idempotence=True,
                compression_type=None if settings.compression == "none" else settings.compression,
                allow_auto_create_topics=False,
                max_request_size=_LARGEST_REQUEST_BYTES,
                max_block_ms=round(settings.patience_s * 1000),
                request_timeout_ms=round(settings.patience_s * 1000),
                delivery_timeout_ms=round(settings.patience_s * 2000),
            )

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Write one record; every replica in sync has it when this returns."""
        self.publish_many([(topic, key, value)])

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]]) -> None:
        """Write several records, in order for each key; all are acknowledged when this returns.

        When it raises, some may have been written: publish the same records again, since their ids are
        deterministic and a reader takes each once.
        """
        batch = list(records)
        for topic, _, value in batch:
            check_size(topic, value)
        with as_bus_errors(self._settings):
            futures = [
                self._producer.send(self._settings.topic_name(topic), key=key.encode(), value=value)
                for topic, key, value in batch
            ]
            for future in futures:
                future.get(timeout=self._settings.patience_s * 3)

    def subscribe(self, topics: Sequence[Topic], group: str) -> KafkaSubscription:
        """Consume ``topics`` as ``group``: from its last commit, or from the first record that is kept."""
        if not topics:
            raise ValueError("a subscription needs at least one topic")
        with as_bus_errors(self._settings):
            consumer = KafkaConsumer(
                *map(self._settings.topic_name, topics),
                **self._settings.client_options(),
                group_id=self._settings.topic_prefix + group,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                max_partition_fetch_bytes=_LARGEST_REQUEST_BYTES,
                max_poll_interval_ms=_LONGEST_HANDLING_S * 1000,
                allow_auto_create_topics=False,
            )
        return KafkaSubscription(consumer, self._settings)

    def recall(self, topic: Topic, since_ns: int = 0) -> Iterator[Record]:
        """The records of ``topic`` that are kept now, from those published at ``since_ns`` on."""
        with as_bus_errors(self._settings):
            consumer = KafkaConsumer(
                **self._settings.client_options(),
                group_id=None,
                enable_auto_commit=False,
                max_partition_fetch_bytes=_LARGEST_REQUEST_BYTES,
                allow_auto_create_topics=False,
            )
        try:
            with as_bus_errors(self._settings):
                ends = _from(consumer, self._settings.topic_name(topic), since_ns)
            while any(consumer.position(part) < end for part, end in ends.items()):
                with as_bus_errors(self._settings):
                    polled = consumer.poll(timeout_ms=500)
                for part, batch in polled.items():
                    yield from (_record(topic, foreign) for foreign in batch if foreign.offset < ends[part])
        finally:
            consumer.close(autocommit=False)

    def close(self) -> None:
        """Release the producer; closing twice is harmless."""
        self._producer.close(timeout=self._settings.patience_s)


class KafkaSubscription:
    """A member of a consumer group. Not for use from two threads."""

    def __init__(self, consumer: Any, settings: KafkaSettings) -> None:
        self._consumer = consumer
        self._settings = settings

    def poll(self, timeout_s: float, max_records: int = 500) -> Sequence[Record]:
        """The next records, after at most ``timeout_s`` s; a broker that is away looks like no records."""
        with as_bus_errors(self._settings):
            polled = self._consumer.poll(timeout_ms=round(timeout_s * 1000), max_records=max_records)
        return [
            _record(self._settings.topic_of(foreign.topic), foreign)
            for batch in polled.values()
            for foreign in batch
        ]

    def commit(self) -> None:
        """What was polled is handled for good.

        A member that took too long has lost its partitions meanwhile: then its records go to another member,
        and are handled again, which an idempotent store does not mind.
        """
        try:
            with as_bus_errors(self._settings):
                self._consumer.commit(timeout_ms=round(self._settings.patience_s * 1000))
        except BusUnavailable as error:
            if not isinstance(error.__cause__, _MOVED_ON):
                raise
            _LOG.warning("The consumer group moved on before a commit; its records are delivered again.")

    def close(self) -> None:
        """Leave the group; uncommitted records will be delivered again."""
        self._consumer.close(autocommit=False, timeout_ms=round(self._settings.patience_s * 1000))


_MOVED_ON = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


@contextmanager
def as_bus_errors(settings: KafkaSettings) -> Iterator[None]:
    """Within it, an error of kafka-python is raised as an error of the bus.

    Raises:
        BusUnavailable: on any error of the client or the cluster.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise BusUnavailable(
            f"Kafka at {','.join(settings.brokers)} does not take or give records ({reason}):"
            " check the address, and that a broker is running there."
        ) from error


def _from(consumer: Any, name: str, since_ns: int) -> dict[TopicPartition, int]:
    """Put a consumer before the first record since that time, and say where each partition ends now."""
    parts = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
    consumer.assign(parts)
    starts = consumer.offsets_for_times(dict.fromkeys(parts, since_ns // 1_000_000)) if parts else {}
    ends: dict[TopicPartition, int] = consumer.end_offsets(parts) if parts else {}
    for part in parts:
        found = starts.get(part)
        consumer.seek(part, ends[part] if found is None else found.offset)
    return ends


def _record(topic: Topic, foreign: Any) -> Record:
    """A Kafka record as ours. Another program's may lack key or value, or have a key that is no text."""
    key = b"" if foreign.key is None else foreign.key
    return Record(
        topic=topic,
        key=key.decode("utf-8", errors="replace"),
        value=b"" if foreign.value is None else foreign.value,
        partition=foreign.partition,
        offset=foreign.offset,
    )
