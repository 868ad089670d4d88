"""Makes the topics that a Kafka cluster lacks, each with its retention and its largest record."""

from __future__ import annotations

from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from streams.kafka_settings import KafkaSettings
from streams.topics import RETENTION_S, Topic, largest_record_bytes

#: What a record batch may weigh beyond the value: key, headers and the batch's own frame.
FRAME_BYTES = 64 * 1024
_SEGMENTS = 6  # retention erases whole segments, so each holds a sixth of the time that a topic is kept


def make_missing_topics(settings: KafkaSettings) -> None:
    """Make every topic of ``Topic`` that is not there, and leave the others as they are.

    Raises:
        kafka.errors.KafkaError: when the cluster does not answer or refuses.
    """
    admin = KafkaAdminClient(**settings.client_options())
    try:
        present = set(admin.list_topics())
        for topic in Topic:
            if settings.topic_name(topic) not in present:
                _make(admin, topic, settings)
    finally:
        admin.close()


def _make(admin: Any, topic: Topic, settings: KafkaSettings) -> None:
    wanted = {
        "num_partitions": settings.partitions,
        "replication_factor": settings.replication,
        "configs": topic_configuration(topic),
    }
    try:
        admin.create_topics({settings.topic_name(topic): wanted}, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        admin.wait_for_topics([settings.topic_name(topic)])  # another process began at the same moment


def topic_configuration(topic: Topic) -> dict[str, str]:
    """Kafka's own settings for ``topic``, as text."""
    retention_s = RETENTION_S[topic]
    configuration = {
        "cleanup.policy": "delete",
        "max.message.bytes": str(largest_record_bytes(topic) + FRAME_BYTES),
        # By the brokers' clock: what another partition shows to have come earlier is there to be read.
        "message.timestamp.type": "LogAppendTime",
        "retention.bytes": "-1",
        "retention.ms": "-1" if retention_s is None else str(retention_s * 1000),
    }
    if retention_s is not None:
        configuration["segment.ms"] = str(retention_s * 1000 // _SEGMENTS)
    return configuration
