"""The bus of the embedded way to run: a durable log in one file, shared by the processes of one machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from streams.bus import Place, Record, Shares, check_size
from streams.log_file import LogFile
from streams.metrics import BUS_PUBLISH
from streams.schema_header import Headers, completed
from streams.topics import Topic

_RECALLED_AT_ONCE = 500
_LOOK_AGAIN_S = 0.05  # how soon a record from another process is seen; one from this process wakes at once


class LocalBus:
    """A ``Bus`` over the log file at ``path``, which is made if it is not there.

    Every record of a topic lies in one partition, so all of them are ordered, not only those of one key. One
    member of a group is enough: a second one would be given the same records. What all groups of a topic in
    ``ERASED_WHEN_CONSUMED`` have committed is erased, at the next commit after the longest time for which one
    of them remembers it; a topic without any group keeps everything. Publishing leaves ``reserve_bytes`` of
    the disk free, so that reading and erasing still work when it refuses.

    Raises:
        BusFull: from every method, when the disk is full.
        BusUnavailable: from every method, when the file cannot be read or written, or is no log.
    """

    def __init__(
        self,
        path: Path,
        *,
        reserve_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """``clock`` gives UTC nanoseconds."""
        self._log = LogFile(path, reserve_bytes, clock)
        self._clock = clock
        self._news = _News()

    def publish(self, topic: Topic, key: str, value: bytes, *, headers: Headers = ()) -> None:
        """Write one record; it is on the disk when this returns."""
        self.publish_many([(topic, key, value)], headers=headers)

    def publish_many(self, records: Iterable[tuple[Topic, str, bytes]], *, headers: Headers = ()) -> None:
        """Write several records, in order, all or none."""
        batch = list(records)
        for topic, _, value in batch:
            check_size(topic, value)
        if batch:
            with BUS_PUBLISH.time():
                self._log.append(batch, completed(headers))
            self._news.tell()

    def subscribe(
        self,
        topics: Sequence[Topic],
        group: str,
        *,
        shares: Shares | None = None,
        remembers_ns: Mapping[Topic, int] | None = None,
    ) -> LocalSubscription:
        """Consume ``topics`` as ``group``: from its last commit, or from the first record still there."""
        if not topics:
            raise ValueError("a subscription needs at least one topic")
        remembers_ns = remembers_ns or {}
        committed = self._log.join(group, topics, remembers_ns)
        return LocalSubscription(
            self._log, self._news, group, committed, shares, frozenset(remembers_ns), self._clock
        )

    def partition_of(self, topic: Topic, key: str) -> int:
        """Always the one partition that there is."""
        return 0

    def follow(self, topic: Topic, since_ns: Mapping[int, int]) -> LocalFollowing:
        """Read ``topic`` beside any group, from a time of publishing on."""
        return LocalFollowing(self._log, topic, since_ns, self._clock)

    def recall(self, topic: Topic, since_ns: int = 0) -> Iterator[Record]:
        """The records of ``topic`` published at ``since_ns`` or later that were not erased yet."""
        offset = self._log.before(topic, since_ns)
        while records := self._log.read({topic: offset}, _RECALLED_AT_ONCE):
            yield from records
            offset = records[-1].offset

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        self._log.close()


class LocalSubscription:
    """A group's place in the log. Not for use from two threads."""

    def __init__(
        self,
        log: LogFile,
        news: _News,
        group: str,
        committed: dict[Topic, int],
        shares: Shares | None,
        remembered: frozenset[Topic],
        clock: Callable[[], int],
    ) -> None:
        """Use :meth:`LocalBus.subscribe`."""
        self._log = log
        self._news = news
        self._group = group
        self._committed = committed
        self._polled = dict(committed)
        self._ahead: dict[Topic, int] = {}
        self._untold = shares
        self._remembered = remembered
        self._clock = clock
        self._paused = False

    def poll(self, timeout_s: float, max_records: int = 500, *, ahead: bool = False) -> Sequence[Record]:
        """The next records, after at most ``timeout_s`` s; fewer than ``max_records`` where large."""
        if self._untold is not None:
            self._untold.given(frozenset((topic, 0) for topic in self._polled))
            self._untold = None
        deadline = time.monotonic() + timeout_s
        while True:
            heard = self._news.count
            records = [] if self._paused else self._log.read(self._polled | self._ahead, max_records)
            for record in records:
                (self._ahead if ahead else self._polled)[record.topic] = record.offset
            left_s = deadline - time.monotonic()
            if records or left_s <= 0:
                return records
            if self._paused:
                time.sleep(left_s)
            else:
                self._news.wait_for_more_than(heard, min(left_s, _LOOK_AGAIN_S))

    def take_ahead(self) -> None:
        """What was polled ahead counts as polled."""
        self._polled |= self._ahead
        self._ahead = {}

    def commit(self, since_ns: int | None = None) -> None:
        """What was polled is handled for good, and erased where its topic says so."""
        moved = {topic: offset for topic, offset in self._polled.items() if offset > self._committed[topic]}
        if moved:
            self._log.commit(self._group, moved)
            self._committed.update(moved)
        elif self._remembered or self._log.looks_for_old:  # things grow old also while nothing comes
            self._log.forget(self._remembered)

    def pause(self) -> None:
        """Give nothing until :meth:`resume`."""
        self._paused = True

    def resume(self) -> None:
        """Give records again, from where it stopped."""
        self._paused = False

    def places(self, topic: Topic) -> Mapping[int, Place]:
        """Where the group stood in the one partition, by its last commit."""
        return {0: self._log.place(topic, self._committed[topic])}

    def reached(self, topic: Topic) -> Mapping[int, int]:
        """The one partition and now, where all of ``topic`` has been polled, and nothing of it ahead."""
        now = self._clock()
        return {} if topic in self._ahead or self._log.read({topic: self._polled[topic]}, 1) else {0: now}

    def close(self) -> None:
        """Stop; what was polled and not committed will be delivered again."""


class LocalFollowing:
    """Reads one topic of the log beside any group. Not for use from two threads."""

    def __init__(
        self, log: LogFile, topic: Topic, since_ns: Mapping[int, int], clock: Callable[[], int]
    ) -> None:
        """Use :meth:`LocalBus.follow`."""
        self._log = log
        self._topic = topic
        self._clock = clock
        self._reached = dict(since_ns)
        self._offset = log.before(topic, since_ns[0]) if since_ns else 0

    def read(self, until_ns: int | Mapping[int, int]) -> Sequence[Record]:
        """What was published up to ``until_ns`` and is there now, each record once."""
        if not isinstance(until_ns, int):
            until_ns = until_ns.get(0, 0)
        found: list[Record] = []
        while self._reached:
            now = self._clock()
            records = self._log.read({self._topic: self._offset}, _RECALLED_AT_ONCE)
            due = [record for record in records if record.published_at_ns <= until_ns]
            found += due
            if due:
                self._offset = due[-1].offset
                self._reached[0] = due[-1].published_at_ns
            if len(due) < len(records) or not records:
                self._reached[0] = max(self._reached[0], min(now, until_ns))
                break
        return found

    def reached(self) -> Mapping[int, int]:
        """Up to which time of publishing the log has been read."""
        return self._reached

    def close(self) -> None:
        """Nothing is held."""


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
