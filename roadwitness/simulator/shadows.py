"""Shadows of vehicles on the road."""

from __future__ import annotations

import cv2
import numpy as np

from roadwitness.simulator.camera import Camera, Image
from roadwitness.simulator.light import Light
from roadwitness.simulator.model import Model
from roadwitness.simulator.posing import Pose

NEAREST_M = 1.0


def cast_shadow(image: Image, camera: Camera, light: Light, model: Model, pose: Pose) -> None:
    """Darken the road where the vehicle keeps the sun (sharper) and the sky (softer, underneath) away."""
    # A motorcycle's shadow is that of its wheels, not of its handlebar.
    half = model.width * (0.2 if model.kind == "motorcycle" else 0.5)
    under = np.array(
        [[0.0, -half, 0], [0.0, half, 0], [-model.length, half, 0], [-model.length, -half, 0]]
    ) * [1, 0.96, 1]
    pieces = [(pose.to_world(under), 0.52)]
    if light.sun > 0.2:
        points = pose.to_world(model.mesh.vertices[::5])
        sun = light.direction
        cast = points - points[:, 2:] / max(0.2, float(sun[2])) * sun
        pieces.append((cast, 1.0 - 0.62 * light.sun / (light.sun + light.sky)))
    for points, keep in pieces:
        pixels, depth = camera.project(points)
        pixels = pixels[depth > NEAREST_M]
        if len(pixels) < 3:
            continue
        hull = cv2.convexHull(pixels.astype(np.float32))[:, 0]
        blur = 0.02 * camera.focal_px / max(4.0, float(np.median(depth))) + 0.6
        margin = int(3 * blur) + 2
        low = np.maximum(np.floor(hull.min(axis=0)).astype(int) - margin, 0)
        high = np.minimum(np.ceil(hull.max(axis=0)).astype(int) + margin, [camera.width, camera.height])
        if np.any(high - low < 2):
            continue
        mask = np.full((high[1] - low[1], high[0] - low[0]), 255, np.uint8)
        cv2.fillConvexPoly(mask, np.round((hull - low) * 16).astype(np.int32), 255.0 * keep, cv2.LINE_AA, 4)
        mask = cv2.GaussianBlur(mask, (0, 0), blur)
        region = image[low[1] : high[1], low[0] : high[0]]
        region[:] = cv2.multiply(region, cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR), scale=1 / 255)
