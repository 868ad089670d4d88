"""Reading partitions of Kafka beside any group: to remember what another member judges."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.bus import Record
from streams.kafka_records import as_bus_errors, fetching, record_of
from streams.kafka_settings import KafkaSettings
from streams.kafka_unpacking import unpack_quickly
from streams.topics import Topic

_ROUND_MS = 200
#: More than any fetch has. What a poll leaves of a fetch, kafka-python 3.0 puts aside when its partition is
#: paused, and when that is so for two partitions it never takes it up again.
_ALL = 1_000_000


class KafkaFollowing:
    """Reads some partitions of one topic from a time on, at the pace that is asked for; commits nothing."""

    def __init__(self, settings: KafkaSettings, topic: Topic, since_ns: Mapping[int, int]) -> None:
        """``since_ns`` is by partition, UTC.

        Raises:
            BusUnavailable: when no broker answers.
        """
        self._settings = settings
        self._topic = topic
        name = settings.topic_name(topic)
        self._parts = [TopicPartition(name, number) for number in sorted(since_ns)]
        self._read = dict(since_ns)
        self._ahead: dict[TopicPartition, deque[Any]] = {part: deque() for part in self._parts}
        with as_bus_errors(settings):
            self._consumer = KafkaConsumer(
                **settings.client_options(),
                **fetching(topic),
                group_id=None,
                enable_auto_commit=False,
            )
            unpack_quickly(self._consumer)
            if self._parts:
                self._consumer.assign(self._parts)
                self._seek(since_ns)

    def _seek(self, since_ns: Mapping[int, int]) -> None:
        wanted = {part: since_ns[part.partition] // 1_000_000 for part in self._parts}
        starts = self._consumer.offsets_for_times(wanted)
        ends = self._consumer.end_offsets(self._parts)
        for part in self._parts:
            found = starts.get(part)
            self._consumer.seek(part, ends[part] if found is None else found.offset)

    def read(self, until_ns: int | Mapping[int, int]) -> Sequence[Record]:
        """What was published up to ``until_ns`` (UTC) and is there now; waits until it has come.

        Raises:
            BusUnavailable: when nothing comes for the settings' patience; what came is given next time.
        """
        if not self._parts:
            return []
        now_ns = time.time_ns()
        if isinstance(until_ns, int):
            until_ns = {part.partition: until_ns for part in self._parts}
        with as_bus_errors(self._settings):
            self._fetch(self._consumer.end_offsets(self._parts), until_ns)
        found = []
        for part in self._parts:
            ahead = self._ahead[part]
            due_ns = until_ns[part.partition]
            while ahead and ahead[0].timestamp * 1_000_000 <= due_ns:
                found.append(record_of(self._topic, ahead.popleft()))
            # Nothing is left behind: either the next one is later, or there is none until now.
            reached = due_ns if ahead else min(now_ns, due_ns)
            self._read[part.partition] = max(self._read[part.partition], reached)
        return found

    def _fetch(self, ends: Mapping[TopicPartition, int], until_ns: Mapping[int, int]) -> None:
        """Fetch until each partition has shown a later record or its end."""
        deadline = time.monotonic() + self._settings.patience_s
        while lacking := [
            part for part in self._parts if self._lacks(part, ends[part], until_ns[part.partition])
        ]:
            done = [part for part in self._parts if part not in lacking]
            self._consumer.pause(*done)
            self._consumer.resume(*lacking)
            for part, batch in self._consumer.poll(timeout_ms=_ROUND_MS, max_records=_ALL).items():
                self._ahead[part].extend(batch)
                deadline = time.monotonic() + self._settings.patience_s
            if time.monotonic() > deadline:
                raise TimeoutError("what others publish could not be read in time")

    def _lacks(self, part: TopicPartition, end: int, until_ns: int) -> bool:
        ahead = self._ahead[part]
        later = bool(ahead) and ahead[-1].timestamp * 1_000_000 > until_ns
        return not later and (self._consumer.position(part) or 0) < end

    def reached(self) -> Mapping[int, int]:
        """Up to which time of publishing each partition has been read."""
        return self._read

    def close(self) -> None:
        """Release the connections."""
        self._consumer.close(autocommit=False, timeout_ms=round(self._settings.patience_s * 1000))
