"""Driving against the heading of a lane."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from operator import sub

from enforcement.circumstances import Circumstances
from enforcement.geometry import ZoneShape, apart
from enforcement.hours import applies
from enforcement.law.places import WrongWay
from enforcement.policy import Policy
from enforcement.road import Point
from enforcement.rules.finding import Finding
from enforcement.rules.making import first_and_last, make, named, worst
from enforcement.stretch import Stretch, runs
from enforcement.way import Way

OFFENCE = "wrong_way"

_KMH_PER_MS = 3.6
_ALONG = 1e-9  # of a heading's x: a kilometre of such a road leans by a micrometre
_MOST_TRIED = 100  # points at which a stretch may begin or end


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of driving the wrong way in a passage, or None; see :class:`WrongWay`."""
    law = policy.wrong_way
    if law is None or not circumstances.plan.lanes or circumstances.way is None:
        return None
    way = circumstances.way
    back: dict[Point | None, bool] = {None: False}  # most lanes of a road have one heading
    against = []
    for lane in circumstances.plan.lanes:
        if not apart(way.bounds, lane.bounds):
            comes_back = back.get(lane.heading)
            if comes_back is None and lane.heading is not None:
                comes_back = back[lane.heading] = _comes_back(way, lane.heading, law.least_distance_m)
            if comes_back:
                against.append(lane)
    if not against or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    return worst(
        _finding(circumstances, law, policy, way.clean, lane, stretch)
        for lane in against
        for stretch in _against(circumstances, law, way.clean, lane)
    )


def _comes_back(way: Way, heading: Point, least_m: float) -> bool:
    """Whether the way goes ``least_m`` against a heading anywhere: cheap, and false for most."""
    hx, hy = heading
    if hy > 0.0 and abs(hx) < _ALONG:  # most lanes are drawn along the road
        ahead = way.y
    else:
        ahead = [x * hx + y * hy for x, y in zip(way.x, way.y, strict=True)]
    if ahead == sorted(ahead):  # most only ever go on
        return False
    return bool(max(map(sub, accumulate(ahead, max), ahead)) >= least_m)


def _against(circumstances: Circumstances, law: WrongWay, way: Way, lane: ZoneShape) -> Iterator[Stretch]:
    """Every stretch surely in the lane, and in no lane that goes the other way, that is long and fast."""
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

    def between(first: int, last: int) -> Stretch | None:
        (ax, ay), (bx, by) = way.middle(first), way.middle(last)
        dx, dy = bx - ax, by - ay
        against, aside = -(dx * hx + dy * hy), abs(dx * hy - dy * hx)
        stretch = Stretch(first, last, against, u[first] + u[last])
        if aside > stretch.surely_m or stretch.surely_m < law.least_distance_m:
            return None
        # The places are those of three points each, so the time is the longest between any of them.
        took_s = way.t[min(last + 1, len(way.t) - 1)] - way.t[max(first - 1, 0)]
        fast = stretch.surely_m / took_s * _KMH_PER_MS > law.least_speed_kmh
        return stretch if fast else None

    for first, last in runs(way, surely_here):
        # The longest way that is fast enough, where the vehicle stood before or after it as well.
        step = (last - first) // _MOST_TRIED + 1
        for start in range(first, last, step):
            ends = (between(start, end) for end in range(last, start, -step))
            longest = next((stretch for stretch in ends if stretch is not None), None)
            if longest is not None:
                yield longest
                break


def _finding(
    circumstances: Circumstances,
    law: WrongWay,
    policy: Policy,
    way: Way,
    lane: ZoneShape,
    stretch: Stretch,
) -> Finding:
    took_s = way.t[stretch.last] - way.t[stretch.first]
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
