"""Store and forward, the store: what a roadside unit has on its own disk until the bus has taken it.

Everything is written here before it is sent, in order. The size is bounded by a stated policy: when there is
no more room, the oldest statistics go first (passages without evidence, heartbeats, lamp changes); what
belongs to a violation is never given up, and is refused at last, so that the unit stops and says so.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.bus import BusFull, BusUnavailable, check_size
from streams.metrics import SPOOL_GIVEN_UP, SPOOL_LIMIT, SPOOL_REFUSED
from streams.sqlite_errors import as_bus_errors, check_room
from streams.sqlite_files import be_durable, open_private, transaction
from streams.topics import Topic

#: "RWsp": marks the file as ours, in SQLite's own header.
_APPLICATION_ID = 0x52577370
_VERSION = 1
_SCHEMA = """
CREATE TABLE waiting (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  size INTEGER NOT NULL,
  dear INTEGER NOT NULL,
  stored_at_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_by_worth ON waiting (dear, place);
"""
Outgoing = tuple[Topic, str, bytes]


class _EvidenceOf(msgspec.Struct):
    """Of a passage, only what says whether it belongs to a violation."""

    evidence: list[msgspec.Raw] = []


@dataclass(frozen=True)
class Waiting:
    """One record that is still to be sent; ``place`` is its place in the order."""

    place: int
    topic: Topic
    key: str
    value: bytes


@dataclass(frozen=True)
class SpoolState:
    """How much waits, for how long, and how many statistics were given up for want of room."""

    records: int
    size_bytes: int
    oldest_age_s: float
    given_up: int


class Spool:
    """The records that wait on this unit's disk. Every method may be called from any thread.

    ``limit_bytes`` bounds what waits; ``reserve_bytes`` of the disk stay free, so that erasing still works.

    Raises:
        BusFull: when there is no room even after all statistics were given up.
        BusUnavailable: when the file cannot be read or written, or is no spool.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit_bytes: int = 8 * 1024**3,
        reserve_bytes: int = 64 * 1024**2,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.path = path
        self._limit_bytes = limit_bytes
        self._reserve_bytes = reserve_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._given_up = 0
        SPOOL_LIMIT.set(limit_bytes)
        self._database = open_private(path, "spool")
        with as_bus_errors(path):
            self._prepare()
            self._size_bytes = self._one("SELECT coalesce(sum(size), 0) FROM waiting")

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Keep one record; it is on the disk when this returns."""
        self.publish_many([(topic, key, value)])

    def publish_many(self, records: Iterable[Outgoing]) -> None:
        """Keep several records, in order, all or none; they are on the disk when this returns.

        Statistics that find no room are given up and counted.
        """
        batch = list(records)
        for topic, _, value in batch:
            check_size(topic, value)
        dear = any(is_dear(topic, value) for topic, _, value in batch)
        size = sum(len(value) for _, _, value in batch)
        try:
            with self._transaction():
                gone = self._make_room(size)
                self._insert(batch, dear)
                self._size_bytes += size
        except BusFull:
            if dear:
                SPOOL_REFUSED.inc(len(batch))
                raise
            gone = len(batch)
        with self._lock:
            self._given_up += gone
        SPOOL_GIVEN_UP.inc(gone)

    def _insert(self, batch: Sequence[Outgoing], dear: bool) -> None:
        now_ns = self._clock()
        self._database.executemany(
            "INSERT INTO waiting (topic, key, value, size, dear, stored_at_ns) VALUES (?, ?, ?, ?, ?, ?)",
            # What is kept together is worth the same: evidence comes with the passage that names it.
            ((t.value, key, value, len(value), dear, now_ns) for t, key, value in batch),
        )

    def next(self, most_records: int = 500, most_bytes: int = 4 * 1024**2) -> list[Waiting]:
        """The first records in order, fewer where they are large; they stay until :meth:`sent`."""
        records: list[Waiting] = []
        size = 0
        with self._lock, as_bus_errors(self.path):
            rows = self._database.execute(
                "SELECT place, topic, key, value FROM waiting ORDER BY place LIMIT ?", (most_records,)
            )
            for place, topic, key, value in rows:
                records.append(Waiting(place, Topic(topic), key, value))
                size += len(value)
                if size >= most_bytes:
                    break
            rows.close()
        return records

    def sent(self, records: Sequence[Waiting]) -> None:
        """The bus has these for good: erase them."""
        if not records:
            return
        with self._transaction():
            # A span, not the records: what was given up meanwhile must not be counted off twice.
            erased = self._database.execute(
                "DELETE FROM waiting WHERE place BETWEEN ? AND ? RETURNING size",
                (records[0].place, records[-1].place),
            ).fetchall()
            self._size_bytes -= sum(size for (size,) in erased)
        if self._size_bytes == 0:
            self._give_back()

    def state(self) -> SpoolState:
        """How much waits now."""
        with self._lock, as_bus_errors(self.path):
            records = self._one("SELECT count(*) FROM waiting")
            oldest_ns = self._one(
                "SELECT coalesce((SELECT stored_at_ns FROM waiting ORDER BY place LIMIT 1), 0)"
            )
        age_s = max(0.0, (self._clock() - oldest_ns) * 1e-9) if records else 0.0
        return SpoolState(records, self._size_bytes, age_s, self._given_up)

    def check(self) -> None:
        """Make sure that the file can be used and that its disk has room.

        Raises:
            BusFull, BusUnavailable: when not.
        """
        self.state()
        check_room(self.path, self._reserve_bytes)

    def close(self) -> None:
        """Release the file; what waits is sent after the next start."""
        with self._lock, as_bus_errors(self.path):
            self._database.close()

    def _make_room(self, size: int) -> int:
        """Make room for ``size`` bytes; how many statistics went for it."""
        gone = 0
        missing = self._size_bytes + size - self._limit_bytes
        if missing > 0:
            gone += self._give_up(missing)
        try:
            check_room(self.path, self._reserve_bytes + size)
        except BusFull:
            # The pages of what is erased are used again, so the file does not have to grow.
            gone += self._give_up(size)
        return gone

    def _give_up(self, missing: int) -> int:
        """Erase the oldest statistics until ``missing`` bytes are free; how many."""
        gone: list[int] = []
        freed = 0
        for place, size in self._database.execute(
            "SELECT place, size FROM waiting WHERE dear = 0 ORDER BY place"
        ):
            if freed >= missing:
                break
            gone.append(place)
            freed += size
        if freed < missing:
            raise BusFull(
                f"The spool {self.path} is full of violations that wait to be sent, and takes no more:"
                " bring the connection back or give it a larger limit; nothing of them is lost."
            )
        self._database.executemany("DELETE FROM waiting WHERE place = ?", ((place,) for place in gone))
        self._size_bytes -= freed
        return len(gone)

    def _give_back(self) -> None:
        """Make erasing true when nothing waits: no copy stays in the journal, and the file is small again."""
        with self._lock, suppress(sqlite3.OperationalError):
            self._database.executescript("PRAGMA incremental_vacuum")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _one(self, question: str) -> int:
        return int(self._database.execute(question).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, as_bus_errors(self.path):
            try:
                with transaction(self._database):
                    yield
            except BaseException:
                self._size_bytes = self._one("SELECT coalesce(sum(size), 0) FROM waiting")
                raise

    def _prepare(self) -> None:
        run = self._database.execute
        be_durable(self._database)
        application = self._one("PRAGMA application_id")
        foreign = application != _APPLICATION_ID and run("SELECT 1 FROM sqlite_schema").fetchone()
        if foreign or self._one("PRAGMA user_version") > _VERSION:
            self._database.close()
            raise BusUnavailable(f"{self.path} was written by another program: name another file.")
        if application != _APPLICATION_ID:
            self._database.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            run(f"PRAGMA application_id = {_APPLICATION_ID}")
            run(f"PRAGMA user_version = {_VERSION}")


def is_dear(topic: Topic, value: bytes) -> bool:
    """Whether a record belongs to a violation: evidence, and a passage that names some."""
    if topic is Topic.PASSAGES:
        try:
            return bool(msgspec.json.decode(value, type=_EvidenceOf).evidence)
        except msgspec.MsgspecError:
            return True  # what cannot be read is not given up unread
    return topic not in (Topic.HEARTBEATS, Topic.SIGNALS)
