"""The uncertainty budget of a speed, term by term, as a table with bars."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streams.messages import SpeedMeasurement


@dataclass(frozen=True)
class BudgetRow:
    """One term: its standard uncertainty (k = 1, km/h) and its part of the variance, 0 to 1."""

    name: str
    kind: str
    why: str
    standard_kmh: float
    part: float


@dataclass(frozen=True)
class BudgetView:
    """All terms, largest first, with their root sum of squares (k = 1) and what is stated (k = 2), km/h."""

    rows: tuple[BudgetRow, ...]
    combined_kmh: float
    expanded_kmh: float | None


def view_budget(speed: SpeedMeasurement) -> BudgetView | None:
    """The budget of a measurement; None where it states none."""
    if not speed.budget:
        return None
    total = math.fsum(term.standard_kmh**2 for term in speed.budget)
    rows = [
        BudgetRow(
            term.name,
            term.kind,
            term.why,
            term.standard_kmh,
            term.standard_kmh**2 / total if total > 0.0 else 0.0,
        )
        for term in speed.budget
    ]
    return BudgetView(
        rows=tuple(sorted(rows, key=lambda row: -row.standard_kmh)),
        combined_kmh=math.sqrt(total),
        expanded_kmh=speed.uncertainty_kmh,
    )
