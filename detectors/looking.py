"""On which frames the vehicle detector looks: often enough to follow what moves, and no oftener.

The detector costs more than all else together, and between two looks the tracker knows well enough where a
vehicle goes. What is decided here depends on the frames' times and on what was seen, never on how fast this
machine is: the same clip gives the same passages everywhere. A live source that is too fast for the machine
loses its oldest frames before they come here, and because looks are due by time and not by number, the loss
costs few of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.frames import Frame
from detectors.tracking import TrackedVehicle
from streams.messages import Box


@dataclass(frozen=True)
class LookSettings:
    """How often the detector looks. ``every`` n looks at each n-th frame; None lets the scene decide.

    Then there are ``looks_per_s``, and more where a vehicle would otherwise move from look to look by more
    than ``furthest_move`` of its box (of the shorter side): the tracker joins boxes that overlap.
    """

    every: int | None = None
    looks_per_s: float = 12.5
    furthest_move: float = 0.35

    def __post_init__(self) -> None:
        if self.every is not None and self.every < 1:
            raise ValueError(f"every is {self.every}; look at each frame (1) or at each n-th (2, 3, …)")


class LookPlanner:
    """Says of each frame whether the detector is to look at it. Frames must come in the order of time."""

    def __init__(self, settings: LookSettings | None = None) -> None:
        self._settings = settings or LookSettings()
        self._looked_ns: int | None = None
        self._looked_index = 0
        self._before_ns = 0
        self._due_ns = 0.0
        self._boxes: dict[int, Box] = {}

    def is_due(self, frame: Frame) -> bool:
        """Whether to look at ``frame``; asked once of every frame."""
        since_before_ns, self._before_ns = frame.captured_at_ns - self._before_ns, frame.captured_at_ns
        if self._looked_ns is None:
            return True
        if self._settings.every is not None:
            return frame.index - self._looked_index >= self._settings.every
        # The frame that is nearest to the moment: the next one would come as much later as this came before.
        return frame.captured_at_ns + since_before_ns / 2 >= self._due_ns

    def looked(self, frame: Frame, vehicles: Sequence[TrackedVehicle]) -> None:
        """Note what a look at ``frame`` showed."""
        boxes = {vehicle.track_id: vehicle.box for vehicle in vehicles}
        apart_s = usual_s = 1 / self._settings.looks_per_s
        if self._looked_ns is not None:
            past_s = (frame.captured_at_ns - self._looked_ns) * 1e-9
            moves = [_move(self._boxes[i], box) / past_s for i, box in boxes.items() if i in self._boxes]
            apart_s = min([apart_s, *(self._settings.furthest_move / move for move in moves if move > 0)])
        # In step with the moments, not with the frames that came nearest, so that none is lost on the way.
        in_step_ns = self._due_ns + apart_s * 1e9
        in_step = apart_s == usual_s and in_step_ns > frame.captured_at_ns
        self._due_ns = in_step_ns if in_step else frame.captured_at_ns + apart_s * 1e9
        self._boxes = boxes
        self._looked_ns, self._looked_index = frame.captured_at_ns, frame.index


def _move(before: Box, after: Box) -> float:
    """How far the middle of the lower edge went, in parts of the box's shorter side."""
    x = after.x + after.w / 2 - before.x - before.w / 2
    y = after.y + after.h - before.y - before.h
    return float((x * x + y * y) ** 0.5 / max(1.0, min(after.w, after.h, before.w, before.h)))
