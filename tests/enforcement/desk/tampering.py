"""A desk file whose audit is whole, and ways to spoil a copy of it as somebody would who owns it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_entry import FIELDS, AuditEntry, digest_of
from enforcement.desk.audit_heads import AuditHead, heads_after, sign_head
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from streams.key_archive import KeyArchive, create_known_signer, load_archive

#: The audit has so many entries, and the last head that the centre signed covers so many of them.
COUNT, SIGNED = 12, 8


class Mirror:
    """A mirror in memory that has what the desk file had."""

    def __init__(self, entries: list[AuditEntry], heads: list[AuditHead]) -> None:
        self._entries = entries
        self._heads = heads

    def entries(self) -> Iterator[AuditEntry]:
        return iter(self._entries)

    def heads(self) -> list[AuditHead]:
        return self._heads

    def kept_ns(self) -> int:
        return 2**62


@dataclass
class Kept:
    """A desk file whose audit is whole; copy it before you spoil it."""

    path: Path
    archive: KeyArchive
    entries: list[AuditEntry]
    heads: list[AuditHead]

    def mirror(self) -> Mirror:
        return Mirror(list(self.entries), list(self.heads))


def keep(folder: Path) -> Kept:
    """Make one in ``folder``."""
    signer = create_known_signer(folder / "centre.key", "centre", folder / "keys.json")
    desk = DeskFile(folder / "desk.sqlite")
    chain = AuditChain(desk)
    for number in range(1, COUNT + 1):
        chain.write(f"officer-{number % 3}", "reviewer", "looked", f"case-{number}", purpose="p", reason="r")
        if number in (5, SIGNED):
            sign_head(desk, signer)
    with desk.transaction() as database:
        rows = database.execute(f"SELECT {', '.join(FIELDS)} FROM audit_entries").fetchall()
        heads = heads_after(database, 0)
        database.execute("INSERT INTO audit_mirrored VALUES (1, ?)", (SIGNED,))
    with desk.reading() as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    return Kept(desk.path, load_archive(folder / "keys.json"), [AuditEntry(*row) for row in rows], heads)


def tamper(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change a desk file as somebody would who owns it, and put its triggers back."""
    with closing(sqlite3.connect(path)) as database:
        kept = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement, values if "?" in statement else ())
        for _, sql in kept:
            database.execute(sql)
        database.commit()


def chain_anew(path: Path, since: int) -> None:
    """Make all digests from an entry on fit again, as a forger would."""
    with closing(sqlite3.connect(path)) as database:
        (previous,) = database.execute(
            "SELECT digest FROM audit_entries WHERE sequence = ?", (since - 1,)
        ).fetchone()
        rows = database.execute(
            f"SELECT {', '.join(FIELDS)} FROM audit_entries WHERE sequence >= ? ORDER BY sequence", (since,)
        ).fetchall()
    for sequence, at_ns, *words in rows:
        digest = digest_of(sequence, at_ns, *words[:-2], previous)
        tamper(
            path,
            "UPDATE audit_entries SET previous = ?, digest = ? WHERE sequence = ?",
            values=(previous, digest, sequence),
        )
        previous = digest


def faults(kept: Kept, path: Path, mirror: Mirror | None = None) -> tuple[str, ...]:
    return verify_audit(path, kept.archive, mirror).faults  # type: ignore[arg-type]
