"""The audit as it is written: an entry at the end of the chain, on the disk before anything is shown."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from enforcement.desk.audit_entry import FIELDS, NONE_BEFORE, AuditEntry, digest_of
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import AuditUnwritable
from streams.bus import BusUnavailable
from streams.events import Events

_events = Events(__name__)
_INSERT = f"INSERT INTO audit_entries ({', '.join(FIELDS)}) VALUES ({', '.join('?' * len(FIELDS))})"


class AuditChain:
    """The chain in a desk file. Threads and processes may write at once; the file's lock is their order."""

    def __init__(self, desk: DeskFile, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.desk = desk
        self._clock_ns = clock_ns
        # Threads of one process queue here; SQLite would let them wait by trying again and again.
        self._turn = threading.Lock()

    def write(
        self, who: str, role: str, action: str, subject: str, *, purpose: str = "", reason: str = ""
    ) -> None:
        """Add an entry; when this returns it is on the disk. What it is about may be shown only then.

        Args:
            who: the account's name; not empty.
            role: the person's roles, joined by commas.
            action: what was done, a short past tense; not empty.
            subject: to what. Where that is a case, its id, or the id, a slash and what of the case.
            purpose: what for, from a list.
            reason: why, in the person's own words.

        Raises:
            AuditUnwritable: when it cannot be written.
        """
        with unwritable(), self._turn, self.desk.transaction() as database:
            self.append(database, who, role, action, subject, purpose=purpose, reason=reason)

    def append(
        self,
        database: sqlite3.Connection,
        who: str,
        role: str,
        action: str,
        subject: str,
        *,
        purpose: str = "",
        reason: str = "",
    ) -> AuditEntry:
        """As :meth:`write`, within a transaction of the desk file: the entry stands with what it is about.

        Raises:
            AuditUnwritable: without who, or without an action.
        """
        if not who.strip() or not action.strip():
            raise AuditUnwritable("An entry of the audit needs who did what: sign in and try again.")
        last, at_ns, previous = database.execute(
            "SELECT sequence, at_ns, digest FROM audit_entries ORDER BY sequence DESC LIMIT 1"
        ).fetchone() or (0, 0, NONE_BEFORE)
        who, role, action, subject = map(_storable, (who, role, action, subject))
        words = (who, role, action, subject, _storable(purpose), _storable(reason), previous)
        # A clock that was set back does not bring later entries before earlier ones.
        now_ns = max(self._clock_ns(), at_ns)
        entry = AuditEntry(last + 1, now_ns, *words, digest_of(last + 1, now_ns, *words))
        database.execute(_INSERT, msgspec.structs.astuple(entry))
        return entry


@contextmanager
def unwritable() -> Iterator[None]:
    """Within it, a desk file that cannot be used means that something could not be entered.

    Raises:
        AuditUnwritable: in place of ``BusUnavailable``; it says nothing of files, since officers read it.
    """
    try:
        yield
    except BusUnavailable as error:
        _events.error("audit-not-written", failure=error)
        raise AuditUnwritable(
            "This cannot be entered in the audit just now, so nothing is shown or done: try again in a "
            "moment, or tell your administrator."
        ) from error


def _storable(text: str) -> str:
    """The text without what UTF-8 cannot hold (half a surrogate pair out of a form)."""
    return text.encode("utf-8", "replace").decode()
