"""Exemptions: whom a rule does not concern, because the policy says so or somebody entered it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from enforcement.exemptions.exemption import KINDS
from enforcement.exemptions.lookup import ExemptionList
from enforcement.grammars.lattice import Optics, certain, optics_of
from enforcement.hours import local_date
from enforcement.law.papers import Exemption
from enforcement.policy import Policy
from enforcement.register import normalise
from enforcement.rules.finding import Finding
from streams.messages import Passage, PlateReading

#: From this probability on, what was read may be the exempt plate: the doubt is in the driver's favour.
POSSIBLE = 0.001
#: The kind of an exemption that stands in the policy.
BY_POLICY = "policy"
NO_LIST = ExemptionList()


class Ground(NamedTuple):
    """Why a finding is set aside: the kind of exemption, and words that name no vehicle."""

    kind: str
    reason: str


def ground_for(
    finding: Finding, passage: Passage, policy: Policy, kept: ExemptionList = NO_LIST
) -> Ground | None:
    """What sets a finding aside, or None. The policy's own exemptions come first.

    An exemption of the policy still holds on its last day; one of ``kept`` by its validity at the time of the
    passage, whenever that is judged.
    """
    if passage.plate is None or not (policy.exemptions or len(kept)):
        return None
    by_policy = _of_policy(finding, passage, passage.plate, policy)
    if by_policy is not None:
        return Ground(BY_POLICY, by_policy.reason)
    if not len(kept):
        return None
    read = normalise(passage.plate.text or "")
    plates = dict.fromkeys([read, *kept.possible(_optics(read, passage.plate), POSSIBLE)])
    found = (each for plate in plates for each in kept.that_concern(finding.offence, passage, plate))
    first = next(found, None)
    # Not the reason that was entered: it may name the vehicle, and what is kept of a finding must not.
    return None if first is None else Ground(first.kind, KINDS[first.kind])


def _of_policy(finding: Finding, passage: Passage, reading: PlateReading, policy: Policy) -> Exemption | None:
    for exemption in policy.exemptions:
        if exemption.offences and finding.offence not in exemption.offences:
            continue
        if exemption.valid_until is not None and local_date(passage, policy) > exemption.valid_until:
            continue
        if _may_be_one_of(exemption.plates, reading):
            return exemption
    return None


def _may_be_one_of(plates: tuple[str, ...], reading: PlateReading) -> bool:
    exempt = _normalised(plates)
    read = normalise(reading.text or "")
    if read in exempt:
        return True
    seen = _optics(read, reading)
    return any(seen.probability_of(plate) >= POSSIBLE for plate in exempt)


def _optics(read: str, reading: PlateReading) -> Optics:
    return optics_of(reading.lattice or certain(read, max(0.0, reading.confidence)))


@lru_cache(maxsize=64)
def _normalised(plates: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normalise, plates))
