"""Everything that a rule may look at: the passage, the road, and what else is known of the vehicle."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from enforcement.geometry import Plan, plan_of
from enforcement.once import once
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.rules.finding import Finding
from enforcement.way import Way, way_of
from streams.messages import EvidenceReference, Passage


@dataclass(frozen=True)
class SectionEntry:
    """The same vehicle at the entry of a section: its passage there, and how sure it is that it is the same.

    ``at_ns`` is when the tracked point passed the entry's reference line, ``sigma_ms`` (k = 1) the
    uncertainty of that time including the unit's clock; ``tracked_part`` says which part of the vehicle it
    was. ``conditions`` are what signs showed there, None where they were the same as at the exit.
    """

    section_id: str
    camera_id: str
    passage_id: str
    at_ns: int
    sigma_ms: float
    match_probability: float
    tracked_part: str = "unknown"
    conditions: tuple[str, ...] | None = None
    evidence: tuple[EvidenceReference, ...] = ()


@dataclass(frozen=True)
class OtherSighting:
    """The same plate at another camera; ``distance_m`` is the shortest way by road between the two.

    ``at_ns`` is when it was first seen there where that was before, or last seen there where it was after;
    ``sigma_ms`` (k = 1) is the uncertainty of that unit's clock.
    """

    camera_id: str
    passage_id: str
    at_ns: int
    distance_m: float
    match_probability: float
    sigma_ms: float = 0.0
    vehicle: str | None = None
    vehicle_confidence: float = 0.0


@dataclass(frozen=True)
class RegisterStatus:
    """What the register says of the plate. ``known`` False: it has no such plate. None: it does not say."""

    known: bool
    insured_until: datetime.date | None = None
    inspected_until: datetime.date | None = None
    stolen: bool = False
    vehicle_class: str | None = None


@dataclass(frozen=True)
class Circumstances:
    """What a rule judges. Whatever is not known is empty or None, and no rule finds an offence without it."""

    passage: Passage
    road: Road = field(default_factory=Road)
    section: SectionEntry | None = None
    elsewhere: OtherSighting | None = None
    registered: RegisterStatus | None = None

    @once
    def way(self) -> Way | None:
        """The vehicle's way over the road, made once for all rules; None where it is not known."""
        return way_of(self.passage)

    @once
    def plan(self) -> Plan:
        """The shapes of the road's lines and zones."""
        return plan_of(self.road)


#: A rule is pure: the same circumstances and policy always give the same finding, or None.
Rule = Callable[[Circumstances, Policy], Finding | None]
