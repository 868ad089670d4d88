"""The file under the local bus: a log and each group's commits, in one SQLite database.

Offsets are one ascending sequence over all topics, never reused, so the records of several topics come back
in the order in which they were written. Several processes may hold the same file; a write waits for its turn.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from streams.bus import BusUnavailable, Place, Record
from streams.schema_header import Headers
from streams.sqlite_errors import as_bus_errors, check_room
from streams.sqlite_files import be_durable, open_private, transaction
from streams.topics import ERASED_IN_TIME, ERASED_WHEN_CONSUMED, RETENTION_S, Topic

_APPLICATION_ID = 0x52574C47  # "RWLG", so that somebody else's database is not taken for a log
_VERSION = 2
_READ_BYTES = 16 * 1024 * 1024
_LOOK_FOR_OLD_NS = 3600 * 10**9
_SPARE_PAGES = 4096  # free pages kept for the next records; what is more goes back to the disk

_TABLES = """
CREATE TABLE IF NOT EXISTS records (
  log_offset INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_topic ON records (topic, log_offset);
CREATE TABLE IF NOT EXISTS commits (
  consumer_group TEXT NOT NULL,
  topic TEXT NOT NULL,
  committed INTEGER NOT NULL,
  PRIMARY KEY (consumer_group, topic)
) STRICT, WITHOUT ROWID
"""
# x'90' is an empty list in MessagePack: records of before had nothing beside them.
_TIMES = """
ALTER TABLE records ADD COLUMN published_at_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN headers BLOB NOT NULL DEFAULT x'90';
CREATE INDEX records_by_time ON records (topic, published_at_ns);
ALTER TABLE commits ADD COLUMN remembers_ns INTEGER NOT NULL DEFAULT 0
"""
#: What makes each version out of the one before.
_STEPS = (_TABLES, _TIMES)

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[tuple[str, bytes], ...]).decode


class LogFile:
    """One open log; every method may be called from any thread.

    ``reserve_bytes`` of the disk stay free of new records: erasing needs room too, so without them a log that
    filled its disk could never be emptied by those who read it.

    Raises:
        BusFull: from every method, when the disk is full.
        BusUnavailable: from every method, when the file cannot be read or written, or is no log.
    """

    def __init__(self, path: Path, reserve_bytes: int, clock: Callable[[], int] = time.time_ns) -> None:
        self._path = path
        self._reserve_bytes = reserve_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._look_for_old_ns = 0
        self._database = open_private(path, "log")
        with as_bus_errors(path):
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def append(self, records: Sequence[tuple[Topic, str, bytes]], headers: Headers) -> None:
        """Write ``records`` in order, all or none; they are on the disk when this returns."""
        check_room(self._path, self._reserve_bytes + sum(len(value) for _, _, value in records))
        beside = _pack(headers)
        with self._transaction():
            newest = self._one("SELECT published_at_ns FROM records ORDER BY log_offset DESC LIMIT 1")
            # Never earlier than the record before, whatever was done to the clock.
            now = max(self._clock(), newest or 0)
            self._database.executemany(
                "INSERT INTO records (topic, key, value, published_at_ns, headers) VALUES (?, ?, ?, ?, ?)",
                ((topic.value, key, value, now, beside) for topic, key, value in records),
            )

    def join(
        self, group: str, topics: Sequence[Topic], remembers_ns: Mapping[Topic, int]
    ) -> dict[Topic, int]:
        """Where ``group`` goes on, by topic; a topic that is new to it counts as unread from now on."""
        with self._transaction():
            self._database.executemany(
                "INSERT INTO commits VALUES (?, ?, 0, ?)"
                " ON CONFLICT DO UPDATE SET remembers_ns = excluded.remembers_ns",
                [(group, topic.value, remembers_ns.get(topic, 0)) for topic in topics],
            )
            rows = self._database.execute(
                "SELECT topic, committed FROM commits WHERE consumer_group = ?", (group,)
            )
            committed = dict(rows.fetchall())
        return {topic: committed[topic.value] for topic in topics}

    def read(self, after: Mapping[Topic, int], max_records: int) -> list[Record]:
        """The next records of each topic behind its offset in ``after``, in order; fewer where large."""
        branch = "SELECT log_offset FROM records WHERE topic = ? AND log_offset > ?"
        union = " UNION ALL ".join([branch] * len(after)) + " ORDER BY log_offset LIMIT ?"
        places = [value for topic, offset in after.items() for value in (topic.value, offset)]
        records: list[Record] = []
        size = 0
        with self._lock, as_bus_errors(self._path):
            for (offset,) in self._database.execute(union, (*places, max_records)).fetchall():
                row = self._database.execute(
                    "SELECT topic, key, value, published_at_ns, headers FROM records WHERE log_offset = ?",
                    (offset,),
                ).fetchone()
                if row is None:  # a second member of this group committed and erased it meanwhile
                    continue
                topic, key, value, published_ns, headers = row
                records.append(Record(Topic(topic), key, value, 0, offset, published_ns, _unpack(headers)))
                size += len(value)
                if size >= _READ_BYTES:
                    break
        return records

    def before(self, topic: Topic, since_ns: int) -> int:
        """The offset behind which the records of ``topic`` begin that were published since ``since_ns``."""
        with self._lock, as_bus_errors(self._path):
            return (
                self._one(
                    "SELECT max(log_offset) FROM records WHERE topic = ? AND published_at_ns < ?",
                    topic.value,
                    since_ns,
                )
                or 0
            )

    def place(self, topic: Topic, committed: int) -> Place:
        """Where a group goes on that has handled ``topic`` up to the offset ``committed``."""
        with self._lock, as_bus_errors(self._path):
            now = self._clock()
            last = self._one(
                "SELECT published_at_ns FROM records WHERE topic = ? AND log_offset <= ?"
                " ORDER BY log_offset DESC LIMIT 1",
                topic.value,
                committed,
            )
            handled_ns = last or self._waiting_since(topic, committed) or now
            return Place(committed + 1, handled_ns, handled_ns)

    def commit(self, group: str, handled: Mapping[Topic, int]) -> None:
        """``group`` has handled each topic up to its offset, included; erase what nobody waits for."""
        with self._transaction():
            for topic, offset in handled.items():
                self._database.execute(
                    "UPDATE commits SET committed = max(committed, ?) WHERE consumer_group = ? AND topic = ?",
                    (offset, group, topic.value),
                )
            erased = self._forget_all(handled) + self._forget_old()
        self._empty(erased)

    @property
    def looks_for_old(self) -> bool:
        """Whether it is time to look again for what has been kept long enough."""
        return self._clock() >= self._look_for_old_ns

    def forget(self, topics: Iterable[Topic]) -> None:
        """Erase what all groups have handled and none may ask for again, and what is too old."""
        with self._transaction():
            erased = self._forget_all(topics) + self._forget_old()
        self._empty(erased)

    def _forget_all(self, topics: Iterable[Topic]) -> int:
        return sum(map(self._forget, ERASED_WHEN_CONSUMED.intersection(topics)))

    def _forget_old(self) -> int:
        """Erase what has been kept for as long as its topic is, once an hour, unless a group waits for it."""
        if not self.looks_for_old:
            return 0
        now_ns = self._clock()
        self._look_for_old_ns = now_ns + _LOOK_FOR_OLD_NS
        erased = 0
        for topic in ERASED_IN_TIME:
            kept_s = RETENTION_S[topic]
            assert kept_s is not None
            erased += self._database.execute(
                "DELETE FROM records WHERE topic = ?1 AND published_at_ns < ?2 AND log_offset <="
                " (SELECT coalesce(min(committed), 9223372036854775807) FROM commits WHERE topic = ?1)",
                (topic.value, now_ns - kept_s * 10**9),
            ).rowcount
        return erased

    def _empty(self, erased: int) -> None:
        if erased:
            with self._lock, as_bus_errors(self._path):
                self._give_back()

    def _forget(self, topic: Topic) -> int:
        row = self._database.execute(
            "SELECT min(committed), max(remembers_ns) FROM commits WHERE topic = ?", (topic.value,)
        ).fetchone()
        committed, remembers_ns = row
        if committed is None:
            return 0
        if not remembers_ns:
            return self._database.execute(
                "DELETE FROM records WHERE topic = ? AND log_offset <= ?", (topic.value, committed)
            ).rowcount
        # What the slowest group has still before it may need what lies so long before that, however late.
        since_ns = (self._waiting_since(topic, committed) or self._clock()) - remembers_ns
        return self._database.execute(
            "DELETE FROM records WHERE topic = ? AND published_at_ns < ? AND log_offset <= ?",
            (topic.value, since_ns, committed),
        ).rowcount

    def _waiting_since(self, topic: Topic, committed: int) -> int | None:
        return self._one(
            "SELECT published_at_ns FROM records WHERE topic = ? AND log_offset > ?"
            " ORDER BY log_offset LIMIT 1",
            topic.value,
            committed,
        )

    def _one(self, sql: str, *parameters: str | int) -> int | None:
        row = self._database.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        with self._lock, as_bus_errors(self._path):
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, as_bus_errors(self._path), transaction(self._database):
            yield

    def _prepare(self) -> None:
        run = self._database.execute
        be_durable(self._database)
        with self._transaction():
            application, version = self._pragma("application_id"), self._pragma("user_version")
            foreign = application != _APPLICATION_ID and run("SELECT 1 FROM sqlite_schema").fetchone()
            if foreign or version > _VERSION:
                whose = "a newer Roadwitness" if version > _VERSION and not foreign else "another program"
                raise BusUnavailable(f"{self._path} was written by {whose}: name another file for the log.")
            if version < _VERSION:
                for step in _STEPS[version:]:
                    for statement in step.split(";"):
                        run(statement)
                run(f"PRAGMA application_id = {_APPLICATION_ID}")
                run(f"PRAGMA user_version = {_VERSION}")
        self._give_back()

    def _give_back(self) -> None:
        """Make erasing true: no copy of an erased record stays in the journal, and the file shrinks again.

        A full disk or a reader in another process can be in the way; then the next erasing commit does it.
        """
        surplus = self._pragma("freelist_count") - _SPARE_PAGES
        with suppress(sqlite3.OperationalError):
            if surplus > 0:
                # As a script: ``execute`` takes one step of it only, which gives back a single page.
                self._database.executescript(f"PRAGMA incremental_vacuum({surplus})")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _pragma(self, name: str) -> int:
        return int(self._database.execute(f"PRAGMA {name}").fetchone()[0])
