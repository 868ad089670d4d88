"""The air between the camera and things: what is far fades into its colour."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.camera import Floats, Image
from roadwitness.simulator.light import to_bytes

#: This part of the fading distance is seen through clearly.
CLEAR_PART = 0.06


@dataclass(frozen=True)
class Air:
    """``haze_m`` is the distance over which contrast falls to 1/e; ``colour`` linear BGR."""

    haze_m: float
    colour: tuple[float, float, float]

    def share(self, distance_m: float) -> float:
        """The part of what is ``distance_m`` away that the air has replaced."""
        return 1.0 - math.exp(-max(0.0, distance_m - CLEAR_PART * self.haze_m) / self.haze_m)

    def over(self, image: Image, distance_m: float) -> Image:
        """A premultiplied BGRA picture of something ``distance_m`` away, seen through the air."""
        share = self.share(distance_m)
        grey = to_bytes(np.array(self.colour)).astype(np.float32)
        faded = image.astype(np.float32)
        faded[..., :3] = faded[..., :3] * (1 - share) + grey * (faded[..., 3:] / 255.0) * share
        return np.asarray(faded.round()).astype(np.uint8)

    def into(self, linear: Floats, distance_m: float) -> Floats:
        """A linear BGR colour seen through the air."""
        share = self.share(distance_m)
        return np.asarray(linear * (1 - share) + np.array(self.colour) * share)
