"""The case package that the centre makes of what its store and its evidence hold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from dashboards.papers.court_file import court_file
from enforcement.casebook import CaseBook
from enforcement.casefile.manifest import PAPER, PackedFile
from enforcement.casefile.writing import write_package
from enforcement.desk.audit_book import AuditBook
from enforcement.desk.audit_entry import AuditEntry
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import CaseFileError
from enforcement.papers.court import court_paper
from enforcement.receiving import receipt_of
from roadwitness.data_folder import DataFolder
from roadwitness.own_keys import ARCHIVE, STATEMENT, centre_signer, software
from roadwitness.premises import Premises
from roadwitness.progress import say
from streams.key_archive import load_archive
from streams.statements import read_signed


def package_case(case_id: str, out: Path, premises: Premises) -> None:
    """Write the package of a case, countersigned with the centre's key, which lies in the data folder.

    Raises:
        CaseFileError: when there is no such case, or its passage came without a statement.
    """
    folder, evidence = premises.folder, premises.open_evidence()
    with premises.open_store() as store:
        book = CaseBook(store)
        case = book.case(case_id)
        if case is None:
            raise CaseFileError(
                f"There is no case {case_id}: `roadwitness sql` on v_violations shows their ids."
            )
        digest = next((piece.digest for piece in case.passage.evidence if piece.kind == STATEMENT), None)
        if digest is None:
            raise CaseFileError(
                f"The unit of case {case_id} signed no statement: give it a signing key, then new cases have "
                "one."
            )
        statement, now_ns = evidence.get(digest), time.time_ns()
        receipt, time_stamp = receipt_of(store, read_signed(statement).digest) or (b"", b"")

        def paper(files: Sequence[PackedFile]) -> bytes:
            return court_paper(
                court_file(
                    book,
                    evidence,
                    case,
                    made_at_ns=now_ns,
                    software=software(),
                    statement=read_signed(statement),
                    files=files,
                    story=_story(folder, case_id),
                )
            )

        package = write_package(
            case,
            statement,
            evidence,
            centre_signer(folder.keys),
            load_archive(folder.keys / ARCHIVE),
            software=software(),
            written_at_ns=now_ns,
            receipt=receipt,
            time_stamp=time_stamp,
            paper=paper,
        )
    out.write_bytes(package)
    say(
        f"{out}: {len(package) / 1e6:.1f} MB, with {PAPER} in it; `roadwitness verify` or its page checks it."
    )


def _story(folder: DataFolder, case_id: str) -> list[AuditEntry]:
    """What the audit has about a case; nothing where no desk was ever kept in this folder."""
    if not folder.desk.exists():
        return []
    with closing(DeskFile(folder.desk)) as desk:
        return AuditBook(desk).story(case_id)
