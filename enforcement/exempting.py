"""Exemptions: whom a rule does not concern, because the policy says so."""

from __future__ import annotations

from functools import lru_cache

from enforcement.case_plate import CasePlate
from enforcement.hours import local_date
from enforcement.law.papers import Exemption
from enforcement.policy import Policy
from enforcement.register import normalise
from enforcement.rules.finding import Finding
from streams.messages import Passage


def exempted(finding: Finding, passage: Passage, plate: CasePlate, policy: Policy) -> Exemption | None:
    """The exemption that sets a finding aside, or None.

    The plate of the case, what was read and what is likeliest all count: one of them is enough. An exemption
    still holds on its last day.
    """
    if not policy.exemptions:
        return None
    names = {name for name in (plate.text, plate.raw, plate.normalised) if name}
    for exemption in policy.exemptions:
        if exemption.offences and finding.offence not in exemption.offences:
            continue
        if exemption.valid_until is not None and local_date(passage, policy) > exemption.valid_until:
            continue
        if not names.isdisjoint(_normalised(exemption.plates)):
            return exemption
    return None


@lru_cache(maxsize=64)
def _normalised(plates: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normalise, plates))
