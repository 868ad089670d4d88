"""What is a case stays one, and what was erased stays erased, whenever a passage comes again."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.exempting import BY_POLICY
from enforcement.judging import Verdict
from enforcement.rows import violation_id
from enforcement.store import Store
from streams.messages import Passage


def leave_cases(store: Store, judged: Sequence[tuple[Passage, Verdict]]) -> list[Verdict]:
    """The verdicts, with every finding among the findings again that is a case in the store already.

    So a batch that comes again gives the same, whatever exemption was entered meanwhile. The policy's own
    are none of this: they do not change between two deliveries. A finding whose case was erased is left out.
    """
    by_list = {
        violation_id(passage.passage_id, finding.offence)
        for passage, verdict in judged
        for finding, ground in verdict.set_aside
        if ground.kind != BY_POLICY
    }
    cases = _cases_among(store, by_list)
    kept = [_left(passage, verdict, cases) for passage, verdict in judged]
    ids = {
        violation_id(passage.passage_id, finding.offence)
        for (passage, _), verdict in zip(judged, kept, strict=True)
        for finding in verdict.findings
    }
    erased = _erased_among(store, ids)
    return [_not_erased(passage, verdict, erased) for (passage, _), verdict in zip(judged, kept, strict=True)]


def _not_erased(passage: Passage, verdict: Verdict, erased: set[str]) -> Verdict:
    if not erased:
        return verdict
    left = (one for one in verdict.findings if violation_id(passage.passage_id, one.offence) not in erased)
    return Verdict(tuple(left), verdict.set_aside)


def _erased_among(store: Store, case_ids: set[str]) -> set[str]:
    if not case_ids:
        return set()
    rows = store.query(
        "SELECT toString(case_id) FROM tombstones WHERE case_id IN {cases:Array(UUID)}",
        {"cases": sorted(case_ids)},
    )
    return {str(row[0]) for row in rows}


def _left(passage: Passage, verdict: Verdict, cases: set[str]) -> Verdict:
    if not cases or not verdict.set_aside:
        return verdict
    apart = [(one, violation_id(passage.passage_id, one[0].offence) in cases) for one in verdict.set_aside]
    return Verdict(
        verdict.findings + tuple(finding for (finding, _), is_case in apart if is_case),
        tuple(one for one, is_case in apart if not is_case),
    )


def _cases_among(store: Store, case_ids: set[str]) -> set[str]:
    if not case_ids:
        return set()
    rows = store.query(
        "SELECT violation_id FROM violations WHERE violation_id IN {cases:Array(String)}",
        {"cases": sorted(case_ids)},
    )
    return {str(row[0]) for row in rows}
