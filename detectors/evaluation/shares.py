"""A share of a sample, with what the sample's size leaves open."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: The normal quantile of a two-sided 95 % interval.
_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """``hits`` of ``of``.

    >>> Share(9, 10).value
    0.9
    """

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of an empty sample."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share behind the sample, after Wilson (1927).

        Unlike the usual normal one it stays within 0 and 1 and has a width also where all or none are hits.

        >>> [round(bound, 3) for bound in Share(10, 10).interval]
        [0.722, 1.0]
        """
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.hits / self.of
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        # At the ends rounding would put the share itself outside.
        return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))
