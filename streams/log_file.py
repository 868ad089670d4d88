"""The file under the local bus: an append-only log and each group's commits, in one SQLite database.

Offsets are one ascending sequence over all topics, never reused, so the records of several topics come back
in the order in which they were written. Several processes may hold the same file; a write waits for its turn.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from streams.bus import BusUnavailable, Record
from streams.sqlite_errors import as_bus_errors, check_room
from streams.sqlite_files import be_durable, open_private, transaction
from streams.topics import ERASED_WHEN_CONSUMED, Topic

_APPLICATION_ID = 0x52574C47  # "RWLG", so that somebody else's database is not taken for a log
_VERSION = 1
_READ_BYTES = 16 * 1024 * 1024
_SPARE_PAGES = 4096  # free pages kept for the next records; what is more goes back to the disk

_SCHEMA = """
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
) STRICT, WITHOUT ROWID;
"""


class LogFile:
    """One open log; every method may be called from any thread.

    ``reserve_bytes`` of the disk stay free of new records: erasing needs room too, so without them a log that
    filled its disk could never be emptied by those who read it.

    Raises:
        BusFull: from every method, when the disk is full.
        BusUnavailable: from every method, when the file cannot be read or written, or is no log.
    """

    def __init__(self, path: Path, reserve_bytes: int) -> None:
        self._path = path
        self._reserve_bytes = reserve_bytes
        self._lock = threading.RLock()
        self._database = open_private(path, "log")
        with as_bus_errors(path):
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def append(self, records: Sequence[tuple[Topic, str, bytes]]) -> None:
        """Write ``records`` in order, all or none; they are on the disk when this returns."""
        check_room(self._path, self._reserve_bytes + sum(len(value) for _, _, value in records))
        with self._transaction():
            self._database.executemany(
                "INSERT INTO records (topic, key, value) VALUES (?, ?, ?)",
                ((topic.value, key, value) for topic, key, value in records),
            )

    def join(self, group: str, topics: Sequence[Topic]) -> dict[Topic, int]:
        """Where ``group`` goes on, by topic; a topic that is new to it counts as unread from now on."""
        with self._transaction():
            self._database.executemany(
                "INSERT OR IGNORE INTO commits VALUES (?, ?, 0)", [(group, topic.value) for topic in topics]
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
                    "SELECT topic, key, value FROM records WHERE log_offset = ?", (offset,)
                ).fetchone()
                if row is None:  # a second member of this group committed and erased it meanwhile
                    continue
                topic, key, value = row
                records.append(Record(Topic(topic), key, value, partition=0, offset=offset))
                size += len(value)
                if size >= _READ_BYTES:
                    break
        return records

    def commit(self, group: str, handled: Mapping[Topic, int]) -> None:
        """``group`` has handled each topic up to its offset, included; erase what nobody waits for."""
        erased = 0
        with self._transaction():
            for topic, offset in handled.items():
                self._database.execute(
                    "UPDATE commits SET committed = max(committed, ?) WHERE consumer_group = ? AND topic = ?",
                    (offset, group, topic.value),
                )
                if topic in ERASED_WHEN_CONSUMED:
                    erased += self._database.execute(
                        "DELETE FROM records WHERE topic = ?1 AND log_offset <="
                        " (SELECT min(committed) FROM commits WHERE topic = ?1)",
                        (topic.value,),
                    ).rowcount
        if erased:
            with self._lock, as_bus_errors(self._path):
                self._give_back()

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
                for statement in filter(str.strip, _SCHEMA.split(";")):
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
