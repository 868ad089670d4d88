"""Under what terms a case is decided: whether two must look at it, and how long an answer may be taken back.

They are settled once, when the case is opened, from the policy of that time, and stored with it. So neither a
changed policy nor a replay changes what became of answers that were given.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from enforcement.case_plate import CasePlate
from enforcement.law.review import Review
from enforcement.rows import Row, violation_id
from enforcement.rules.finding import Finding
from enforcement.severity import severity_of
from enforcement.store import Store
from streams.messages import Passage

REVIEW_TERMS = ["case_id", "reasons", "undo_s", "lease_s"]


@dataclass(frozen=True)
class ReviewTerms:
    """The terms of one case.

    ``reasons`` are why a second officer must look, of ``share``, ``offence``, ``severity`` and
    ``confidence``; empty where one is enough. ``undo_s`` is for how long an answer may be taken back, and
    ``lease_s`` how long an officer holds the case, in seconds.
    """

    reasons: tuple[str, ...] = ()
    undo_s: float = 0.0
    lease_s: float = 600.0


#: Of a case whose policy says nothing of reviews.
USUAL = ReviewTerms()


def terms_of(
    passage: Passage, finding: Finding, plate: CasePlate, review: Review | None
) -> ReviewTerms | None:
    """The terms by which a new case is decided; None where its policy says nothing of reviews."""
    if review is None:
        return None
    reasons = {
        "share": _falls_within(violation_id(passage.passage_id, finding.offence), review.share),
        "offence": finding.offence in review.offences,
        "severity": severity_of(finding) > review.above_severity,
        "confidence": plate.confidence < review.below_confidence,
    }
    return ReviewTerms(
        tuple(reason for reason, holds in reasons.items() if holds),
        60.0 * review.undo_minutes,
        60.0 * review.lease_minutes,
    )


def terms_row(case_id: str, terms: ReviewTerms) -> Row:
    """Terms as a row, in the order of ``REVIEW_TERMS``."""
    return (case_id, list(terms.reasons), terms.undo_s, terms.lease_s)


def stored_terms(store: Store, case_ids: set[str]) -> dict[str, ReviewTerms]:
    """The terms of these cases; one whose policy said nothing is not named."""
    rows = store.query(
        """SELECT case_id, reasons, undo_s, lease_s FROM review_terms FINAL
        WHERE case_id IN {cases:Array(String)}""",
        {"cases": sorted(case_ids)},
    )
    return {case_id: ReviewTerms(tuple(reasons), *seconds) for case_id, reasons, *seconds in rows}


def _falls_within(case_id: str, share: float) -> bool:
    """Whether this case is among the share: always the same ones, and nobody can tell which beforehand."""
    drawn = hashlib.sha256(f"second review of {case_id}".encode()).digest()
    return int.from_bytes(drawn[:8]) < share * 2**64
