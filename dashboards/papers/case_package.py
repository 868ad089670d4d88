"""The package of a case for a court: what store, evidence and audit hold of it, signed by the centre."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dashboards.papers.court_file import court_file
from enforcement.case_queue import NO_PAPER
from enforcement.casebook import Case, CaseBook
from enforcement.casefile.manifest import PackedFile
from enforcement.casefile.own_keys import centre_signer, software
from enforcement.casefile.writing import write_package
from enforcement.desk.audit_entry import AuditEntry
from enforcement.errors import CaseFileError
from enforcement.evidence_store import EvidenceStore
from enforcement.papers.court import court_paper
from enforcement.papers.records import court_language
from enforcement.papers.texts import load_court_texts
from enforcement.receiving import receipt_of
from enforcement.road import Road
from streams.key_archive import ARCHIVE_NAME, load_archive
from streams.statements import KIND, read_signed


def make_package(
    book: CaseBook,
    evidence: EvidenceStore,
    case: Case,
    keys: Path,
    *,
    road: Road | None = None,
    story: Sequence[AuditEntry] = (),
    language: str = "",
    clock_ns: Callable[[], int] = time.time_ns,
) -> bytes:
    """The package as the bytes of a ZIP file, with the paper for a court in it.

    ``keys`` is the folder with the centre's key and the archive; ``story`` what the audit has of the case.
    ``language`` is that of the paper; empty: as the policy of the case says.

    Raises:
        PapersError: for a language without texts.
        CaseFileError: when the passage came without a statement, or a picture of it is none.
        EvidenceMissing, EvidenceCorrupt: when a piece of evidence is not there or was changed.
        SigningError: when the keys cannot be used.
    """
    if book.is_seeded(case.summary.case_id):
        raise CaseFileError(NO_PAPER)
    digest = next((piece.digest for piece in case.passage.evidence if piece.kind == KIND), None)
    if digest is None:
        raise CaseFileError(
            f"The unit of case {case.summary.case_id} signed no statement: give it a signing key, then new "
            "cases have one."
        )
    statement = evidence.get(digest)
    signed = read_signed(statement)
    stated = signed.read()
    # The key first: it may be made just now, and counts for what is written after that.
    signer = centre_signer(keys)
    made_at_ns = clock_ns()
    received = receipt_of(book.store, stated.camera_id, stated.sequence, signed.digest)
    receipt, time_stamp = received or (b"", b"")

    texts = load_court_texts(language or court_language(book.records(case.passage, case.finding)))

    def paper(files: Sequence[PackedFile]) -> bytes:
        return court_paper(
            court_file(
                book,
                evidence,
                case,
                texts=texts,
                made_at_ns=made_at_ns,
                software=software(),
                road=road,
                statement=signed,
                receipt=receipt,
                time_stamp=time_stamp,
                files=files,
                story=story,
            )
        )

    return write_package(
        case,
        statement,
        evidence,
        signer,
        load_archive(keys / ARCHIVE_NAME),
        software=software(),
        written_at_ns=made_at_ns,
        receipt=receipt,
        time_stamp=time_stamp,
        paper=paper,
    )
