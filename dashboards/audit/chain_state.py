"""How far the audit, its mirror and its signed heads are, and whether all of it is whole."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.office import Office
from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_entry import AuditEntry
from enforcement.desk.audit_heads import AuditHead, newest_head
from enforcement.desk.audit_mirror import AuditMirror
from enforcement.desk.audit_verifying import AuditVerdict, verify_audit
from enforcement.errors import StoreError
from enforcement.queries import StoreReader
from streams.key_archive import ARCHIVE_NAME, KeyArchive, load_archive


@dataclass(frozen=True)
class ChainState:
    """The last entry and head of the desk file, and up to which entry the mirror has them.

    ``mirrored`` None: the store does not answer.
    """

    last: AuditEntry | None
    head: AuditHead | None
    mirrored: int | None


def state_of_chain(office: Office) -> ChainState:
    """What can be said at once, without checking anything."""
    with office.desk.file.reading() as database:
        head = newest_head(database)
    newest = AuditBook(office.desk.file).page(AuditFilter(), 1)
    try:
        mirrored = AuditMirror(StoreReader(office.casebook.store)).last()
    except StoreError:
        mirrored = None
    return ChainState(newest[0] if newest else None, head, mirrored)


def check_chain(office: Office) -> AuditVerdict:
    """Check every entry, as ``roadwitness audit verify`` does.

    Raises:
        DeskError, StoreError, SigningError: when desk file, mirror or archive cannot be read.
    """
    mirror = AuditMirror(StoreReader(office.casebook.store))
    return verify_audit(office.desk.file.path, _archive(office), mirror)


def _archive(office: Office) -> KeyArchive | None:
    path = office.desk.keys / ARCHIVE_NAME if office.desk.keys else None
    return load_archive(path) if path and path.exists() else None
