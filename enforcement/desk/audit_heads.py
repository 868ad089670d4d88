"""Signed heads of the audit: the centre's word for how far the chain had come at a moment."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence

import msgspec

from enforcement.desk.audit_entry import AuditEntry
from enforcement.desk.desk_file import DeskFile
from streams.key_archive import KeyArchive
from streams.signing import Signature, Signer, verifies

# Keeps these signatures apart from every other one that the centre's key makes.
_WORD = b"roadwitness-audit-head-1"
_OWNER = "centre"


class AuditHead(msgspec.Struct, frozen=True):
    """At ``signed_at_ns`` (UTC) the entry ``sequence`` was the last, and had this ``digest``."""

    sequence: int
    digest: str
    signed_at_ns: int
    key_id: str
    signature: str


def sign_head(desk: DeskFile, signer: Signer, clock_ns: Callable[[], int] = time.time_ns) -> AuditHead | None:
    """Sign the end of the chain; None when nothing was added since the last head.

    Raises:
        BusUnavailable: when the desk file cannot be written.
    """
    with desk.transaction() as database:
        last = database.execute(
            "SELECT sequence, digest FROM audit_entries ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        (signed,) = database.execute("SELECT coalesce(max(sequence), 0) FROM audit_heads").fetchone()
        if last is None or last[0] <= signed:
            return None
        at_ns = clock_ns()
        signature = signer.sign(_content(last[0], last[1], at_ns))
        head = AuditHead(last[0], last[1], at_ns, signature.key_id, signature.signature)
        database.execute("INSERT INTO audit_heads VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(head))
    return head


def heads_after(database: sqlite3.Connection, sequence: int) -> list[AuditHead]:
    """The heads of a desk file beyond this entry, oldest first."""
    rows = database.execute("SELECT * FROM audit_heads WHERE sequence > ? ORDER BY sequence", (sequence,))
    return [AuditHead(*row) for row in rows]


def newest_head(database: sqlite3.Connection) -> AuditHead | None:
    """The last head of a desk file; None where none was signed."""
    row = database.execute("SELECT * FROM audit_heads ORDER BY sequence DESC LIMIT 1").fetchone()
    return AuditHead(*row) if row else None


def fault_of(head: AuditHead, archive: KeyArchive) -> str:
    """What is wrong with the signature of a head, as the end of a sentence; empty when nothing is."""
    key = archive.find(head.key_id)
    if key is None or key.owner != _OWNER:
        return f"is signed with {head.key_id}, which is no key of the centre in the archive"
    signature = Signature(head.key_id, head.signature)
    if not verifies(key, signature, _content(head.sequence, head.digest, head.signed_at_ns)):
        return "was changed: the centre's signature does not fit it"
    if not key.counts_at(head.signed_at_ns):
        return "was signed when its key did not count"
    return ""


def _content(sequence: int, digest: str, signed_at_ns: int) -> bytes:
    # The word and the digest have one length each, so that no two heads give the same bytes.
    return b"%b %d %d %b" % (_WORD, sequence, signed_at_ns, digest.encode())


class HeadCheck:
    """Holds the entries of a desk file against every signed head. ``newest`` is the last one that holds."""

    def __init__(
        self,
        own: Sequence[AuditHead],
        mirrored: Sequence[AuditHead],
        archive: KeyArchive | None,
        tell: Callable[[str], None],
    ) -> None:
        """``own`` are the heads of the desk file itself; a fault is given to ``tell``, as a sentence."""
        self.newest: AuditHead | None = None
        self._sound: dict[int, list[AuditHead]] = {}
        for head in sorted({*own, *mirrored}, key=lambda each: each.sequence):
            if fault := fault_of(head, archive) if archive else "":
                tell(f"The head of entry {head.sequence} {fault}.")
            else:
                self._sound.setdefault(head.sequence, []).append(head)
                if head not in own:
                    tell(
                        f"The head of entry {head.sequence} is in the mirror and no longer in the desk file."
                    )

    def meet(self, entry: AuditEntry, tell: Callable[[str], None]) -> None:
        """Compare an entry with the head that was signed when it was the last."""
        for head in self._sound.pop(entry.sequence, ()):
            if head.digest == entry.digest:
                self.newest = head
            else:
                tell(
                    f"Entry {entry.sequence} is not the one that the centre signed as the last one: it or "
                    "one before it was changed, and the digests after it made anew."
                )

    def end(self, last: int, tell: Callable[[str], None]) -> None:
        """Tell of a head beyond the ``last`` entry."""
        if beyond := [sequence for sequence in self._sound if sequence > last]:
            tell(
                f"The end is cut off: the centre signed that there are {max(beyond)} entries, "
                f"and the last one here is {last}."
            )
