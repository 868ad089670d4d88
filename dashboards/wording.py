"""What a finding's numbers are called, offence by offence; the sentence itself comes from the rule."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.rules.finding import Finding

_DIGITS = {"km/h": 1, "s": 2, "m": 1}


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


_SPEED = Words("Measured", "Tolerance subtracted", "Enforced speed", "Limit", "Over the limit")
_WORDS = {
    "speeding": _SPEED,
    "average_speed": Words(
        "Average speed over the section", "Tolerance subtracted", "Enforced speed", "Limit", "Over the limit"
    ),
    "red_light": Words(
        "Into red at the line", "Taken off for doubt", "Into red that counts", "Grace", "Beyond the grace"
    ),
    "stop_line": Words(
        "Front behind the line", "Taken off for doubt", "Distance that counts", "Allowed", "Too far by"
    ),
    "wrong_way": Words(
        "Driven against the lane",
        "Taken off for doubt",
        "Distance that counts",
        "Disregarded up to",
        "Beyond that",
    ),
    "reserved_lane": Words(
        "Driven in the lane", "Taken off for doubt", "Distance that counts", "Allowed", "Too far by"
    ),
    "stopping": Words("Standing", "Taken off for doubt", "Time that counts", "Allowed", "Too long by"),
    "following": Words(
        "Gap to the vehicle ahead", "Added for doubt", "Gap that counts", "Least gap", "Too close by"
    ),
    "solid_line": Words(
        "Beyond the line", "Taken off for doubt", "Distance that counts", "Disregarded up to", "Beyond that"
    ),
    "vehicle_ban": Words(
        "Driven in the zone",
        "Taken off for doubt",
        "Distance that counts",
        "Disregarded up to",
        "Beyond that",
    ),
    "cloned_plate": Words(
        "Speed needed between the places",
        "Taken off for doubt",
        "Speed that counts",
        "Fastest possible",
        "Beyond that",
    ),
}
_PLAIN = Words("Measured", "Subtracted", "What counts", "Allowed", "Beyond that")

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
    # A gap is made longer in the driver's favour, so what is "subtracted" from it is negative.
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
    ('1.23 s', '80.0 km/h', '0.0 m')
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
