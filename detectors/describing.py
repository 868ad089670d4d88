"""A passage as far as it names nobody, which is all that most passages ever are.

Class, way, speed, lane, signals and leader: everything that a rule judges, and nothing of the plate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from detectors.calibration import Calibration
from detectors.following import LONGEST_GAP_S, Driven, as_leader, leader_of
from detectors.guard import MeasuringGuard
from detectors.lengths import length_of
from detectors.passages import VehicleTrack
from detectors.roadside_settings import LaneStrip, PipelineSettings
from detectors.roadtrack import road_track
from detectors.speed import OUTLINES, Seen, measure_speed
from detectors.surroundings import Surroundings
from streams.identity import identify
from streams.messages import LampPhase, Passage, SpeedMeasurement, TrackPoint

#: Signals are told of from so long before a passage until so long after it.
LAMPS_BEFORE_NS, LAMPS_AFTER_NS = 30 * 10**9, 2 * 10**9
#: A vehicle that passed is remembered for so long, in case somebody followed it.
_REMEMBER_NS = 60 * 10**9


class Describer:
    """Describes vehicles that have passed one camera. ``size`` (px) is that of the camera's frames."""

    def __init__(
        self,
        settings: PipelineSettings,
        calibration: Calibration | None,
        lanes: Sequence[LaneStrip],
        surroundings: Surroundings,
        guard: MeasuringGuard,
    ) -> None:
        self.size: tuple[int, int] | None = None
        self._settings = settings
        self._calibration = calibration
        self._lanes = tuple(lanes)
        self._around = surroundings
        self._guard = guard
        self._driven: deque[Driven] = deque()
        self._rough: dict[int, tuple[tuple[int, bool], Driven]] = {}

    def describe(self, track: VehicleTrack, others: Iterable[VehicleTrack]) -> Passage:
        """The passage of ``track``; ``others`` are the vehicles that have not been described yet."""
        settings, around = self._settings, self._around
        first, last = track.sightings[0], track.sightings[-1]
        label, share = track.label
        length = length_of(label)
        own = self._driven_by(track)
        earliest_ns = first.captured_at_ns - round(LONGEST_GAP_S * 1e9)
        while self._driven and self._driven[0].until_ns < last.captured_at_ns - _REMEMBER_NS:
            self._driven.popleft()
        ahead = [driven for driven in self._driven if driven.until_ns >= earliest_ns]
        # Of those who still drive many are asked and one is taken: the feet of their boxes will do to ask.
        rough = [(self._roughly_driven_by(other), other) for other in others]
        driving = {driven.passage_id: (driven, other) for driven, other in rough}
        leader = leader_of(own, [*ahead, *(d for d, _ in driving.values())])
        if leader is not None and leader.passage_id in driving:
            leader = self._driven_by(driving[leader.passage_id][1])
        self._driven.append(own)
        self._rough = {other.track_id: self._rough[other.track_id] for _, other in rough}
        return Passage(
            passage_id=own.passage_id,
            camera_id=settings.camera_id,
            site_id=settings.site_id,
            vehicle=label,
            vehicle_confidence=share,
            started_at_ns=first.captured_at_ns,
            ended_at_ns=last.captured_at_ns,
            frames=track.frames,
            box=track.widest.box,
            track=own.track.points,
            speed=self._speed(track),
            lane=self._lane(own.track.points),
            calibration_id=self._calibration.calibration_id if self._calibration else None,
            models=dict(settings.models),
            tracked_part=own.track.part,
            length_m=length.metres if length else None,
            length_sigma_m=length.sigma_m if length else 0.0,
            lamps=self._lamps(first.captured_at_ns, last.captured_at_ns),
            leader=as_leader(leader) if leader else None,
            conditions=around.conditions_at(first.captured_at_ns, last.captured_at_ns),
            clock_sigma_ms=around.clock_sigma_ms,
        )

    def _lamps(self, started_ns: int, ended_ns: int) -> tuple[LampPhase, ...]:
        lamps = self._around.lamps
        return lamps.phases(started_ns - LAMPS_BEFORE_NS, ended_ns + LAMPS_AFTER_NS) if lamps else ()

    def _roughly_driven_by(self, track: VehicleTrack) -> Driven:
        """By the feet of the boxes; of many that pass together, each is asked about the same others."""
        stage = (track.frames, self._calibration_for(track) is not None)
        known = self._rough.get(track.track_id)
        if known is None or known[0] != stage:
            known = self._rough[track.track_id] = (stage, self._driven_by(track, rough=True))
        return known[1]

    def _driven_by(self, track: VehicleTrack, rough: bool = False) -> Driven:
        first, label = track.sightings[0], track.label[0]
        passage_id = identify(
            "passage",
            self._settings.camera_id,
            first.captured_at_ns,
            round(first.foot[0]),
            round(first.foot[1]),
        )
        speed, length = self._settings.speed, length_of(label)
        edge_px = float(np.hypot(speed.edge_px, self._guard.shake_px))
        way = road_track(
            track.sightings,
            self._calibration_for(track),
            None if rough else OUTLINES.get(label),
            edge_px,
            speed.edge_part,
            length.sigma_m / length.metres if length else 0.0,
            surely=not rough,
        )
        metres, sigma_m = (length.metres, length.sigma_m) if length else (None, 0.0)
        return Driven(passage_id, label, way, metres, sigma_m)

    def _calibration_for(self, track: VehicleTrack) -> Calibration | None:
        """The calibration, where it holds for all of the track."""
        calibration, first, last = self._calibration, track.sightings[0], track.sightings[-1]
        if calibration is not None and (
            calibration.image_size != self.size
            or not calibration.holds_at(first.captured_at_ns)
            or not calibration.holds_at(last.captured_at_ns)
            or self._guard.reason_between(first.captured_at_ns, last.captured_at_ns) is not None
        ):
            return None
        return calibration

    def _speed(self, track: VehicleTrack) -> SpeedMeasurement:
        calibration = self._calibration
        if calibration is not None and calibration.image_size != self.size:
            width, height = self.size or (0, 0)
            made_for = f"{calibration.image_size[0]}x{calibration.image_size[1]}"
            wrong_size = f"the calibration is for pictures of {made_for}, not {width}x{height}"
            return SpeedMeasurement(speed_kmh=None, void_reason=wrong_size)
        points, clock = track.points(), self._guard.clock
        if calibration is not None and points:
            reason = self._guard.reason_between(points[0].captured_at_ns, points[-1].captured_at_ns)
            if reason is not None:
                return SpeedMeasurement(speed_kmh=None, void_reason=reason)
        seen = Seen(
            boxes=[sighting.box for sighting in track.sightings if sighting.whole],
            outline=OUTLINES.get(track.label[0]),
            shake_px=self._guard.shake_px,
            drift_ppm=clock.rate_sigma_ppm,
            frame_interval_s=clock.interval_s,
            gaps=clock.gaps_between(points[0].captured_at_ns, points[-1].captured_at_ns) if points else (),
        )
        return measure_speed(points, calibration, self._settings.speed, seen)

    def _lane(self, points: Sequence[TrackPoint]) -> str | None:
        across = [p.x_m for p in points if p.x_m is not None]
        if not across:
            return None
        middle = float(np.median(across))
        return next((s.lane_id for s in self._lanes if s.x_from_m <= middle < s.x_to_m), None)


def of_two_vehicles(passage: Passage) -> Passage:
    """The passage without what may belong to one vehicle or to the other: its speed and its way."""
    track = tuple(TrackPoint(p.captured_at_ns, p.x_px, p.y_px) for p in passage.track)
    speed = _voided(passage.speed, "the plate changes along the track: it may be two vehicles")
    return msgspec.structs.replace(passage, speed=speed, track=track, lane=None, leader=None)


def _voided(speed: SpeedMeasurement, reason: str) -> SpeedMeasurement:
    return SpeedMeasurement(
        speed_kmh=None,
        void_reason=speed.void_reason or reason,
        base_m=speed.base_m,
        duration_s=speed.duration_s,
        points=speed.points,
        residual_m=speed.residual_m,
    )
