"""Speeds measured where the truth is known: on invented tracks, and through the whole pipeline on clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detectors.calibration import Calibration, ControlPoint
from detectors.capture import open_source
from detectors.speed import OUTLINES, Seen, SpeedSettings, measure_speed
from roadwitness.roadside import observe
from roadwitness.simulator.tracks import Pose, SimulatedTrack, Survey, drives, survey
from roadwitness.simulator.truth import load_truth
from roadwitness.site import load_site
from roadwitness.truth_matching import compare
from roadwitness.wiring import build_pipeline, open_eyes
from streams.messages import Box, Passage, SpeedMeasurement, TrackPoint

#: When simulated tracks begin.
START_NS = 1_777_881_600_000_000_000


@dataclass(frozen=True)
class Trial:
    """One vehicle: its true speed, and what was measured of it (None: it was not seen at all)."""

    true_kmh: float
    measured: SpeedMeasurement | None

    @property
    def error_kmh(self) -> float | None:
        """Measured less true; None where there is no speed."""
        if self.measured is None or self.measured.speed_kmh is None:
            return None
        return self.measured.speed_kmh - self.true_kmh


@dataclass(frozen=True)
class Figures:
    """What trials come to. Errors in km/h; ``largest_part`` is the largest relative error above 100 km/h."""

    vehicles: int
    void: int
    mean_error: float
    bias_part: float
    largest_to_100: float
    largest_part: float
    largest: float
    covered: float
    mean_uncertainty: float


def figures(trials: Sequence[Trial]) -> Figures:
    """The figures of some trials, at least one of which is measured."""
    rows = [
        (t.error_kmh, t.true_kmh, t.measured.uncertainty_kmh)
        for t in trials
        if t.error_kmh is not None and t.measured is not None
    ]
    error, true, uncertainty = np.array(rows, dtype=np.float64).T
    slow = np.abs(error[true <= 100.0])
    fast = np.abs(error / true)[true > 100.0]
    return Figures(
        len(trials),
        len(trials) - len(rows),
        float(np.abs(error).mean()),
        float((error / true).mean()),
        float(slow.max(initial=0.0)),
        float(fast.max(initial=0.0)),
        float(np.abs(error).max()),
        float((np.abs(error) <= uncertainty).mean()),
        float(uncertainty.mean()),
    )


def calibration_of(pose: Pose, surveyed: Survey) -> Calibration:
    """The calibration that a surveyor's points give."""
    points = [
        ControlPoint((float(u), float(v)), (float(x), float(y)), surveyed.sigma_px, surveyed.sigma_m)
        for (u, v), (x, y) in zip(surveyed.image, surveyed.road, strict=True)
    ]
    return Calibration.from_points(pose.name, pose.size, points)


def measure_track(
    pose: Pose,
    calibration: Calibration,
    track: SimulatedTrack,
    gaps: Sequence[tuple[float, float]] = (),
) -> Trial:
    """Measure one invented track as the pipeline would; ``gaps`` (after which time, how much) are in s."""
    boxes = [Box(*(float(value) for value in row)) for row in track.boxes]
    points = [
        TrackPoint(START_NS + round(float(at_s) * 1e9), box.x + box.w / 2, box.y + box.h)
        for at_s, box in zip(track.times, boxes, strict=True)
    ]
    measured = measure_speed(
        points,
        calibration,
        SpeedSettings(stretch_m=pose.stretch_m, edge_px=pose.edge_px),
        Seen(
            boxes=boxes,
            outline=OUTLINES[track.kind],
            frame_interval_s=1 / pose.fps,
            gaps=[(START_NS + round(at * 1e9), missing) for at, missing in gaps],
        ),
    )
    at_s = (measured.at_ns - START_NS) * 1e-9 if measured.at_ns else track.entered_s
    return Trial(track.speed_kmh_at(at_s), measured)


def invented_trials(pose: Pose, seed: int, surveys: int, vehicles_each: int) -> Iterator[Trial]:
    """Vehicles past one pose, which is surveyed anew every few of them."""
    rng = np.random.default_rng([seed, *pose.name.encode()])
    for _ in range(surveys):
        calibration = calibration_of(pose, survey(pose, rng))
        for track in drives(pose, rng, vehicles_each):
            yield measure_track(pose, calibration, track)


def rendered_trials(site_folder: Path) -> list[Trial]:
    """All vehicles of a simulated site, through real detection and tracking."""
    site = load_site(site_folder / "site.toml")
    pipeline = build_pipeline(
        open_eyes(site), site.file, wanted=lambda _passage: False, sealing_key=None, evidence=False
    )
    passages: list[Passage] = []
    with closing(open_source(str(site_folder / "clip.mp4"), site.recorded_at_ns)) as frames:
        observe(
            frames,
            pipeline,
            lambda closed: passages.append(closed.passage),
            advance=lambda _done, _of: None,
        )
    comparisons, _ = compare(load_truth(site_folder / "truth.json"), passages, site.recorded_at_ns or 0)
    return [
        Trial(
            c.vehicle.speed_kmh,
            next(iter(p.speed for p in c.passages if p.speed.speed_kmh), _void_of(c.passages)),
        )
        for c in comparisons
    ]


def _void_of(passages: Sequence[Passage]) -> SpeedMeasurement | None:
    return passages[0].speed if passages else None
