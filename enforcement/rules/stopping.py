"""Standing where none may: in a no-stopping zone, or in a box junction."""

from __future__ import annotations

import math

from enforcement.circumstances import Circumstances
from enforcement.geometry import Bounds, ZoneShape, apart
from enforcement.hours import applies
from enforcement.law.places import Stopping
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import make, named, seen_at, worst
from enforcement.standing import Stand, stands, still
from enforcement.way import ITSELF, Reach, Way, fronts, rears
from streams.messages import Passage

OFFENCE = "stopping"

_FASTEST_BACKING_MS = 6.0
_PACE_S = 1.0  # a speed is taken over this time
_AROUND_M = 2.0  # a place that scatters, and the mean that is taken of it
_KINDS = {"no_stopping": "a zone where stopping is forbidden", "box": "a box junction"}


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of stopping where it is forbidden, or None; see :class:`Stopping`."""
    laws = policy.stopping
    if not laws:
        return None
    passage = circumstances.passage
    seen_s = (passage.ended_at_ns - passage.started_at_ns) * 1e-9
    asked = [law for law in laws if seen_s > law.longest_s]
    if not asked or circumstances.way is None:
        return None
    return worst(_judge(circumstances, policy, law, circumstances.way) for law in asked)


def _judge(circumstances: Circumstances, policy: Policy, law: Stopping, way: Way) -> Finding | None:
    zone = circumstances.plan.zones.get(law.zone)
    if zone is None or zone.zone.kind not in _KINDS:
        return None
    if not _may_stand_in(zone, law.longest_s, way, circumstances.passage):
        return None
    way = way.clean
    halts = [stand for stand in stands(way, law.longest_s) if stand.surely_s > law.longest_s]
    inside = [stand for stand in halts if _in_zone(circumstances, way, zone, stand)]
    if not inside or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    stand = max(inside, key=lambda each: each.surely_s)
    subtracted = stand.measured_s - stand.surely_s
    return make(
        OFFENCE,
        policy,
        f"{named(circumstances.passage.vehicle)} stood for {stand.measured_s:.1f} s in {law.zone}, "
        f"{_KINDS[zone.zone.kind]}; {subtracted:.1f} s subtracted for rolling to a halt and off again; "
        f"{stand.surely_s:.1f} s where up to {law.longest_s:g} s is let pass",
        measured=stand.measured_s,
        unit="s",
        subtracted=subtracted,
        allowed=law.longest_s,
        moments=(
            seen_at(way, "began to stand", stand.first),
            seen_at(way, "last seen standing", stand.last),
        ),
        places=(law.zone,),
    )


def _may_stand_in(zone: ZoneShape, least_s: float, way: Way, passage: Passage) -> bool:
    """Whether an end of the vehicle may have stood in the zone for so long: cheap, and false for most.

    The vehicle lies along the way that it came and the way that it goes.
    """
    ends = (*fronts(passage), *rears(passage))
    behind = max([end.doubt_m - end.ahead_m for end in ends], default=0.0)
    ahead = max([end.doubt_m + end.ahead_m for end in ends], default=0.0)
    if apart(way.bounds, _grown(zone.bounds, max(behind, ahead) + _AROUND_M)):
        return False
    around = _grown(zone.bounds, _AROUND_M)
    asked: tuple[float, float] | None = None
    for i in still(way, least_s):
        x, y = way.x[i], way.y[i]
        if asked is None or abs(x - asked[0]) + abs(y - asked[1]) > _AROUND_M:
            asked = x, y
            if not all(_is_apart(way, i, step, far, around) for step, far in ((-1, behind), (1, ahead))):
                return True
    return False


def _is_apart(way: Way, start: int, step: int, far: float, around: Bounds) -> bool:
    """Whether the way is outside ``around`` from a point on for ``far`` metres; no if that was not seen."""
    left, lower, right, upper = around
    x, y = way.x, way.y
    i = start
    while 0 <= i < len(x):
        if left <= x[i] <= right and lower <= y[i] <= upper:
            return False
        if math.hypot(x[i] - x[start], y[i] - y[start]) >= far:
            return True
        i += step
    return False


def _grown(bounds: Bounds, by: float) -> Bounds:
    left, lower, right, upper = bounds
    return left - by, lower - by, right + by, upper + by


def _in_zone(circumstances: Circumstances, way: Way, zone: ZoneShape, stand: Stand) -> bool:
    """Whether one and the same end of the vehicle was surely in the zone, wherever that end may be."""
    passage = circumstances.passage
    if zone.depth(stand.x, stand.y) >= stand.u:
        return True
    return any(
        reaches and all(_end_inside(way, zone, stand, reach) for reach in reaches)
        for reaches in (fronts(passage), rears(passage))
    )


def _end_inside(way: Way, zone: ZoneShape, stand: Stand, reach: Reach) -> bool:
    """Whether that end was surely in the zone; either way round where the vehicle may have backed."""
    if reach is ITSELF:
        return zone.depth(stand.x, stand.y) >= stand.u
    heading = way.headings[(stand.first + stand.last) // 2]
    if heading is None:
        return False
    hx, hy, turn = heading
    ahead = reach.ahead_m
    doubt = stand.u + reach.doubt_m + abs(ahead) * turn
    ends = (ahead,) if _drove_forwards(way, hx, hy) else (ahead, -ahead)
    return all(zone.depth(stand.x + end * hx, stand.y + end * hy) >= doubt for end in ends)


def _drove_forwards(way: Way, hx: float, hy: float) -> bool:
    """Whether the vehicle once drove that way faster than anybody backs."""
    t, x, y, u = way.t, way.x, way.y, way.u
    then = 0
    for now in range(len(t)):
        while t[now] - t[then] > _PACE_S:
            then += 1
        seconds = t[now] - t[then]
        gone_m = (x[now] - x[then]) * hx + (y[now] - y[then]) * hy
        if seconds >= _PACE_S / 2 and gone_m - u[now] - u[then] > _FASTEST_BACKING_MS * seconds:
            return True
    return False
