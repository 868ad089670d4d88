"""A junction with signals, seen from behind the traffic that the camera watches.

Drivers pass at amber, within the grace time and at red, stop, creep over the line, turn (left is forbidden),
and halt in the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from roadwitness.simulator.driving import Driver, Halt, SlowStretch, crossing_at, drive
from roadwitness.simulator.motion import Motion
from roadwitness.simulator.paths import Path
from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scenes.casting import Cast, Role
from roadwitness.simulator.scenes.junction_crossing import crossing_trips
from roadwitness.simulator.scenes.junction_road import (
    CROSSING_FROM,
    CROSSING_TO,
    GATE_WEST_X,
    LANE_M,
    SIGNAL,
    START_Y,
    STOP_Y,
    camera_of,
    crossing_programme,
    layout,
    programme,
    road,
    ways,
)
from roadwitness.simulator.scenes.meeting import meet
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.scenes.wrapping import obstacles, wrapped
from roadwitness.simulator.signals import Programme, SignalHead
from roadwitness.simulator.site_files import policy_text
from roadwitness.simulator.standing import street_lamp
from roadwitness.simulator.trips import Trip
from roadwitness.simulator.truth import OffenceTruth

LIMIT_KMH = 50.0
GRACE_S = 0.5
LONGEST_IN_BOX_S = 5.0
ROOM_M = 1.5
#: An offence counts if the clip goes on for so long after it.
SEEN_ON_S = 3.0
#: So far from its start a vehicle is still far behind the camera.
UNSEEN_M = 40.0

POLICY = f"""
[red_light]
grace_s = {GRACE_S}
least_beyond_m = 5.0

[stop_line]
least_beyond_m = 0.5
grace_s = {GRACE_S}

[[movements]]
enters = "gate-south"
leaves = "gate-west"
name = "left turn"

[[stopping]]
zone = "box"
longest_s = {LONGEST_IN_BOX_S}
"""


@dataclass(frozen=True)
class Part:
    """What one driver does in a cycle; who passes the line does so ``after_red_s`` from red's beginning."""

    behaviour: str
    lane: int = 1
    after_red_s: float = 0.0
    turn: str = "ahead"
    kind: str | None = None


def parts(seed: int, cycle: int) -> list[Part]:
    """Who comes around the ``cycle``-th beginning of red, in each lane in the order of arrival."""
    rng = np.random.default_rng([seed, 20, cycle])
    amber = Part("passes at amber", after_red_s=-float(rng.uniform(0.4, 2.2)))
    late = Part("passes within the grace time", after_red_s=float(rng.uniform(0.1, 0.38)))
    runner = Part("drives on at red", after_red_s=float(rng.uniform(0.95, 3.0)))
    stops, creeps = Part("stops behind the line"), Part("creeps over the line and halts")
    left, right = Part("turns left", turn="left"), Part("turns right", turn="right", lane=2)
    box = Part("halts in the box", lane=1)
    kind = str(rng.choice(["truck", "bus", "van"]))
    casts = [
        ([left, amber, runner, stops], [right, replace(late, kind=kind), creeps]),
        ([amber, replace(runner, kind=kind), creeps], [right, runner, stops]),
        ([box, stops], [amber, replace(runner, after_red_s=float(rng.uniform(0.95, 2.0))), stops]),
        ([left, late, stops], [amber, runner, creeps]),
    ]
    one, two = casts[(cycle + seed) % len(casts)]
    return [replace(p, lane=1) for p in one] + [replace(p, lane=2) for p in two]


def build(request: SceneRequest) -> Scenario:
    """The scene: every driver's way, its offences, the signals and the site."""
    duration = request.seconds or 60.0
    signal, cast = (
        programme(),
        Cast(request.seed, lamps_on=request.weather in ("night", "rainy-night", "dusk", "rain")),
    )
    trips: list[Trip] = []
    for lane in (1, 2):
        trips += _lane_trips(request, lane, signal, cast, duration)
    for crossing in crossing_trips(request, cast, duration):
        if not any(meet(crossing, other, duration, ROOM_M) for other in trips):
            trips.append(crossing)
    trips = [t for t in trips if t.leaves_s > 0 and t.enters_s < duration]
    camera = camera_of(request)
    heads = (
        SignalHead(SIGNAL, signal, 7.7, STOP_Y + 0.6),
        SignalHead(f"{SIGNAL}-far", signal, 8.2, CROSSING_TO + 3.0),
        SignalHead("east", crossing_programme(), -8.2, CROSSING_FROM - 1.0, heading_deg=90.0),
    )
    stands = tuple(
        partial(street_lamp, x_m=x, y_m=y, lean_m=1.8 * (-1 if x > 0 else 1)) for x, y in layout().lamps
    )
    survey = tuple((x, y) for y in (11.0, 16.0, 22.0, 30.0, 44.0) for x in (-7.0, 0.0, 3.5, 7.0))
    survey += tuple((x, y) for x in (-13.0, 15.0) for y in (CROSSING_FROM, CROSSING_TO))
    plan = Plan(
        "junction",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera,
        weather=wrapped(request),
        ground=layout(),
        vehicles=tuple(sorted(trips, key=lambda t: t.enters_s)),
        site=SiteFacts(
            "sim-junction",
            "Simulated junction, northbound",
            "sim-junction-north",
            (("1", 0.0, LANE_M), ("2", LANE_M, 2 * LANE_M)),
            (10.5, 40.0),
            survey,
        ),
        limit_kmh=LIMIT_KMH,
        threshold_kmh=LIMIT_KMH + 3,
        signals=heads,
        stands=stands + obstacles(request, 7.6, 14.0),
        road=road(),
    )
    return Scenario((plan,), policy_text("sim-junction-2026", POLICY), request.seed)


def _lane_trips(
    request: SceneRequest, lane: int, signal: Programme, cast: Cast, until_s: float
) -> list[Trip]:
    """The drivers of one lane one after the other, each with an eye on the one ahead."""
    trips: list[Trip] = []
    ahead: tuple[Motion, float] | None = None
    rng = np.random.default_rng([request.seed, 21, lane])
    for cycle, red_s in enumerate(signal.reds(-signal.cycle_s, until_s + signal.cycle_s)):
        for number, part in enumerate(p for p in parts(request.seed, cycle) if p.lane == lane):
            role = cast.vehicle(part.kind)
            driver, way = _driver(part, role, red_s, signal, number, rng)
            if ahead is not None and not part.behaviour.startswith(("passes", "drives on")):
                driver = _not_into(driver, ahead)
            motion = drive(driver, ahead, until_s + 8.0)
            trips.append(_trip(part, role, way, motion, signal, until_s))
            ahead = (motion, role.model.length) if part.turn == "ahead" else None
    return trips


def _not_into(driver: Driver, ahead: tuple[Motion, float]) -> Driver:
    """Entering late enough to have room behind the one ahead."""
    motion, length = ahead
    free = motion.when(length + 6.0 + driver.wish_ms * 1.2)
    return driver if free is None else replace(driver, enters_s=max(driver.enters_s, free))


def _driver(
    part: Part, role: Role, red_s: float, signal: Programme, number: int, rng: np.random.Generator
) -> tuple[Driver, Path]:
    way = ways()[(part.lane, part.turn)]
    line, green_s = STOP_Y - START_Y, red_s + signal.red_s + signal.red_amber_s
    wish = float(rng.uniform(44, 52)) / 3.6
    driver = Driver(0.0, wish, role.model.length)
    if part.turn != "ahead":
        bend = way.arc[np.flatnonzero(np.abs(np.diff(way.points[:, 0])) > 1e-6)[0]]
        speed = 5.6 if part.turn == "left" else 4.4
        driver = replace(
            driver, slow=(SlowStretch(float(bend) - 2, float(bend) + 14, speed),), leader_until_m=line + 6
        )
        return crossing_at(driver, line, red_s - 9.0 + 2.5 * number), way
    if part.behaviour.startswith(("passes", "drives on")):
        return crossing_at(driver, line, red_s + part.after_red_s), way
    if part.behaviour == "halts in the box":
        inside = CROSSING_FROM - START_Y + 7.5
        waits = Halt(inside, red_s - 4.0 + float(rng.uniform(8.5, 11.0)))
        return crossing_at(replace(driver, halts=(waits,)), line, red_s - 7.5), way
    over = (
        float(rng.uniform(1.3, 2.6)) if part.behaviour.startswith("creeps") else -float(rng.uniform(0.6, 1.6))
    )
    starts = green_s + float(rng.uniform(0.4, 1.1))
    driver = replace(driver, halts=(Halt(line + over, starts, red_s - 2.6),))
    late = 3.4 if over < 0 else 3.0
    return crossing_at(driver, line, red_s + late + float(rng.uniform(0, 1.0))), way


def _trip(part: Part, role: Role, way: Path, motion: Motion, signal: Programme, until_s: float) -> Trip:
    leaves = motion.when(way.length_m - 2.0)
    trip = Trip(
        role.vehicle_id,
        role.model,
        role.look,
        role.plate,
        part.lane,
        way,
        motion,
        enters_s=motion.when(UNSEEN_M) or float(motion.times_s[0]),
        leaves_s=until_s + 10.0 if leaves is None else leaves,
        measured_at_m=16.0 - START_Y,
        behaviour=part.behaviour,
    )
    return replace(trip, offences=tuple(_offences(part, trip, signal, until_s)))


def _offences(part: Part, trip: Trip, signal: Programme, until_s: float) -> Sequence[OffenceTruth]:
    """What of its driver's ways is an offence, worked out from the motion itself."""
    found = []
    line = STOP_Y - START_Y
    crossed = trip.motion.when(line)
    if crossed is not None and 0 < crossed < until_s - SEEN_ON_S:
        into = signal.into_red(crossed)
        stands = [
            s for s in trip.motion.standing() if line < trip.motion.at(s[0])[0] < CROSSING_FROM - START_Y
        ]
        if into is not None and into > GRACE_S:
            facts: dict[str, float | str] = {
                "crossed_at_s": round(crossed, 3),
                "seconds_into_red": round(into, 3),
                "signal": SIGNAL,
            }
            if stands:
                beyond = trip.motion.at(stands[0][0])[0] - line
                found.append(OffenceTruth("stop_line", facts | {"stood_beyond_m": round(beyond, 2)}))
            else:
                found.append(OffenceTruth("red_light", facts))
    left = trip.motion.when(trip.path.where(0, GATE_WEST_X)) if part.turn == "left" else None
    if left is not None and left < until_s - SEEN_ON_S:
        found.append(
            OffenceTruth("forbidden_movement", {"movement": "left turn", "left_at_s": round(left, 3)})
        )
    for start, end in trip.motion.standing():
        y = trip.path.at(trip.motion.at(start)[0])[1]
        stood = min(end, until_s) - max(start, 0.0)
        if CROSSING_FROM < y < CROSSING_TO + trip.model.length and stood > LONGEST_IN_BOX_S:
            found.append(
                OffenceTruth(
                    "stopping", {"zone": "box", "from_s": round(start, 3), "stood_s": round(stood, 3)}
                )
            )
    return found
