"""Weather and time of day: the light, the road's wetness, the rain in the air and the camera's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from roadwitness.simulator.air import Air
from roadwitness.simulator.camera import Image
from roadwitness.simulator.errors import SimulatorError
from roadwitness.simulator.light import Light

CLEAR_M = 600.0
_GREY = (0.80, 0.79, 0.77)


@dataclass(frozen=True)
class Weather:
    """``wet`` and ``rain`` run from 0 to 1; ``veil`` is the part of the contrast that the air takes.

    ``exposure_s`` and ``noise`` are what the camera needs in that light; ``conditions`` what a road sign
    that knows the weather would show.
    """

    name: str
    light: Light
    wet: float = 0.0
    rain: float = 0.0
    veil: float = 0.0
    haze_m: float = 900.0
    exposure_s: float = 0.0008
    noise: float = 2.2
    conditions: tuple[str, ...] = ()

    @property
    def air(self) -> Air | None:
        """The air that vehicles fade into; None where it is clear enough for none to."""
        if self.haze_m >= CLEAR_M:
            return None
        blue, green, red = (c * (self.light.sky / 0.42) * 0.8 for c in self.light.horizon)
        return Air(self.haze_m, (blue, green, red))


_OVERCAST = Light(sun=0.05, sky=0.55, zenith=_GREY, horizon=_GREY)
_WET = Light(sun=0.02, sky=0.40, zenith=(0.62, 0.61, 0.60), horizon=(0.70, 0.69, 0.68), lamps_on=True)
_NIGHT = Light(sun=0.0, sky=0.055, zenith=(0.08, 0.05, 0.05), horizon=(0.2, 0.2, 0.24), lamps_on=True)
_DUSK = Light(
    elevation_rad=0.1, sun=0.03, sky=0.17, zenith=(0.42, 0.25, 0.2), horizon=(0.6, 0.55, 0.7), lamps_on=True
)
WEATHERS: Mapping[str, Weather] = {
    weather.name: weather
    for weather in (
        Weather("clear", Light()),
        Weather("overcast", _OVERCAST),
        Weather("rain", _WET, 0.8, 0.7, 0.16, 260.0, 0.0016, 3.0, ("wet",)),
        Weather("fog", _OVERCAST, 0.1, 0.0, 0.12, 62.0, 0.0014, 2.6, ("fog",)),
        Weather("dusk", _DUSK, exposure_s=0.002, noise=3.2),
        Weather("night", _NIGHT, exposure_s=0.0025, noise=4.0),
        Weather("rainy-night", _NIGHT, 1.0, 0.6, 0.05, 200.0, 0.0025, 4.2, ("wet",)),
    )
}


def weather_of(name: str, seed: int) -> Weather:
    """The weather ``name``, with the sun where ``seed`` puts it: behind the camera, so that fronts are lit.

    Raises ``SimulatorError`` for a name that is none of ``WEATHERS``.
    """
    if name not in WEATHERS:
        raise SimulatorError(f"There is no weather {name}: choose from {', '.join(WEATHERS)}.")
    weather = WEATHERS[name]
    if weather.light.sun < 0.2:
        return weather
    rng = np.random.default_rng([seed, 1])
    light = Light(azimuth_rad=float(rng.uniform(-2.6, -0.6)), elevation_rad=float(rng.uniform(0.6, 0.95)))
    return Weather(weather.name, light)


class Rain:
    """Fields of falling drops, drawn once and laid over pictures at random offsets."""

    MARGIN = 96

    def __init__(
        self, rng: np.random.Generator, width: int, height: int, rain: float, dark: bool, fields: int = 3
    ) -> None:
        self._rng = rng
        self._size = (width, height)
        self._fields = [self._field(rain, dark) for _ in range(fields)]

    def _field(self, rain: float, dark: bool) -> Image:
        width, height = (side + self.MARGIN for side in self._size)
        field = np.zeros((height, width), np.uint8)
        scale = self._size[0] / 1280
        bright = 24 if dark else 32
        for near, count, blur in ((0.35, 1500, 0.5), (1.0, 260, 0.9), (2.4, 26, 2.6)):
            layer = np.zeros_like(field)
            for _ in range(int(count * rain * (self._size[0] * self._size[1]) / (1280 * 720))):
                x, y = self._rng.uniform(-20, width), self._rng.uniform(-40, height)
                long = near * scale * self._rng.uniform(22, 40)
                slant = 0.10 + self._rng.normal(0, 0.02)
                tone = bright * self._rng.uniform(0.4, 1.0)
                ends = np.round(np.array([[x, y], [x + slant * long, y + long]]) * 16).astype(int).tolist()
                cv2.line(layer, ends[0], ends[1], tone, max(1, round(near * scale)), cv2.LINE_AA, 4)
            soft = cv2.GaussianBlur(layer, (0, 0), blur * max(scale, 0.5))
            field = np.asarray(cv2.add(field, soft), np.uint8)
        return np.asarray(cv2.cvtColor(field, cv2.COLOR_GRAY2BGR))

    def apply(self, image: Image) -> Image:
        """``image`` with rain before it."""
        field = self._fields[int(self._rng.integers(len(self._fields)))]
        x, y = (int(v) for v in self._rng.integers(0, self.MARGIN, 2))
        width, height = self._size
        return np.asarray(cv2.add(image, field[y : y + height, x : x + width]))


def veiled(image: Image, weather: Weather) -> Image:
    """``image`` seen through the weather's air: less contrast, towards the sky's grey."""
    if weather.veil == 0:
        return image
    grey = 255 * np.clip(np.array(weather.light.horizon) * (weather.light.sky / 0.42) * 0.8, 0, 1) ** (
        1 / 2.2
    )
    faded = cv2.convertScaleAbs(image, alpha=1 - weather.veil)
    return np.asarray(cv2.add(faded, np.array([*(grey * weather.veil), 0.0])))
