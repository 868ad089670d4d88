"""How grave a finding is: how far beyond the allowed value, in a measure that all offences share."""

from __future__ import annotations

from typing import Protocol

#: Of an offence at which nothing is measured: what was done is the whole of it.
UNMEASURED = 0.5
#: So far beyond counts as once the allowed value where that is nothing, as with the first second of red.
ONCE_BEYOND = {"km/h": 10.0, "s": 1.0, "m": 10.0}
#: From these on a case is called so; the last that fits.
GRADES = ((0.0, "slight"), (0.2, "serious"), (0.5, "grave"))


class Measured(Protocol):
    """A finding, or the line of a case: what counts, what is allowed, both in the unit."""

    @property
    def unit(self) -> str:
        """``km/h``, ``s``, ``m``, or empty where nothing is measured."""

    @property
    def enforced(self) -> float:
        """What counts."""

    @property
    def allowed(self) -> float:
        """What is allowed."""


def severity_of(finding: Measured) -> float:
    """By what part of the allowed value the finding is beyond it: 0.2 is 20 % too much."""
    if not finding.unit:
        return UNMEASURED
    once = finding.allowed if finding.allowed > 0 else ONCE_BEYOND.get(finding.unit, 1.0)
    return abs(finding.enforced - finding.allowed) / once


def grade_of(severity: float) -> str:
    """``slight``, ``serious`` or ``grave``.

    >>> grade_of(0.1), grade_of(0.2), grade_of(1.7)
    ('slight', 'serious', 'grave')
    """
    return [name for least, name in GRADES if severity >= least][-1]
