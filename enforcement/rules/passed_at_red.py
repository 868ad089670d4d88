"""What driving on at red and stopping behind the line have in common: the front passed the line at red."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from enforcement.circumstances import Circumstances
from enforcement.geometry import LineShape, apart
from enforcement.hours import applies
from enforcement.law.places import RedLight, StopLine
from enforcement.passing import Offsets, Passing, moves_along, offsets, passings
from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.rules.making import mildest, worst
from enforcement.way import ITSELF, Reach, Way, fronts
from streams.messages import LampPhase, Passage

#: A stand of this measured length is a halt: who halts has not driven on.
HALT_S = 1.0

_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class AtRed:
    """The front (at ``reach`` from the tracked point of ``way``) passed ``line`` in the red ``phase``.

    ``into_red_s`` is the time into red as measured, ``uncertainty_s`` (k = 2) the sum of all its
    uncertainties: the crossing's, the lamp's and, for a controller, the clock's.
    """

    line: LineShape
    way: Way
    reach: Reach
    seen: Offsets
    passing: Passing
    phase: LampPhase
    into_red_s: float
    uncertainty_s: float

    @property
    def surely_s(self) -> float:
        """The time into red that is beyond doubt."""
        return self.into_red_s - self.uncertainty_s

    def moment(self) -> Moment:
        """When and where the front passed the line."""
        x, y = _front_at(self.way, self.reach, self.passing)
        at_ns = self.way.at_ns(self.passing.at)
        return Moment("front passed the stop line", at_ns, x, y, round(self.passing.uncertainty_s * 1e3, 1))


def judged_at_red(
    circumstances: Circumstances,
    policy: Policy,
    law: RedLight | StopLine,
    judge: Callable[[AtRed], Finding | None],
) -> Finding | None:
    """The worst of what ``judge`` finds at any stop line, each as mild as where the front may be allows."""
    passed = list(possibilities(circumstances, law.grace_s))
    if not passed or not policy.is_valid_at(circumstances.passage.started_at_ns):
        return None
    if not applies(law.scope, circumstances.passage, policy):
        return None
    return worst(mildest(worst(map(judge, each)) for each in line) for line in passed)


def possibilities(circumstances: Circumstances, grace_s: float) -> Iterator[list[list[AtRed]]]:
    """For each stop line, for each place where the front may be: its passings past ``grace_s`` of red.

    Stop lines for which one of these places has no such passing are left out.
    """
    passage, seen, plan = circumstances.passage, circumstances.way, circumstances.plan
    red = {phase.signal_id for phase in passage.lamps if phase.state == "red"}
    if seen is None or not red:
        return
    for line in plan.stop_lines:
        if line.line.signal not in red or line.heading is None:
            continue
        reaches = fronts(passage)
        if not reaches or not _may_pass_at_red(passage, seen, line, reaches):
            continue
        found = [_passed_at_red(passage, seen.clean, line, reach, grace_s) for reach in reaches]
        if all(found):
            yield found


def _passed_at_red(passage: Passage, way: Way, line: LineShape, reach: Reach, grace_s: float) -> list[AtRed]:
    seen = offsets(way, line, reach)
    found = []
    for passing in passings(way, seen):
        red = _red_at(passage, line, way.at_ns(passing.earliest), way.at_ns(passing.latest))
        if red is None or not moves_along(way, line, passing):
            continue
        phase, doubt_ns = red
        into_ns = way.at_ns(passing.at) - phase.from_ns
        surely_ns = way.at_ns(passing.earliest) - phase.from_ns - doubt_ns
        if surely_ns > grace_s * 1e9:
            into_s = into_ns * 1e-9
            found.append(AtRed(line, way, reach, seen, passing, phase, into_s, into_s - surely_ns * 1e-9))
    return found


def _red_at(
    passage: Passage, line: LineShape, earliest_ns: int, latest_ns: int
) -> tuple[LampPhase, float] | None:
    """The red phase that surely covers this time, and the doubt (k = 2) of its beginning in ns.

    None as well where any phase of the signal may say otherwise. Of several the one that began last.
    """
    latest_red: tuple[LampPhase, float] | None = None
    for phase in passage.lamps:
        if phase.signal_id != line.line.signal or phase.state == "unknown":
            continue
        clock_ns = 0.0
        if phase.source != "camera":
            if passage.clock_sigma_ms is None:
                return None
            clock_ns = 2.0 * passage.clock_sigma_ms * _MS
        doubt_ns = phase.uncertainty_ms * _MS + clock_ns
        if phase.until_ns + clock_ns < earliest_ns or phase.from_ns - doubt_ns > latest_ns:
            continue
        covers = phase.from_ns + doubt_ns <= earliest_ns and latest_ns <= phase.until_ns - clock_ns
        if phase.state != "red" or not covers:
            return None
        if latest_red is None or phase.from_ns + doubt_ns > latest_red[0].from_ns + latest_red[1]:
            latest_red = (phase, doubt_ns)
    return latest_red


def _may_pass_at_red(passage: Passage, way: Way, line: LineShape, reaches: tuple[Reach, ...]) -> bool:
    """False where the front surely did not pass the line as long as the signal was red: cheap."""
    more = max(abs(reach.ahead_m) + reach.doubt_m for reach in reaches)
    left, lower, right, upper = way.bounds
    if apart((left - more, lower - more, right + more, upper + more), line.bounds):
        return False
    phases = [p for p in passage.lamps if p.state == "red" and p.signal_id == line.line.signal]
    first_s = (min(p.from_ns for p in phases) - way.start_ns) * 1e-9
    last_s = (max(p.until_ns for p in phases) - way.start_ns) * 1e-9
    seen = slice(max(bisect_left(way.t, first_s) - 1, 0), bisect_left(way.t, last_s) + 1)
    return len(way.t[seen]) > 1 and line.straddles(way.x[seen], way.y[seen], more)


def _front_at(way: Way, reach: Reach, passing: Passing) -> tuple[float, float]:
    x, y = way.place_at(passing.at)
    heading = way.headings[passing.before]
    if reach is ITSELF or heading is None:
        return x, y
    return x + reach.ahead_m * heading[0], y + reach.ahead_m * heading[1]
