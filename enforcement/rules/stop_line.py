"""Stopping behind the stop line at red, before the junction."""

from __future__ import annotations

from statistics import fmean

from enforcement.circumstances import Circumstances
from enforcement.law.places import StopLine
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import make, worst
from enforcement.rules.passed_at_red import HALT_S, AtRed, judged_at_red
from enforcement.standing import Stand, stands

OFFENCE = "stop_line"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of stopping behind the stop line at red, or None; see :class:`StopLine`."""
    law = policy.stop_line
    if law is None or not circumstances.passage.lamps or not circumstances.plan.junctions:
        return None
    return judged_at_red(circumstances, policy, law, lambda red: _halted(circumstances, law, policy, red))


def _halted(circumstances: Circumstances, law: StopLine, policy: Policy, red: AtRed) -> Finding | None:
    halts = (stand for stand in stands(red.way, HALT_S) if stand.surely_s >= HALT_S)
    return worst(_halted_at(circumstances, law, policy, red, stand) for stand in halts)


def _halted_at(
    circumstances: Circumstances, law: StopLine, policy: Policy, red: AtRed, stand: Stand
) -> Finding | None:
    way = red.way
    first = max(red.passing.beyond, stand.first)
    if stand.last <= first or any(way.broken[red.passing.before : stand.last]):
        return None
    beyond = fmean(red.seen.d[first : stand.last + 1])
    doubt = max(red.seen.u[first : stand.last + 1])
    if beyond - doubt < law.least_beyond_m or not _kept_out(circumstances, red, stand):
        return None
    middle = (first + stand.last) // 2
    front = way.end(middle, red.reach)
    assert front is not None  # its offset is known
    halted = Moment("halted before the junction", way.at_ns(way.t[first]), front[0], front[1])
    return make(
        OFFENCE,
        policy,
        f"The front passed the stop line {red.line.line.id} {red.into_red_s:.2f} s after signal "
        f"{red.phase.signal_id} had turned red, {red.uncertainty_s:.2f} s of it uncertain, and halted for "
        f"{stand.measured_s:.1f} s {beyond:.2f} m behind the line, before the junction; {doubt:.2f} m "
        f"subtracted for the uncertainty of the place; {beyond - doubt:.2f} m where less than "
        f"{law.least_beyond_m:g} m is let pass",
        measured=beyond,
        unit="m",
        subtracted=doubt,
        allowed=law.least_beyond_m,
        moments=(red.moment(), halted),
        places=(red.line.line.id, *(shape.zone.id for shape in circumstances.plan.junctions)),
        lamps=tuple(p for p in circumstances.passage.lamps if p.signal_id == red.phase.signal_id),
    )


def _kept_out(circumstances: Circumstances, red: AtRed, stand: Stand) -> bool:
    """Whether the front was surely in no junction from the line until the end of the halt."""
    for i in range(red.passing.before, stand.last + 1):
        front = red.way.end(i, red.reach)
        if front is None:
            return False
        x, y, doubt = front
        if any(zone.depth(x, y) > -doubt for zone in circumstances.plan.junctions):
            return False
    return True
