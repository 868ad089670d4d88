"""The bus of the distributed way to run: Apache Kafka, through kafka-python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.bus import Record, Shares, check_size
from streams.kafka_following import KafkaFollowing
from streams.kafka_publishing import KafkaPublishing
from streams.kafka_records import as_bus_errors, fetching, record_of
from streams.kafka_settings import KafkaSettings
from streams.kafka_subscription import KafkaSubscription
from streams.kafka_topics import make_missing_topics
from streams.schema_header import Headers, completed
from streams.topics import Topic


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
        self._publishing = KafkaPublishing(settings)

    def publish(self, topic: Topic, key: str, value: bytes, *, headers: Headers = ()) -> None:
        """Write one record; every replica in sync has it when this returns."""
        self.publish_many([(topic, key, value)], headers=headers)

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]], *, headers: Headers = ()) -> None:
        """Write several records, in order for each key; all are acknowledged when this returns.

        When it raises, some may have been written: publish the same records again, since their ids are
        deterministic and a reader takes each once.
        """
        batch = list(records)
        for topic, _, value in batch:
            check_size(topic, value)
        self._publishing.publish_many(batch, list(completed(headers)))

    def subscribe(
        self,
        topics: Sequence[Topic],
        group: str,
        *,
        shares: Shares | None = None,
        remembers_ns: Mapping[Topic, int] | None = None,
    ) -> KafkaSubscription:
        """Consume ``topics`` as ``group``: from its last commit, or from the first record that is kept.

        How long a topic is kept is the cluster's matter, whatever a group ``remembers_ns``.
        """
        if not topics:
            raise ValueError("a subscription needs at least one topic")
        return KafkaSubscription(self._settings, topics, group, shares)

    def partition_of(self, topic: Topic, key: str) -> int:
        """In which partition the records of ``key`` lie, by the hash that Kafka's own clients use."""
        return self._publishing.partition_of(topic, key)

    def follow(self, topic: Topic, since_ns: Mapping[int, int]) -> KafkaFollowing:
        """Read partitions of ``topic`` beside any group, each from a time of publishing on."""
        return KafkaFollowing(self._settings, topic, since_ns)

    def recall(self, topic: Topic, since_ns: int = 0) -> Iterator[Record]:
        """The records of ``topic`` that are kept now, from those published at ``since_ns`` on."""
        with as_bus_errors(self._settings):
            consumer = KafkaConsumer(
                **self._settings.client_options(), **fetching(), group_id=None, enable_auto_commit=False
            )
        try:
            with as_bus_errors(self._settings):
                ends = _from(consumer, self._settings.topic_name(topic), since_ns)
            while any(consumer.position(part) < end for part, end in ends.items()):
                with as_bus_errors(self._settings):
                    polled = consumer.poll(timeout_ms=500)
                for part, batch in polled.items():
                    yield from (record_of(topic, foreign) for foreign in batch if foreign.offset < ends[part])
        finally:
            consumer.close(autocommit=False)

    def close(self) -> None:
        """Release the producer; closing twice is harmless."""
        self._publishing.close()


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
