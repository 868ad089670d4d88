"""The register's answer in sentences that an officer reads beside the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from enforcement.case_plate import CasePlate
from enforcement.matching.answer import Candidate, Match
from enforcement.matching.appearance import Seen, differences
from enforcement.register import Keeper

if TYPE_CHECKING:
    from enforcement.matching.weighing import Posteriors


def explain_candidate(plate: str, read: CasePlate, seen: Seen, keeper: Keeper) -> str:
    """What speaks for a candidate and against it."""
    parts = [_against_the_read(plate, read.text or read.raw or ""), *differences(seen, keeper)]
    sentence = "; ".join(part for part in parts if part)
    return sentence[:1].upper() + sentence[1:] + "." if sentence else ""


def explain_match(
    match: Match, candidates: Sequence[Candidate], posteriors: Posteriors, read: CasePlate
) -> str:
    """Why the match is what it is."""
    if match == "certain":
        return (
            f"The register's {candidates[0].plate} has a probability of {_percent(candidates[0].posterior)}."
        )
    if match == "ambiguous":
        count = len(candidates)
        vehicles = "one vehicle" if count == 1 else f"{count} vehicles"
        return (
            f"The register has {vehicles} that it may be; that it is none of these has a probability of "
            f"{_percent(posteriors.none_of_these)}."
        )
    if match == "foreign":
        return (
            "The plate is of a country whose vehicles this register does not hold, with a probability of "
            f"{_percent(posteriors.foreign)}."
        )
    if read.text is None:
        return "The plate is unreadable, so no keeper could be looked up: no vehicle is likely enough."
    return (
        f"No keeper found for this plate: the register has neither {read.text} nor a plate that is likely to "
        "be read so."
    )


def _against_the_read(plate: str, read: str) -> str:
    if not read:
        return ""
    if plate == read:
        return "exactly as read"
    if len(plate) == len(read):
        pairs = [
            (i, seen, true) for i, (seen, true) in enumerate(zip(read, plate, strict=True), 1) if seen != true
        ]
        if len(pairs) <= 2:
            return " and ".join(
                f"{true} where {seen} was read (place {place})" for place, seen, true in pairs
            )
    shorter, longer = sorted((plate, read), key=len)
    for place in range(len(longer)):
        if longer[:place] + longer[place + 1 :] == shorter:
            what = "overlooked" if longer == plate else "read that is not there"
            return f"one character {what}: {longer[place]} (place {place + 1})"
    return f"differs from {read}, which was read, in several places"


def _percent(probability: float) -> str:
    """As percent that never says 0 or 100 of what is neither."""
    if 0.9995 <= probability < 1.0:
        return "more than 99.9 %"
    if 0.0 < probability < 0.001:
        return "less than 0.1 %"
    return f"{100.0 * probability:.1f} %"
