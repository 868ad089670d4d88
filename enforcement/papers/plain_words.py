"""A measurement in plain words: what was done, what it says, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.papers.sentences import retold_or_quoted
from enforcement.papers.texts import Texts
from enforcement.rules.finding import Finding
from streams.messages import BudgetTerm, SpeedMeasurement

_DIGITS = {"km/h": 1, "s": 2, "m": 2}
_SPEEDS = ("speeding", "average_speed")


def measurement_in_words(finding: Finding, speed: SpeedMeasurement, texts: Texts) -> list[str]:
    """Sentences about the measurement of a finding, in the order in which they are to be read."""
    if not finding.unit:
        return [texts.say("court.nothing_measured")]
    words = []
    if finding.offence == "speeding":
        words += _how_speed(speed, texts)
    elif finding.offence == "average_speed" and finding.other is not None:
        distance = texts.number(finding.other.distance_m, 0)
        words.append(texts.say("court.how_section", camera=finding.other.camera_id, distance=distance))
    else:
        words.append(texts.say("court.how_place"))
    words.append(texts.say("court.result", measured=_quantity(finding.measured, finding.unit, texts)))
    if finding.uncertainty is not None:
        doubt = _quantity(finding.uncertainty, finding.unit, texts)
        words[-1] += " " + texts.say("court.uncertainty", uncertainty=doubt)
    words.append(_law(finding, texts))
    return words


def _how_speed(speed: SpeedMeasurement, texts: Texts) -> list[str]:
    words = [texts.say("court.how_speed")]
    if speed.base_m is not None and speed.duration_s is not None:
        base, duration = texts.number(speed.base_m, 1), texts.number(speed.duration_s, 2)
        words.append(texts.say("court.how_far", base=base, duration=duration, points=str(speed.points)))
    return words


def _law(finding: Finding, texts: Texts) -> str:
    def of(value: float) -> str:
        return _quantity(value, finding.unit, texts)

    how = "added" if finding.subtracted < 0 else "taken_off"
    bound = "limit" if finding.offence in _SPEEDS else "lets_pass"
    if finding.enforced < finding.allowed:  # a gap, or a time: too little is the offence
        bound = "least"
    favour = texts.say(f"court.{how}", taken=of(abs(finding.subtracted)), counts=of(finding.enforced))
    return f"{favour} " + texts.say(f"court.{bound}", allowed=of(finding.allowed), excess=of(finding.excess))


def budget_rows(budget: Sequence[BudgetTerm], texts: Texts) -> list[tuple[str, str, str, str]]:
    """Cause, km/h, kind and origin of each term, the largest first, and what they make together."""
    terms = sorted(budget, key=lambda term: -term.standard_kmh)
    rows = [
        (
            texts.recorded(one.name),
            texts.number(one.standard_kmh, 2),
            texts.recorded(one.kind),
            retold_or_quoted(one.why, texts),
        )
        for one in terms
    ]
    total = sum(term.standard_kmh**2 for term in terms) ** 0.5
    return [
        *rows,
        (texts.say("court.together"), texts.number(total, 2), "", texts.say("court.together_why")),
        (texts.say("court.twice"), texts.number(2 * total, 2), "", texts.say("court.twice_why")),
    ]


def _quantity(value: float, unit: str, texts: Texts) -> str:
    return texts.quantity(value, unit, _DIGITS.get(unit, 2), "court_units")
