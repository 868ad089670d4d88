"""Standing where none may: in a no-stopping zone, or in a box junction."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.geometry import ZoneShape, apart
from enforcement.hours import applies
from enforcement.law.places import Stopping
from enforcement.policy import Policy
from enforcement.rules.finding import Finding
from enforcement.rules.making import make, named, seen_at, worst
from enforcement.standing import Stand, stands
from enforcement.way import ITSELF, Reach, Way, fronts, rears

OFFENCE = "stopping"

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
    if not _near_for(law.longest_s, way, zone, circumstances):
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


def _near_for(least_s: float, way: Way, zone: ZoneShape, circumstances: Circumstances) -> bool:
    """Whether an end of the vehicle may have been in the zone for so long: cheap, and false for most."""
    passage = circumstances.passage
    ends = (*fronts(passage), *rears(passage))
    reach = max([abs(end.ahead_m) + end.doubt_m for end in ends], default=0.0) + _AROUND_M
    left, lower, right, upper = zone.bounds
    around = (left - reach, lower - reach, right + reach, upper + reach)
    if apart(way.bounds, around):
        return False
    left, lower, right, upper = around
    near = [
        t for t, x, y in zip(way.t, way.x, way.y, strict=True) if left <= x <= right and lower <= y <= upper
    ]
    return bool(near) and near[-1] - near[0] >= least_s


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
    if reach is ITSELF:
        return zone.depth(stand.x, stand.y) >= stand.u
    heading = way.headings[(stand.first + stand.last) // 2]
    if heading is None:
        return False
    hx, hy, turn = heading
    ahead = reach.ahead_m
    doubt = stand.u + reach.doubt_m + abs(ahead) * turn
    return zone.depth(stand.x + ahead * hx, stand.y + ahead * hy) >= doubt
