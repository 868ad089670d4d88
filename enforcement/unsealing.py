"""Opening sealed originals: only with a name and a reason, and never without a record of it."""

from __future__ import annotations

from enforcement.errors import EvidenceError
from enforcement.evidence_store import EvidenceStore
from enforcement.store import Store
from streams.sealing import PrivateKey, open_sealed

_COLUMNS = ("officer", "action", "subject", "reason")


def open_original(
    store: Store, evidence: EvidenceStore, private_key: PrivateKey, digest: str, officer: str, reason: str
) -> bytes:
    """The bytes of a sealed original; who opened it and why is in ``access_log`` before they are returned.

    An attempt that fails after the log was written stays in the log.

    Args:
        store: where the access is logged.
        evidence: the folder with the sealed original.
        private_key: the authority's key.
        digest: SHA-256 of the sealed bytes.
        officer: who looks; not empty.
        reason: why, in words; not empty.

    Raises:
        EvidenceError: when name or reason is empty, or the digest is not that of a sealed original.
        EvidenceMissing: when there is no such evidence.
        CannotOpen: when it was sealed to another key.
        StoreError: when the access cannot be logged; then nothing is opened.
    """
    if not officer.strip() or not reason.strip():
        raise EvidenceError(
            "a sealed original is opened only with an officer's name and a reason; give both."
        )
    content = evidence.get(digest)
    if not evidence.is_sealed(digest):
        raise EvidenceError(f"evidence {digest[:12]}… is not sealed; look at it on its case page.")
    store.insert("access_log", _COLUMNS, [(officer.strip(), "unsealed", digest, reason.strip())])
    return open_sealed(content, private_key)
