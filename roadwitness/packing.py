"""The case package that the centre makes of what its store and its evidence hold."""

from __future__ import annotations

import time
from pathlib import Path

from enforcement.casebook import CaseBook
from enforcement.casefile.writing import write_package
from enforcement.errors import CaseFileError
from roadwitness.premises import Premises
from roadwitness.progress import say
from roadwitness.stating import ARCHIVE, STATEMENT, signer_of, software
from streams.key_archive import load_archive


def package_case(case_id: str, out: Path, premises: Premises) -> None:
    """Write the package of a case, countersigned with the centre's key, which lies in the data folder.

    Raises:
        CaseFileError: when there is no such case, or its passage came without a statement.
    """
    folder, evidence = premises.folder, premises.open_evidence()
    with premises.open_store() as store:
        case = CaseBook(store).case(case_id)
    if case is None:
        raise CaseFileError(f"There is no case {case_id}: `roadwitness sql` on v_violations shows their ids.")
    digest = next((piece.digest for piece in case.passage.evidence if piece.kind == STATEMENT), None)
    if digest is None:
        raise CaseFileError(
            f"The unit of case {case_id} signed no statement: give it a signing key, then new cases have one."
        )
    signer = signer_of(folder.keys, "centre.key", "centre")
    package = write_package(
        case,
        evidence.get(digest),
        evidence,
        signer,
        load_archive(folder.keys / ARCHIVE),
        software=software(),
        written_at_ns=time.time_ns(),
    )
    out.write_bytes(package)
    say(f"{out}: {len(package) / 1e6:.1f} MB; `roadwitness verify` or its page checks it.")
