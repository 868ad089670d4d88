"""Driving against the heading of a lane."""

from __future__ import annotations

from collections.abc import Iterator

from enforcement.circumstances import Circumstances
from enforcement.geometry import ZoneShape, apart
from enforcement.hours import applies
from enforcement.law.places import WrongWay
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import first_and_last, make, named, worst
from enforcement.stretch import Stretch, runs
from enforcement.way import Way

OFFENCE = "wrong_way"

_KMH_PER_MS = 3.6


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of driving the wrong way in a passage, or None; see :class:`WrongWay`."""
    law = policy.wrong_way
    if law is None or not circumstances.plan.lanes or circumstances.way is None:
        return None
    way = circumstances.way
    against = [lane for lane in circumstances.plan.lanes if _comes_back(way, lane, law.least_distance_m)]
    if not against or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    return worst(
        _finding(circumstances, law, policy, lane, stretch)
        for lane in against
        for stretch in _against(circumstances, way, lane)
    )


def _comes_back(way: Way, lane: ZoneShape, least_m: float) -> bool:
    """Whether the way goes ``least_m`` against the lane's heading anywhere: cheap, and false for most."""
    if apart(way.bounds, lane.bounds) or lane.heading is None:
        return False
    hx, hy = lane.heading
    furthest = -float("inf")
    for x, y in zip(way.x, way.y, strict=True):
        ahead = x * hx + y * hy
        if ahead > furthest:
            furthest = ahead
        elif furthest - ahead >= least_m:
            return True
    return False


def _against(circumstances: Circumstances, way: Way, lane: ZoneShape) -> Iterator[Stretch]:
    """Every stretch surely in the lane, and in no lane that goes the other way, if it is against it."""
    assert lane.heading is not None
    hx, hy = lane.heading
    agreeing = [
        other
        for other in circumstances.plan.lanes
        if other.heading is not None and other.heading[0] * hx + other.heading[1] * hy < 0.0
    ]
    x, y, u = way.x, way.y, way.u

    def surely_here(i: int) -> bool:
        if lane.depth(x[i], y[i]) < u[i]:
            return False
        return all(other.depth(x[i], y[i]) <= -u[i] for other in agreeing)

    for first, last in runs(way, surely_here):
        dx, dy = x[last] - x[first], y[last] - y[first]
        against, aside = -(dx * hx + dy * hy), abs(dx * hy - dy * hx)
        doubt = u[first] + u[last]
        if aside + doubt <= against:
            yield Stretch(first, last, against, doubt)


def _finding(
    circumstances: Circumstances, law: WrongWay, policy: Policy, lane: ZoneShape, stretch: Stretch
) -> Finding | None:
    way = circumstances.way
    assert way is not None
    took_s = way.t[stretch.last] - way.t[stretch.first]
    if stretch.surely_m < law.least_distance_m or took_s <= 0.0:
        return None
    if stretch.surely_m / took_s * _KMH_PER_MS <= law.least_speed_kmh:
        return None
    return make(
        OFFENCE,
        policy,
        f"{named(circumstances.passage.vehicle)} drove {stretch.metres:.1f} m against the direction of the "
        f"lane {lane.zone.id}, at {stretch.metres / took_s * _KMH_PER_MS:.0f} km/h on average; "
        f"{stretch.uncertainty_m:.1f} m subtracted for the uncertainty of places; {stretch.surely_m:.1f} m "
        f"where less than {law.least_distance_m:g} m is let pass",
        measured=stretch.metres,
        unit="m",
        subtracted=stretch.uncertainty_m,
        allowed=law.least_distance_m,
        moments=first_and_last(way, stretch, "the lane"),
        places=(lane.zone.id,),
    )
