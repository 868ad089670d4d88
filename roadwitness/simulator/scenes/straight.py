"""The first scene: one straight road, vehicles that come towards the camera at constant speeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scene import SceneSettings, demo_scene
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.scenes.wrapping import obstacles
from roadwitness.simulator.site_files import policy_text, speeding_table
from roadwitness.simulator.traffic import Drive, plan_traffic
from roadwitness.simulator.weather import Weather, weather_of

SURVEY_Y_M = (12.0, 16.0, 22.0, 30.0, 40.0)


def plan_of(scene: SceneSettings, drives: Sequence[Drive]) -> Plan:
    """The plan of a straight scene with its drives."""
    road = scene.road()
    xs = [lane * road.lane_width_m for lane in range(scene.lanes + 1)] + [road.lane_width_m * scene.lanes / 2]
    site = SiteFacts(
        "demo-a1",
        "A1, northbound, kilometre 12.4 (simulated)",
        "demo-a1-north",
        tuple(
            (str(lane + 1), lane * road.lane_width_m, (lane + 1) * road.lane_width_m)
            for lane in range(scene.lanes)
        ),
        (round(scene.near_y_m + 1.2, 1), 45.0),
        tuple((x, y) for y in SURVEY_Y_M for x in dict.fromkeys(xs)),
    )
    return Plan(
        "straight",
        scene.seed,
        scene.width,
        scene.height,
        scene.fps,
        scene.duration_s,
        scene.camera(),
        Weather("clear", scene.light(), exposure_s=scene.exposure_s, noise=scene.noise),
        road,
        tuple(drives),
        site,
        scene.limit_kmh,
        scene.threshold_kmh,
        quality_crf=scene.quality_crf,
    )


def settings_of(request: SceneRequest) -> SceneSettings:
    """The demo's road with what a person asks for."""
    return msgspec.structs.replace(
        demo_scene(),
        seed=request.seed,
        vehicles=request.vehicles,
        speeders=None,
        duration_s=request.seconds or 20.0,
        width=request.width,
        height=request.height,
        fps=request.fps,
    )


def build_named(request: SceneRequest) -> Scenario:
    """The scenario of a straight scene, with the request's weather and what it sets in the way."""
    scenario = build(settings_of(request))
    (plan,) = scenario.plans
    if request.weather != "clear":
        plan = replace(plan, weather=weather_of(request.weather, request.seed))
    return replace(scenario, plans=(replace(plan, stands=obstacles(request, 3.5, 11.0)),))


def build(scene: SceneSettings) -> Scenario:
    """The scenario of a straight scene."""
    drives = plan_traffic(scene)
    policy = policy_text("sim-rural-2026", speeding_table(scene.limit_kmh))
    return Scenario((plan_of(scene, drives),), policy, scene.seed, _unregistered(scene, drives))


def _unregistered(scene: SceneSettings, drives: Sequence[Drive]) -> frozenset[str]:
    """In a scene of some size one speeder and one other have no keeper: a match must not be made up."""
    if len(drives) < 12:
        return frozenset()
    fast = [d.vehicle_id for d in drives if d.speed_kmh > scene.threshold_kmh]
    slow = [d.vehicle_id for d in drives if d.speed_kmh <= scene.threshold_kmh]
    return frozenset(fast[-1:] + slow[-1:])
