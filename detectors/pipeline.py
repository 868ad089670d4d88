"""The roadside unit: frames in, passages with their evidence out.

Two stages, so that the cost follows the traffic: vehicles are found on as many frames as following them
needs, and pictured on those between too; plates, reads and faces are looked at on a vehicle's few best shots
only, once it has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from detectors.bestshot import Shot, StillKeeper, shot_of
from detectors.calibration import Calibration
from detectors.camera_moved import CameraWatch
from detectors.clip import ClipMaker
from detectors.clip_coding import can_encode
from detectors.clip_frames import ClipKeeper
from detectors.clock import ClockWatch
from detectors.describing import LAMPS_AFTER_NS, Describer, of_two_vehicles
from detectors.driver import DriverWitness
from detectors.evidence import Evidence, EvidenceMaker, FaceFinder
from detectors.frames import Frame
from detectors.guard import MeasuringGuard
from detectors.letterbox import Image
from detectors.looking import LookPlanner
from detectors.passages import TrackBook, VehicleTrack
from detectors.platereads import PlateFinder, TrackPlate, own_plate, plate_finds, read_shots
from detectors.reading import PlateReader
from detectors.roadplaces import LinePictures, PlaceKeeper
from detectors.roadside_settings import LaneStrip, PipelineSettings
from detectors.stageclock import StageClock
from detectors.surroundings import Surroundings
from detectors.tracking import TrackedVehicle, VehicleTracker
from detectors.vehicles import RoadUsers
from streams.messages import Box, EvidenceItem, HealthEvent, LampChange, LampPhase, Passage
from streams.sealing import PublicKey

__all__ = ["ClosedPassage", "LaneStrip", "PipelineSettings", "RoadsidePipeline", "VehicleFinder"]


class VehicleFinder(Protocol):
    """Finds road users, as :class:`detectors.vehicles.VehicleDetector` does."""

    def detect_road_users(self, image: Image) -> RoadUsers:
        """Vehicles and people in one BGR image."""
        ...


@dataclass(frozen=True)
class ClosedPassage:
    """A vehicle that has passed: the message, and the evidence that it names."""

    passage: Passage
    evidence: tuple[EvidenceItem, ...]


#: For its signals to be settled, a passage waits at most so long.
_LONGEST_WAIT_NS = 4 * 10**9
_STOP_STATES = {"red", "red_amber"}


class RoadsidePipeline:
    """Everything between one camera's frames and its passages. Not for use from two threads.

    ``in_view`` are the vehicles, ``people_in_view`` the people of the latest frame that was looked at, for
    drawing. ``guard`` watches the frames' times and the camera's stance.
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
        surroundings: Surroundings | None = None,
        driver_witness: DriverWitness | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or StageClock()
        self.in_view: tuple[TrackedVehicle, ...] = ()
        self.people_in_view: tuple[Box, ...] = ()
        self._vehicles = vehicle_detector
        self._plates = plate_detector
        self._reader = reader
        self._around = surroundings or Surroundings()
        self._driver_witness = driver_witness
        self.guard = MeasuringGuard(
            ClockWatch(settings.frame_interval_s), CameraWatch() if calibration is not None else None
        )
        self._describer = Describer(settings, calibration, lanes, self._around, self.guard)
        self._planner = LookPlanner(settings.looking)
        self._tracker = VehicleTracker(settings.tracking)
        self._book = TrackBook(settings.passages, settings.shots)
        self._stills = StillKeeper(settings.shots, pictures=settings.evidence)
        self._evidence = EvidenceMaker(plate_detector, face_detector, self.clock, sealing_public_key)
        places = self._around.stop_places if calibration is not None and settings.evidence else ()
        self._places = PlaceKeeper(places, calibration) if calibration is not None and places else None
        self._clips = _clips_of(settings, plate_detector, face_detector, self.clock)
        #: Who has passed, and waits for its signals to be settled.
        self._waiting: list[VehicleTrack] = []
        self._sign_events: list[HealthEvent] = []

    def process(self, frame: Frame) -> list[ClosedPassage]:
        """Look at the next frame, if it is due; the passages that ended with it."""
        if self._around.lamps is not None:
            with self.clock.stage("lamps"):
                self._around.lamps.see(frame)
        self._sign_events += self._around.hear(frame.captured_at_ns)
        if self._planner.is_due(frame):
            self._look(frame)
        else:
            with self.clock.stage("shots"):
                people = [_wherever(box) for box in self.people_in_view]
                self._take_shots(frame, self._tracker.between(frame.captured_at_ns), people)
        with self.clock.stage("guard"):
            self.guard.see(frame, [*(v.box for v in self.in_view), *self.people_in_view])
        self._waiting += self._book.ended(frame.captured_at_ns)
        return [self._close(track) for track in self._settled(frame.captured_at_ns)]

    def _look(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        self._describer.size = (width, height)
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
        if self._clips is not None:
            self._clips[0].offer(frame, vehicles, people)
        still = self._stills.take(frame, vehicles, people)
        for vehicle in vehicles if still else ():
            assert still is not None
            self._book.shots_of(vehicle.track_id).offer(still, frame, vehicle)
            if self._places is not None:
                self._places.offer(still, vehicle)

    def finish(self) -> list[ClosedPassage]:
        """There are no more frames: the passages of all vehicles that were still in view."""
        self.in_view = ()
        waiting, self._waiting = [*self._waiting, *self._book.ended(None)], []
        return [self._close(track) for track in waiting]

    def lamp_changes(self) -> list[LampChange]:
        """What is to be passed on of the signals, since the last call."""
        return self._around.lamps.changes() if self._around.lamps is not None else []

    def health_events(self) -> list[HealthEvent]:
        """What a person must know, since the last call."""
        lamps = self._around.lamps.events() if self._around.lamps is not None else []
        signs, self._sign_events = self._sign_events, []
        return [*lamps, *signs, *self.guard.events()]

    def close(self) -> None:
        """Stop listening to controllers and signs."""
        self._around.close()

    def _settled(self, now_ns: int) -> list[VehicleTrack]:
        """The vehicles that wait no longer: no signal's state at their time is going to change any more."""
        lamps, waiting, ready = self._around.lamps, self._waiting, []
        self._waiting = []
        for track in waiting:
            until_ns = track.sightings[-1].captured_at_ns + LAMPS_AFTER_NS
            if lamps is None or lamps.is_settled(until_ns) or now_ns > until_ns + _LONGEST_WAIT_NS:
                ready.append(track)
            else:
                self._waiting.append(track)
        return ready

    def _close(self, track: VehicleTrack) -> ClosedPassage:
        passage = self._describer.describe(track, (*self._waiting, *self._book.in_view()))
        pictures = self._places.take(track.track_id) if self._places is not None else []
        shots = track.shots.shots
        if self._driver_witness is not None:
            passage = msgspec.structs.replace(passage, driver=tuple(self._driver_witness.look(shots)))
        if not self._is_wanted(passage):
            return ClosedPassage(passage, ())
        plate = read_shots(shots, self._plates, self._reader, self.clock, self.settings.consensus)
        if plate.changed:
            passage = of_two_vehicles(passage)
            if not self._is_wanted(passage):
                return ClosedPassage(passage, ())
        evidence = Evidence()
        if self.settings.evidence:
            evidence = self._make_evidence(passage, plate, shots)
            positions = self._positions(passage, pictures)
            evidence += positions
            evidence += self._clip(passage, track, positions)
        passage = msgspec.structs.replace(passage, plate=plate.reading, evidence=evidence.references)
        return ClosedPassage(passage, evidence.items)

    def _is_wanted(self, passage: Passage) -> bool:
        return self.settings.wanted is None or self.settings.wanted(passage)

    def _positions(self, passage: Passage, pictures: Sequence[LinePictures]) -> Evidence:
        """The two positions at each line that was passed while its signal was red."""
        made = Evidence()
        for line in pictures:
            for kind, position in (("before", line.before), ("after", line.after)):
                assert position is not None
                if not _red_between(passage.lamps, line):
                    continue
                shot = shot_of(position.still, position.vehicle, self.settings.shots.margin)
                if shot is None:
                    continue
                with self.clock.stage("plates"):
                    plate = own_plate(shot, plate_finds(shot, self._plates))
                made += self._evidence.make_position(
                    passage.passage_id, self.settings.camera_id, kind, shot, plate
                )
        return made

    def _clip(self, passage: Passage, track: VehicleTrack, positions: Evidence) -> Evidence:
        """The clip around the moment that matters: behind the line, where it was measured, or nearest."""
        if self._clips is None:
            return Evidence()
        keeper, maker = self._clips
        if not keeper.is_due(passage.ended_at_ns):
            return Evidence()
        moment_ns = passage.speed.at_ns or track.widest.captured_at_ns
        moment_ns = max((p.captured_at_ns for p in positions.references), default=moment_ns)
        frames = keeper.around(moment_ns, passage.started_at_ns, passage.ended_at_ns)
        return maker.make(passage.passage_id, passage.camera_id, track.track_id, frames)

    def _make_evidence(self, passage: Passage, plate: TrackPlate, shots: Sequence[Shot]) -> Evidence:
        best = plate.best
        if best is None and not shots:
            return Evidence()
        shot = best.shot if best else shots[0]
        shows_driver = passage.tracked_part != "rear"
        return self._evidence.make(
            passage.passage_id, self.settings.camera_id, shot, best, shows_driver=shows_driver
        )


def _clips_of(
    settings: PipelineSettings, plates: PlateFinder, faces: FaceFinder | None, clock: StageClock
) -> tuple[ClipKeeper, ClipMaker] | None:
    """What keeps frames for clips, and what makes them; None where none are wanted or can be made."""
    if settings.clip is None or faces is None or not settings.evidence or not can_encode():
        return None
    return ClipKeeper(settings.clip), ClipMaker(plates, faces, clock, settings.clip)


def _wherever(person: Box) -> Box:
    """Where a person of the latest look may be by now, however fast: heads are hidden by this."""
    return Box(person.x - person.w, person.y - 0.25 * person.h, 3 * person.w, 1.25 * person.h)


def _red_between(phases: Sequence[LampPhase], line: LinePictures) -> bool:
    """Whether the line's signal showed red at some time between its two pictures."""
    assert line.before is not None
    assert line.after is not None
    return any(
        phase.signal_id == line.place.signal_id
        and phase.state in _STOP_STATES
        and phase.from_ns <= line.after.still.captured_at_ns
        and phase.until_ns >= line.before.still.captured_at_ns
        for phase in phases
    )
