"""Opening sealed originals: never without an entry in the audit that comes first."""

from __future__ import annotations

from collections.abc import Callable

from enforcement.errors import EvidenceError
from enforcement.evidence_store import EvidenceStore
from streams.sealing import PrivateKey, open_sealed

MIN_WORDS = 3
MAX_REASON = 500


def fault_of_reason(reason: str) -> str:
    """What is wrong with a reason for opening an original, as a sentence; empty when nothing is."""
    words = [word for word in reason.split() if any(map(str.isalpha, word))]
    if len(words) < MIN_WORDS or len("".join(words)) < 2 * MIN_WORDS:
        return f"Say in at least {MIN_WORDS} words why you open this original; it is kept in the audit."
    if len(reason) > MAX_REASON:
        return f"Shorten the reason to {MAX_REASON} characters."
    return ""


def open_original(
    evidence: EvidenceStore, private_key: PrivateKey, digest: str, enter: Callable[[], None]
) -> bytes:
    """The bytes of a sealed original.

    Args:
        evidence: the place with the sealed original.
        private_key: the authority's key.
        digest: SHA-256 of the sealed bytes.
        enter: enters into the audit who opens it and why; an attempt that fails after that stays there.

    Raises:
        EvidenceError: when the digest is not that of a sealed original.
        EvidenceMissing: when there is no such evidence, or it was erased.
        CannotOpen: when it was sealed to another key.
        AuditUnwritable: out of ``enter``; then nothing is opened.
    """
    content = evidence.get(digest)
    if not evidence.is_sealed(digest):
        raise EvidenceError(f"evidence {digest[:12]}… is not sealed; look at it on its case page.")
    enter()
    return open_sealed(content, private_key)
