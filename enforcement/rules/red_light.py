"""Driving on at red: the front passed the stop line in red, and the vehicle drove into the junction."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.law.places import RedLight
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import make
from enforcement.rules.passed_at_red import HALT_S, AtRed, judged_at_red
from enforcement.standing import stands
from enforcement.way import Way

OFFENCE = "red_light"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of driving on at red in a passage, or None; see :class:`RedLight`."""
    law = policy.red_light
    if law is None or not circumstances.passage.lamps or circumstances.way is None:
        return None
    return judged_at_red(circumstances, policy, law, lambda red: _drove_on(circumstances, law, policy, red))


def _drove_on(circumstances: Circumstances, law: RedLight, policy: Policy, red: AtRed) -> Finding | None:
    way = red.way
    inside = _second_position(circumstances, law, red, way)
    if inside is None:
        return None
    i, x, y = inside
    if any(stand.last >= red.passing.beyond and stand.first < i for stand in stands(way, HALT_S)):
        return None
    beyond = red.seen.d[i]
    where = "in the junction" if circumstances.plan.junctions else "behind the stop line"
    return make(
        OFFENCE,
        policy,
        f"The front passed the stop line {red.line.line.id} {red.into_red_s:.2f} s after signal "
        f"{red.phase.signal_id} had turned red, and {way.t[i] - red.passing.at:.1f} s later it was "
        f"{beyond:.1f} m behind the line; {red.uncertainty_s:.2f} s subtracted for the uncertainty of times "
        f"and places; {red.surely_s:.2f} s into red where up to {law.grace_s:g} s are let pass",
        measured=red.into_red_s,
        unit="s",
        subtracted=red.uncertainty_s,
        allowed=law.grace_s,
        moments=(red.moment(), Moment(where, way.at_ns(way.t[i]), x, y)),
        places=(red.line.line.id, *(shape.zone.id for shape in circumstances.plan.junctions)),
        lamps=tuple(p for p in circumstances.passage.lamps if p.signal_id == red.phase.signal_id),
    )


def _second_position(
    circumstances: Circumstances, law: RedLight, red: AtRed, way: Way
) -> tuple[int, float, float] | None:
    """The first of two points on end with the front surely far enough, and in a junction if one is drawn."""
    junctions = circumstances.plan.junctions
    first: tuple[int, float, float] | None = None
    for i in range(red.passing.beyond, len(way.t)):
        if way.broken[i - 1]:
            return None
        front = way.end(i, red.reach)
        if front is None or red.seen.d[i] - red.seen.u[i] < law.least_beyond_m:
            first = None
            continue
        x, y, doubt = front
        if junctions and not any(zone.depth(x, y) >= doubt for zone in junctions):
            first = None
        elif first is not None:
            return first
        else:
            first = (i, x, y)
    return None
