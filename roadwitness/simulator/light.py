"""Daylight: what a surface sends to the camera.

Lambert's law for paint, Schlick's approximation (1994) for the mirror-like coat over it, and a sky that is
bright at the horizon and blue above. Colours are linear BGR; they become sRGB-like bytes at the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.camera import Floats, Image

GAMMA = 1 / 2.2


@dataclass(frozen=True)
class Light:
    """Sun and sky; strengths are multiples of what makes a white card white."""

    azimuth_rad: float = 2.4
    elevation_rad: float = 0.9
    sun: float = 0.85
    sky: float = 0.45
    zenith: tuple[float, float, float] = (0.78, 0.52, 0.34)
    horizon: tuple[float, float, float] = (0.92, 0.88, 0.82)
    ground: tuple[float, float, float] = (0.13, 0.13, 0.13)
    lamps_on: bool = False
    warmth: float = 0.0

    @property
    def direction(self) -> Floats:
        """Unit vector towards the sun, shape (3,)."""
        flat = math.cos(self.elevation_rad)
        return np.array(
            [
                flat * math.cos(self.azimuth_rad),
                flat * math.sin(self.azimuth_rad),
                math.sin(self.elevation_rad),
            ]
        )

    @property
    def is_dark(self) -> bool:
        """Whether lamps light the road more than the sky does."""
        return self.lamps_on and self.sky < 0.2

    @property
    def sun_colour(self) -> Floats:
        """Linear BGR of direct sunlight, shape (3,)."""
        return self.sun * np.array([0.92 - 0.45 * self.warmth, 0.98 - 0.2 * self.warmth, 1.04])

    @property
    def sky_colour(self) -> Floats:
        """Linear BGR of the light from the whole sky, shape (3,)."""
        return self.sky * np.array([1.08, 1.0, 0.95])


def sky_radiance(light: Light, directions: Floats) -> Floats:
    """Linear BGR of shape (n, 3) that arrives from unit ``directions`` of shape (n, 3)."""
    up = np.clip(directions[:, 2], -1.0, 1.0)
    scale = light.sky / 0.42
    blend = np.clip(up / 0.7, 0.0, 1.0)[:, None] ** 0.6
    sky = (1 - blend) * np.array(light.horizon) + blend * np.array(light.zenith)
    # Trees and houses: what really stands at the horizon is darker than the sky behind it.
    skyline = np.exp(-(((up - 0.05) / 0.10) ** 2))[:, None] * 0.75
    sky = sky * (1 - skyline) + 0.06 * skyline
    ground = np.array(light.ground) * (0.5 + light.sun)
    above = np.clip((up + 0.02) / 0.06, 0.0, 1.0)[:, None]
    return np.asarray((sky * above + ground * (1 - above)) * scale)


def shade(
    light: Light,
    *,
    normals: Floats,
    towards_camera: Floats,
    albedo: Floats,
    gloss: Floats,
    glow: Floats,
    heights_m: Floats,
) -> Floats:
    """Linear BGR of shape (n, 3) of n small flat faces.

    ``normals`` and ``towards_camera`` are unit vectors (n, 3), ``albedo`` and ``glow`` linear BGR (n, 3),
    ``gloss`` (n,) the strength of the coat in 0..1. Faces near the ground get less of the sky.
    """
    facing = np.clip(np.sum(normals * towards_camera, axis=1), 0.0, 1.0)
    to_sun = light.direction
    lit = np.clip(normals @ to_sun, 0.0, 1.0)[:, None] * light.sun_colour
    open_sky = (0.62 + 0.38 * normals[:, 2]) * np.clip(0.35 + heights_m / 0.9, 0.35, 1.0)
    ambient = open_sky[:, None] * light.sky_colour
    mirror = 2 * facing[:, None] * normals - towards_camera
    fresnel = gloss * (0.05 + 0.95 * (1 - facing) ** 5)
    glint = (np.clip(mirror @ to_sun, 0.0, 1.0) ** 30 * gloss * light.sun * 0.35)[:, None]
    coat = fresnel[:, None] * sky_radiance(light, mirror)
    return np.asarray(albedo * (lit + ambient) + coat + glint + glow)


def to_bytes(linear: Floats) -> Image:
    """Linear colours as display bytes, same shape."""
    return np.asarray(np.clip(linear, 0.0, 1.0) ** GAMMA * 255.0 + 0.5).astype(np.uint8)
