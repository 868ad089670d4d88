"""Rules in shadow: what another policy would find in passages that were judged before; nothing is changed.

A passage that broke a rule lies in the store as a whole, with what the finding rested on. Of all others only
class, place, time and speed are left: of them a policy can be told how many it would have found too fast, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from enforcement.circumstances import Circumstances, OtherSighting, RegisterStatus, SectionEntry
from enforcement.judging import NO_ROAD, findings_of
from enforcement.policy import Policy
from enforcement.register import Keeper
from enforcement.road import Road
from enforcement.rules.finding import Finding
from enforcement.rules.speeding import judge as judge_speed
from streams.messages import Box, Passage, SpeedMeasurement

#: What cannot be judged without the camera's drawn road.
NEED_ROAD = frozenset(
    {
        "red_light",
        "stop_line",
        "wrong_way",
        "reserved_lane",
        "forbidden_movement",
        "stopping",
        "solid_line",
        "vehicle_ban",
    }
)
_NUMBERS = 6


@dataclass(frozen=True)
class Stored:
    """A passage as the store has it, with its findings by offence and the register's answer of that time."""

    passage: Passage
    findings: Mapping[str, Finding]
    keeper: Keeper | None = None


@dataclass(frozen=True)
class Counted:
    """What is left of a passage that broke no rule; times in UTC ns."""

    passage_id: str
    camera_id: str
    vehicle: str
    occurred_at_ns: int
    speed_kmh: float
    uncertainty_kmh: float | None


@dataclass(frozen=True)
class Change:
    """One offence of one passage that the other policy judges in another way."""

    kind: Literal["new", "dropped", "changed"]
    passage: Passage
    offence: str
    before: Finding | None
    after: Finding | None


def judge_again(stored: Stored, policy: Policy, road: Road | None = None) -> dict[str, Finding]:
    """What ``policy`` finds in a stored passage, by offence, told what the rules were told then."""
    found = findings_of(_circumstances(stored, road or NO_ROAD), policy)
    return {finding.offence: finding for finding in found}


def changes(stored: Stored, after: Mapping[str, Finding], left_out: Container[str] = ()) -> Iterable[Change]:
    """Where ``after`` differs from what was found; offences in ``left_out`` could not be judged again."""
    for offence in dict.fromkeys([*stored.findings, *after]):
        was, now = stored.findings.get(offence), after.get(offence)
        if offence in left_out:
            continue
        if was is None:
            yield Change("new", stored.passage, offence, None, now)
        elif now is None:
            yield Change("dropped", stored.passage, offence, was, None)
        elif _numbers(was) != _numbers(now):
            yield Change("changed", stored.passage, offence, was, now)


def would_be_too_fast(counted: Counted, policy: Policy) -> bool:
    """Whether a passage of which only a count is left would be a finding of speeding.

    Its class is taken as too doubtful for limits of some vehicles, and no sign as lit.
    """
    at_ns = counted.occurred_at_ns
    passage = Passage(
        passage_id=counted.passage_id,
        camera_id=counted.camera_id,
        site_id="",
        vehicle=counted.vehicle,
        vehicle_confidence=0.0,
        started_at_ns=at_ns,
        ended_at_ns=at_ns,
        frames=0,
        box=Box(0.0, 0.0, 0.0, 0.0),
        track=(),
        speed=SpeedMeasurement(counted.speed_kmh, counted.uncertainty_kmh),
    )
    return judge_speed(Circumstances(passage), policy) is not None


def _numbers(finding: Finding) -> tuple[float, ...]:
    numbers = (finding.measured, finding.subtracted, finding.enforced, finding.allowed)
    return tuple(round(number, _NUMBERS) for number in numbers)


def _circumstances(stored: Stored, road: Road) -> Circumstances:
    section = stored.findings.get("average_speed")
    cloned = stored.findings.get("cloned_plate")
    return Circumstances(
        stored.passage,
        road,
        _entry(section) if section else None,
        _sighting(cloned) if cloned else None,
        _status(stored),
    )


def _entry(finding: Finding) -> SectionEntry | None:
    other = finding.other
    if other is None or other.section_id is None:
        return None
    return SectionEntry(
        other.section_id,
        other.camera_id,
        other.passage_id,
        other.at_ns,
        other.sigma_ms,
        other.match_probability,
        other.tracked_part,
        evidence=other.evidence,
    )


def _sighting(finding: Finding) -> OtherSighting | None:
    other = finding.other
    if other is None:
        return None
    return OtherSighting(
        other.camera_id,
        other.passage_id,
        other.at_ns,
        other.distance_m,
        other.match_probability,
        other.sigma_ms,
    )


def _status(stored: Stored) -> RegisterStatus | None:
    """What the register answered then; that it had no answer says something only where that was found."""
    keeper = stored.keeper
    if keeper is None:
        return RegisterStatus(known=False) if "unregistered" in stored.findings else None
    return RegisterStatus(
        True, keeper.insured_until, keeper.inspected_until, keeper.stolen, keeper.vehicle_class or None
    )
