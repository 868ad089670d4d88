"""The roadside unit: frames in, passages with their evidence out.

Two stages, so that the cost follows the traffic: vehicles are found on as many frames as following them
needs, and pictured on those between too; plates, reads and faces are looked at on a vehicle's few best shots
only, once it has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from detectors.bestshot import Shot, ShotSettings, StillKeeper
from detectors.calibration import Calibration
from detectors.consensus import ConsensusSettings
from detectors.evidence import Evidence, EvidenceMaker, FaceFinder
from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.looking import LookPlanner, LookSettings
from detectors.passages import PassageSettings, TrackBook, VehicleTrack
from detectors.platereads import PlateFinder, TrackPlate, read_shots
from detectors.reading import PlateReader
from detectors.speed import OUTLINES, Seen, SpeedSettings, measure_speed
from detectors.stageclock import StageClock
from detectors.tracking import TrackedVehicle, TrackerSettings, VehicleTracker
from detectors.vehicles import RoadUsers
from streams.identity import identify
from streams.messages import Box, EvidenceItem, Passage, SpeedMeasurement, TrackPoint
from streams.sealing import PublicKey


class VehicleFinder(Protocol):
    """Finds road users, as :class:`detectors.vehicles.VehicleDetector` does."""

    def detect_road_users(self, image: Image) -> RoadUsers:
        """Vehicles and people in one BGR image."""
        ...


@dataclass(frozen=True)
class LaneStrip:
    """A lane: the strip of road from ``x_from_m`` to ``x_to_m`` across."""

    lane_id: str
    x_from_m: float
    x_to_m: float


@dataclass(frozen=True)
class PipelineSettings:
    """What the pipeline needs to know of its place. ``models`` names the models' versions for the message.

    ``evidence`` False makes no pictures. With ``plate_trigger_kmh`` set, only a vehicle measured at least
    that fast has its plate read and its picture kept: a passage that breaks no rule leaves no plate behind.
    None keeps everything.
    """

    camera_id: str
    site_id: str
    plate_trigger_kmh: float | None = None
    evidence: bool = True
    models: Mapping[str, str] = field(default_factory=dict)
    looking: LookSettings = field(default_factory=LookSettings)
    tracking: TrackerSettings = field(default_factory=TrackerSettings)
    passages: PassageSettings = field(default_factory=PassageSettings)
    shots: ShotSettings = field(default_factory=ShotSettings)
    speed: SpeedSettings = field(default_factory=SpeedSettings)
    consensus: ConsensusSettings = field(default_factory=ConsensusSettings)


@dataclass(frozen=True)
class ClosedPassage:
    """A vehicle that has passed: the message, and the evidence that it names."""

    passage: Passage
    evidence: tuple[EvidenceItem, ...]


class RoadsidePipeline:
    """Everything between one camera's frames and its passages. Not for use from two threads.

    ``in_view`` are the vehicles, ``people_in_view`` the people of the latest frame that was looked at, for
    drawing.
    """

    def __init__(
        self,
        settings: PipelineSettings,
        vehicle_detector: VehicleFinder,
        plate_detector: PlateFinder,
        face_detector: FaceFinder | None,
        reader: PlateReader,
        calibration: Calibration | None = None,
        lanes: Sequence[LaneStrip] = (),
        sealing_public_key: PublicKey | None = None,
        clock: StageClock | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or StageClock()
        self.in_view: tuple[TrackedVehicle, ...] = ()
        self.people_in_view: tuple[Box, ...] = ()
        self._vehicles = vehicle_detector
        self._plates = plate_detector
        self._reader = reader
        self._calibration = calibration
        self._lanes = tuple(lanes)
        self._planner = LookPlanner(settings.looking)
        self._tracker = VehicleTracker(settings.tracking)
        self._book = TrackBook(settings.passages, settings.shots)
        self._stills = StillKeeper(settings.shots, pictures=settings.evidence)
        self._evidence = EvidenceMaker(plate_detector, face_detector, self.clock, sealing_public_key)
        self._size: tuple[int, int] | None = None

    def process(self, frame: Frame) -> list[ClosedPassage]:
        """Look at the next frame, if it is due; the passages that ended with it."""
        if self._planner.is_due(frame):
            self._look(frame)
        else:
            with self.clock.stage("shots"):
                people = [_wherever(box) for box in self.people_in_view]
                self._take_shots(frame, self._tracker.between(frame.captured_at_ns), people)
        return [self._close(track) for track in self._book.ended(frame.captured_at_ns)]

    def _look(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        self._size = (width, height)
        with self.clock.stage("vehicles"):
            users = self._vehicles.detect_road_users(frame.image)
        self.people_in_view = tuple(d.box for d in users.people)
        with self.clock.stage("tracking"):
            self.in_view = tuple(self._tracker.update(frame, users.vehicles))
            self._book.record(frame.captured_at_ns, self.in_view, width, height)
            self._planner.looked(frame, self.in_view)
        with self.clock.stage("shots"):
            self._take_shots(frame, self.in_view, self.people_in_view)

    def _take_shots(self, frame: Frame, vehicles: Sequence[TrackedVehicle], people: Sequence[Box]) -> None:
        still = self._stills.take(frame, vehicles, people)
        for vehicle in vehicles if still else ():
            assert still is not None
            self._book.shots_of(vehicle.track_id).offer(still, frame, vehicle)

    def finish(self) -> list[ClosedPassage]:
        """There are no more frames: the passages of all vehicles that were still in view."""
        self.in_view = ()
        return [self._close(track) for track in self._book.ended(None)]

    def _close(self, track: VehicleTrack) -> ClosedPassage:
        settings = self.settings
        first, last = track.sightings[0], track.sightings[-1]
        passage_id = identify(
            "passage", settings.camera_id, first.captured_at_ns, round(first.foot[0]), round(first.foot[1])
        )
        speed = self._speed(track)
        plate: TrackPlate | None = None
        evidence = Evidence()
        if self._is_wanted(speed):
            shots = track.shots.shots
            plate = read_shots(shots, self._plates, self._reader, self.clock, settings.consensus)
            if plate.changed:
                speed = _voided(speed, "the plate changes along the track: it may be two vehicles")
            if settings.evidence and self._is_wanted(speed):
                evidence = self._make_evidence(passage_id, plate, shots)
            if not self._is_wanted(speed):
                plate = None
        label, share = track.label
        points = self._on_road(track)
        passage = Passage(
            passage_id=passage_id,
            camera_id=settings.camera_id,
            site_id=settings.site_id,
            vehicle=label,
            vehicle_confidence=share,
            started_at_ns=first.captured_at_ns,
            ended_at_ns=last.captured_at_ns,
            frames=track.frames,
            box=track.widest.box,
            track=points,
            speed=speed,
            lane=self._lane(points),
            plate=plate.reading if plate else None,
            evidence=evidence.references,
            calibration_id=self._calibration.calibration_id if self._calibration else None,
            models=dict(settings.models),
        )
        return ClosedPassage(passage, evidence.items)

    def _is_wanted(self, speed: SpeedMeasurement) -> bool:
        trigger = self.settings.plate_trigger_kmh
        return trigger is None or (speed.speed_kmh is not None and speed.speed_kmh >= trigger)

    def _make_evidence(self, passage_id: str, plate: TrackPlate, shots: Sequence[Shot]) -> Evidence:
        best = plate.best
        if best is None and not shots:
            return Evidence()
        shot = best.shot if best else shots[0]
        return self._evidence.make(passage_id, self.settings.camera_id, shot, best)

    def _speed(self, track: VehicleTrack) -> SpeedMeasurement:
        calibration = self._calibration
        if calibration is not None and calibration.image_size != self._size:
            width, height = self._size or (0, 0)
            made_for = f"{calibration.image_size[0]}x{calibration.image_size[1]}"
            reason = f"the calibration is for pictures of {made_for}, not {width}x{height}"
            return SpeedMeasurement(speed_kmh=None, void_reason=reason)
        boxes = [sighting.box for sighting in track.sightings if sighting.whole]
        seen = Seen(boxes=boxes, outline=OUTLINES.get(track.label[0]))
        return measure_speed(track.points(), calibration, self.settings.speed, seen)

    def _on_road(self, track: VehicleTrack) -> tuple[TrackPoint, ...]:
        image = [TrackPoint(s.captured_at_ns, *s.foot) for s in track.sightings]
        if self._calibration is None:
            return tuple(image)
        road = self._calibration.image_to_road([(p.x_px, p.y_px) for p in image])
        return tuple(
            TrackPoint(p.captured_at_ns, p.x_px, p.y_px, float(x), float(y)) if np.isfinite(x + y) else p
            for p, (x, y) in zip(image, road, strict=True)
        )

    def _lane(self, points: Sequence[TrackPoint]) -> str | None:
        across = [p.x_m for p in points if p.x_m is not None]
        if not across:
            return None
        middle = float(np.median(across))
        return next((s.lane_id for s in self._lanes if s.x_from_m <= middle < s.x_to_m), None)


def _wherever(person: Box) -> Box:
    """Where a person of the latest look may be by now, however fast: heads are hidden by this."""
    return Box(person.x - person.w, person.y - 0.25 * person.h, 3 * person.w, 1.25 * person.h)


def _voided(speed: SpeedMeasurement, reason: str) -> SpeedMeasurement:
    return SpeedMeasurement(
        speed_kmh=None,
        void_reason=speed.void_reason or reason,
        base_m=speed.base_m,
        duration_s=speed.duration_s,
        points=speed.points,
        residual_m=speed.residual_m,
    )
