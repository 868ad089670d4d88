"""A simulated roadside site: a clip, its ground truth and the files a real site would have."""

from roadwitness.simulator.clip_time import FAULTS
from roadwitness.simulator.errors import SimulatorError, TruthError
from roadwitness.simulator.scene import SceneSettings, demo_scene
from roadwitness.simulator.scenes.registry import SCENES, build_scene
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.shaking import SHAKES
from roadwitness.simulator.simulating import Scene, SimulatedSite, is_rendered, simulate
from roadwitness.simulator.truth import (
    FrameTruth,
    OffenceTruth,
    PathPoint,
    Truth,
    VehicleTruth,
    load_truth,
)
from roadwitness.simulator.weather import WEATHERS

__all__ = [
    "FAULTS",
    "SCENES",
    "SHAKES",
    "WEATHERS",
    "FrameTruth",
    "OffenceTruth",
    "PathPoint",
    "Scene",
    "SceneRequest",
    "SceneSettings",
    "SimulatedSite",
    "SimulatorError",
    "Truth",
    "TruthError",
    "VehicleTruth",
    "build_scene",
    "demo_scene",
    "is_rendered",
    "load_truth",
    "simulate",
]
