"""SQLite files of our own: opened for their owner alone, written durably, one transaction at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from streams.bus import BusUnavailable
from streams.sqlite_errors import as_bus_errors

_PATIENCE_S = 30.0


def open_private(path: Path, what: str) -> sqlite3.Connection:
    """A connection to the file at ``path``, made if it is not there; ``what`` names it in an error.

    Only its owner may read it: it holds plates in the clear. Transactions are begun by hand.

    Raises:
        BusUnavailable: when it cannot be opened.
    """
    try:
        # Never a file that is there: closing it would give up the locks that SQLite has on it in this
        # process, and another process could then remove the log from under us.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BusUnavailable(
            f"The {what} {path} cannot be opened ({error.strerror}):"
            " check that its folder is there and writable."
        ) from error
    with as_bus_errors(path):
        return sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)


def be_durable(database: sqlite3.Connection) -> None:
    """Survive a killed process and a lost mains supply, and leave nothing of what was erased."""
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    database.execute("PRAGMA journal_mode = WAL")
    # FULL: in WAL mode NORMAL would lose the last records with the power.
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA secure_delete = ON")


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All that is done within it, or nothing."""
    # Take the write lock at once: a transaction that begins reading cannot wait for it later.
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
