"""The truth's judge where lines count: red light, stop line, solid line, forbidden movement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from enforcement.law.places import RedLight, StopLine
from enforcement.road import Line
from tests.scenarios.geometry_truth import Crossing, Mask, aside, crossings, inside, runs, turned
from tests.scenarios.hours_truth import holds
from tests.scenarios.motion import Reals
from tests.scenarios.scene import Scene

#: ``open`` is what the docstrings leave to the measurement: it proves nothing either way.
Verdict = Literal["guilty", "lawful", "open"]
_STANDING_MS = 1e-6
_HARDLY_M = 0.5


@dataclass(frozen=True, eq=False)
class Truth:
    """The dense samples of a scene."""

    scene: Scene

    @cached_property
    def t(self) -> Reals:
        return self.scene.times()

    @cached_property
    def front(self) -> Reals:
        return self.scene.drive.place(self.t)

    @cached_property
    def rear(self) -> Reals:
        return self.scene.drive.place(self.t, self.scene.vehicle.length_m)

    @cached_property
    def speed(self) -> Reals:
        return self.scene.drive.speed_ms(self.t)

    @cached_property
    def standing(self) -> Mask:
        return np.asarray(np.abs(self.speed) < _STANDING_MS)

    def time_of(self, crossing: Crossing) -> float:
        return float(self.t[crossing.i] + crossing.part * _step_s(self))

    def in_kind(self, kind: str, places: Reals) -> Mask:
        mask = np.zeros(len(places), dtype=bool)
        for zone in self.scene.road.zones:
            if zone.kind == kind:
                mask |= inside(zone.ring, places)
        return mask


def _step_s(truth: Truth) -> float:
    return float(truth.t[1] - truth.t[0])


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict on several acts: guilty of one is guilty."""
    for verdict in ("guilty", "open"):
        if verdict in verdicts:
            return verdict  # type: ignore[return-value]
    return "lawful"


def under(scope_holds: bool | None, verdict: Verdict) -> Verdict:
    """The verdict where the scope holds, does not, or may."""
    if scope_holds is False or verdict == "lawful":
        return "lawful"
    return verdict if scope_holds else "open"


def _late(truth: Truth, line: Line, law: RedLight | StopLine) -> list[tuple[Crossing, bool | None]]:
    """The crossings later into red than the grace, with whether the scope holds."""
    late = []
    for crossing in crossings(line.points, truth.front):
        if line.heading_deg is not None and turned(crossing.heading_deg, line.heading_deg) >= 90.0:
            continue
        t = truth.time_of(crossing)
        for lamp in truth.scene.lamps:
            if (lamp.signal, lamp.state) == (
                line.signal,
                "red",
            ) and lamp.from_s + law.grace_s < t <= lamp.until_s:
                late.append((crossing, holds(law.scope, truth.scene, t)))
    return late


def red_light(truth: Truth) -> Verdict:
    law = truth.scene.policy.red_light
    verdicts: list[Verdict] = []
    for line in truth.scene.road.lines:
        if law is None or line.kind != "stop":
            continue
        for crossing, scope in _late(truth, line, law):
            beyond = aside(crossing, truth.front[crossing.i :])
            through = beyond >= law.least_beyond_m
            if any(zone.kind == "junction" for zone in truth.scene.road.zones):
                through &= truth.in_kind("junction", truth.front[crossing.i :])
            reached = int(np.argmax(through)) if through.any() else None
            known: Verdict = "lawful" if reached is None else "guilty"
            if reached is not None and truth.standing[crossing.i :][:reached].any():
                known = _after_a_stand(truth, line, crossing, reached, beyond)
            verdicts.append(under(scope, known))
    return worst(verdicts)


def _after_a_stand(truth: Truth, line: Line, crossing: Crossing, reached: int, beyond: Reals) -> Verdict:
    """Who stands behind the line and goes on when red is over did not drive on at red.

    Who goes on at red, stood for a moment, or hardly over the line, may be judged either way.
    """
    gone = float(truth.t[crossing.i + reached])
    stands = runs(truth.standing[crossing.i :][:reached])
    halted = any((b - a) * _step_s(truth) >= 1.0 and beyond[a] >= _HARDLY_M for a, b in stands)
    red = any(
        (lamp.signal, lamp.state) == (line.signal, "red") and lamp.from_s <= gone <= lamp.until_s
        for lamp in truth.scene.lamps
    )
    return "lawful" if halted and not red else "open"


def stop_line(truth: Truth) -> Verdict:
    law = truth.scene.policy.stop_line
    verdicts: list[Verdict] = []
    for line in truth.scene.road.lines:
        if law is None or line.kind != "stop":
            continue
        for crossing, scope in _late(truth, line, law):
            beyond = aside(crossing, truth.front[crossing.i :])
            junction = truth.in_kind("junction", truth.front[crossing.i :])
            entered = int(np.argmax(junction)) if junction.any() else len(junction)
            halts = [
                (truth.t[last] - truth.t[first], beyond[first])
                for first, last in runs(truth.standing[crossing.i :])
                if first < entered
            ]
            far = [seconds for seconds, metres in halts if metres >= law.least_beyond_m]
            known: Verdict = "lawful" if not far else "guilty" if max(far) >= 1.0 else "open"
            has_junction = any(zone.kind == "junction" for zone in truth.scene.road.zones)
            verdicts.append(under(scope, known if has_junction else "lawful"))
    return worst(verdicts)


def solid_line(truth: Truth) -> Verdict:
    verdicts: list[Verdict] = []
    for law in truth.scene.policy.solid_lines:
        line = truth.scene.road.line(law.line)
        if line is None:
            continue
        ends: list[Verdict] = []
        when = 0.0
        for places in (truth.front, truth.rear):
            got, when = _crossed(truth, line, places, law.least_beyond_m)
            ends.append(under(holds(law.scope, truth.scene, when), got))
        verdicts.append(ends[0] if ends[0] == ends[1] else "open")
    return worst(verdicts)


def _crossed(truth: Truth, line: Line, places: Reals, least_m: float) -> tuple[Verdict, float]:
    """Whether the way got to the side on which it was not before, and when it crossed.

    Who comes back from less than ``least_m`` beyond the line was never on the other side.
    """
    got: Verdict = "lawful"
    when, strayed = 0.0, False
    for crossing in crossings(line.points, places):
        if strayed:
            strayed = False
            continue
        when = truth.time_of(crossing)
        # The other side counts alongside the line; what lies past its end is not the line's.
        if _beyond_alongside(crossing, line, places) >= least_m:
            return "guilty", when
        strayed = True
        if _widest(crossing, places) >= least_m:
            got = "open" if not _comes_back(crossing, line, places) else got
    return got, when


def _comes_back(crossing: Crossing, line: Line, places: Reals) -> bool:
    """Whether the way crosses the line once more."""
    return any(other.i > crossing.i for other in crossings(line.points, places))


def _beyond_alongside(crossing: Crossing, line: Line, places: Reals) -> float:
    """How far the way gets to the other side before it is back, or past the line's ends."""
    after = places[crossing.i + 1 :]
    beyond = aside(crossing, after)
    points = np.array(line.points)
    along = points[-1] - points[0]
    part = (after - points[0]) @ along / float(along @ along)
    ended = (beyond < 0) | (part < 0) | (part > 1)
    stop = int(np.argmax(ended)) if ended.any() else len(after)
    return float(beyond[:stop].max(initial=0.0))


def _widest(crossing: Crossing, places: Reals) -> float:
    return float(aside(crossing, places[crossing.i + 1 :]).max(initial=0.0))


def forbidden_movement(truth: Truth) -> Verdict:
    verdicts: list[Verdict] = []
    for law in truth.scene.policy.movements:
        gates = truth.scene.road.line(law.enters), truth.scene.road.line(law.leaves)
        ends: list[Verdict] = []
        when = 0.0
        for places in (truth.front, truth.rear):
            first, second = (
                [
                    truth.time_of(crossing)
                    for crossing in (crossings(gate.points, places) if gate else [])
                    if gate
                    and (gate.heading_deg is None or turned(crossing.heading_deg, gate.heading_deg) < 90.0)
                ]
                for gate in gates
            )
            made = bool(first and second and min(first) < max(second))
            when = min(first) if first else when
            ends.append("guilty" if made else "lawful")
        verdict = ends[0] if ends[0] == ends[1] else "open"
        verdicts.append(under(holds(law.scope, truth.scene, when), verdict))
    return worst(verdicts)
