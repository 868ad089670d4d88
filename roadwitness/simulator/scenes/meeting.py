"""Whether two vehicles of a scene come too near each other."""

from __future__ import annotations

import cv2
import numpy as np

from roadwitness.simulator.trips import Moving

LOOK_EVERY_S = 0.2


def meet(one: Moving, other: Moving, until_s: float, room_m: float = 0.0) -> bool:
    """Whether their outlines, ``room_m`` wider on every side, overlap at any time from 0 to ``until_s``."""
    start, end = max(0.0, one.enters_s, other.enters_s), min(until_s, one.leaves_s, other.leaves_s)
    for at_s in np.arange(start, end, LOOK_EVERY_S):
        shared, _ = cv2.intersectConvexConvex(_outline(one, at_s, room_m), _outline(other, at_s, room_m))
        if shared > 0.02:
            return True
    return False


def _outline(one: Moving, at_s: float, room_m: float) -> np.ndarray:
    around = one.pose(at_s).outline(one.model.length + room_m, one.model.width + 2 * room_m)
    return around.astype(np.float32)
