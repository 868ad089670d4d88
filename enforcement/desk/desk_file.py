"""The desk's own file: accounts, leases, the chain of the audit. In SQLite, as each is one short transaction.

Cases and decisions are not in it: they are in the store, and the order of the decisions log settles who was
first. What lies here is what an officer must be told at once and what two officers must never both be given.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from enforcement.errors import DeskError
from streams.sqlite_errors import as_bus_errors
from streams.sqlite_files import be_durable, open_private, transaction

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


class _OfOneThread:
    """A thread's own connection, closed when the thread ends: web servers begin new ones all day."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def __del__(self) -> None:
        self.database.close()


class DeskFile:
    """An open desk file. Several threads and processes may use it; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path`` in its newest form; made readable for its owner alone if it is not there.

        Raises:
            BusUnavailable: when it cannot be opened.
            DeskError: when a newer release has written it, or a schema file was changed after it ran.
        """
        self.path = path
        self._of_thread = threading.local()
        self._open: weakref.WeakSet[_OfOneThread] = weakref.WeakSet()
        self._opening = threading.Lock()
        self._bring_up_to_date()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is done on it within the context is kept together, durably, or not at all."""
        database = self._connection()
        with as_bus_errors(self.path), transaction(database):
            yield database

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from; never waits for a writer."""
        with as_bus_errors(self.path):
            yield self._connection()

    def empty_log(self) -> bool:
        """Empty the log beside the file, in which erased rows still stand; False where a reader needs it.

        Nobody is kept waiting for that: it may be tried again.
        """
        database = self._connection()
        with as_bus_errors(self.path):
            [(patience_ms,)] = database.execute("PRAGMA busy_timeout").fetchall()
            try:
                database.execute("PRAGMA busy_timeout = 0")
                [(is_busy, *_)] = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.OperationalError:
                return False
            finally:
                database.execute(f"PRAGMA busy_timeout = {patience_ms}")
        return not is_busy

    def close(self) -> None:
        """Close every thread's connection."""
        with self._opening:
            for each in list(self._open):
                each.database.close()

    def _connection(self) -> sqlite3.Connection:
        own: _OfOneThread | None = getattr(self._of_thread, "own", None)
        if own is None:
            own = _OfOneThread(open_private(self.path, "desk file"))
            with as_bus_errors(self.path):
                be_durable(own.database)
                own.database.execute("PRAGMA foreign_keys = ON")
            self._of_thread.own = own
            with self._opening:
                self._open.add(own)
        return own.database

    def _bring_up_to_date(self) -> None:
        with self.transaction() as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS schema_files"
                " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT"
            )
            ran = dict(database.execute("SELECT number, sha256 FROM schema_files").fetchall())
            shipped = dict(_schema_files())
            if unknown := sorted(set(ran) - set(shipped)):
                raise DeskError(
                    f"{self.path} was written by a newer release ({unknown[-1]}): install that release."
                )
            for number, (name, text) in sorted(shipped.items()):
                digest = hashlib.sha256(text.encode()).hexdigest()
                if number not in ran:
                    for statement in filter(str.strip, text.split(";\n")):
                        database.execute(statement)
                    database.execute("INSERT INTO schema_files VALUES (?, ?, ?)", (number, name, digest))
                elif ran[number] != digest:
                    raise DeskError(
                        f"the schema file {name} was changed after it ran on {self.path}: restore the file."
                    )


def _schema_files() -> Iterator[tuple[int, tuple[str, str]]]:
    for file in files("enforcement.desk").joinpath("schema").iterdir():
        if matched := _NAME.fullmatch(file.name):
            yield int(matched[1]), (file.name, file.read_text(encoding="utf-8"))
