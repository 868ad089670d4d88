"""Invented cases whose answer is known: read from a folder each, and kept until they are put among real ones.

A folder holds ``known.json`` (answer, reason_code, passage, finding, keeper) and the pictures that its
passage names, as files of any name. They have to be of staged or simulated vehicles: no real case is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from enforcement.errors import QualityError
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.reasons import REASON_CODES
from enforcement.register import Keeper
from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.identity import identify
from streams.messages import EvidenceItem, Passage

FILE = "known.json"
_COLUMNS = (
    "known_id",
    "offence",
    "unit",
    "allowed",
    "answer",
    "reason_code",
    "passage",
    "finding",
    "keeper",
)


class KnownCase(msgspec.Struct, frozen=True):
    """An invented case: what is seen of it, and what is right: ``confirmed``, or ``rejected`` and why."""

    answer: str
    passage: Passage
    finding: Finding
    reason_code: str = ""
    keeper: Keeper | None = None

    @property
    def known_id(self) -> str:
        """A function of what it shows."""
        return identify("known-case", self.passage.passage_id, self.finding.offence)


def read_known(folder: Path) -> tuple[KnownCase, list[EvidenceItem]]:
    """The known case in a folder, with its pictures.

    Raises:
        QualityError: when something is missing or cannot be meant.
    """
    try:
        known = msgspec.json.decode((folder / FILE).read_bytes(), type=KnownCase)
        files = [each.read_bytes() for each in sorted(folder.iterdir()) if each.name != FILE]
    except (OSError, msgspec.DecodeError) as error:
        raise QualityError(f"{folder} holds no known case ({error}); see docs/quality.md.") from error
    if known.answer == "rejected":
        if known.reason_code not in REASON_CODES:
            raise QualityError(f"{folder}: a case to be rejected needs one of {', '.join(REASON_CODES)}.")
    elif known.answer != "confirmed" or known.reason_code:
        raise QualityError(f"{folder}: the answer is confirmed without a reason, or rejected with one.")
    if any(piece.sealed for piece in known.passage.evidence):
        raise QualityError(f"{folder}: a known case has no sealed pieces; leave them out.")
    pictures = {hashlib.sha256(content).hexdigest(): content for content in files}
    missing = [piece.digest[:12] for piece in known.passage.evidence if piece.digest not in pictures]
    if missing:
        raise QualityError(
            f"{folder}: the pictures {', '.join(missing)} are missing; put them beside {FILE}."
        )
    return known, [
        EvidenceItem(
            piece.digest,
            piece.media_type,
            False,
            known.passage.passage_id,
            known.passage.camera_id,
            pictures[piece.digest],
        )
        for piece in known.passage.evidence
    ]


def add_known(
    store: Store, evidence: EvidenceStore, read: Iterable[tuple[KnownCase, Sequence[EvidenceItem]]]
) -> int:
    """Keep known cases, each with its pictures; returns how many were not there before."""
    there = {str(row[0]) for row in store.query("SELECT toString(known_id) FROM known_cases")}
    new = [(known, items) for known, items in read if known.known_id not in there]
    index = EvidenceIndex(store, evidence)
    for known, items in new:
        for item in items:
            evidence.put(item.digest, item.content, item.media_type, item.sealed)
        index.record([*map(index.stored, items), *index.judged(known.passage, "kept")])
    store.insert("known_cases", _COLUMNS, [_row(known) for known, _ in new])
    return len(new)


def _row(known: KnownCase) -> tuple[object, ...]:
    return (
        known.known_id,
        known.finding.offence,
        known.finding.unit,
        known.finding.allowed,
        known.answer,
        known.reason_code,
        msgspec.json.encode(known.passage).decode(),
        msgspec.json.encode(known.finding).decode(),
        msgspec.json.encode(known.keeper).decode() if known.keeper else "",
    )
