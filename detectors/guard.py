"""What must hold while a speed is measured: times that can be trusted, and a camera that stays in place."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.camera_moved import CameraWatch
from detectors.clock import ClockWatch
from detectors.frames import Frame
from streams.messages import Box, HealthEvent


class MeasuringGuard:
    """Watches ``clock`` and ``camera`` of one source; ``camera`` None where nothing is calibrated."""

    def __init__(self, clock: ClockWatch | None = None, camera: CameraWatch | None = None) -> None:
        self.clock = clock or ClockWatch()
        self.camera = camera

    def see(self, frame: Frame, moving: Sequence[Box]) -> None:
        """Look at a frame; ``moving`` are the boxes of what does not stand still in it."""
        self.clock.see(frame.index, frame.captured_at_ns, frame.arrival)
        if self.camera is not None:
            self.camera.see(frame.captured_at_ns, frame.image, moving)

    def reason_between(self, from_ns: int, until_ns: int) -> str | None:
        """Why no speed can be measured from ``from_ns`` to ``until_ns`` (UTC ns), None if one can."""
        reason = self.clock.reason_between(from_ns, until_ns)
        if reason is None and self.camera is not None:
            reason = self.camera.reason_between(from_ns, until_ns)
        return reason

    @property
    def shake_px(self) -> float:
        """How much the camera trembles, one standard deviation in px."""
        return 0.0 if self.camera is None else self.camera.shake_px

    def events(self) -> list[HealthEvent]:
        """What a person must know, since the last call."""
        return self.clock.events() + (self.camera.events() if self.camera is not None else [])
