"""What a person asks for: a scene by its name, and what is to be different about it."""

from __future__ import annotations

import msgspec

from roadwitness.simulator.errors import SimulatorError


class SceneRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A named scene. ``seconds`` None leaves the length to the scene; ``occluded`` sets something in the way.
    ``vehicles`` is heard by the scene ``straight`` only.

    ``weather``, ``shake`` and ``clock`` are names of :mod:`weather`, :mod:`shaking` and :mod:`clip_time`.
    """

    name: str
    seed: int = 1
    weather: str = "clear"
    shake: str = "none"
    clock: str = "right"
    occluded: bool = False
    seconds: float | None = None
    vehicles: int = 12
    width: int = 1280
    height: int = 720
    fps: int = 25

    def __post_init__(self) -> None:
        if self.width < 160 or self.height < 90 or self.width % 2 or self.height % 2:
            raise SimulatorError(
                f"A picture of {self.width}x{self.height} cannot be encoded: choose even sizes from 160x90."
            )
        if self.fps < 1 or (self.seconds is not None and self.seconds <= 0):
            raise SimulatorError("A scene needs a positive duration and at least one frame a second.")
