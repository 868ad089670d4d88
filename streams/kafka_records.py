"""What every reader of Kafka shares: how it fetches, its errors, and a record as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.errors import KafkaError

from streams.bus import BusUnavailable, Record
from streams.kafka_settings import KafkaSettings
from streams.kafka_topics import FRAME_BYTES
from streams.metrics import BUS_FAILURES
from streams.schema_header import OURS
from streams.topics import Topic, largest_record_bytes

_OURS = list(OURS)
LARGEST_REQUEST_BYTES = max(map(largest_record_bytes, Topic)) + FRAME_BYTES


def fetching(topic: Topic | None = None) -> dict[str, Any]:
    """How each consumer fetches, as kafka-python's settings; less at once where it reads only ``topic``."""
    largest = largest_record_bytes(topic) + FRAME_BYTES if topic else LARGEST_REQUEST_BYTES
    return {"max_partition_fetch_bytes": largest, "allow_auto_create_topics": False}


@contextmanager
def as_bus_errors(settings: KafkaSettings, stage: str = "ask") -> Iterator[None]:
    """Within it, an error of kafka-python is raised as an error of the bus, and counted under ``stage``.

    Raises:
        BusUnavailable: on any error of the client or the cluster.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        BUS_FAILURES.labels(stage).inc()
        kind = type(error).__name__
        reason = " ".join(f"{kind} {str(error).removeprefix(kind).removeprefix(': ')}".split())
        raise BusUnavailable(
            f"Kafka at {','.join(settings.brokers)} does not take or give records ({reason}):"
            " check the address, and that a broker is running there."
        ) from error


def record_of(topic: Topic, foreign: Any) -> Record:
    """A Kafka record as ours. Another program's may lack key or value, or have a key that is no text."""
    key = b"" if foreign.key is None else foreign.key
    headers = foreign.headers
    return Record(
        topic,
        key.decode("utf-8", errors="replace"),
        b"" if foreign.value is None else foreign.value,
        foreign.partition,
        foreign.offset,
        foreign.timestamp * 1_000_000,
        # Nearly all say the same.
        OURS if headers == _OURS else tuple([(name, value or b"") for name, value in headers]),
    )
