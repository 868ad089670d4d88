"""Speed limits: at a place, and over a section between two cameras."""

from __future__ import annotations

import math

from enforcement.law.table import Scope, Table

PERCENT_FROM_KMH = 100.0
_DIGITS = 9
_SLACK_KMH = 1e-7  # for binary fractions; less than the step in which speeds are compared


class Tolerance(Table, frozen=True):
    """What is subtracted from a measured speed in the driver's favour.

    Below 100 km/h ``below_100_kmh``; from 100 km/h on ``above_100_percent`` per cent of the measured value,
    rounded up to a whole km/h (German practice: 3 km/h and 3 %, 3.1 -> 4).
    """

    below_100_kmh: float
    above_100_percent: float

    def subtracted_kmh(self, measured_kmh: float) -> float:
        """How much is subtracted from ``measured_kmh``, km/h.

        Because whole km/h are subtracted, the value that is enforced falls by up to 1 km/h where a step is
        passed: always in the driver's favour. For measurements in whole km/h it never falls.
        """
        if measured_kmh < PERCENT_FROM_KMH:
            return self.below_100_kmh
        # Rounding first keeps 3 % of 100 at 3 and not, by a binary fraction, at 4.
        return float(math.ceil(round(measured_kmh * self.above_100_percent / 100.0, _DIGITS)))

    def trigger_kmh(self, limit_kmh: float) -> float:
        """The lowest measured speed that can be a finding where ``limit_kmh`` is allowed, km/h."""
        if limit_kmh + self.below_100_kmh < PERCENT_FROM_KMH:
            return limit_kmh + self.below_100_kmh
        if self.above_100_percent == 0.0:
            return max(limit_kmh, PERCENT_FROM_KMH)
        # k whole km/h are subtracted from speeds in (k - 1, k] * step, each end a rounding more: the first k
        # is wanted for which such a speed lies above limit + k.
        step, rounding = 100.0 / self.above_100_percent, 0.5 * 10.0**-_DIGITS
        k = 0
        while (k + rounding) * step < max(limit_kmh + k + _SLACK_KMH, PERCENT_FROM_KMH - _SLACK_KMH):
            k += 1
        return max(limit_kmh + k, (k - 1 + rounding) * step, PERCENT_FROM_KMH)


class SpecialLimit(Table, frozen=True):
    """A limit for some vehicles, at some times or in some conditions; of all that apply the lowest holds."""

    limit_kmh: float
    scope: Scope


class Speeding(Table, frozen=True):
    """The speed limit of a site, km/h, its special limits, and the tolerance."""

    limit_kmh: float
    tolerance: Tolerance
    special: tuple[SpecialLimit, ...] = ()

    @property
    def trigger_kmh(self) -> float:
        """The lowest measured speed that can be a finding for any vehicle at any time, km/h."""
        return self.tolerance.trigger_kmh(min([self.limit_kmh, *(each.limit_kmh for each in self.special)]))


class Section(Table, frozen=True):
    """A stretch between two cameras over which the average speed is measured.

    ``length_m`` is the shortest way between the two reference lines that a vehicle can drive, with its
    standard uncertainty ``length_sigma_m``; a vehicle that takes longer than ``longest_s`` is forgotten.

    ``entry_line`` and ``exit_line`` are the ids of the reference lines on the two cameras' roads. A vehicle
    that was not surely seen to pass a line that is named is not measured. Where no line is named, it must lie
    within what the camera sees, and the vehicle counts as having passed the entry when it was first seen
    there, and the exit when it was last seen: the longest time that it can have taken.
    """

    id: str
    entry_camera: str
    exit_camera: str
    length_m: float
    length_sigma_m: float
    limit_kmh: float
    tolerance: Tolerance
    special: tuple[SpecialLimit, ...] = ()
    longest_s: float = 1800.0
    entry_line: str | None = None
    exit_line: str | None = None
    least_match_probability: float = 0.99
