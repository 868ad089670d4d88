"""Pictures of a vehicle at wanted places of the road: before a stop line and behind it, two a line.

Which they are is settled while the vehicle is in view, because nobody could say afterwards what a frame that
was not kept had shown. A vehicle near a line holds two stills of it at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.bestshot import Still
from detectors.calibration import Calibration
from detectors.lengths import length_of
from detectors.tracking import TrackedVehicle

Array = NDArray[np.float64]

#: A picture of the vehicle before the line is not taken further away than this.
_BEFORE_M = 20.0
#: Beside the line's ends a vehicle still counts as being at it.
_BESIDE_M = 1.5
#: Vehicles whose stills are kept at most.
_MOST_TRACKS = 60


@dataclass(frozen=True)
class StopPlace:
    """A stop line: where it is (m), for which heading it counts (degrees clockwise from +y), whose signal.

    ``beyond_m`` is how far behind it the second position lies that the law wants.
    """

    line_id: str
    points: tuple[tuple[float, float], ...]
    heading_deg: float
    signal_id: str
    beyond_m: float = 5.0


@dataclass(frozen=True)
class Position:
    """A vehicle on a still, and how far its front was behind the line (m), as its box's foot has it."""

    still: Still
    vehicle: TrackedVehicle
    beyond_m: float


@dataclass
class LinePictures:
    """What is kept of one vehicle at one line."""

    place: StopPlace
    before: Position | None = None
    after: Position | None = None

    def offer(self, position: Position) -> None:
        """Keep a position if it is nearer to what the law wants than the one that is kept."""
        if position.beyond_m <= 0.0:
            self.before = position
        elif self.after is None or self.after.beyond_m < self.place.beyond_m:
            self.after = position


class PlaceKeeper:
    """Keeps, for each vehicle in view, the stills of it at the stop lines that it comes to."""

    def __init__(self, places: Sequence[StopPlace], calibration: Calibration) -> None:
        self._places = tuple(places)
        self._calibration = calibration
        self._camera = calibration.camera_position_m
        self._kept: dict[int, dict[str, LinePictures]] = {}

    def offer(self, still: Still, vehicle: TrackedVehicle) -> None:
        """Look where ``vehicle`` is on ``still`` and keep that if it is wanted."""
        if vehicle.part or not self._places:
            return
        box = vehicle.box
        (foot,) = self._calibration.image_to_road([(box.x + box.w / 2, box.y + box.h)])
        if not np.isfinite(foot).all():
            return
        for place in self._places:
            beyond_m = self._front_beyond(place, foot, vehicle.label)
            if beyond_m is None or beyond_m < -_BEFORE_M or beyond_m > 2 * place.beyond_m + _BEFORE_M:
                continue
            kept = self._kept.setdefault(vehicle.track_id, {})
            kept.setdefault(place.line_id, LinePictures(place)).offer(Position(still, vehicle, beyond_m))
        while len(self._kept) > _MOST_TRACKS:
            del self._kept[next(iter(self._kept))]

    def take(self, track_id: int) -> list[LinePictures]:
        """What was kept of a vehicle that has passed, where it has both positions; it is forgotten here."""
        return [p for p in self._kept.pop(track_id, {}).values() if p.before and p.after]

    def _front_beyond(self, place: StopPlace, foot: Array, label: str) -> float | None:
        """How far the front is behind the line, m; None beside it."""
        angle = np.radians(place.heading_deg)
        ahead = np.array([np.sin(angle), np.cos(angle)])
        aside = np.array([ahead[1], -ahead[0]])
        line = np.array(place.points)
        across = line @ aside
        at = float(foot @ aside)
        if not across.min() - _BESIDE_M <= at <= across.max() + _BESIDE_M:
            return None
        order = np.argsort(across)
        beyond = float(foot @ ahead) - float(np.interp(at, across[order], (line @ ahead)[order]))
        away = self._camera is not None and float((self._camera[:2] - foot) @ ahead) < 0
        length = length_of(label)
        return beyond + (length.metres if away and length else 0.0)
