"""Which passages of a batch are violations: every rule applied to every passage under its camera's policy.

The roadside unit asks the same rules before it publishes, so that plates and pictures of passages that broke
no rule never leave it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from enforcement.batch import Batch
from enforcement.circumstances import Circumstances, Rule
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.rules import (
    average_speed,
    cloned_plate,
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

#: Every rule, in the order in which findings are listed.
RULES: tuple[Rule, ...] = (
    speeding.judge,
    average_speed.judge,
    red_light.judge,
    stop_line.judge,
    wrong_way.judge,
    reserved_lane.judge,
    forbidden_movement.judge,
    stopping.judge,
    following.judge,
    solid_line.judge,
    vehicle_ban.judge,
    papers.unregistered,
    papers.uninsured,
    papers.inspection_expired,
    papers.stolen,
    cloned_plate.judge,
)

#: For a camera whose lines and zones nobody has drawn.
NO_ROAD = Road()

_log = logging.getLogger(__name__)


@dataclass
class Judgements:
    """Each judged passage with whether its evidence is kept, and every finding with its passage."""

    judged: list[tuple[Passage, bool]] = field(default_factory=list)
    found: list[tuple[Passage, Finding]] = field(default_factory=list)

    @property
    def released(self) -> set[str]:
        """Ids of the passages without a finding, whose evidence is to be erased."""
        return {passage.passage_id for passage, kept in self.judged if not kept}


def findings_of(seen: Circumstances, policy: Policy) -> list[Finding]:
    """What every rule finds, in the order of ``RULES``; nothing while the policy does not hold."""
    if not policy.is_valid_at(seen.passage.started_at_ns):
        return []
    return [finding for rule in RULES if (finding := rule(seen, policy)) is not None]


def could_be_finding(passage: Passage, policy: Policy, road: Road | None = None) -> bool:
    """Whether the centre may need the plate and the pictures of this passage: what a roadside unit asks.

    True where a rule finds something in the passage by itself, and for every passage of a camera where the
    policy needs each plate, as section control does at both ends.
    """
    if policy.needs_plate_at(passage.camera_id):
        return True
    return bool(findings_of(Circumstances(passage, road or NO_ROAD), policy))


def judge_passages(
    batch: Batch, policies: Mapping[str, Policy], roads: Mapping[str, Road] | None = None
) -> Judgements:
    """Judge the passages of ``batch``; those of a camera without a policy are added to ``batch.refused``."""
    judgements = Judgements()
    roads = roads or {}
    for record, passage in batch.passages:
        policy = policies.get(passage.camera_id)
        if policy is None:
            batch.refused.append(
                (
                    record,
                    f"no policy for camera '{passage.camera_id}'; give this worker its site and resend it.",
                )
            )
            continue
        if not policy.is_valid_at(passage.started_at_ns):
            _log.warning(
                "passage %s of camera %s is not judged: policy %s, version %s, does not hold at its time",
                passage.passage_id,
                passage.camera_id,
                policy.id,
                policy.version,
            )
        findings = findings_of(Circumstances(passage, roads.get(passage.camera_id, NO_ROAD)), policy)
        judgements.judged.append((passage, bool(findings)))
        judgements.found.extend((passage, finding) for finding in findings)
    return judgements
