"""Exemptions: whom a rule does not concern, because the policy says so."""

from __future__ import annotations

from functools import lru_cache

from enforcement.grammars.lattice import certain, optics_of
from enforcement.hours import local_date
from enforcement.law.papers import Exemption
from enforcement.policy import Policy
from enforcement.register import normalise
from enforcement.rules.finding import Finding
from streams.messages import Passage, PlateReading

#: From this probability on, what was read may be the exempt plate: the doubt is in the driver's favour.
POSSIBLE = 0.001


def exemption_of(finding: Finding, passage: Passage, policy: Policy) -> Exemption | None:
    """The exemption that sets a finding aside, or None; it still holds on its last day."""
    if passage.plate is None:
        return None
    for exemption in policy.exemptions:
        if exemption.offences and finding.offence not in exemption.offences:
            continue
        if exemption.valid_until is not None and local_date(passage, policy) > exemption.valid_until:
            continue
        if _may_be_one_of(exemption.plates, passage.plate):
            return exemption
    return None


def _may_be_one_of(plates: tuple[str, ...], reading: PlateReading) -> bool:
    exempt = _normalised(plates)
    read = normalise(reading.text or "")
    if read in exempt:
        return True
    seen = optics_of(reading.lattice or certain(read, max(0.0, reading.confidence)))
    return any(seen.probability_of(plate) >= POSSIBLE for plate in exempt)


@lru_cache(maxsize=64)
def _normalised(plates: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normalise, plates))
