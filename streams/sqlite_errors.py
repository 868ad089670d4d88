"""What SQLite's refusals mean to a person, as errors of the bus."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.bus import BusFull, BusUnavailable

_SCARCE_BYTES = 1024 * 1024

_FULL = "The disk under {path} is full: free some space and try again; nothing acknowledged is lost."
_DAMAGED = (
    "{path} is not a readable log ({reason}): move the file away and start again, or restore a copy of it."
)
_SENTENCES = {
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_READONLY: "{path} cannot be written ({reason}): give this user the right to write it.",
    sqlite3.SQLITE_PERM: "{path} cannot be written ({reason}): give this user the right to write it.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened ({reason}): check that its folder is there.",
    sqlite3.SQLITE_BUSY: "Another process holds {path} for too long ({reason}): stop it or try again.",
}
_OTHERWISE = "{path} cannot be used ({reason}): check the disk and try again; nothing acknowledged is lost."


def check_room(path: Path, size_bytes: int) -> None:
    """Refuse to write ``size_bytes`` more beside ``path`` if the disk has not that much room left.

    Raises:
        BusFull: when it has not.
    """
    if shutil.disk_usage(path.parent).free < size_bytes:
        raise BusFull(_FULL.format(path=path))


@contextmanager
def as_bus_errors(path: Path) -> Iterator[None]:
    """Within it, an error of SQLite on the log at ``path`` is raised as an error of the bus.

    Raises:
        BusFull: when the disk is full.
        BusUnavailable: on any other error of the database.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(error, path) from error


def _explained(error: sqlite3.Error, path: Path) -> BusUnavailable:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # A full disk under the shared-memory index or in fsync is reported as an input/output error.
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _scarce(path)):
        return BusFull(_FULL.format(path=path))
    return BusUnavailable(_SENTENCES.get(primary, _OTHERWISE).format(path=path, reason=error))


def _scarce(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SCARCE_BYTES
    except OSError:
        return False
