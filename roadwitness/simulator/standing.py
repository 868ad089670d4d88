"""What stands beside the road: poles, signs, lamp posts and signal housings, drawn once for a camera."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from roadwitness.simulator.camera import Camera, Floats
from roadwitness.simulator.compositing import Fixture, Lamp
from roadwitness.simulator.light import Light, to_bytes
from roadwitness.simulator.painting import Sprite

FINE_FIXTURE = 4
GALVANISED = (0.22, 0.22, 0.21)
Colour = tuple[float, float, float]


@dataclass
class Drawing:
    """Flat faces of world points, in the order in which they are painted."""

    camera: Camera
    light: Light
    faces: list[tuple[Floats, tuple[int, ...]]] = field(default_factory=list)

    def face(self, points: Floats, normal: Floats, albedo: Colour) -> None:
        """A face (n, 3) of a colour under the scene's light; one that faces away is left out."""
        if float(normal @ (self.camera.position - points.mean(axis=0))) <= 0:
            return
        lit = max(0.0, float(normal @ self.light.direction)) * self.light.sun_colour
        sky = (0.62 + 0.38 * float(normal[2])) * self.light.sky_colour
        self.faces.append((points, tuple(to_bytes(np.array(albedo) * (lit + sky)).tolist())))

    def shine(self, points: Floats, colour: Colour) -> None:
        """A face that shines in its own colour, BGR bytes."""
        self.faces.append((points, tuple(int(c) for c in colour)))

    def fixture(self, foot: Floats, half_m: float, lamps: tuple[Lamp, ...] = ()) -> Fixture:
        """What was drawn as something that stands at ``foot`` (2,), ``half_m`` wide to each side."""
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half_m
        return Fixture(self._sprite(), foot + corners, lamps)

    def _sprite(self) -> Sprite | None:
        projected = [(self.camera.project(points), colour) for points, colour in self.faces]
        seen = [(pixels, colour) for (pixels, depth), colour in projected if depth.min() > 1.0]
        if not seen:
            return None
        everything = np.concatenate([pixels for pixels, _ in seen])
        low = np.maximum(np.floor(everything.min(axis=0)).astype(int) - 1, 0)
        high = np.minimum(
            np.ceil(everything.max(axis=0)).astype(int) + 2, [self.camera.width, self.camera.height]
        )
        if np.any(high - low < 1):
            return None
        width, height = (int(v) for v in high - low)
        canvas = np.zeros((height * FINE_FIXTURE, width * FINE_FIXTURE, 4), np.uint8)
        for pixels, colour in seen:
            outline = np.round(((pixels - low) * FINE_FIXTURE - 0.5) * 16).astype(np.int32)
            cv2.fillConvexPoly(canvas, outline, (*colour, 255), cv2.LINE_8, 4)
        image = np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        return Sprite(int(low[0]), int(low[1]), image, float(width * height), None, None)


def pole(
    drawing: Drawing,
    x_m: float,
    y_m: float,
    tall_m: float,
    radius_m: float,
    albedo: Colour = GALVANISED,
    behind: Floats | None = None,
) -> None:
    """A round pole; ``behind`` (3,) moves it away from where it would stand, as behind a signal's housing."""
    foot = np.array([x_m, y_m, 0.0]) - (behind if behind is not None else 0.0)
    for number in range(10):
        a, b = (2 * np.pi * n / 10 for n in (number, number + 1))
        ends = [foot + radius_m * np.array([np.cos(t), np.sin(t), 0.0]) for t in (a, b)]
        top = np.array([0.0, 0.0, tall_m])
        middle = (a + b) / 2
        normal = np.array([np.cos(middle), np.sin(middle), 0.0])
        drawing.face(np.array([ends[0], ends[1], ends[1] + top, ends[0] + top]), normal, albedo)


def prism(
    drawing: Drawing, middle: Floats, wide: Floats, deep: Floats, tall_m: float, albedo: Colour
) -> None:
    """An upright box around ``middle`` with the horizontal edges ``wide`` and ``deep`` (3,)."""
    up = np.array([0.0, 0.0, tall_m])
    for one, other, out in ((wide, up, deep), (deep, up, wide), (wide, deep, up)):
        for side in (-0.5, 0.5):
            centre = middle + out * side
            corners = [
                centre + one * a + other * b for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
            ]
            drawing.face(np.array(corners), out * np.sign(side) / np.linalg.norm(out), albedo)


def disc(
    drawing: Drawing,
    centre: Floats,
    right: Floats,
    radius_m: float,
    albedo: Colour | None = None,
    shine: Colour | None = None,
) -> None:
    """An upright disc that looks square to ``right``; it has an ``albedo``, or shines."""
    turns = np.linspace(0, 2 * np.pi, 21)[:-1, None]
    points = centre + radius_m * (np.cos(turns) * right + np.sin(turns) * np.array([0.0, 0.0, 1.0]))
    if shine is not None:
        drawing.shine(points, shine)
    elif albedo is not None:
        normal = np.cross(right, np.array([0.0, 0.0, 1.0]))
        towards = normal if normal @ (drawing.camera.position - centre) > 0 else -normal
        drawing.face(points, towards, albedo)


def plain_pole(
    camera: Camera, light: Light, x_m: float, y_m: float, tall_m: float, radius_m: float
) -> Fixture:
    """A pole by itself."""
    drawing = Drawing(camera, light)
    pole(drawing, x_m, y_m, tall_m, radius_m)
    return drawing.fixture(np.array([x_m, y_m]), radius_m)


def street_lamp(camera: Camera, light: Light, x_m: float, y_m: float, lean_m: float) -> Fixture:
    """A lamp post whose arm reaches ``lean_m`` over the road (negative: to the left); it shines at night."""
    drawing = Drawing(camera, light)
    pole(drawing, x_m, y_m, 8.0, 0.08)
    head = np.array([x_m + lean_m, y_m, 8.0])
    prism(
        drawing,
        (head + np.array([x_m, y_m, 8.0])) / 2,
        np.array([lean_m, 0, 0]),
        np.array([0, 0.08, 0]),
        0.08,
        GALVANISED,
    )
    prism(drawing, head, np.array([0.6, 0, 0]), np.array([0, 0.25, 0]), 0.12, (0.1, 0.1, 0.1))
    lamps = (Lamp(head - [0, 0, 0.08], 1.2, (140.0, 205.0, 255.0)),) if light.is_dark else ()
    return drawing.fixture(np.array([x_m, y_m]), 0.1, lamps)


def sign(camera: Camera, light: Light, x_m: float, y_m: float, ring: Colour, inside: Colour) -> Fixture:
    """A round sign on a post that faces the camera: its ring's colour and its inside's."""
    drawing = Drawing(camera, light)
    pole(drawing, x_m, y_m, 2.75, 0.03)
    centre, right = np.array([x_m, y_m - 0.06, 2.4]), np.array([1.0, 0.0, 0.0])
    disc(drawing, centre, right, 0.32, albedo=ring)
    disc(drawing, centre, right, 0.24, albedo=inside)
    return drawing.fixture(np.array([x_m, y_m]), 0.1)
