"""Round tick marks for the axes of the drawings."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A tick mark: where it stands (pixels of the drawing) and what it says."""

    at_px: float
    label: str


def round_steps(low: float, high: float, about: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten within ``low`` to ``high``, about ``about`` of them.

    >>> round_steps(0, 47, 5)
    [0, 10, 20, 30, 40]
    """
    span = max(high - low, 1e-9)
    rough = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * power for factor in (1, 2, 5, 10) if factor * power >= rough), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [round(index * step, 9) for index in range(first, last + 1)]
    return [int(value) if value == int(value) else value for value in values]
