"""Which of two things on the road hides the other: an order to paint in, the furthest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadwitness.simulator.camera import Floats

_TOUCHING_M = 0.02


def painting_order(outlines: Sequence[Floats], viewpoint: Floats) -> list[int]:
    """The indices of convex ``outlines`` (each (4, 2), clockwise or not) seen from ``viewpoint`` (2,).

    Two outlines that do not overlap are parted by the line along some edge of one of them; the one on the
    viewer's side of that line cannot be hidden by the other. What that leaves open, distance decides.
    """
    count = len(outlines)
    corners = np.array(outlines).reshape(count, 4, 2)
    middles = corners.mean(axis=1)
    along = np.roll(corners, -1, axis=1) - corners
    normals = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    outwards = np.sign(np.sum(normals * (corners - middles[:, None]), axis=-1, keepdims=True))
    normals *= outwards
    offsets = np.sum(normals * corners, axis=-1)
    # How far outside edge e of outline i every corner of outline j is: (i, e, j, corner).
    away = np.einsum("ied,jcd->iejc", normals, corners) - offsets[:, :, None, None]
    parted = away.min(axis=3) > -_TOUCHING_M
    viewer_outside = (normals @ viewpoint - offsets) > 0
    # nearer[i, j]: j stands on the viewer's side of an edge of i, so j is painted after i.
    nearer = np.any(parted & viewer_outside[:, :, None], axis=1)
    further = np.any(parted & ~viewer_outside[:, :, None], axis=1)
    before = (nearer | further.T) & ~(nearer.T | further)
    np.fill_diagonal(before, False)
    distances = np.linalg.norm(middles - viewpoint, axis=1)
    waiting = list(np.argsort(-distances, kind="stable"))
    order: list[int] = []
    while waiting:
        free = next((i for i in waiting if not before[waiting, i].any()), waiting[0])
        waiting.remove(free)
        order.append(int(free))
    return order
