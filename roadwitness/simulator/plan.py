"""All that a clip and its site follow from: who drives how, past which camera, in what light, by what law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from enforcement.road import Road
from roadwitness.simulator import background
from roadwitness.simulator.camera import Camera
from roadwitness.simulator.clip_time import FrameTime, frame_times
from roadwitness.simulator.compositing import Fixture
from roadwitness.simulator.layouts import Layout
from roadwitness.simulator.light import Light
from roadwitness.simulator.shaking import STILL, Shake
from roadwitness.simulator.signals import SignalHead
from roadwitness.simulator.trips import Moving
from roadwitness.simulator.weather import Weather

RECORDED_AT = datetime(2026, 5, 4, 8, 0, 0, tzinfo=UTC)
Stand = Callable[[Camera, Light], Fixture]


@dataclass(frozen=True)
class SiteFacts:
    """What the site file says besides the calibration. ``folder`` is where it lies below the simulation's.

    ``lanes`` are (id, x from, x to), ``measuring`` (y from, y to), ``survey`` the places of the calibration's
    points on the road, all in metres. ``recorded_at`` is by the unit's clock, whose standard uncertainty is
    ``clock_sigma_ms``.
    """

    site_id: str
    name: str
    camera_id: str
    lanes: tuple[tuple[str, float, float], ...]
    measuring: tuple[float, float]
    survey: tuple[tuple[float, float], ...]
    folder: str = ""
    recorded_at: datetime = RECORDED_AT
    clock_sigma_ms: float | None = None


@dataclass(frozen=True)
class Plan:
    """One clip of one camera. ``clock_offset_s`` is how far its unit's clock is ahead of the true time."""

    scene: str
    seed: int
    width: int
    height: int
    fps: int
    duration_s: float
    camera: Camera
    weather: Weather
    ground: background.Road | Layout
    vehicles: tuple[Moving, ...]
    site: SiteFacts
    limit_kmh: float
    threshold_kmh: float
    signals: tuple[SignalHead, ...] = ()
    stands: tuple[Stand, ...] = ()
    road: Road | None = None
    shake: Shake = STILL
    clock_fault: str = "right"
    clock_offset_s: float = 0.0
    quality_crf: int = 21

    @property
    def scene_frames(self) -> int:
        """How many frames the camera takes of the scene."""
        return max(1, round(self.duration_s * self.fps))

    def times(self) -> list[FrameTime]:
        """The clip's frames: when each was taken, and when the clip says it was."""
        return frame_times(self.clock_fault, self.scene_frames, self.fps, self.seed)


@dataclass(frozen=True)
class Scenario:
    """One plan a camera, and what they share: the policy's text, and the vehicles without a keeper."""

    plans: tuple[Plan, ...]
    policy: str
    seed: int
    unregistered: frozenset[str] = frozenset()
