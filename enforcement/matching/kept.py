"""Matches in the store: the row of a case in ``case_candidates``, and back."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from enforcement.matching.answer import Candidate, Match, Matched
from enforcement.register import Keeper
from enforcement.store import Store

CASE_CANDIDATES = [
    "case_id",
    "match",
    "none",
    "foreign",
    "plates",
    "posteriors",
    "keepers",
    "whys",
    "why",
]


def candidates_row(case_id: str, matched: Matched) -> tuple[Any, ...]:
    """The match of a case, in the order of ``CASE_CANDIDATES``."""
    candidates = matched.candidates
    return (
        case_id,
        matched.match,
        matched.none_of_these,
        matched.foreign,
        [each.plate for each in candidates],
        [each.posterior for each in candidates],
        [msgspec.json.encode(each.keeper).decode() for each in candidates],
        [each.why for each in candidates],
        matched.why,
    )


def matched_exactly(keeper: Keeper | None) -> Matched:
    """The match of a case from before candidates were weighed: its keeper is that of the very plate."""
    if keeper is None:
        return Matched("none")
    return Matched("certain", (Candidate(keeper.plate, 1.0, "Exactly as read.", keeper),), 0.0)


def matched_of(store: Store, case_id: str) -> Matched | None:
    """The match of a case; None where it is older than matching, or its candidates were erased."""
    rows = store.query(
        f"""SELECT {", ".join(CASE_CANDIDATES[1:])} FROM case_candidates FINAL
        WHERE case_id = toUUIDOrZero({{case:String}})""",
        {"case": case_id},
    )
    if not rows:
        return None
    match, none, foreign, plates, posteriors, keepers, whys, why = rows[0]
    candidates = tuple(
        Candidate(plate, posterior, reason, msgspec.json.decode(keeper, type=Keeper))
        for plate, posterior, keeper, reason in zip(plates, posteriors, keepers, whys, strict=True)
    )
    return Matched(cast(Match, match), candidates, none, foreign, why)
