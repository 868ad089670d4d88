"""What a rule answers: a finding that explains itself."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.messages import EvidenceReference, LampPhase


class Moment(msgspec.Struct, frozen=True):
    """Something that happened at one time and place, such as ``crossed the stop line``.

    ``uncertainty_ms`` is expanded (k = 2); the place is in metres of the camera's road plane.
    """

    name: str
    at_ns: int
    x_m: float | None = None
    y_m: float | None = None
    uncertainty_ms: float | None = None


class OtherPassage(msgspec.Struct, frozen=True):
    """Another passage that a finding rests on: the entry of a section, or the plate's other place.

    ``distance_m`` is how far the vehicle must have driven between the two, at least. ``evidence`` are the
    pictures of that passage which are kept with the case. ``match_probability`` is that both are the same
    plate, ``sigma_ms`` (k = 1) the uncertainty of ``at_ns``; ``section_id`` names the section, if it is one.
    """

    camera_id: str
    passage_id: str
    at_ns: int
    distance_m: float
    evidence: tuple[EvidenceReference, ...] = ()
    match_probability: float = 0.0
    sigma_ms: float = 0.0
    section_id: str | None = None
    tracked_part: str = "unknown"


class Finding(msgspec.Struct, frozen=True):
    """One offence that a rule found in one passage, with everything needed to explain it.

    ``measured`` is in ``unit`` (``km/h``, ``s``, ``m``, or empty where nothing is measured and all numbers
    are 0). ``subtracted`` is what was taken off in the driver's favour, so ``enforced = measured -
    subtracted``; where less is worse, as with a gap, it is negative. ``enforced`` is on the forbidden side of
    ``allowed``. ``uncertainty`` is the measurement's expanded uncertainty (k = 2), None where it has none.
    ``places`` are the ids of the lines and zones of the road that it concerns, ``moments`` are in the order
    of time.
    """

    offence: str
    measured: float
    unit: str
    uncertainty: float | None
    subtracted: float
    enforced: float
    allowed: float
    policy_id: str
    policy_version: str
    explanation: str
    moments: tuple[Moment, ...] = ()
    places: tuple[str, ...] = ()
    lamps: tuple[LampPhase, ...] = ()
    other: OtherPassage | None = None

    @property
    def excess(self) -> float:
        """How far the enforced value is on the forbidden side of the allowed one, in ``unit``."""
        return round(abs(self.enforced - self.allowed), 6)


#: What a finding's fields were called while every finding was about a speed.
_OLD_NAMES = {
    "measured_kmh": "measured",
    "uncertainty_kmh": "uncertainty",
    "subtracted_kmh": "subtracted",
    "enforced_kmh": "enforced",
    "allowed_kmh": "allowed",
}


def decode_finding(content: str | bytes) -> Finding:
    """A finding from its JSON in the store, also from before it had a unit: then it is in km/h.

    Raises:
        msgspec.ValidationError: for what is no finding.
    """
    fields = msgspec.json.decode(content, type=dict[str, Any])
    if "unit" not in fields:
        fields = {_OLD_NAMES.get(name, name): value for name, value in fields.items()} | {"unit": "km/h"}
    return msgspec.convert(fields, Finding)
