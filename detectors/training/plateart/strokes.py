"""A plate alphabet of strokes, drawn from parameters: every set of parameters is another plausible alphabet.

A character is a skeleton in a unit box, ``x`` to the right and ``y`` down; ``skeletons.py`` holds them. The
box becomes the centre line of a pen whose thickness is part of the form, with corners rounded by elliptic
arcs, and what comes out fills the cap height exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.forms import Form, pen_factor, width_factor
from detectors.training.plateart.skeletons import Stroke, skeleton

MASTER_PX = 96
_DRAWN_PX = 192
_MARGIN_PX = 48
_SHIFT = 4
_ARC_STEPS = 8
_QUARTER = np.linspace(0, np.pi / 2, _ARC_STEPS)[:, None]
_SIN, _COS = 1 - np.sin(_QUARTER), 1 - np.cos(_QUARTER)


@dataclass(frozen=True)
class _Box:
    """Where the unit box of a skeleton lies, in pixels of the drawing: origin, size and pen."""

    x: float
    y: float
    width: float
    height: float
    pen: float


def draw(form: Form, character: str) -> NDArray[np.uint8]:
    """One character as ink, (``MASTER_PX``, w), cropped to its columns; 255 is full ink.

    Raises KeyError for a character that has no skeleton.
    """
    strokes, gaps = skeleton(form, character)
    pen = form.stroke * _DRAWN_PX * pen_factor(form, character)
    width = max(form.width * width_factor(form, character) * _DRAWN_PX, pen)
    box = _Box(_MARGIN_PX + pen / 2, pen / 2, width - pen, _DRAWN_PX - pen, pen)
    # Rows beyond the cap height are cut, which is how the feet of diagonals become level.
    canvas = np.zeros((_DRAWN_PX, round(width) + 2 * _MARGIN_PX), np.uint8)
    for stroke in strokes:
        _ink(canvas, stroke, box, form)
    for gap in gaps:
        ends = np.array(gap) * [box.width, box.height] + [box.x, box.y]
        thick = max(2, round(form.gap * _DRAWN_PX))
        cv2.polylines(canvas, [_fixed(ends[:, None, :])], False, 0, thick, cv2.LINE_AA, _SHIFT)
    target = (round(canvas.shape[1] * MASTER_PX / _DRAWN_PX), MASTER_PX)
    glyph = np.asarray(cv2.resize(canvas, target, interpolation=cv2.INTER_AREA), np.uint8)
    if form.soft > 0:
        glyph = _softened(glyph, form.soft * form.stroke * MASTER_PX)
    columns = np.flatnonzero(glyph.max(axis=0) > 64)
    return np.ascontiguousarray(glyph[:, columns[0] : columns[-1] + 1])


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def _ink(canvas: NDArray[np.uint8], stroke: Stroke, box: _Box, form: Form) -> None:
    """Draw one stroke with round ends and joins, then add the corners that a flat pen has."""
    scale, origin = np.array([box.width, box.height]), np.array([box.x, box.y])
    vertices = np.array([(x, y) for x, y, _ in stroke.points], float) * scale + origin
    radius = np.array([form.radius, form.radius * form.oval]) * _DRAWN_PX
    path, corners = _rounded(vertices, [share for _, _, share in stroke.points], radius, stroke.closed)
    cv2.polylines(
        canvas,
        [_fixed(path[:, None, :])],
        stroke.closed,
        255,
        max(1, round(box.pen * stroke.weight)),
        cv2.LINE_AA,
        _SHIFT,
    )
    half = box.pen * stroke.weight / 2
    if not form.round_ends and not stroke.closed:
        ends = [(path[-1], path[-2])] if stroke.branches else [(path[-1], path[-2]), (path[0], path[1])]
        for end, inner in ends:
            _square_end(canvas, end, inner, half)
    if not form.round_joins:
        for before, corner, after in corners:
            _mitre(canvas, before, corner, after, half)


def _rounded(
    vertices: NDArray[np.float64], shares: list[float], radius: NDArray[np.float64], closed: bool
) -> tuple[NDArray[np.float64], list[tuple[NDArray[np.float64], ...]]]:
    """The path with its corners replaced by elliptic arcs, and the corners that stay sharp.

    A corner's share multiplies the radius; the arc takes at most half of a leg that another corner shares.
    """
    count = len(vertices)
    path: list[NDArray[np.float64]] = []
    sharp: list[tuple[NDArray[np.float64], ...]] = []
    for index in range(count):
        corner = vertices[index]
        if not closed and index in (0, count - 1):
            path.append(corner[None])
            continue
        before, after = vertices[index - 1], vertices[(index + 1) % count]
        if shares[index] <= 0:
            path.append(corner[None])
            sharp.append((before, corner, after))
            continue
        legs = []
        for other, neighbour in ((before, (index - 1) % count), (after, (index + 1) % count)):
            leg = other - corner
            length = float(np.hypot(*leg))
            across = np.abs(leg) / max(length, 1e-6)
            wanted = float(across @ radius) * shares[index]
            reach = length * (0.5 if shares[neighbour] > 0 else 1.0)
            legs.append(leg / max(length, 1e-6) * min(wanted, reach))
        path.append(corner + legs[0] * _SIN + legs[1] * _COS)
    return np.concatenate(path), sharp


def _square_end(
    canvas: NDArray[np.uint8], end: NDArray[np.float64], inner: NDArray[np.float64], half: float
) -> None:
    along = end - inner
    along = along / max(float(np.hypot(*along)), 1e-6)
    across = np.array([-along[1], along[0]]) * half
    # A slanting end goes on until the cap height cuts it level.
    level = abs(along[0]) < 0.9 and abs(along[1]) < 0.999
    far = end + along * half * (1.0 + (1.2 * abs(along[0]) if level else 0.0))
    quad = np.array([end + across, far + across, far - across, end - across])
    cv2.fillConvexPoly(canvas, _fixed(quad), 255, cv2.LINE_AA, _SHIFT)


def _mitre(
    canvas: NDArray[np.uint8],
    before: NDArray[np.float64],
    corner: NDArray[np.float64],
    after: NDArray[np.float64],
    half: float,
) -> None:
    first, second = corner - before, after - corner
    first, second = first / max(np.hypot(*first), 1e-6), second / max(np.hypot(*second), 1e-6)
    turn = float(first[0] * second[1] - first[1] * second[0])
    cosine = float(first @ second)
    if abs(turn) < 0.05:
        return
    side = -np.sign(turn)
    outer_first = np.array([-first[1], first[0]]) * half * side
    outer_second = np.array([-second[1], second[0]]) * half * side
    # Length from the corner to the tip of the mitre is half / cos(turn/2); very acute ones are cut off.
    bisector = outer_first + outer_second
    length = half / max(np.sqrt((1 + cosine) / 2), 0.25)
    tip = corner + bisector / max(np.hypot(*bisector), 1e-6) * length
    quad = np.array([corner, corner + outer_first, tip, corner + outer_second])
    cv2.fillConvexPoly(canvas, _fixed(quad), 255, cv2.LINE_AA, _SHIFT)


def _softened(glyph: NDArray[np.uint8], sigma_px: float) -> NDArray[np.uint8]:
    """Round what is sharp, as a press does: blurred, then made steep again around the edge."""
    margin = 12
    canvas = cv2.copyMakeBorder(glyph, margin, margin, 0, 0, cv2.BORDER_CONSTANT, value=0)
    blurred = cv2.GaussianBlur(canvas, (0, 0), max(sigma_px, 0.3))[margin:-margin]
    # The slope of a blurred edge is 1 / (sigma sqrt(2 pi)); made two pixels wide again, but never less steep.
    gain = max(1.0, 1.25 * sigma_px)
    table = np.clip((np.arange(256) - 122) * gain + 122, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(blurred, table), np.uint8)
