"""What to simulate: the scene's settings, its camera and its speed limit."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from roadwitness.simulator.background import Road
from roadwitness.simulator.camera import Camera, aim
from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.light import Light
from roadwitness.simulator.plates import FORMATS

RENDERER_VERSION = 3


class SceneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A scene; everything that is drawn follows from these numbers.

    ``speeders`` None means four in ten. ``near_y_m`` is the road distance at the picture's bottom edge and
    ``focal_px`` the focal length for a picture 1280 pixels wide; other widths scale it. Raises
    ``SimulatorError`` for impossible scenes.
    """

    seed: int = 11
    vehicles: int = 24
    speeders: int | None = None
    duration_s: float = 40.0
    width: int = 1280
    height: int = 720
    fps: int = 25
    lanes: int = 2
    camera_height_m: float = 4.9
    camera_x_m: float = 2.7
    near_y_m: float = 9.6
    focal_px: float = 1850.0
    limit_kmh: float = 80.0
    exposure_s: float = 0.0008
    noise: float = 2.2
    quality_crf: int = 21
    countries: tuple[str, ...] = ("DE", "FR", "GB", "NL", "PL", "ES", "RU")

    def __post_init__(self) -> None:
        if self.width < 160 or self.height < 90 or self.width % 2 or self.height % 2:
            raise SimulatorError(
                f"A picture of {self.width}x{self.height} cannot be encoded: choose even sizes from 160x90."
            )
        if self.vehicles < 1 or not 0 <= self.speeder_count <= self.vehicles:
            raise SimulatorError(
                f"{self.vehicles} vehicles with {self.speeders} speeders cannot be: "
                "choose at least one vehicle and no more speeders than vehicles."
            )
        if self.fps < 1 or self.lanes < 1 or self.duration_s <= 0:
            raise SimulatorError(
                "A scene needs a positive duration, at least one frame a second and one lane."
            )
        unknown = sorted(set(self.countries) - set(FORMATS))
        if unknown or not self.countries:
            raise SimulatorError(
                f"There are no plates for {', '.join(unknown) or 'no country'}: "
                f"choose from {', '.join(FORMATS)}."
            )

    @property
    def speeder_count(self) -> int:
        """How many vehicles drive too fast."""
        return round(self.vehicles * 0.4) if self.speeders is None else self.speeders

    @property
    def frames(self) -> int:
        """How many frames the clip has."""
        return max(1, round(self.duration_s * self.fps))

    @property
    def threshold_kmh(self) -> float:
        """The highest speed that is not enforced."""
        return threshold_kmh(self.limit_kmh)

    def road(self) -> Road:
        """The road to paint."""
        return Road(lanes=self.lanes, opposite=1, median_m=0.35)

    def camera(self) -> Camera:
        """The camera over the middle of the approaching lanes."""
        return aim(
            x_m=self.camera_x_m,
            height_m=self.camera_height_m,
            near_y_m=self.near_y_m,
            at_x_m=self.road().lane_width_m * self.lanes / 2,
            focal_px=self.focal_px * self.width / 1280,
            width=self.width,
            height=self.height,
        )

    def light(self) -> Light:
        """A bright day with the sun behind the camera, so that fronts are lit."""
        rng = np.random.default_rng([self.seed, 1])
        return Light(azimuth_rad=float(rng.uniform(-2.6, -0.6)), elevation_rad=float(rng.uniform(0.6, 0.95)))


def tolerance_kmh(speed_kmh: float) -> float:
    """What the simulated policy subtracts: 3 km/h below 100 km/h, else 3 % rounded up to a whole km/h."""
    return 3.0 if speed_kmh < 100 else float(math.ceil(round(speed_kmh * 0.03, 9)))


def threshold_kmh(limit_kmh: float) -> float:
    """The highest speed in steps of 0.1 km/h that is still within ``limit_kmh`` after the tolerance."""
    speed = limit_kmh
    while round(speed + 0.1, 1) - tolerance_kmh(round(speed + 0.1, 1)) <= limit_kmh:
        speed = round(speed + 0.1, 1)
    return speed


def demo_scene() -> SceneSettings:
    """The demo: two lanes, two dozen vehicles, ten of them too fast, in forty seconds."""
    return SceneSettings(seed=11, vehicles=24, speeders=10, duration_s=40.0)
