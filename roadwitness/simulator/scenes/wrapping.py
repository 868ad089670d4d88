"""What may be different about any scene: its weather, and what stands in the way of the camera."""

from __future__ import annotations

from functools import partial

from roadwitness.simulator.plan import Stand
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.standing import plain_pole
from roadwitness.simulator.weather import Weather, weather_of

POLE_TALL_M, POLE_RADIUS_M = 8.0, 0.16


def wrapped(request: SceneRequest) -> Weather:
    """The weather that the request names."""
    return weather_of(request.weather, request.seed)


def obstacles(request: SceneRequest, x_m: float, y_m: float) -> tuple[Stand, ...]:
    """A thick pole at a place of the scene, where the request wants something in the way."""
    if not request.occluded:
        return ()
    return (partial(plain_pole, x_m=x_m, y_m=y_m, tall_m=POLE_TALL_M, radius_m=POLE_RADIUS_M),)
