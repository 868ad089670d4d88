"""How much lies on the cluster that a group has not handled yet, seen from outside the group.

A member knows the ends of its own partitions only while it fetches: it is blind while it is paused, and when
it is dead nobody is left who knows. So whoever watches the cluster asks the cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from streams.kafka_settings import KafkaSettings
from streams.metrics import CONSUMER_LAG
from streams.topics import Topic

_COMMITS = "__consumer_offsets"


class GroupLag:
    """The lag of one group on some topics."""

    def __init__(self, settings: KafkaSettings, group: str, topics: Sequence[Topic]) -> None:
        self._settings = settings
        self._group = settings.topic_prefix + group
        self._topics = tuple(topics)

    def show(self, admin: Any, partitions: dict[str, int]) -> None:
        """Ask by ``admin`` and set the gauges; ``partitions`` says how many each topic of the cluster has.

        Raises:
            kafka.errors.KafkaError: when the cluster does not answer.
        """
        for topic, records in self.measure(admin, partitions).items():
            CONSUMER_LAG.labels(topic.value).set(records)

    def measure(self, admin: Any, partitions: dict[str, int]) -> dict[Topic, int]:
        """Records on the cluster that are not committed, by topic; without those that retention erased."""
        from kafka import TopicPartition
        from kafka.admin import OffsetSpec

        names = {self._settings.topic_name(topic): topic for topic in self._topics}
        parts = [TopicPartition(name, each) for name in names for each in range(partitions.get(name, 0))]
        if not parts:
            return {}
        ends = admin.list_partition_offsets(dict.fromkeys(parts, OffsetSpec.LATEST))
        begins = admin.list_partition_offsets(dict.fromkeys(parts, OffsetSpec.EARLIEST))
        # Before the first group there is nobody who could be asked for what it committed.
        known = _COMMITS in partitions
        handled = admin.list_group_offsets({self._group: parts})[self._group] if known else {}
        lags: Counter[Topic] = Counter(dict.fromkeys(self._topics, 0))
        for part in parts:
            # -1 stands for: nothing was ever committed.
            committed = handled[part].offset if part in handled else -1
            reached = max(committed, begins[part].offset)
            lags[names[part.topic]] += max(0, ends[part].offset - reached)
        return dict(lags)
