"""Driving where vehicles of a class may not, such as trucks in a street closed to them."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.hours import applies
from enforcement.law.places import VehicleBan
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import first_and_last, make, named, worst
from enforcement.stretch import driven_inside

OFFENCE = "vehicle_ban"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of driving where this vehicle may not, or None; see :class:`VehicleBan`."""
    if not policy.vehicle_bans:
        return None
    return worst(_judge(circumstances, policy, law) for law in policy.vehicle_bans)


def _judge(circumstances: Circumstances, policy: Policy, law: VehicleBan) -> Finding | None:
    passage = circumstances.passage
    if law.scope.vehicles and passage.vehicle not in law.scope.vehicles:
        return None
    zone, way = circumstances.plan.zones.get(law.zone), circumstances.way
    if way is None or zone is None or zone.zone.kind != "ban":
        return None
    stretch = driven_inside(way, zone, law.least_distance_m)
    if stretch is None or not policy.is_valid_at(passage.started_at_ns):
        return None
    if not applies(law.scope, passage, policy):
        return None
    whom = f" to every {' and '.join(law.scope.vehicles)}" if law.scope.vehicles else ""
    return make(
        OFFENCE,
        policy,
        f"{named(passage.vehicle)} drove {stretch.metres:.1f} m in {law.zone}, which is closed{whom}; "
        f"{stretch.uncertainty_m:.1f} m subtracted for the uncertainty of places; {stretch.surely_m:.1f} m "
        f"where less than {law.least_distance_m:g} m is let pass",
        measured=stretch.metres,
        unit="m",
        subtracted=stretch.uncertainty_m,
        allowed=law.least_distance_m,
        moments=first_and_last(way.clean, stretch, "the closed zone"),
        places=(law.zone,),
    )
