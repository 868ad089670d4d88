"""Crossing a solid line."""

from __future__ import annotations

from enforcement.circumstances import Circumstances
from enforcement.geometry import LineShape
from enforcement.hours import applies
from enforcement.law.places import SolidLine
from enforcement.passing import Offsets, may_pass, offsets, passings
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import make, named, seen_at, worst
from enforcement.way import Way

OFFENCE = "solid_line"

_ON_END = 3  # points; one alone may be a slip


def judge(circumstances: Circumstances, policy: Policy) -> Finding | None:
    """The finding of crossing a solid line in a passage, or None; see :class:`SolidLine`."""
    if not policy.solid_lines or circumstances.way is None:
        return None
    return worst(_judge(circumstances, policy, law, circumstances.way) for law in policy.solid_lines)


def _judge(circumstances: Circumstances, policy: Policy, law: SolidLine, way: Way) -> Finding | None:
    line = circumstances.plan.lines.get(law.line)
    if line is None or line.line.kind != "solid" or not may_pass(way, line):
        return None
    if not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    way = way.clean
    seen = offsets(way, line)
    both = (seen, Offsets([-d for d in seen.d], seen.u, seen.inside))
    if not applies(law.scope, circumstances.passage, policy):
        return None
    return worst(_crossed(circumstances, policy, law, way, line, side) for side in both)


def _crossed(
    circumstances: Circumstances, policy: Policy, law: SolidLine, way: Way, line: LineShape, seen: Offsets
) -> Finding | None:
    """The first passing to the positive side after which the point got surely far enough, beside the line."""
    d, u = seen.d, seen.u
    for passing in passings(way, seen):
        furthest = _furthest(way, seen, passing.beyond)
        if furthest is None or d[furthest] - u[furthest] < law.least_beyond_m:
            continue
        if not _came_from(way, seen, passing.before, law.least_beyond_m):
            continue
        x, y = way.place_at(passing.at)
        doubt_ms = round(passing.uncertainty_s * 1e3, 1)
        return make(
            OFFENCE,
            policy,
            f"{named(circumstances.passage.vehicle)} crossed the solid line {line.line.id} and got "
            f"{d[furthest]:.2f} m to its other side; {u[furthest]:.2f} m subtracted for the uncertainty of "
            f"the place; {d[furthest] - u[furthest]:.2f} m where less than {law.least_beyond_m:g} m is let "
            f"pass",
            measured=d[furthest],
            unit="m",
            subtracted=u[furthest],
            allowed=law.least_beyond_m,
            moments=(
                Moment("crossed the solid line", way.at_ns(passing.at), x, y, doubt_ms),
                seen_at(way, "furthest on the other side", furthest),
            ),
            places=(line.line.id,),
        )
    return None


def _came_from(way: Way, seen: Offsets, before: int, least_m: float) -> bool:
    """Whether the point surely came from as far before the line: who swerves back has not crossed twice."""
    far = 0
    for i in range(before, -1, -1):
        far = far + 1 if seen.d[i] + seen.u[i] <= -least_m else 0
        if far == _ON_END:
            return True
        if i and way.broken[i - 1]:
            return False
    return False


def _furthest(way: Way, seen: Offsets, beyond: int) -> int | None:
    """Where the point surely was furthest behind the line: of some points on end the one that was least."""
    surely = [d - u for d, u in zip(seen.d, seen.u, strict=True)]
    best: int | None = None
    for i in range(beyond, len(surely)):
        if way.broken[i - 1] or not seen.inside[i] or seen.d[i] + seen.u[i] <= 0.0:
            break
        if i - beyond + 1 >= _ON_END:
            least = min(range(i - _ON_END + 1, i + 1), key=surely.__getitem__)
            best = least if best is None or surely[least] > surely[best] else best
    return best
