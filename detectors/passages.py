"""From tracks to passages: what is remembered of a vehicle while it is seen, and when it has passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from detectors.bestshot import BestShots, ShotSettings
from detectors.scene import PASSAGE_PX
from detectors.tracking import TrackedVehicle, clipped
from streams.messages import Box, TrackPoint

#: Beyond this many sightings every second one is dropped: a parked car must not fill the memory.
_MOST_SIGHTINGS = 4096


@dataclass(frozen=True)
class PassageSettings:
    """What counts as a passage. Sizes are of the vehicle's largest box, in pixels.

    ``least_frames`` counts the frames on which the vehicle was found, ``least_duration_s`` lies between the
    first and the last of them.
    """

    ended_after_s: float = 1.0
    least_frames: int = 3
    least_duration_s: float = 0.15
    least_width_px: float = PASSAGE_PX
    least_mean_confidence: float = 0.3


@dataclass(frozen=True)
class Sighting:
    """A vehicle in one frame. ``whole`` says that its foot is in the picture and not hidden."""

    captured_at_ns: int
    box: Box
    label: str
    confidence: float
    whole: bool

    @property
    def foot(self) -> tuple[float, float]:
        """The tracked point in px: the middle of the box's lower edge, where the vehicle stands."""
        return self.box.x + self.box.w / 2, self.box.y + self.box.h


@dataclass
class VehicleTrack:
    """Everything remembered of one vehicle, in the order of time."""

    track_id: int
    shots: BestShots
    sightings: list[Sighting] = field(default_factory=list)
    frames: int = 0
    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, sighting: Sighting) -> None:
        """Remember one more sighting."""
        self.frames += 1
        # A vehicle seen large is told apart better than one far away.
        self.votes[sighting.label] += sighting.confidence * sighting.box.w
        self.sightings.append(sighting)
        if len(self.sightings) > _MOST_SIGHTINGS:
            del self.sightings[1::2]

    @property
    def label(self) -> tuple[str, float]:
        """The class that the track's sightings elect, and its share of the votes, 0 to 1."""
        label = min(self.votes, key=lambda name: (-self.votes[name], name))
        return label, self.votes[label] / sum(self.votes.values())

    @property
    def widest(self) -> Sighting:
        """The sighting with the widest box, whole ones before others."""
        return max(self.sightings, key=lambda s: (s.whole, s.box.w))

    def points(self) -> list[TrackPoint]:
        """The tracked point wherever it is to be trusted, in px."""
        return [TrackPoint(s.captured_at_ns, *s.foot) for s in self.sightings if s.whole]


class TrackBook:
    """Keeps a :class:`VehicleTrack` for each vehicle in view and hands it out once, when it has passed."""

    def __init__(self, settings: PassageSettings, shots: ShotSettings) -> None:
        self._settings = settings
        self._shots = shots
        self._open: dict[int, VehicleTrack] = {}

    def record(
        self, captured_at_ns: int, vehicles: Sequence[TrackedVehicle], width_px: int, height_px: int
    ) -> None:
        """Note where each of a frame's vehicles is; the frame is ``width_px`` by ``height_px``."""
        for vehicle in vehicles:
            if vehicle.track_id not in self._open:
                self._open[vehicle.track_id] = VehicleTrack(vehicle.track_id, BestShots(self._shots))
            whole = not clipped(vehicle.box, width_px, height_px, self._shots.border_px)
            whole = whole and not vehicle.part and not _foot_hidden(vehicle, vehicles)
            self._open[vehicle.track_id].add(
                Sighting(captured_at_ns, vehicle.box, vehicle.label, vehicle.confidence, whole)
            )

    def shots_of(self, track_id: int) -> BestShots:
        """The shots of a vehicle that is in view."""
        return self._open[track_id].shots

    def in_view(self) -> list[VehicleTrack]:
        """The vehicles that have not passed yet and are no noise."""
        return [track for track in self._open.values() if self._is_passage(track)]

    def ended(self, now_ns: int | None) -> list[VehicleTrack]:
        """The vehicles that have passed by ``now_ns`` (None: all), and are no noise; each is given once."""
        limit_ns = self._settings.ended_after_s * 1e9
        gone = [
            track
            for track in self._open.values()
            if now_ns is None or now_ns - track.sightings[-1].captured_at_ns > limit_ns
        ]
        real = [track for track in gone if self._is_passage(track)]
        for track in gone:
            del self._open[track.track_id]
        return sorted(real, key=lambda t: (t.sightings[0].captured_at_ns, t.track_id))

    def _is_passage(self, track: VehicleTrack) -> bool:
        limits = self._settings
        confidence = sum(s.confidence for s in track.sightings) / len(track.sightings)
        lasted_ns = track.sightings[-1].captured_at_ns - track.sightings[0].captured_at_ns
        return (
            track.frames >= limits.least_frames
            and lasted_ns >= limits.least_duration_s * 1e9
            and max(s.box.w for s in track.sightings) >= limits.least_width_px
            and confidence >= limits.least_mean_confidence
        )


def _foot_hidden(vehicle: TrackedVehicle, others: Sequence[TrackedVehicle]) -> bool:
    """Whether a nearer vehicle (its lower edge is lower) covers the middle of this one's lower edge."""
    x, y = vehicle.box.x + vehicle.box.w / 2, vehicle.box.y + vehicle.box.h
    return any(
        other.track_id != vehicle.track_id
        and other.box.x <= x <= other.box.x + other.box.w
        and other.box.y <= y < other.box.y + other.box.h
        for other in others
    )
