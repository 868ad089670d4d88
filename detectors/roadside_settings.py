"""What the roadside pipeline is told of its place and its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from detectors.bestshot import ShotSettings
from detectors.clip_frames import ClipSettings
from detectors.consensus import ConsensusSettings
from detectors.looking import LookSettings
from detectors.passages import PassageSettings
from detectors.speed import SpeedSettings
from detectors.tracking import TrackerSettings
from streams.messages import Passage


@dataclass(frozen=True)
class LaneStrip:
    """A lane: the strip of road from ``x_from_m`` to ``x_to_m`` across."""

    lane_id: str
    x_from_m: float
    x_to_m: float


@dataclass(frozen=True)
class PipelineSettings:
    """What the pipeline needs to know of its place. ``models`` names the models' versions for the message.

    ``evidence`` False makes no pictures, ``clip`` None no clips. ``wanted`` says of a passage without plate
    and pictures whether they are needed: a passage that breaks no rule leaves no plate behind. None keeps
    everything.
    ``frame_interval_s`` is the camera's interval between frames, where the site states it.
    """

    camera_id: str
    site_id: str
    wanted: Callable[[Passage], bool] | None = None
    evidence: bool = True
    models: Mapping[str, str] = field(default_factory=dict)
    looking: LookSettings = field(default_factory=LookSettings)
    tracking: TrackerSettings = field(default_factory=TrackerSettings)
    passages: PassageSettings = field(default_factory=PassageSettings)
    shots: ShotSettings = field(default_factory=ShotSettings)
    speed: SpeedSettings = field(default_factory=SpeedSettings)
    consensus: ConsensusSettings = field(default_factory=ConsensusSettings)
    frame_interval_s: float | None = None
    clip: ClipSettings | None = None
