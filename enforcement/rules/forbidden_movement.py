"""A forbidden turn or movement: through one gate and then through another."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.hours import applies
from enforcement.law.places import Movement
from enforcement.passing import Passing, may_pass, passings_of
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import make, named
from enforcement.way import Way

OFFENCE = "forbidden_movement"


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of a forbidden movement in a passage, or None; see :class:`Movement`."""
    if not policy.movements or circumstances.way is None:
        return None
    found = (_judge(circumstances, policy, law, circumstances.way) for law in policy.movements)
    return next((finding for finding in found if finding is not None), None)


def _judge(circumstances: Circumstances, policy: Policy, law: Movement, way: Way) -> Finding | None:
    lines = circumstances.plan.lines
    enters, leaves = lines.get(law.enters), lines.get(law.leaves)
    if enters is None or leaves is None or enters.line.kind != "gate" or leaves.line.kind != "gate":
        return None
    if not (may_pass(way, leaves) and may_pass(way, enters)):
        return None
    came = passings_of(way, enters)
    went = passings_of(way, leaves) if came else []
    both = next(((a, b) for a in came for b in went if _follows(way.clean, a, b)), None)
    if both is None or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    way = way.clean
    first, then = both
    doubt = max(way.u[first.before : then.beyond + 1])
    return make(
        OFFENCE,
        policy,
        f"{named(circumstances.passage.vehicle)} came through the gate {law.enters} and left through the "
        f"gate {law.leaves} {then.at - first.at:.1f} s later: {law.name}, which is not allowed here; the "
        f"uncertainty of places, {doubt:.1f} m, was subtracted on either side of both gates",
        moments=(
            _moment(way, f"came through {law.enters}", first),
            _moment(way, f"left through {law.leaves}", then),
        ),
        places=(law.enters, law.leaves),
    )


def _follows(way: Way, first: Passing, then: Passing) -> bool:
    if first.latest >= then.earliest or first.beyond > then.before:
        return False
    return not any(way.broken[first.beyond : then.before])


def _moment(way: Way, name: str, passing: Passing) -> Moment:
    x, y = way.place_at(passing.at)
    return Moment(name, way.at_ns(passing.at), x, y, round(passing.uncertainty_s * 1e3, 1))
