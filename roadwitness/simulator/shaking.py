"""A camera that does not keep still: wind and lorries move its picture, a blow turns it for good."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from roadwitness.simulator.camera import Camera, Image
from roadwitness.simulator.errors import SimulatorError

SHAKES = {
    "none": "the camera keeps still",
    "slight": "by up to 0.5 px",
    "strong": "by up to 3 px",
    "turned": "still, but turned to the side for good in the middle of the clip",
}
_REACH_PX = {"none": 0.0, "slight": 0.5, "strong": 3.0, "turned": 0.0}
_SWINGS_HZ = (0.6, 1.7, 4.3, 7.9)
TURN_RAD = (0.012, -0.004)


@dataclass(frozen=True)
class Shake:
    """How the picture of a camera moves; deterministic in ``seed``."""

    kind: str
    seed: int

    def __post_init__(self) -> None:
        if self.kind not in SHAKES:
            raise SimulatorError(f"There is no shake {self.kind}: choose from {', '.join(SHAKES)}.")

    def offset_px(self, at_s: float) -> tuple[float, float]:
        """How far (right, down) the picture lies at a time."""
        reach = _REACH_PX[self.kind]
        if reach == 0.0:
            return 0.0, 0.0
        rng = np.random.default_rng([self.seed, 9])
        turns = rng.uniform(0, 2 * np.pi, (2, len(_SWINGS_HZ)))
        shares = np.array([0.4, 0.3, 0.2, 0.1])
        swings = np.sin(2 * np.pi * np.array(_SWINGS_HZ) * at_s + turns) @ shares * reach
        return round(float(swings[0]), 3), round(float(swings[1]), 3)

    def turned_at_s(self, duration_s: float) -> float | None:
        """When it is turned for good; None where it is not."""
        return duration_s / 2 if self.kind == "turned" else None


STILL = Shake("none", 0)


def turned(camera: Camera) -> Camera:
    """The camera after the blow."""
    return replace(camera, yaw_rad=camera.yaw_rad + TURN_RAD[0], pitch_rad=camera.pitch_rad + TURN_RAD[1])


def moved(image: Image, offset_px: tuple[float, float]) -> Image:
    """The picture moved by parts of pixels; what comes in at the edge repeats the edge."""
    if offset_px == (0.0, 0.0):
        return image
    shift = np.array([[1.0, 0.0, offset_px[0]], [0.0, 1.0, offset_px[1]]])
    size = (image.shape[1], image.shape[0])
    return np.asarray(
        cv2.warpAffine(image, shift, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )
