"""A unit's signature under what it saw, and the case package that the centre makes of it."""

from __future__ import annotations

import hashlib
import re
import time
from importlib.metadata import version
from pathlib import Path

import msgspec

from detectors.pipeline import ClosedPassage
from enforcement.casebook import CaseBook
from enforcement.casefile.writing import write_package
from enforcement.errors import CaseFileError
from enforcement.evidence_store import open_evidence
from enforcement.store import Store
from roadwitness.data_folder import DataFolder
from roadwitness.progress import say
from streams.encoding import encode
from streams.key_archive import create_known_signer, load_archive
from streams.messages import EvidenceItem, EvidenceReference
from streams.signing import Signer, load_signer
from streams.statement_chain import StatementChain
from streams.statements import MEDIA_TYPE

#: What a statement is called among a passage's evidence.
STATEMENT = "statement"
_ARCHIVE = "public-keys.json"


def software() -> str:
    """This software's name and version, as statements and packages have it."""
    return f"roadwitness {version('roadwitness')}"


def stated(closed: ClosedPassage, chain: StatementChain | None) -> ClosedPassage:
    """The passage with the unit's signed statement among its evidence, if it has any evidence."""
    if chain is None or not closed.evidence:
        return closed
    passage = closed.passage
    signed = chain.state(passage.camera_id, encode(passage), closed.evidence)
    content = msgspec.json.encode(signed)
    digest = hashlib.sha256(content).hexdigest()
    item = EvidenceItem(digest, MEDIA_TYPE, False, passage.passage_id, passage.camera_id, content)
    reference = EvidenceReference(STATEMENT, digest, MEDIA_TYPE, passage.ended_at_ns, 0, 0)
    return ClosedPassage(
        msgspec.structs.replace(passage, evidence=(*passage.evidence, reference)), (*closed.evidence, item)
    )


def own_chain(data: DataFolder, camera_id: str) -> StatementChain:
    """The chain of a camera whose keys lie in the data folder; they are made on first use."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", camera_id)
    signer = _signer(data.keys, f"unit-{name}.key", f"unit:{camera_id}")
    return StatementChain(data.root / "statements.sqlite", signer, software())


def unit_chain(key: Path, spool: Path) -> StatementChain:
    """The chain of a roadside unit of its own, beside its spool.

    Raises:
        SigningError: when the key cannot be used.
    """
    return StatementChain(spool.with_name("statements.sqlite"), load_signer(key), software())


def package_case(case_id: str, out: Path, data: Path) -> None:
    """Write the package of a case of the data folder, countersigned with the centre's key.

    Raises:
        CaseFileError: when there is no such case, or its passage came without a statement.
    """
    folder = DataFolder.open(data)
    evidence = open_evidence(str(folder.evidence))
    store = Store.embedded(folder.store)
    try:
        store.migrate()
        case = CaseBook(store).case(case_id)
    finally:
        store.close()
    if case is None:
        raise CaseFileError(f"There is no case {case_id}: `roadwitness sql` on v_violations shows their ids.")
    digest = next((piece.digest for piece in case.passage.evidence if piece.kind == STATEMENT), None)
    if digest is None:
        raise CaseFileError(
            f"The unit of case {case_id} signed no statement: give it a signing key, then new cases have one."
        )
    signer = _signer(folder.keys, "centre.key", "centre")
    package = write_package(
        case,
        evidence.get(digest),
        evidence,
        signer,
        load_archive(folder.keys / _ARCHIVE),
        software=software(),
        written_at_ns=time.time_ns(),
    )
    out.write_bytes(package)
    say(f"{out}: {len(package) / 1e6:.1f} MB; `roadwitness verify` or its page checks it.")


def _signer(folder: Path, name: str, owner: str) -> Signer:
    path, archive = folder / name, folder / _ARCHIVE
    if path.exists():
        return load_signer(path)
    return create_known_signer(path, owner, archive)
