"""Every rule, and what they find in a passage.

The roadside unit asks the same rules before it publishes, so that plates and pictures of passages that broke
no rule never leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.circumstances import Circumstances, Rule
from enforcement.exempting import NO_LIST, Ground, ground_for
from enforcement.exemptions.lookup import ExemptionList
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.rules import (
    average_speed,
    cloned_plate,
    driver,
    following,
    forbidden_movement,
    papers,
    red_light,
    reserved_lane,
    solid_line,
    speeding,
    stop_line,
    stopping,
    vehicle_ban,
    wrong_way,
)
from enforcement.rules.finding import Finding
from streams.messages import Passage

#: What is judged once both ends of a section are known, and once the register has answered.
SECTION_RULES: tuple[Rule, ...] = (average_speed.judge,)
PAPERS: tuple[Rule, ...] = (
    papers.unregistered,
    papers.uninsured,
    papers.inspection_expired,
    papers.stolen,
)
#: Every rule, in the order in which findings are listed.
RULES: tuple[Rule, ...] = (
    speeding.judge,
    *SECTION_RULES,
    red_light.judge,
    stop_line.judge,
    wrong_way.judge,
    reserved_lane.judge,
    forbidden_movement.judge,
    stopping.judge,
    following.judge,
    solid_line.judge,
    vehicle_ban.judge,
    *PAPERS,
    cloned_plate.judge,
    driver.seat_belt,
    driver.phone,
)

#: For a camera whose lines and zones nobody has drawn.
NO_ROAD = Road()


@dataclass(frozen=True)
class Verdict:
    """What the rules found, and what of it an exemption sets aside, with the ground for that."""

    findings: tuple[Finding, ...] = ()
    set_aside: tuple[tuple[Finding, Ground], ...] = ()


_NOTHING = Verdict()


def verdict_on(
    seen: Circumstances, policy: Policy, rules: Sequence[Rule] = RULES, kept: ExemptionList = NO_LIST
) -> Verdict:
    """What the rules find, in their order; nothing while the policy does not hold.

    ``kept`` are exemptions beside those of the policy.
    """
    if not policy.is_valid_at(seen.passage.started_at_ns):
        return _NOTHING
    found = [finding for rule in rules if (finding := rule(seen, policy)) is not None]
    if not found:
        return _NOTHING
    judged = [(finding, ground_for(finding, seen.passage, policy, kept)) for finding in found]
    return Verdict(
        tuple(finding for finding, ground in judged if ground is None),
        tuple((finding, ground) for finding, ground in judged if ground is not None),
    )


def findings_of(seen: Circumstances, policy: Policy, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """What the rules find and no exemption sets aside."""
    return list(verdict_on(seen, policy, rules).findings)


def could_be_finding(passage: Passage, policy: Policy, road: Road | None = None) -> bool:
    """Whether the centre may need the plate and the pictures of this passage: what a roadside unit asks.

    True where a rule finds something in the passage by itself, and for every passage of a camera where the
    policy needs each plate, as section control does at both ends.
    """
    if policy.needs_plate_at(passage.camera_id):
        return True
    return bool(findings_of(Circumstances(passage, road or NO_ROAD), policy))
