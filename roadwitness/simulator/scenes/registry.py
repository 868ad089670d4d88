"""Which scenes there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.plan import Scenario
from roadwitness.simulator.scenes import (
    junction,
    lanes,
    section,
    speeds,
    stopping,
    straight,
    tailgating,
    wrong_way,
)
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.shaking import Shake


@dataclass(frozen=True)
class NamedScene:
    """A scene, and in a line what happens in it."""

    about: str
    build: Callable[[SceneRequest], Scenario]


SCENES: Mapping[str, NamedScene] = {
    "straight": NamedScene(
        "two lanes, vehicles at constant speeds, four in ten too fast", straight.build_named
    ),
    "junction": NamedScene(
        "signals, stop line, drivers who pass at amber and at red, creep, turn and block the box",
        junction.build,
    ),
    "lanes": NamedScene(
        "bus lane, solid line, a lane closed to lorries; who keeps to them and who does not", lanes.build
    ),
    "wrong-way": NamedScene("drivers against the traffic, and one who backs up", wrong_way.build),
    "stopping": NamedScene(
        "a zone in which none may stop: for seconds, for a minute, rolling, broken down", stopping.build
    ),
    "tailgating": NamedScene("pairs that follow each other at gaps from 0.3 to 2.5 s", tailgating.build),
    "section": NamedScene(
        "the same vehicles at the entry and the exit of a section, two clips", section.build
    ),
    "speeds": NamedScene(
        "20 to 180 km/h, steady, braking and speeding up, past a camera that the seed places", speeds.build
    ),
}


def build_scene(request: SceneRequest) -> Scenario:
    """The scenario that ``request`` names, with its shake and its clock; raises ``SimulatorError``."""
    if request.name not in SCENES:
        raise SimulatorError(f"There is no scene {request.name}: choose from {', '.join(SCENES)}.")
    scenario = SCENES[request.name].build(request)
    shake = Shake(request.shake, request.seed)
    plans = tuple(replace(plan, shake=shake, clock_fault=request.clock) for plan in scenario.plans)
    return replace(scenario, plans=plans)
