"""A simulated roadside site: a clip, its ground truth and the files a real site would have."""

from roadwitness.simulator.errors import SimulatorError, TruthError
from roadwitness.simulator.scene import SceneSettings, demo_scene
from roadwitness.simulator.simulating import SimulatedSite, is_rendered, simulate
from roadwitness.simulator.truth import FrameTruth, Truth, VehicleTruth, load_truth

__all__ = [
    "FrameTruth",
    "SceneSettings",
    "SimulatedSite",
    "SimulatorError",
    "Truth",
    "TruthError",
    "VehicleTruth",
    "demo_scene",
    "is_rendered",
    "load_truth",
    "simulate",
]
