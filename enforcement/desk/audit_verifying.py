"""Checking the audit: every entry, their order and their end; against the mirror and the signed heads."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from enforcement.desk.audit_comparing import Comparison, Tell
from enforcement.desk.audit_entry import FIELDS, NONE_BEFORE, AuditEntry, is_whole
from enforcement.desk.audit_heads import AuditHead, HeadCheck
from enforcement.desk.audit_mirror import AuditMirror
from enforcement.errors import DeskError
from streams.key_archive import KeyArchive

#: More faults than this are only counted: one spoilt page of the file can hold thousands of entries.
MOST_FAULTS = 50
_SCHEMA = "0020_audit.sql"


@dataclass(frozen=True)
class AuditVerdict:
    """What was checked, and every fault as a sentence.

    ``last_head`` is the newest head whose signature holds. ``mirrored`` and ``waiting`` are how many entries
    the mirror has, and how many are still to be copied there; None: it was not asked.
    """

    entries: int
    last: AuditEntry | None
    last_head: AuditHead | None
    mirrored: int | None
    waiting: int | None
    faults: tuple[str, ...]


def verify_audit(
    path: Path,
    archive: KeyArchive | None,
    mirror: AuditMirror | None = None,
    clock_ns: Callable[[], int] = time.time_ns,
) -> AuditVerdict:
    """Check the chain in the desk file at ``path``, which is only read and may be in use or a copy.

    Args:
        path: the desk file.
        archive: public keys, to check the signed heads with; None: the heads are compared all the same.
        mirror: what the chain is compared with; None: nothing.
        clock_ns: UTC now, for what the mirror may have forgotten.

    Raises:
        DeskError: when the file is not there, is no desk file, or cannot be read at all.
        StoreError: when the mirror cannot be asked.
    """
    faults: list[str] = []
    last = None
    try:
        with closing(_opened(path)) as database:
            faults += _faults_of_file(database)
            heads = HeadCheck(_heads(database), mirror.heads() if mirror else [], archive, faults.append)
            compared = None
            if mirror:
                forgotten_ns = clock_ns() - mirror.kept_ns()
                compared = Comparison(mirror.entries(), _copied(database), forgotten_ns)
            count = 0
            for entry in _checked(_entries(database), faults.append):
                heads.meet(entry, faults.append)
                if compared:
                    compared.meet(entry, faults.append)
                count, last = count + 1, entry
            end = last.sequence if last else 0
            if (copied := _copied(database)) > end:
                faults.append(f"The end is cut off: {copied} entries had been copied, the last one is {end}.")
    # A damaged file can name its parts in bytes that are no text, and SQLite repeats them in its errors.
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise DeskError(
            f"The desk file {path} cannot be read ({error}): it is damaged, or none; restore it from a copy."
        ) from error
    if compared:
        compared.end(end, faults.append)
    heads.end(end, faults.append)
    return AuditVerdict(
        count,
        last,
        heads.newest,
        compared.count if compared else None,
        compared.waiting if compared else None,
        _limited(faults),
    )


def _opened(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise DeskError(f"There is no desk file {path}: name it with --desk, or its folder with --data.")
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30.0)
    # What is no text any more is to be told of, and not to end the reading.
    database.text_factory = lambda content: content.decode(errors="replace")
    database.execute("BEGIN")
    return database


def _faults_of_file(database: sqlite3.Connection) -> Iterator[str]:
    """What SQLite itself finds, and what of the tables is not as it was made."""
    for (found,) in database.execute(f"PRAGMA integrity_check({MOST_FAULTS})"):
        if found != "ok":
            yield f"The file itself is damaged: {' '.join(str(found).split())}."
    with closing(sqlite3.connect(":memory:")) as shipped:
        shipped.executescript(files("enforcement.desk").joinpath("schema", _SCHEMA).read_text("utf-8"))
        asked = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name LIKE 'audit_%' ORDER BY name"
        made, found = set(shipped.execute(asked)), set(database.execute(asked))
    for kind, name, _ in sorted(made - found):
        yield f"The {kind} {name} was changed or taken out of the file: whoever did it could change entries."
    for kind, name, _ in sorted(found - made, key=str):
        if name not in {each[1] for each in made}:
            yield f"The {kind} {name} does not belong into the file: it was put there."


def _entries(database: sqlite3.Connection) -> Iterator[AuditEntry]:
    # By the table itself: an index that was changed could leave entries out.
    rows = database.execute(f"SELECT {', '.join(FIELDS)} FROM audit_entries NOT INDEXED ORDER BY sequence")
    for sequence, at_ns, *words in rows:
        yield AuditEntry(sequence, at_ns if isinstance(at_ns, int) else -1, *map(str, words))


def _heads(database: sqlite3.Connection) -> list[AuditHead]:
    rows = database.execute("SELECT sequence, digest, signed_at_ns, key_id, signature FROM audit_heads")
    return [
        AuditHead(sequence, str(digest), at_ns if isinstance(at_ns, int) else -1, str(key_id), str(signature))
        for sequence, digest, at_ns, key_id, signature in rows
    ]


def _copied(database: sqlite3.Connection) -> int:
    (sequence,) = database.execute("SELECT sequence FROM audit_mirrored").fetchone() or (0,)
    return sequence if isinstance(sequence, int) else 0


def _checked(entries: Iterable[AuditEntry], tell: Tell) -> Iterator[AuditEntry]:
    """The entries as they come, after a look at each and at what ties it to the one before."""
    expected, at_ns, previous = 1, 0, NONE_BEFORE
    for entry in entries:
        number = entry.sequence
        if not is_whole(entry):
            tell(f"Entry {number} was changed: its digest is not that of its fields.")
        if number > expected:
            tell(f"{_missing(expected, number - 1)} missing: they were taken out.")
        elif number < expected:
            tell(f"Entry {number} has a number that no entry can have: it was put in.")
        elif entry.previous != previous:
            tell(
                f"Entry {number} does not follow the one before it: it names another digest than that one's, "
                "so one of them was changed, exchanged or put in."
            )
        if entry.at_ns < at_ns:
            tell(f"Entry {number} is of an earlier time than the one before it: they were re-ordered.")
        expected, at_ns, previous = number + 1, entry.at_ns, entry.digest
        yield entry


def _missing(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _limited(faults: list[str]) -> tuple[str, ...]:
    if len(faults) <= MOST_FAULTS:
        return tuple(faults)
    return (*faults[:MOST_FAULTS], f"{len(faults) - MOST_FAULTS} more faults are not listed.")
