"""Driving in a lane that is reserved for others, such as a bus lane."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.hours import LEAST_CLASS_CONFIDENCE, applies
from enforcement.law.places import ReservedLane
from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import first_and_last, make, named, worst
from enforcement.stretch import driven_inside

OFFENCE = "reserved_lane"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of driving in a reserved lane, or None; see :class:`ReservedLane`."""
    laws = policy.reserved_lanes
    if not laws or not circumstances.passage.vehicle_confidence >= LEAST_CLASS_CONFIDENCE:
        return None
    return worst(_judge(circumstances, policy, law) for law in laws)


def _judge(circumstances: Circumstances, policy: Policy, law: ReservedLane) -> Finding | None:
    passage, way = circumstances.passage, circumstances.way
    zone = circumstances.plan.zones.get(law.zone)
    if passage.vehicle in law.allowed or way is None or zone is None or zone.zone.kind != "reserved":
        return None
    stretch = driven_inside(way, zone, law.least_distance_m)
    if stretch is None or stretch.surely_m <= law.least_distance_m:
        return None
    if not policy.is_valid_at(passage.started_at_ns):
        return None
    if not applies(Scope(hours=law.hours), passage, policy):
        return None
    return make(
        OFFENCE,
        policy,
        f"{named(passage.vehicle)} drove {stretch.metres:.1f} m in the lane {law.zone}, which is reserved "
        f"({', '.join(law.allowed) or 'none'} allowed); {stretch.uncertainty_m:.1f} m subtracted for the "
        f"uncertainty of places; {stretch.surely_m:.1f} m where up to {law.least_distance_m:g} m is let pass",
        measured=stretch.metres,
        unit="m",
        subtracted=stretch.uncertainty_m,
        allowed=law.least_distance_m,
        moments=first_and_last(way.clean, stretch, "the lane"),
        places=(law.zone,),
    )
