"""The bus of the embedded way to run: a durable log in one file, shared by the processes of one machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from streams.bus import Record, check_size
from streams.log_file import LogFile
from streams.topics import Topic

_RECALLED_AT_ONCE = 500
_LOOK_AGAIN_S = 0.05  # how soon a record from another process is seen; one from this process wakes at once


class LocalBus:
    """A ``Bus`` over the log file at ``path``, which is made if it is not there.

    Every record of a topic lies in one partition, so all of them are ordered, not only those of one key. One
    member of a group is enough: a second one would be given the same records. What all groups of a topic in
    ``ERASED_WHEN_CONSUMED`` have committed is erased; a topic without any group keeps everything. Publishing
    leaves ``reserve_bytes`` of the disk free, so that reading and erasing still work when it refuses.

    Raises:
        BusFull: from every method, when the disk is full.
        BusUnavailable: from every method, when the file cannot be read or written, or is no log.
    """

    def __init__(self, path: Path, *, reserve_bytes: int = 64 * 1024 * 1024) -> None:
        self._log = LogFile(path, reserve_bytes)
        self._news = _News()

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Write one record; it is on the disk when this returns."""
        self.publish_many([(topic, key, value)])

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]]) -> None:
        """Write several records, in order, all or none."""
        batch = list(records)
        for topic, _, value in batch:
            check_size(topic, value)
        if batch:
            self._log.append(batch)
            self._news.tell()

    def subscribe(self, topics: Sequence[Topic], group: str) -> LocalSubscription:
        """Consume ``topics`` as ``group``: from its last commit, or from the first record still there."""
        return LocalSubscription(self._log, self._news, topics, group)

    def recall(self, topic: Topic, since_ns: int = 0) -> Iterator[Record]:
        """The records of ``topic`` that were not erased yet; the log does not know when they came."""
        offset = 0
        while records := self._log.read({topic: offset}, _RECALLED_AT_ONCE):
            yield from records
            offset = records[-1].offset

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        self._log.close()


class LocalSubscription:
    """A group's place in the log. Not for use from two threads."""

    def __init__(self, log: LogFile, news: _News, topics: Sequence[Topic], group: str) -> None:
        if not topics:
            raise ValueError("a subscription needs at least one topic")
        self._log = log
        self._news = news
        self._group = group
        self._polled = log.join(group, topics)
        self._committed = dict(self._polled)

    def poll(self, timeout_s: float, max_records: int = 500) -> Sequence[Record]:
        """The next records, after at most ``timeout_s`` s; fewer than ``max_records`` where large."""
        deadline = time.monotonic() + timeout_s
        while True:
            heard = self._news.count
            records = self._log.read(self._polled, max_records)
            for record in records:
                self._polled[record.topic] = record.offset
            left_s = deadline - time.monotonic()
            if records or left_s <= 0:
                return records
            self._news.wait_for_more_than(heard, min(left_s, _LOOK_AGAIN_S))

    def commit(self) -> None:
        """What was polled is handled for good, and erased where its topic says so."""
        moved = {topic: offset for topic, offset in self._polled.items() if offset > self._committed[topic]}
        if moved:
            self._log.commit(self._group, moved)
            self._committed.update(moved)

    def close(self) -> None:
        """Stop; what was polled and not committed will be delivered again."""


class _News:
    """Counts what this process published, and wakes those who wait for it."""

    def __init__(self) -> None:
        self.count = 0
        self._condition = threading.Condition()

    def tell(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait_for_more_than(self, count: int, timeout_s: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.count > count, timeout_s)
