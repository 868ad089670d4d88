"""Meshes of flat faces with a material each, built from grids and polygons.

A vehicle's own axes: u metres forwards from its front bumper (a body has u <= 0), v metres to its left,
z metres up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from roadwitness.simulator.camera import Floats

Ints = npt.NDArray[np.int64]
CORNERS = 10
#: Where a vehicle's section 0 (a lorry's box) ends and its section 1 (the cab) begins.
SECTIONS_MEET_U = -2.2


class Material(IntEnum):
    """What a face is made of; a vehicle's palette gives each its colour."""

    PAINT = 0
    TRIM = 1
    GLASS = 2
    WINDSCREEN = 3
    TYRE = 4
    RIM = 5
    CHROME = 6
    HEADLAMP = 7
    TAILLAMP = 8
    INDICATOR = 9
    SECOND = 10
    CLOTH = 11
    HELMET = 12
    DARK = 13
    BULB = 14
    SKIN = 15


class Layer(IntEnum):
    """What is painted over what, inside one section of a vehicle."""

    UNDER = 0
    BODY = 1
    SCREEN = 2
    FIXED = 3
    ON_FIXED = 4
    OUTER = 5
    ON_OUTER = 6


@dataclass(frozen=True)
class Mesh:
    """Faces of at most ``CORNERS`` corners; shorter ones repeat their last corner."""

    vertices: Floats
    faces: Ints
    normals: Floats
    centres: Floats
    materials: Ints
    layers: Ints
    sections: Ints


@dataclass
class MeshBuilder:
    """Collects faces; a normal always points away from the hint that came with the face."""

    section: int = 1
    _vertices: list[Floats] = field(default_factory=list)
    _faces: list[list[int]] = field(default_factory=list)
    _hints: list[Floats] = field(default_factory=list)
    _materials: list[int] = field(default_factory=list)
    _layers: list[int] = field(default_factory=list)
    _sections: list[int] = field(default_factory=list)
    _count: int = 0

    def _append(self, points: Floats) -> int:
        start = self._count
        self._vertices.append(points)
        self._count += len(points)
        return start

    def _face(self, corners: list[int], material: int, layer: Layer, hint: Floats) -> None:
        self._faces.append(corners + [corners[-1]] * (CORNERS - len(corners)))
        self._hints.append(hint)
        self._materials.append(material)
        self._layers.append(layer)
        self._sections.append(self.section)

    def grid(
        self,
        points: Floats,
        material: Callable[[int, int], int],
        inside: Callable[[Floats], Floats],
        layer: Layer,
    ) -> None:
        """A surface from points of shape (rows, columns, 3).

        ``material(row, column)`` names a cell's material, ``inside(centre)`` a point behind the cell.
        """
        rows, columns = points.shape[:2]
        start = self._append(points.reshape(-1, 3))
        for row in range(rows - 1):
            for column in range(columns - 1):
                a = start + row * columns + column
                centre = points[row : row + 2, column : column + 2].reshape(4, 3).mean(axis=0)
                corners = [a, a + 1, a + columns + 1, a + columns]
                self._face(corners, material(row, column), layer, inside(centre))

    def polygon(self, points: Floats, material: int, inside: Floats, layer: Layer) -> None:
        """One flat convex face from points of shape (n, 3), n <= ``CORNERS``; ``inside`` lies behind it."""
        start = self._append(np.asarray(points, dtype=np.float64))
        self._face(list(range(start, start + len(points))), material, layer, inside)

    def box(self, low: Floats, high: Floats, material: int, layer: Layer, step_m: float = 1.0) -> None:
        """An upright box; long faces are cut into pieces of ``step_m`` along u."""
        pieces = max(1, int(np.ceil((high[0] - low[0]) / step_m)))
        us = np.linspace(low[0], high[0], pieces + 1)
        ring = [(low[1], low[2]), (low[1], high[2]), (high[1], high[2]), (high[1], low[2]), (low[1], low[2])]
        points = np.array([[(u, v, z) for v, z in ring] for u in us])
        middle = (low + high) / 2
        self.grid(points, lambda _r, _c: material, lambda c: np.array([c[0], middle[1], middle[2]]), layer)
        for u in (low[0], high[0]):
            self.polygon(np.array([(u, v, z) for v, z in ring[:4]]), material, middle, layer)

    def ellipsoid(
        self, centre: Floats, radii: Floats, material: int, layer: Layer, rings: int = 6, sides: int = 10
    ) -> None:
        """An ellipsoid with its axes along u, v and z."""
        polar = np.linspace(0.0, np.pi, rings + 1)
        around = np.linspace(0.0, 2 * np.pi, sides + 1)
        unit = np.stack(
            [
                np.outer(np.sin(polar), np.cos(around)),
                np.outer(np.sin(polar), np.sin(around)),
                np.outer(np.cos(polar), np.ones_like(around)),
            ],
            axis=2,
        )
        self.grid(centre + unit * radii, lambda _r, _c: material, lambda _c: centre, layer)

    def build(self) -> Mesh:
        """The finished mesh, with Newell's normals."""
        vertices = np.concatenate(self._vertices)
        faces = np.array(self._faces, dtype=np.int64)
        corners = vertices[faces]
        following = np.roll(corners, -1, axis=1)
        normals = np.cross(corners, following).sum(axis=1)
        lengths = np.linalg.norm(normals, axis=1)
        keep = lengths > 1e-9
        centres = corners.mean(axis=1)
        normals = normals / np.maximum(lengths, 1e-9)[:, None]
        outwards = np.sum(normals * (centres - np.array(self._hints)), axis=1)
        normals = np.where(outwards[:, None] < 0, -normals, normals)
        return Mesh(
            vertices,
            faces[keep],
            normals[keep],
            centres[keep],
            np.array(self._materials)[keep],
            np.array(self._layers)[keep],
            np.array(self._sections)[keep],
        )
