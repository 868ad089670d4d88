"""What a finding's numbers are called, offence by offence; the sentence itself comes from the rule."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.rules.finding import Finding

_DIGITS = {"km/h": 1, "s": 2, "m": 2}


@dataclass(frozen=True)
class Words:
    """What was measured, what was taken off, what then counts, what is allowed, and how far beyond it."""

    measured: str
    subtracted: str
    counts: str
    allowed: str
    beyond: str


@dataclass(frozen=True)
class LedgerRow:
    """One row of the table; ``tone`` is empty, ``sum`` or ``over``; ``value`` None: not stated."""

    name: str
    value: str | None
    tone: str = ""


_FOR_DRIVER = "Subtracted in the driver's favour"
_ADDED = "Added in the driver's favour"


def _speed(measured: str) -> Words:
    return Words(measured, _FOR_DRIVER, "Enforced speed", "Limit", "Over the limit")


def _distance(measured: str, allowed: str = "Let pass up to") -> Words:
    return Words(measured, _FOR_DRIVER, "Distance that counts", allowed, "Beyond that")


_WORDS = {
    "speeding": _speed("Measured"),
    "average_speed": _speed("Average over the section"),
    "red_light": Words(
        "Into red at the line", _FOR_DRIVER, "Into red that counts", "Let pass up to", "Beyond that"
    ),
    "stop_line": _distance("Front behind the line"),
    "wrong_way": _distance("Driven against the lane"),
    "reserved_lane": _distance("Driven in the lane"),
    "stopping": Words("Standing", _FOR_DRIVER, "Time that counts", "Allowed", "Too long by"),
    "following": Words("Gap to the vehicle ahead", _ADDED, "Gap that counts", "Least gap", "Too close by"),
    "solid_line": _distance("Beyond the line"),
    "vehicle_ban": _distance("Driven in the closed zone"),
    "cloned_plate": Words(
        "Time between both places", _ADDED, "Time that counts", "Least time for the way", "Too short by"
    ),
}
_PLAIN = Words("Measured", _FOR_DRIVER, "What counts", "Allowed", "Beyond that")

#: What the plate's finding rests on where nothing is measured.
_UNMEASURED = {
    "forbidden_movement": "Nothing is measured here: the way through both gates is the offence.",
    "unregistered": "Nothing is measured here: the register does not have this plate.",
    "uninsured": "Nothing is measured here: the register's date is the offence.",
    "inspection_expired": "Nothing is measured here: the register's date is the offence.",
    "stolen": "Nothing is measured here: the register has this plate as stolen.",
}


def ledger(finding: Finding) -> list[LedgerRow]:
    """The table of a finding in its own unit; empty where nothing was measured."""
    if not finding.unit:
        return []
    words = _WORDS.get(finding.offence, _PLAIN)

    def of(value: float) -> str:
        return quantity(value, finding.unit)

    uncertain = None if finding.uncertainty is None else f"± {of(finding.uncertainty)}"
    # A gap is made longer in the driver's favour, so what is subtracted from it is negative.
    sign = "+" if finding.subtracted < 0 else "−"
    return [
        LedgerRow(words.measured, of(finding.measured)),
        LedgerRow("Uncertainty (k = 2)", uncertain),
        LedgerRow(words.subtracted, f"{sign} {of(abs(finding.subtracted))}"),
        LedgerRow(words.counts, of(finding.enforced), "sum"),
        LedgerRow(words.allowed, of(finding.allowed)),
        LedgerRow(words.beyond, beyond(finding.enforced, finding.allowed, finding.unit), "over"),
    ]


def unmeasured(finding: Finding) -> str:
    """Why a finding has no table of numbers; empty where it has one."""
    if finding.unit:
        return ""
    return _UNMEASURED.get(finding.offence, "Nothing is measured here.")


def quantity(value: float, unit: str) -> str:
    """A value in its unit, with the digits that the unit deserves.

    >>> quantity(1.234, "s"), quantity(80.0, "km/h"), quantity(-0.02, "m")
    ('1.23 s', '80.0 km/h', '-0.02 m')
    """
    digits = _DIGITS.get(unit, 2)
    rounded = round(value, digits) + 0.0
    return f"{rounded:.{digits}f} {unit}"


def beyond(enforced: float, allowed: float, unit: str) -> str:
    """How far a value is on the forbidden side of what is allowed, signed: ``+21.3 km/h``, ``−0.40 s``.

    >>> beyond(101.3, 80.0, "km/h"), beyond(0.5, 0.9, "s")
    ('+21.3 km/h', '−0.40 s')
    """
    return f"{'+' if enforced >= allowed else '−'}{quantity(abs(enforced - allowed), unit)}"
