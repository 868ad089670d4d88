"""Known cases as rows of the store: cases for whoever decides them, and in no figure."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.evidence_index import EvidenceIndex
from enforcement.matching.kept import CASE_CANDIDATES, candidates_row
from enforcement.open_cases import settle_again
from enforcement.quality.seeding import Seeded
from enforcement.reviewing.terms import REVIEW_TERMS, terms_row
from enforcement.rows import CASE_EVENTS, VIOLATIONS, opened_row, violation_row
from enforcement.store import Store

_SEEDED = ("case_id", "known_id", "answer", "reason_code")


def keep_seeded(store: Store, index: EvidenceIndex, seeded: Sequence[Seeded]) -> None:
    """Store them as what is found is stored; not among the findings, which are counted."""
    if not seeded:
        return
    found = [each.found for each in seeded]
    # What it is comes first, so that it is never taken for a real one.
    rows = [(each.case_id, each.known.known_id, each.known.answer, each.known.reason_code) for each in seeded]
    store.insert("seeded_cases", _SEEDED, rows)
    index.record([fact for each in found for fact in index.judged(each.passage, "kept")])
    candidates = [candidates_row(each.case_id, each.found.matched) for each in seeded]
    store.insert("case_candidates", CASE_CANDIDATES, candidates)
    terms = [terms_row(each.case_id, each.found.terms) for each in seeded if each.found.terms is not None]
    store.insert("review_terms", REVIEW_TERMS, terms)
    violations = [
        (
            *violation_row(
                each.passage, each.finding, each.plate, each.matched.keeper, each.due, each.matched
            ),
            True,
        )
        for each in found
    ]
    store.insert("violations", [*VIOLATIONS, "seeded"], violations)
    settle_again(store, [each.case_id for each in seeded], [each.passage.started_at_ns for each in found])
    store.insert("case_events", CASE_EVENTS, [opened_row(each.passage, each.finding) for each in found])
