"""Who signed: a signature is by a key of the right owner, of these bytes, and made while the key counted."""

from __future__ import annotations

from enforcement.errors import CaseFileError
from streams.key_archive import KeyArchive
from streams.signing import PublicSigningKey, Signature, verifies

#: What the centre's keys are entered under in the archive.
CENTRE = "centre"


def check_signature(
    keys: KeyArchive, signature: Signature, content: bytes, owner: str, at_ns: int, what: str
) -> PublicSigningKey:
    """The archive's entry of the key that signed ``content``; ``what`` is what a person calls it.

    Raises:
        CaseFileError: when the key is unknown, another's, did not count then, or did not sign these bytes.
    """
    entry = keys.find(signature.key_id)
    if entry is None:
        raise CaseFileError(f"{what} is signed with the key {signature.key_id}, which no archive knows.")
    if entry.owner != owner:
        raise CaseFileError(f"{what} is signed with a key of {entry.owner}, and only {owner} may sign it.")
    if not verifies(entry, signature, content):
        raise CaseFileError(f"{what} was changed after it was signed: the signature does not fit.")
    if not entry.counts_at(at_ns):
        raise CaseFileError(f"{what} was signed when its key did not count{_revoked(entry)}.")
    return entry


def check_received(entry: PublicSigningKey, received_at_ns: int | None) -> None:
    """A statement signed with a key that was revoked counts only if the centre had it before.

    Raises:
        CaseFileError: when it came later, or nobody countersigned when it came.
    """
    if entry.revoked_at_ns is None or (received_at_ns is not None and received_at_ns < entry.revoked_at_ns):
        return
    raise CaseFileError(
        f"The unit's statement is not shown to have reached the centre before its key was revoked"
        f"{_revoked(entry)}: whoever had the key may have made it later."
    )


def _revoked(entry: PublicSigningKey) -> str:
    return f" (revoked: {entry.revoked_because})" if entry.revoked_because else ""
