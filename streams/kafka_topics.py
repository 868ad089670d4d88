"""Makes the topics that a Kafka cluster lacks, each with its retention and its largest record.

What the brokers do with a topic is asked of them, since somebody may have made or changed it otherwise: a
passage that is kept for longer than it should be is a plate that is kept for longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
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
    with _administering(settings) as admin:
        present = set(admin.list_topics())
        for topic in Topic:
            if settings.topic_name(topic) not in present:
                _make(admin, topic, settings)


@dataclass(frozen=True)
class TopicState:
    """A topic as the brokers have it; ``differs`` are settings that are not ours: what is, and should be."""

    partitions: int
    replicas: int
    differs: Mapping[str, tuple[str, str]]


def topics_now(settings: KafkaSettings) -> dict[Topic, TopicState]:
    """Ask the brokers how each topic is kept.

    Raises:
        kafka.errors.KafkaError: when the cluster does not answer or refuses.
    """
    with _administering(settings) as admin:
        names = {settings.topic_name(topic): topic for topic in Topic}
        wanted = {topic: topic_configuration(topic) for topic in Topic}
        asked = [
            ConfigResource(ConfigResourceType.TOPIC, name, list(wanted[topic]))
            for name, topic in names.items()
        ]
        said = admin.describe_configs(asked, config_filter="all")["topic"]
        states = {}
        for described in admin.describe_topics(list(names)):
            topic = names[described["name"]]
            found = {setting: str(entry["value"]) for setting, entry in said[described["name"]].items()}
            differs = {
                setting: (found.get(setting, ""), value)
                for setting, value in wanted[topic].items()
                if found.get(setting) != value
            }
            parts = described["partitions"]
            replicas = min((len(part["replica_nodes"]) for part in parts), default=0)
            states[topic] = TopicState(len(parts), replicas, differs)
        return states


def correct_topics(settings: KafkaSettings) -> None:
    """Set retention and the other settings of every topic as this program wants them.

    Raises:
        kafka.errors.KafkaError: when the cluster does not answer or refuses.
    """
    with _administering(settings) as admin:
        admin.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC, settings.topic_name(topic), topic_configuration(topic)
                )
                for topic in Topic
            ]
        )


@contextmanager
def _administering(settings: KafkaSettings) -> Iterator[Any]:
    admin = KafkaAdminClient(**settings.client_options())
    try:
        yield admin
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
