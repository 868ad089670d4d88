"""The publishing half of the Kafka bus: a producer that is replaced when it has failed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from kafka import KafkaProducer
from kafka.partitioner import Partitioner
from kafka.partitioner.default import murmur2

from streams.bus import BusUnavailable
from streams.kafka_records import LARGEST_REQUEST_BYTES, as_bus_errors
from streams.kafka_settings import KafkaSettings
from streams.metrics import BUS_PUBLISH
from streams.topics import Topic

_BATCH_BYTES = 256 * 1024
_LINGER_MS = 5  # records that come in this time travel together


class KafkaPublishing:
    """Publishes to a cluster; safe to use from several threads.

    Some outages leave a producer of kafka-python 3.0 unable to send anything again, however well the brokers
    are. So one that has failed is closed, and the next records go through a new one.

    Raises:
        BusUnavailable: from the constructor and from every method, when no broker answers or the cluster
            refuses.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        with as_bus_errors(settings):
            self._producer: Any | None = _producer(settings)

    def publish_many(
        self, records: Sequence[tuple[Topic, str, bytes]], headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Write records, in order for each key; all are acknowledged when this returns."""
        with as_bus_errors(self._settings, "publish"), BUS_PUBLISH.time():
            producer = self._current()
            try:
                futures = [
                    producer.send(
                        self._settings.topic_name(topic), key=key.encode(), value=value, headers=headers
                    )
                    for topic, key, value in records
                ]
                for future in futures:
                    future.get(timeout=self._settings.patience_s * 3)
            except Exception:
                self._give_up(producer)
                raise

    def partition_of(self, topic: Topic, key: str) -> int:
        """In which partition the records of ``key`` lie, by the hash that Kafka's own clients use."""
        name = self._settings.topic_name(topic)
        with as_bus_errors(self._settings):
            parts = self._current().partitions_for(name)
        if not parts:
            raise BusUnavailable(f"Kafka has no topic {name}: run `roadwitness streams init`.")
        return _partition_of(key.encode(), sorted(parts))

    def close(self) -> None:
        """Send what is under way and release the connections; closing twice is harmless."""
        if self._producer is not None:
            with as_bus_errors(self._settings):
                self._producer.close(timeout=self._settings.patience_s)

    def _current(self) -> Any:
        with self._lock:
            if self._producer is None:
                self._producer = _producer(self._settings)
            return self._producer

    def _give_up(self, producer: Any) -> None:
        with self._lock:
            if self._producer is producer:
                self._producer = None
        # Else it would still send what the caller was told had failed.
        with suppress(Exception):
            producer.close(timeout=0)


def _producer(settings: KafkaSettings) -> Any:
    return KafkaProducer(
        **settings.client_options(),
        acks="all",
        enable_idempotence=True,
        compression_type=None if settings.compression == "none" else settings.compression,
        allow_auto_create_topics=False,
        max_request_size=LARGEST_REQUEST_BYTES,
        batch_size=_BATCH_BYTES,
        linger_ms=_LINGER_MS,
        partitioner=_Partitioner(),
        max_block_ms=round(settings.patience_s * 1000),
        request_timeout_ms=round(settings.patience_s * 1000),
        delivery_timeout_ms=round(settings.patience_s * 2000),
    )


class _Partitioner(Partitioner):  # type: ignore[misc]  # it has no types
    """Puts a key's records into the partition that :meth:`KafkaPublishing.partition_of` names."""

    def partition(
        self, topic: str, key: Any, serialized_key: bytes, value: Any, serialized_value: bytes, cluster: Any
    ) -> int:
        return _partition_of(serialized_key, sorted(cluster.partitions_for_topic(topic)))


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


def _partition_of(key: bytes, parts: list[int]) -> int:
    return parts[_hash(key) % len(parts)]
