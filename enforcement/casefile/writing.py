"""Making a case package: everything a court needs, listed, hashed and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from enforcement.case_plate import CasePlate
from enforcement.casebook import Case, CaseEvent
from enforcement.casefile.canonical_zip import pack
from enforcement.casefile.manifest import (
    CASE,
    CENTRE_SIGNATURE,
    FILES,
    FORMAT,
    KEYS,
    MANIFEST,
    PAPER,
    RECEIPT,
    STATEMENT,
    TIME_STAMP,
    CentreSignature,
    Facts,
    Manifest,
    PackedFile,
    canonical,
)
from enforcement.errors import CaseFileError
from enforcement.evidence_store import EvidenceStore
from enforcement.rules.finding import Finding
from streams.key_archive import KeyArchive
from streams.signing import Signer
from streams.statements import read_signed

_JSON = "application/json"
_PDF = "application/pdf"
_TIME_STAMP = "application/timestamp-reply"

#: Makes the paper of a case, given what else lies in the package.
MakePaper = Callable[[Sequence[PackedFile]], bytes]


class CaseRecord(msgspec.Struct, frozen=True):
    """What the centre knows of the case: the finding with its law, the plate as weighed, what was decided."""

    case_id: str
    offence: str
    status: str
    finding: Finding
    plate: CasePlate
    events: tuple[CaseEvent, ...]


def write_package(
    case: Case,
    statement: bytes,
    evidence: EvidenceStore,
    signer: Signer,
    archive: KeyArchive,
    *,
    software: str,
    written_at_ns: int,
    receipt: bytes = b"",
    time_stamp: bytes = b"",
    paper: MakePaper | None = None,
) -> bytes:
    """The package of ``case`` as the bytes of a ZIP file.

    ``statement`` is the unit's signed statement of the passage; ``signer`` is the centre's. What ``paper``
    makes of the list of the other files is a file of the package too, and in its manifest like them.
    ``receipt`` is the centre's of the statement, ``time_stamp`` an authority's of the receipt; empty where
    there is none.

    Raises:
        CaseFileError: when the statement is of another passage, or the centre's key is not in the archive.
        EvidenceMissing, EvidenceCorrupt: when a piece of evidence is not there or was changed.
    """
    stated = read_signed(statement).read()
    passage = stated.read_passage()
    if passage.passage_id != case.passage.passage_id:
        raise CaseFileError(
            "The unit's statement is of another passage than the case: take the one that came with it."
        )
    if archive.find(signer.key_id) is None:
        raise CaseFileError(
            f"The centre's key {signer.key_id} is not in the archive of public keys: add it before it signs."
        )
    members = {
        STATEMENT: statement,
        KEYS: canonical(archive),
        CASE: canonical(_record_of(case)),
        **{f"{FILES}{file.digest}": evidence.get(file.digest) for file in stated.files},
    }
    members |= {name: it for name, it in ((RECEIPT, receipt), (TIME_STAMP, time_stamp)) if it}
    types = (
        {TIME_STAMP: _TIME_STAMP}
        | {f"{FILES}{file.digest}": file.media_type for file in stated.files}
        | {PAPER: _PDF}
    )
    if paper is not None:
        members[PAPER] = paper(_listed(members, types))
    manifest = Manifest(
        case_id=case.summary.case_id,
        camera_id=stated.camera_id,
        written_at_ns=written_at_ns,
        software=software,
        statement=read_signed(statement).digest,
        sequence=stated.sequence,
        previous=stated.previous,
        files=tuple(_listed(members, types)),
        format=FORMAT,
        facts=Facts.of(
            passage, stated.software, f"{case.finding.policy_id}, version {case.finding.policy_version}"
        ),
    )
    content = canonical(manifest)
    signature = CentreSignature(signer.sign(content))
    return pack({**members, MANIFEST: content, CENTRE_SIGNATURE: canonical(signature)})


def _record_of(case: Case) -> CaseRecord:
    summary = case.summary
    return CaseRecord(summary.case_id, summary.offence, summary.status, case.finding, case.plate, case.events)


def _listed(members: Mapping[str, bytes], types: Mapping[str, str]) -> list[PackedFile]:
    return [
        PackedFile(path, hashlib.sha256(content).hexdigest(), len(content), types.get(path, _JSON))
        for path, content in sorted(members.items())
    ]
