"""A measurement in plain words: what was done, what it says, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.rules.finding import Finding
from streams.messages import BudgetTerm, SpeedMeasurement

_UNITS = {"km/h": "kilometres per hour", "s": "seconds", "m": "metres"}
_DIGITS = {"km/h": 1, "s": 2, "m": 2}
_SPEEDS = ("speeding", "average_speed")


def measurement_in_words(finding: Finding, speed: SpeedMeasurement) -> list[str]:
    """Sentences about the measurement of a finding, in the order in which they are to be read."""
    if not finding.unit:
        return [
            "Nothing was measured for this offence. It follows from what the pictures and the records "
            "named in this file show."
        ]
    words = []
    if finding.offence == "speeding":
        words += _how_speed(speed)
    elif finding.offence == "average_speed" and finding.other is not None:
        words.append(
            f"The vehicle was recognised by its plate at two cameras, {finding.other.camera_id} and the one "
            f"of this case. Between them it drove at least {finding.other.distance_m:.0f} metres. The length "
            "of the way divided by the time that it took gives the average speed."
        )
    else:
        words.append(
            "The place of the vehicle on the road was followed from picture to picture on a map of the road "
            "that was surveyed beforehand. Times are those at which the camera took its pictures."
        )
    words.append(_result(finding))
    words.append(_law(finding))
    return words


def _how_speed(speed: SpeedMeasurement) -> list[str]:
    words = [
        "A camera filmed the vehicle. Points on the road were surveyed beforehand, so each place in the "
        "picture is a known place on the road. A line was laid through the places of the vehicle against "
        "the times at which the pictures were taken; how steep that line is, is the speed."
    ]
    if speed.base_m is not None and speed.duration_s is not None:
        words.append(
            f"The vehicle was followed over {speed.base_m:.1f} metres in {speed.duration_s:.2f} seconds, in "
            f"{speed.points} pictures."
        )
    return words


def _result(finding: Finding) -> str:
    said = f"The result is {_quantity(finding.measured, finding.unit)}."
    if finding.uncertainty is None:
        return said
    return (
        f"{said} The uncertainty of the measurement is {_quantity(finding.uncertainty, finding.unit)}: in 95 "
        "of 100 measurements of this kind the true value is no further away from the result than that."
    )


def _law(finding: Finding) -> str:
    taken = _quantity(abs(finding.subtracted), finding.unit)
    how = "added to" if finding.subtracted < 0 else "taken off"
    counts = _quantity(finding.enforced, finding.unit)
    allowed = _quantity(finding.allowed, finding.unit)
    limit = f"The limit is {allowed}" if finding.offence in _SPEEDS else f"The law lets {allowed} pass"
    return (
        f"In the driver's favour {taken} are {how} the result, so {counts} count. {limit}: the difference is "
        f"{_quantity(finding.excess, finding.unit)}."
    )


def budget_in_words(budget: Sequence[BudgetTerm]) -> list[str]:
    """What the table of the budget means."""
    if not budget:
        return []
    return [
        "The uncertainty is made up of the causes in this table. Each row is what one cause alone could do "
        "to the result (one standard deviation). A random cause would act otherwise on the next vehicle; a "
        "systematic one acts on all vehicles alike. The squares of the rows are added, the root is taken "
        "and doubled: that is the uncertainty stated above."
    ]


def budget_rows(budget: Sequence[BudgetTerm]) -> list[tuple[str, str, str, str]]:
    """Cause, km/h, kind and origin of each term, the largest first, and what they make together."""
    terms = sorted(budget, key=lambda term: -term.standard_kmh)
    rows = [(term.name, f"{term.standard_kmh:.2f}", term.kind, term.why) for term in terms]
    total = sum(term.standard_kmh**2 for term in terms) ** 0.5
    return [
        *rows,
        ("together", f"{total:.2f}", "", "root of the sum of the squares"),
        ("uncertainty (k = 2)", f"{2 * total:.2f}", "", "twice that"),
    ]


def _quantity(value: float, unit: str) -> str:
    return f"{value:.{_DIGITS.get(unit, 2)}f} {_UNITS.get(unit, unit)}"
