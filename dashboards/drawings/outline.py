"""The outline of a vehicle on the road plane, from its tracked point, its heading and its length."""

from __future__ import annotations

from dashboards.drawings.motion import Pose

#: How wide a vehicle of a class is drawn (m). Only the drawing uses it: no rule rests on a width.
_WIDTHS_M = {"car": 1.8, "truck": 2.5, "bus": 2.55, "motorcycle": 0.8, "bicycle": 0.6}
_OTHER_WIDTH_M = 1.8
_NOSE = 0.16


def outline(pose: Pose, vehicle: str, tracked_part: str, length_m: float) -> list[tuple[float, float]]:
    """The corners (m), with a nose where the front is; nothing where the tracked part is not known.

    ``tracked_part`` (front or rear) is the end of the vehicle that the pose stands at.
    """
    if tracked_part not in ("front", "rear") or length_m <= 0.0:
        return []
    half = _WIDTHS_M.get(vehicle, _OTHER_WIDTH_M) / 2
    rear = -length_m if tracked_part == "front" else 0.0
    front = rear + length_m
    nose = min(_NOSE * length_m, half)
    corners = [
        (rear, -half),
        (front - nose, -half),
        (front, -half / 2),
        (front, half / 2),
        (front - nose, half),
        (rear, half),
    ]
    return [
        (
            pose.x_m + along * pose.ahead_x + across * pose.ahead_y,
            pose.y_m + along * pose.ahead_y - across * pose.ahead_x,
        )
        for along, across in corners
    ]
