"""Which speed is allowed here and now, and what is subtracted from a measured one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from enforcement.hours import applies
from enforcement.law.speeds import Section, SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import Policy
from streams.messages import Passage


@dataclass(frozen=True)
class Allowed:
    """The limit that holds, km/h; ``why`` is the special limit that it comes from, if it is one."""

    kmh: float
    why: SpecialLimit | None = None

    def __str__(self) -> str:
        return f"{self.kmh:g} km/h is allowed{_in_words(self.why.scope) if self.why else ''}"


@dataclass(frozen=True)
class Subtracted:
    """What is taken off a measured speed, km/h, and whether the uncertainty was more than the tolerance."""

    kmh: float
    why: str

    def __str__(self) -> str:
        return f"{self.kmh:g} km/h subtracted ({self.why})"


def allowed_to(
    law: Speeding | Section,
    passage: Passage,
    policy: Policy,
    *,
    since_ns: int | None = None,
    conditions: tuple[str, ...] | None = None,
) -> Allowed:
    """The lowest limit that applies to the passage from ``since_ns`` (its start) to its end, beyond doubt.

    A special limit that begins or ends meanwhile does not apply. ``conditions``: what was shown at
    ``since_ns``, where that was at another place.
    """
    lowest = Allowed(law.limit_kmh)
    for special in law.special:
        if special.limit_kmh < lowest.kmh and applies(special.scope, passage, policy, since_ns=since_ns):
            if conditions is not None and not set(special.scope.conditions) <= set(conditions):
                continue
            lowest = Allowed(special.limit_kmh, special)
    return lowest


def subtracted_from(measured_kmh: float, uncertainty_kmh: float, tolerance: Tolerance) -> Subtracted:
    """The larger of the policy's tolerance and the measurement's own expanded uncertainty (k = 2).

    The uncertainty is rounded up to a hundredth of a km/h.
    """
    tolerated = tolerance.subtracted_kmh(measured_kmh)
    # Rounded first, so that 1.15 does not become 1.16 by a binary fraction.
    doubt = math.ceil(round(uncertainty_kmh * 100.0, 6)) / 100.0
    if doubt > tolerated:
        return Subtracted(doubt, f"its uncertainty, k = 2; the tolerance is {tolerated:g} km/h")
    return Subtracted(tolerated, f"the tolerance; its uncertainty, k = 2, is {doubt:g} km/h")


def _in_words(scope: Scope) -> str:
    words = []
    if scope.vehicles:
        words.append(f"to {', '.join(scope.vehicles)}")
    if scope.hours:
        words.append(f"at {', '.join(scope.hours)}")
    if scope.conditions:
        words.append(f"when {' and '.join(scope.conditions)}")
    return f" {' '.join(words)}" if words else ""
