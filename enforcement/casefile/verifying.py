"""Checking a case package: offline, from its bytes and an archive of public keys alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enforcement.casefile.canonical_zip import unpack
from enforcement.casefile.manifest import (
    CENTRE_SIGNATURE,
    FILES,
    FIRST_FORMAT,
    FORMAT,
    KEYS,
    MANIFEST,
    RECEIPT,
    STATEMENT,
    TIME_STAMP,
    CentreSignature,
    Facts,
    Manifest,
    read_canonical,
)
from enforcement.casefile.receipt import SignedReceipt
from enforcement.casefile.signed_by import CENTRE, check_received, check_signature
from enforcement.casefile.time_stamps import TimeStamp, check_time_stamp
from enforcement.errors import CaseFileError
from streams.key_archive import KeyArchive
from streams.messages import Passage
from streams.signing import PublicSigningKey
from streams.statements import SignedStatement, Statement, StatementDamaged, read_signed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

#: Two clocks may differ: the centre's may say that it received what the unit's says it signed only now.
_CLOCKS_DIFFER_NS = 10 * 60 * 10**9


@dataclass(frozen=True)
class Verdict:
    """A package that holds: what it is, who signed, and whether the keys came from outside it.

    ``received_at_ns`` is when the centre countersigned the unit's statement as it came; None if it did not.
    """

    case_id: str
    camera_id: str
    sequence: int
    previous: str
    statement: str
    signed_at_ns: int
    written_at_ns: int
    unit_key: PublicSigningKey
    centre_key: PublicSigningKey
    files: int
    own_keys: bool
    received_at_ns: int | None = None
    time_stamp: TimeStamp | None = None


def verify_package(
    content: bytes, archive: KeyArchive | None = None, roots: tuple[Certificate, ...] = ()
) -> Verdict:
    """Check every byte of a package.

    ``archive`` is the authority's archive of public keys; without it the package's own copy is used, which
    only proves that the package fits together: compare the keys' ids with the authority's. ``roots`` are the
    certificates of the time-stamp authority; without them it is only checked that a time-stamp is of this
    receipt.

    Raises:
        CaseFileError: one sentence that says what is wrong with it.
        TimeStampSettingsError: when it has a time-stamp, and the library for them is missing.
    """
    members = unpack(content)
    manifest = read_canonical(_member(members, MANIFEST), Manifest, MANIFEST)
    if manifest.format not in (FORMAT, FIRST_FORMAT):
        raise CaseFileError(f"The package is of the format '{manifest.format}', and {FORMAT} is known.")
    _check_members(members, manifest)
    keys = archive or read_canonical(_member(members, KEYS), KeyArchive, KEYS)
    centre_signature = read_canonical(_member(members, CENTRE_SIGNATURE), CentreSignature, CENTRE_SIGNATURE)
    centre = check_signature(
        keys, centre_signature.signature, members[MANIFEST], CENTRE, manifest.written_at_ns, "The manifest"
    )
    try:
        signed = read_signed(_member(members, STATEMENT))
        stated = signed.read()
        passage = stated.read_passage()
    except StatementDamaged as error:
        raise CaseFileError(str(error)) from error
    unit = check_signature(
        keys,
        signed.signature,
        signed.statement.encode(),
        f"unit:{stated.camera_id}",
        stated.signed_at_ns,
        "The unit's statement",
    )
    _check_agreement(members, manifest, stated, signed.digest)
    _check_facts(manifest, passage, stated)
    received_at_ns = _check_receipt(members, keys, signed, stated, manifest)
    if manifest.format != FIRST_FORMAT:
        check_received(unit, received_at_ns)
    stamped = (
        check_time_stamp(members[TIME_STAMP], members[RECEIPT], roots) if TIME_STAMP in members else None
    )
    return Verdict(
        case_id=manifest.case_id,
        camera_id=stated.camera_id,
        sequence=stated.sequence,
        previous=stated.previous,
        statement=signed.digest,
        signed_at_ns=stated.signed_at_ns,
        written_at_ns=manifest.written_at_ns,
        unit_key=unit,
        centre_key=centre,
        files=len(stated.files),
        own_keys=archive is None,
        received_at_ns=received_at_ns,
        time_stamp=stamped,
    )


def _member(members: dict[str, bytes], name: str) -> bytes:
    if name not in members:
        raise CaseFileError(f"The package has no {name}: it was taken out.")
    return members[name]


def _check_members(members: dict[str, bytes], manifest: Manifest) -> None:
    listed = {file.path: file for file in manifest.files}
    if len(listed) != len(manifest.files):
        raise CaseFileError("The manifest lists a file twice: it was changed.")
    present = set(members) - {MANIFEST, CENTRE_SIGNATURE}
    for path in sorted(present - set(listed)):
        raise CaseFileError(f"{path} is in the package and not in its manifest: it was put in.")
    for path in sorted(set(listed) - present):
        raise CaseFileError(f"{path} is in the manifest and not in the package: it was taken out.")
    for path, file in listed.items():
        if len(members[path]) != file.size_bytes or _sha256(members[path]) != file.sha256:
            raise CaseFileError(f"{path} is not the file that was packed: its digest differs.")


def _check_agreement(
    members: dict[str, bytes], manifest: Manifest, stated: Statement, statement: str
) -> None:
    """What the centre listed is what the unit stated."""
    told = (manifest.camera_id, manifest.sequence, manifest.previous, manifest.statement)
    if told != (stated.camera_id, stated.sequence, stated.previous, statement):
        raise CaseFileError(
            "The manifest is of another statement than the one in the package: it was swapped."
        )
    if stated.signed_at_ns > manifest.written_at_ns:
        raise CaseFileError("The package was written before its passage was stated: its times are wrong.")
    evidence = {f"{FILES}{file.digest}": file for file in stated.files}
    packed = {path for path in members if path.startswith(FILES)}
    for path in sorted(packed ^ set(evidence)):
        raise CaseFileError(f"{path}: what the unit stated and what is packed differ: evidence was swapped.")
    for path, file in evidence.items():
        if _sha256(members[path]) != file.digest or len(members[path]) != file.size_bytes:
            raise CaseFileError(f"{path} is not the evidence that the unit stated: its digest differs.")


def _check_facts(manifest: Manifest, passage: Passage, stated: Statement) -> None:
    """What the manifest tells of the measurement is what the unit stated."""
    facts = manifest.facts
    if (facts is None) != (manifest.format == FIRST_FORMAT):
        raise CaseFileError("The manifest does not tell what its format tells: it was changed.")
    if facts is not None and facts != Facts.of(passage, stated.software, facts.policy):
        raise CaseFileError("The manifest tells of another measurement than the unit stated: it was changed.")


def _check_receipt(
    members: dict[str, bytes],
    keys: KeyArchive,
    signed: SignedStatement,
    stated: Statement,
    manifest: Manifest,
) -> int | None:
    """When the centre countersigned the statement as it came (UTC ns); None where there is no receipt."""
    if RECEIPT not in members:
        if TIME_STAMP in members:
            raise CaseFileError(
                "The package has a time-stamp and no receipt that it is of: it was taken out."
            )
        return None
    countersigned = read_canonical(members[RECEIPT], SignedReceipt, RECEIPT)
    receipt = countersigned.read()
    check_signature(
        keys,
        countersigned.signature,
        countersigned.receipt.encode(),
        CENTRE,
        receipt.received_at_ns,
        "The receipt",
    )
    told = (receipt.statement, receipt.camera_id, receipt.sequence, receipt.previous)
    if told != (signed.digest, stated.camera_id, stated.sequence, stated.previous):
        raise CaseFileError(
            "The receipt is of another statement than the one in the package: it was swapped."
        )
    if not stated.signed_at_ns - _CLOCKS_DIFFER_NS <= receipt.received_at_ns <= manifest.written_at_ns:
        raise CaseFileError(
            "The statement was received before it was signed, or after it was packed: the times are wrong."
        )
    return receipt.received_at_ns


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
