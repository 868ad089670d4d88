"""Lofted vehicle bodies: a roof line, a cross-section that follows it, and a curved front and rear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.mesh import Layer, Material, MeshBuilder


@dataclass(frozen=True)
class BodyShape:
    """A body's measures in metres; ``roof_line`` holds (u, z) from front to rear.

    ``screen``, ``roof`` and ``rear_screen`` are ranges (from, to) of u that are windscreen, cabin
    roof and rear window; ``pillars`` the u of side pillars; ``belt_z`` the lower edge of the side windows.
    """

    length: float
    width: float
    roof_line: tuple[tuple[float, float], ...]
    belt_z: float
    clearance: float = 0.19
    roof_width: float = 0.76
    screen: tuple[float, float] | None = None
    roof: tuple[float, float] | None = None
    rear_screen: tuple[float, float] | None = None
    pillars: tuple[float, ...] = ()
    side_glass: bool = True
    wheel_radius: float = 0.32
    front_axle: float = 0.85
    rear_axle: float = 3.4
    front_curve: float = 0.22
    rear_curve: float = 0.12
    lean: float = 0.16
    step: float = 0.22
    start: float = 0.0
    edge: float = 0.09

    @property
    def height(self) -> float:
        """The roof's height."""
        return max(z for _, z in self.roof_line)

    @property
    def end(self) -> float:
        """The rear end's u."""
        return self.start - self.length

    @cached_property
    def _line(self) -> tuple[Floats, Floats]:
        """The roof line with its corners cut twice (Chaikin 1974), as rising u and its z."""
        line = np.array(self.roof_line)[::-1]
        for _ in range(2):
            first, second = line[:-1], line[1:]
            cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1).reshape(
                -1, 2
            )
            line = np.concatenate([line[:1], cut[1:-1], line[-1:]])
        return line[:, 0], line[:, 1]

    def top(self, u: float) -> float:
        """Height of the roof line at ``u``."""
        return float(np.interp(u, *self._line))

    def section(self, u: float) -> Floats:
        """The left half of the cross-section at ``u`` as (v, z), shape (8, 2), from sill to roof."""
        top = self.top(u)
        taper = (
            1
            - 0.05 * max(0.0, 1 - (self.start - u) / 0.9) ** 2
            - 0.04 * max(0.0, 1 - (u - self.end) / 0.7) ** 2
        )
        half = self.width / 2 * taper
        belt = min(self.belt_z, top - self.edge)
        rise = float(
            np.clip((top - belt - self.edge) / max(0.05, self.height - self.belt_z - self.edge), 0.0, 1.0)
        )
        shoulder = half * 0.94 * (1 - rise) + self.width / 2 * self.roof_width * rise
        corner = 0.035 * (1 - rise) + 0.10 * rise
        crown = 0.02 + 0.02 * rise
        return np.array(
            [
                (half * 0.93, self.clearance),
                (half * 0.985, self.clearance + 0.10),
                (half, (self.clearance + belt) * 0.55),
                (half * 0.965, belt),
                (shoulder, top - corner),
                (shoulder - 0.09, top),
                (shoulder * 0.5, top + crown * 0.8),
                (0.0, top + crown),
            ]
        )

    def bend(self, points: Floats) -> Floats:
        """Curve the ends of (n, 3) points: from above the corners lie back, from the side the nose leans."""
        u, v, z = points.T
        across = (v / (self.width / 2)) ** 2
        front = np.clip(1 - (self.start - u) / 0.8, 0.0, 1.0)
        rear = np.clip(1 - (u - self.end) / 0.6, 0.0, 1.0)
        bumper = self.clearance + 0.28
        above = np.clip((z - bumper) / max(0.3, self.top(self.start) - bumper), 0.0, 1.0)
        below = np.clip((bumper - 0.08 - z) / 0.3, 0.0, 1.0)
        back = front * (self.front_curve * across + self.lean * above + 0.10 * below)
        forth = rear * (self.rear_curve * across + 0.06 * below)
        return np.stack([u - back + forth, v, z], axis=1)

    def front_points(self, points: Floats, lift: float = 0.006) -> Floats:
        """Points (n, 2) of (v, z) laid on the front face, shape (n, 3), lifted off it by ``lift`` metres."""
        flat = np.column_stack([np.full(len(points), self.start), points])
        return np.asarray(self.bend(flat) + np.array([lift, 0.0, 0.0]))

    def rear_points(self, points: Floats, lift: float = 0.006) -> Floats:
        """The same on the rear face."""
        flat = np.column_stack([np.full(len(points), self.end), points])
        return np.asarray(self.bend(flat) - np.array([lift, 0.0, 0.0]))

    def inside(self, centre: Floats) -> Floats:
        """A point within the body beside ``centre``."""
        u = float(np.clip(centre[0], self.end + 0.5, self.start - 0.5))
        return np.array([u, 0.0, min(centre[2], self.belt_z) * 0.5 + 0.25])


def _within(u: float, span: tuple[float, float] | None) -> bool:
    return span is not None and span[0] >= u >= span[1]


def loft(builder: MeshBuilder, shape: BodyShape, paint: int = Material.PAINT) -> None:
    """Add the skin of ``shape``: sides, bonnet, glass, roof, nose and tail."""
    marks = {u for u, _ in shape.roof_line} | {shape.start, shape.end}
    for span in (shape.screen, shape.roof, shape.rear_screen):
        marks |= set(span or ())
    for pillar in shape.pillars:
        marks |= {pillar - 0.05, pillar + 0.05}
    knots = sorted(marks, reverse=True)
    us: list[float] = []
    for first, second in pairwise(knots):
        pieces = max(1, round((first - second) / shape.step))
        us += list(np.linspace(first, second, pieces, endpoint=False))
    us.append(knots[-1])
    rows = []
    for u in us:
        half = shape.section(u)
        ring = np.concatenate([half * [-1, 1], half[-2::-1]])
        rows.append(shape.bend(np.column_stack([np.full(len(ring), u), ring])))
    points = np.array(rows)

    def material(row: int, column: int) -> int:
        middle = (us[row] + us[row + 1]) / 2
        strip = column if column < 7 else 13 - column
        if strip == 0:
            return Material.TRIM
        if strip >= 5 and _within(middle, shape.screen):
            return Material.WINDSCREEN
        if strip >= 5 and _within(middle, shape.rear_screen):
            return Material.GLASS
        glazed = _within(middle, shape.roof) or (
            _within(middle, shape.screen) and middle < sum(shape.screen or ()) / 2
        )
        if strip == 3 and shape.side_glass and glazed:
            near_pillar = any(abs(middle - pillar) <= 0.055 for pillar in shape.pillars)
            return Material.TRIM if near_pillar else Material.GLASS
        return paint

    builder.grid(points, material, shape.inside, Layer.BODY)
    _cap(builder, shape, us[0], paint)
    _cap(builder, shape, us[-1], paint)


def _cap(builder: MeshBuilder, shape: BodyShape, u: float, paint: int) -> None:
    """Close the body at one end with a curved grid that follows the cross-section's outline."""
    half = shape.section(u)
    levels = np.concatenate([np.linspace(half[0, 1], half[5, 1], 9), [half[7, 1]]])
    across = np.linspace(-1.0, 1.0, 11)
    rows = []
    for z in levels:
        width = float(np.interp(z, half[:6, 1], half[:6, 0])) if z <= half[5, 1] else half[5, 0] * 0.7
        rows.append(shape.bend(np.column_stack([np.full(11, u), across * width, np.full(11, z)])))
    middle = u - 0.6 if u == shape.start else u + 0.6
    builder.grid(
        np.array(rows),
        lambda _r, _c: paint,
        lambda c: np.array([middle, c[1] * 0.6, c[2] * 0.8 + 0.1]),
        Layer.BODY,
    )


def wheels(builder: MeshBuilder, shape: BodyShape, axles: tuple[float, ...] = ()) -> None:
    """Add tyres with treads, rims with spokes, and the dark arches around them."""
    radius, half = shape.wheel_radius, shape.width / 2
    around = np.linspace(0.0, 2 * np.pi, 11)[:-1]
    for axle in axles or (shape.start - shape.front_axle, shape.start - shape.rear_axle):
        for side in (-1.0, 1.0):
            centre = np.array([axle, side * (half - 0.11), radius])
            turn = np.linspace(0.0, 2 * np.pi, 15)
            rims = [side * (half - 0.24), side * (half - 0.015)]
            tread = np.array(
                [[(axle + radius * np.cos(a), v, radius + radius * np.sin(a)) for v in rims] for a in turn]
            )
            builder.grid(tread, lambda _r, _c: Material.TYRE, lambda _c, at=centre: at, Layer.UNDER)  # type: ignore[misc]

            def disc(size: float, out: float, at: float = axle, on: float = side) -> Floats:
                v = on * (half + out)
                return np.array([(at + size * np.cos(a), v, radius + size * np.sin(a)) for a in around])

            builder.polygon(disc(radius + 0.06, 0.004), Material.DARK, centre, Layer.FIXED)
            builder.polygon(disc(radius, 0.008), Material.TYRE, centre, Layer.ON_FIXED)
            builder.polygon(disc(radius * 0.66, 0.012), Material.RIM, centre, Layer.OUTER)
            builder.polygon(disc(radius * 0.16, 0.016), Material.DARK, centre, Layer.ON_OUTER)
            for spoke in np.arange(5) * 2 * np.pi / 5:
                gap = [(0.25, -0.2), (0.58, -0.28), (0.58, 0.28), (0.25, 0.2)]
                hole = [
                    (
                        axle + radius * r * np.cos(spoke + a),
                        side * (half + 0.014),
                        radius + radius * r * np.sin(spoke + a),
                    )
                    for r, a in gap
                ]
                builder.polygon(np.array(hole), Material.DARK, centre, Layer.ON_OUTER)


def scaled(shape: BodyShape, length: float, width: float, height: float) -> BodyShape:
    """``shape`` stretched by factors; wheels keep their size."""

    def span(pair: tuple[float, float] | None) -> tuple[float, float] | None:
        return None if pair is None else (pair[0] * length, pair[1] * length)

    return replace(
        shape,
        length=shape.length * length,
        width=shape.width * width,
        roof_line=tuple((u * length, z * height) for u, z in shape.roof_line),
        belt_z=shape.belt_z * height,
        screen=span(shape.screen),
        roof=span(shape.roof),
        rear_screen=span(shape.rear_screen),
        pillars=tuple(p * length for p in shape.pillars),
        front_axle=shape.front_axle * length,
        rear_axle=shape.rear_axle * length,
    )
