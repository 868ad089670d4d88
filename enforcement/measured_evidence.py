"""Any place for evidence, with its calls timed and its failures counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from enforcement.errors import (
    EvidenceCorrupt,
    EvidenceError,
    EvidenceFull,
    EvidenceMissing,
    EvidenceRefused,
    EvidenceUnreachable,
)
from streams.metrics import EVIDENCE_AWAY, EVIDENCE_FAILURES, EVIDENCE_SECONDS

if TYPE_CHECKING:
    from enforcement.evidence_store import EvidenceStore

_CLASSES = {
    EvidenceCorrupt: "corrupt",
    EvidenceFull: "full",
    EvidenceRefused: "refused",
    EvidenceUnreachable: "unreachable",
}


class MeasuredEvidence:
    """An ``EvidenceStore`` around another one."""

    def __init__(self, place: EvidenceStore) -> None:
        self._place = place

    def put(self, digest: str, content: bytes, media_type: str, sealed: bool) -> None:
        """As the place itself does."""
        with _measured("put"):
            self._place.put(digest, content, media_type, sealed)

    def get(self, digest: str) -> bytes:
        """As the place itself does."""
        with _measured("get"):
            return self._place.get(digest)

    def has(self, digest: str) -> bool:
        """As the place itself does."""
        with _measured("has"):
            return self._place.has(digest)

    def begun(self, digest: str, sealed: bool) -> bool:
        """As the place itself does."""
        with _measured("has"):
            return self._place.begun(digest, sealed)

    def is_sealed(self, digest: str) -> bool:
        """As the place itself does."""
        with _measured("has"):
            return self._place.is_sealed(digest)

    def discard(self, digest: str) -> None:
        """As the place itself does."""
        with _measured("discard"):
            self._place.discard(digest)

    def digests(self) -> Iterator[str]:
        """As the place itself does."""
        return self._place.digests()


@contextmanager
def _measured(stage: str) -> Iterator[None]:
    with EVIDENCE_SECONDS.labels(stage).time():
        try:
            yield
        except EvidenceMissing:
            EVIDENCE_AWAY.set(0)  # an answer, not a failure
            raise
        except EvidenceError as error:
            EVIDENCE_FAILURES.labels(_CLASSES.get(type(error), "failed")).inc()
            if isinstance(error, EvidenceUnreachable | EvidenceRefused):
                EVIDENCE_AWAY.set(1)
            raise
        EVIDENCE_AWAY.set(0)
