"""The evidence of a batch in its place: several pieces at a time, since each waits for disk or network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from enforcement.errors import EvidenceCorrupt
from enforcement.evidence_store import EvidenceStore
from streams.messages import EvidenceItem

_AT_ONCE = 8
_T = TypeVar("_T")


def put_all(evidence: EvidenceStore, items: Sequence[EvidenceItem]) -> list[EvidenceCorrupt | None]:
    """Store ``items``; for each of them None, or why its bytes were refused.

    When this returns every other piece is durable.

    Raises:
        EvidenceUnreachable, EvidenceRefused, EvidenceFull: of the first piece that could not be stored; some
            of the others may be, and all of them may be stored again.
    """
    return _each(items, lambda item: _put(evidence, item))


def begun_of(evidence: EvidenceStore, items: Sequence[EvidenceItem]) -> set[str]:
    """The digests of those of ``items`` of which anything is there, be it half.

    Raises:
        EvidenceUnreachable, EvidenceRefused: when the place cannot be asked.
    """
    begun = _each(items, lambda item: evidence.begun(item.digest, item.sealed))
    return {item.digest for item, there in zip(items, begun, strict=True) if there}


def _each(items: Sequence[EvidenceItem], do: Callable[[EvidenceItem], _T]) -> list[_T]:
    if not items:
        return []
    with ThreadPoolExecutor(min(_AT_ONCE, len(items)), "evidence") as workers:
        under_way = [workers.submit(do, item) for item in items]
        try:
            return [each.result() for each in under_way]
        except BaseException:
            for each in under_way:
                each.cancel()
            raise


def _put(evidence: EvidenceStore, item: EvidenceItem) -> EvidenceCorrupt | None:
    try:
        evidence.put(item.digest, item.content, item.media_type, item.sealed)
    except EvidenceCorrupt as refused:
        return refused
    return None
