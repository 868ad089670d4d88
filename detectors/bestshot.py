"""The few pictures of a vehicle that are worth reading: large, sharp, whole and apart in time.

Plate detection and reading run on these only, so their cost follows the traffic and not the frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.regions import cut
from detectors.tracking import TrackedVehicle, clipped
from streams.messages import Box


@dataclass(frozen=True)
class ShotSettings:
    """Which shots are kept. ``every_s`` is the rhythm in which frames are kept at all.

    ``apart_s``: shots much less than this apart tell little more than one of them.
    """

    most: int = 7
    every_s: float = 0.04
    apart_s: float = 0.12
    least_width_px: float = 80.0
    margin: float = 0.25
    clipped_worth: float = 0.3
    border_px: float = 3.0
    still_quality: int = 95


@dataclass(frozen=True, eq=False)
class Still:
    """A whole frame that is kept because some vehicle is seen well on it, as JPEG to bound the memory.

    ``jpeg`` is empty where no pictures are made of passages. ``vehicles`` are all that were followed on it,
    ``people`` the boxes of persons and bicycles.
    """

    captured_at_ns: int
    jpeg: bytes
    width_px: int
    height_px: int
    vehicles: tuple[TrackedVehicle, ...]
    people: tuple[Box, ...]

    def image(self) -> Image:
        """The frame, BGR, as it was but for JPEG's losses."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@dataclass(frozen=True, eq=False)
class Shot:
    """One vehicle on one still: the untouched pixels around it, and where their corner lies in the frame."""

    still: Still
    vehicle: TrackedVehicle
    pixels: Image
    left: int
    top: int
    worth: float


class StillKeeper:
    """Turns every frame that is due into a :class:`Still`; of the others nothing is kept.

    ``pictures`` False leaves the frame itself out: half of the work, where no evidence is made.
    """

    def __init__(self, settings: ShotSettings, *, pictures: bool = True) -> None:
        self._settings = settings
        self._pictures = pictures
        self._latest_ns: int | None = None

    def take(self, frame: Frame, vehicles: Sequence[TrackedVehicle], people: Sequence[Box]) -> Still | None:
        """A still of ``frame`` if one is due and a vehicle on it is large enough to be worth it."""
        due = (
            self._latest_ns is None
            or frame.captured_at_ns - self._latest_ns >= self._settings.every_s * 1e9 - 1e6
        )
        if not due or not any(v.box.w >= self._settings.least_width_px for v in vehicles):
            return None
        self._latest_ns = frame.captured_at_ns
        jpeg = b""
        if self._pictures:
            options = [cv2.IMWRITE_JPEG_QUALITY, self._settings.still_quality]
            jpeg = cv2.imencode(".jpg", frame.image, options)[1].tobytes()
        height, width = frame.image.shape[:2]
        return Still(frame.captured_at_ns, jpeg, width, height, tuple(vehicles), tuple(people))


class BestShots:
    """The best few shots of one vehicle so far."""

    def __init__(self, settings: ShotSettings) -> None:
        self._settings = settings
        self._shots: list[Shot] = []

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The kept shots, the best first."""
        return tuple(sorted(self._shots, key=lambda s: (-s.worth, s.still.captured_at_ns)))

    def offer(self, still: Still, frame: Frame, vehicle: TrackedVehicle) -> None:
        """Keep a shot of ``vehicle``; if that makes one too many, the one goes that would be missed least."""
        if vehicle.part or vehicle.box.w < self._settings.least_width_px:
            return
        crop = cut(frame.image, vehicle.box, self._settings.margin)
        if crop is None:
            return
        worth = _size_worth(vehicle.box, still, self._settings) * sharpness(crop.pixels)
        self._shots.append(Shot(still, vehicle, crop.pixels.copy(), crop.left, crop.top, worth))
        if len(self._shots) > self._settings.most:
            del self._shots[self._least_missed()]

    def _least_missed(self) -> int:
        """The index of the shot that adds least: of small worth, or close between two others in time."""
        times = [s.still.captured_at_ns * 1e-9 for s in self._shots]
        missed = [shot.worth**3 for shot in self._shots]
        for i in range(1, len(times) - 1):
            span = times[i + 1] - times[i - 1]
            missed[i] *= span / (span + self._settings.apart_s)
        return missed.index(min(missed))


def shot_of(still: Still, vehicle: TrackedVehicle, margin: float) -> Shot | None:
    """A shot cut out of a still that was kept for its place, not its quality; None if nothing is there."""
    crop = cut(still.image(), vehicle.box, margin)
    return None if crop is None else Shot(still, vehicle, crop.pixels.copy(), crop.left, crop.top, 0.0)


def sharpness(pixels: Image) -> float:
    """How sharp the lower half of a vehicle's picture is, 0 to 1, where its plate is.

    The mean strength of the finest vertical edges, scaled so that usual pictures come near to one.
    """
    lower = pixels[pixels.shape[0] // 2 :]
    scale = min(1.0, 160.0 / max(lower.shape[1], 1))
    if lower.size == 0:
        return 0.0
    # Taken at full resolution on a strip, because shrinking would hide the blur that is looked for.
    strip = lower if scale == 1.0 else lower[:: max(1, round(1 / scale))]
    grey = cv2.cvtColor(np.ascontiguousarray(strip), cv2.COLOR_BGR2GRAY)
    edges = float(np.abs(np.diff(grey.astype(np.int16), axis=1)).mean())
    return edges / (edges + 4.0)


def _size_worth(box: Box, still: Still, settings: ShotSettings) -> float:
    part = clipped(box, still.width_px, still.height_px, settings.border_px)
    return box.w * (settings.clipped_worth if part else 1.0)
