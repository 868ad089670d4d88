"""The terms of a speed's uncertainty, as the GUM wants them stated (JCGM 100:2008, 5.1 and annex H)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streams.messages import BudgetTerm

Array = NDArray[np.float64]

KMH = 3.6
RANDOM, SYSTEMATIC = "random", "systematic"


def term(name: str, standard_ms: float, kind: str, why: str) -> BudgetTerm:
    """One line of the budget from a standard uncertainty in m/s."""
    return BudgetTerm(name, abs(standard_ms) * KMH, kind, why)


def spread_of(operator_row: Array, columns: Array) -> float:
    """The standard uncertainty (m/s) of a speed from columns (N, M) of one each of the positions, in m."""
    return float(np.linalg.norm(operator_row @ columns))


def expanded(terms: tuple[BudgetTerm, ...]) -> float:
    """The expanded uncertainty in km/h, k = 2: twice the root of the sum of squares."""
    return 2.0 * float(np.sqrt(sum(t.standard_kmh**2 for t in terms)))
