"""The last seconds of a camera, small: what a short clip of a passage is made from.

The frames lie in memory only, as JPEG and never longer than the clip of a vehicle may yet be wanted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.tracking import TrackedVehicle
from streams.messages import Box

_KEPT_QUALITY = 92


@dataclass(frozen=True)
class ClipSettings:
    """How clips are made. ``longest_px`` is the longer side of their pictures.

    A clip shows ``before_s`` and ``after_s`` around the moment that matters. The frames of the last
    ``remember_s`` are kept, in ``most_kept_bytes`` at most. ``looks_every`` n looks for plates and faces on
    each n-th frame of a clip; between two looks what was found moves with its vehicle. Of vehicles that
    passed within ``apart_s`` one gets a clip: in dense traffic clips must not cost more than following it. A
    clip of more than ``most_bytes`` is coded more coarsely.
    """

    longest_px: int = 640
    frames_per_s: float = 12.5
    before_s: float = 1.5
    after_s: float = 1.5
    remember_s: float = 15.0
    most_kept_bytes: int = 32_000_000
    looks_every: int = 12
    apart_s: float = 2.0
    least_s: float = 0.6
    most_bytes: int = 1_500_000


@dataclass(frozen=True, eq=False)
class ClipFrame:
    """One frame, small; ``vehicles`` and ``people`` are where they are in its pixels."""

    captured_at_ns: int
    jpeg: bytes
    vehicles: tuple[TrackedVehicle, ...]
    people: tuple[Box, ...]

    def image(self) -> Image:
        """The picture (H, W, 3), BGR."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


class ClipKeeper:
    """Keeps the latest frames on which there are vehicles. Frames must come in the order of their times."""

    def __init__(self, settings: ClipSettings) -> None:
        self._settings = settings
        self._kept: deque[ClipFrame] = deque()
        self._bytes = 0
        self._made_ns: int | None = None

    def offer(self, frame: Frame, vehicles: Sequence[TrackedVehicle], people: Sequence[Box]) -> None:
        """Keep ``frame`` if one is due and there is a vehicle on it; forget what is too old."""
        now_ns, limits = frame.captured_at_ns, self._settings
        while self._kept and (
            now_ns - self._kept[0].captured_at_ns > limits.remember_s * 1e9
            or self._bytes > limits.most_kept_bytes
        ):
            self._bytes -= len(self._kept.popleft().jpeg)
        since_ns = now_ns - self._kept[-1].captured_at_ns if self._kept else None
        if not vehicles or (since_ns is not None and since_ns < 1e9 / limits.frames_per_s - 5e6):
            return
        small, scale = _shrunk(frame.image, limits.longest_px)
        jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _KEPT_QUALITY])[1].tobytes()
        there = tuple(replace(vehicle, box=_scaled(vehicle.box, scale)) for vehicle in vehicles)
        self._kept.append(ClipFrame(now_ns, jpeg, there, tuple(_scaled(box, scale) for box in people)))
        self._bytes += len(jpeg)

    def is_due(self, ended_ns: int) -> bool:
        """Whether a vehicle that was seen last at ``ended_ns`` gets a clip; asked once of each."""
        apart_ns = self._settings.apart_s * 1e9
        if self._made_ns is not None and abs(ended_ns - self._made_ns) < apart_ns:
            return False
        self._made_ns = ended_ns
        return True

    def around(self, moment_ns: int, started_ns: int, ended_ns: int) -> list[ClipFrame]:
        """The frames around a moment, in the order of time, of those between the start and the end.

        Empty where too few are left: a clip of another moment would mislead.
        """
        first_ns = max(moment_ns - self._settings.before_s * 1e9, started_ns - 1e9)
        last_ns = min(moment_ns + self._settings.after_s * 1e9, ended_ns + 1e9)
        frames = [frame for frame in self._kept if first_ns <= frame.captured_at_ns <= last_ns]
        if len(frames) < 2 or not frames[0].captured_at_ns <= moment_ns <= frames[-1].captured_at_ns:
            return []
        lasts_ns = frames[-1].captured_at_ns - frames[0].captured_at_ns
        return frames if lasts_ns >= self._settings.least_s * 1e9 else []


def _shrunk(image: Image, longest_px: int) -> tuple[Image, float]:
    """The image with sides of even length, the longer one of ``longest_px`` at most, and its scale."""
    height, width = image.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
    if size == (width, height):
        return image, 1.0
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x * scale, box.y * scale, box.w * scale, box.h * scale)
