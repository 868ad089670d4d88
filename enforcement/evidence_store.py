"""Where evidence is kept: what every such place can do, and opening one by its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from enforcement.bucket_address import BucketAddress
from enforcement.errors import EvidenceError
from enforcement.evidence import EvidenceFolder
from enforcement.measured_evidence import MeasuredEvidence


class EvidenceStore(Protocol):
    """Content-addressed pieces of evidence: each lies under the SHA-256 of its bytes, sealed originals apart.

    Digests are 64 lower-case hexadecimal digits. Every call may be repeated, and made from several threads
    and processes at once.
    """

    def put(self, digest: str, content: bytes, media_type: str, sealed: bool) -> None:
        """Store ``content`` under ``digest``; when this returns it is durable, and was there or is now.

        Args:
            digest: SHA-256 of ``content``.
            content: the bytes.
            media_type: for instance ``image/jpeg``.
            sealed: True for originals encrypted to the authority's key; they lie apart.

        Raises:
            EvidenceCorrupt: when the bytes do not have this digest; nothing was stored.
            EvidenceUnreachable: when the place does not answer; it is worth trying again.
            EvidenceFull: when there is no room; nothing was stored.
            EvidenceError: when the place cannot be used; the text says why.
        """

    def get(self, digest: str) -> bytes:
        """The bytes under ``digest``, verified.

        Raises:
            EvidenceMissing: when there are none.
            EvidenceCorrupt: when what lies there no longer has this digest.
        """

    def has(self, digest: str) -> bool:
        """Whether a piece with this digest is there (its bytes are not checked)."""

    def begun(self, digest: str, sealed: bool) -> bool:
        """Whether anything of a piece is there, be it the half that a killed process left of it."""

    def is_sealed(self, digest: str) -> bool:
        """Whether the piece lies among the sealed originals."""

    def discard(self, digest: str) -> None:
        """Remove the piece for good, if it is there."""

    def digests(self) -> Iterator[str]:
        """The digest of every piece that is there, in no order."""


def open_evidence(address: str) -> EvidenceStore:
    """The place at ``address``: a folder, made where it does not exist, or ``s3://BUCKET/PREFIX?endpoint=URL``.

    Raises:
        EvidenceRefused: when a bucket refuses; one that does not answer now is opened all the same.
        EvidenceError: when there is no such kind of place, or it cannot be used.
    """
    kind, separator, _ = address.partition("://")
    if not separator:
        return MeasuredEvidence(EvidenceFolder(Path(address)))
    if kind != "s3":
        raise EvidenceError(f"evidence cannot be kept at {kind}://: give a folder, or s3://BUCKET/PREFIX.")
    # Imported here, so that who keeps evidence in a folder does not load the client.
    from enforcement.evidence_bucket import EvidenceBucket

    return MeasuredEvidence(EvidenceBucket(BucketAddress.parse(address)))
