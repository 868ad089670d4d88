"""Checking a case package: offline, from its bytes and an archive of public keys alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from enforcement.casefile.canonical_zip import unpack
from enforcement.casefile.manifest import (
    CENTRE_SIGNATURE,
    FILES,
    FORMAT,
    KEYS,
    MANIFEST,
    STATEMENT,
    CentreSignature,
    Manifest,
    read_canonical,
)
from enforcement.errors import CaseFileError
from streams.key_archive import KeyArchive
from streams.signing import PublicSigningKey, Signature, verifies
from streams.statements import BEGINNING, Statement, StatementDamaged, read_signed

CENTRE = "centre"


@dataclass(frozen=True)
class Verdict:
    """A package that holds: what it is, who signed, and whether the keys came from outside it."""

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


def verify_package(content: bytes, archive: KeyArchive | None = None) -> Verdict:
    """Check every byte of a package.

    ``archive`` is the authority's archive of public keys; without it the package's own copy is used, which
    only proves that the package fits together: compare the keys' ids with the authority's.

    Raises:
        CaseFileError: one sentence that says what is wrong with it.
    """
    members = unpack(content)
    manifest = read_canonical(_member(members, MANIFEST), Manifest, MANIFEST)
    if manifest.format != FORMAT:
        raise CaseFileError(f"The package is of the format '{manifest.format}', and {FORMAT} is known.")
    _check_members(members, manifest)
    keys = archive or read_canonical(_member(members, KEYS), KeyArchive, KEYS)
    centre_signature = read_canonical(_member(members, CENTRE_SIGNATURE), CentreSignature, CENTRE_SIGNATURE)
    centre = _signed_by(
        keys, centre_signature.signature, members[MANIFEST], CENTRE, manifest.written_at_ns, "The manifest"
    )
    try:
        signed = read_signed(_member(members, STATEMENT))
        stated = signed.read()
        stated.read_passage()
    except StatementDamaged as error:
        raise CaseFileError(str(error)) from error
    unit = _signed_by(
        keys,
        signed.signature,
        signed.statement.encode(),
        f"unit:{stated.camera_id}",
        stated.signed_at_ns,
        "The unit's statement",
    )
    _check_agreement(members, manifest, stated, signed.digest)
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
    )


def chain_faults(verdicts: Iterable[Verdict]) -> list[str]:
    """What does not fit together among packages: one sentence for each gap, fork and break, by camera.

    A gap is no proof of wrong: a passage that broke no rule is erased, and its number stays empty.
    """
    faults: list[str] = []
    by_camera: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_camera.setdefault(verdict.camera_id, []).append(verdict)
    for camera, own in sorted(by_camera.items()):
        ordered = sorted(own, key=lambda verdict: (verdict.sequence, verdict.statement))
        for one, other in pairwise(ordered):
            if one.sequence == other.sequence and one.statement != other.statement:
                faults.append(f"Camera {camera} has two different statements number {one.sequence}.")
            elif other.sequence == one.sequence + 1 and other.previous != one.statement:
                faults.append(
                    f"Statement {other.sequence} of camera {camera} does not follow number {one.sequence}: "
                    "one of them was replaced."
                )
            elif other.sequence > one.sequence + 1:
                missing = f"{one.sequence + 1} to {other.sequence - 1}"
                faults.append(f"Camera {camera}: the statements {missing} are not among these packages.")
        first = ordered[0]
        if first.sequence == 1 and first.previous != BEGINNING:
            faults.append(f"Statement 1 of camera {camera} names one before it.")
    return faults


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


def _signed_by(
    keys: KeyArchive, signature: Signature, content: bytes, owner: str, at_ns: int, what: str
) -> PublicSigningKey:
    entry = keys.find(signature.key_id)
    if entry is None:
        raise CaseFileError(f"{what} is signed with the key {signature.key_id}, which no archive knows.")
    if entry.owner != owner:
        raise CaseFileError(f"{what} is signed with a key of {entry.owner}, and only {owner} may sign it.")
    if not verifies(entry, signature, content):
        raise CaseFileError(f"{what} was changed after it was signed: the signature does not fit.")
    if not entry.counts_at(at_ns):
        ended = f" (revoked: {entry.revoked_because})" if entry.revoked_because else ""
        raise CaseFileError(f"{what} was signed when its key did not count{ended}.")
    return entry


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
