"""When a speed is a measurement, and what is expected of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.speed.outline import Outline
from streams.messages import Box

#: The standard error of the lower edge of our vehicle detector's boxes, in px of its input: the part that
#: does not grow with the box. Measured on rendered clips, as docs/measuring.md tells.
EDGE_INPUT_PX = 0.52


@dataclass(frozen=True)
class SpeedSettings:
    """When a speed is a measurement. ``stretch_m`` is (from, to) along the road; None measures everywhere.

    ``edge_px`` and ``edge_part`` are the standard error of a box's lower edge, a fixed part in px and one of
    the box's height; ``flatness`` is the relative standard uncertainty of lengths because no road is a plane;
    ``usual_acceleration_ms2`` the standard deviation of the accelerations that vehicles have, and
    ``changing_acceleration_ms2`` of how they change in a second.
    ``readout_s`` is how much later a rolling shutter reads the picture's last row than its first.
    """

    stretch_m: tuple[float, float] | None = None
    least_points: int = 8
    least_base_m: float = 5.0
    least_duration_s: float = 0.25
    largest_uncertainty_kmh: float = 2.2
    largest_uncertainty_part: float = 0.022
    largest_misfit: float = 3.0
    largest_residual_m: float = 0.6
    largest_acceleration_ms2: float = 9.0
    largest_step: float = 4.5
    likeliest_frame: float = 3.2
    likeliest_wandering: float = 1.0
    largest_width_change: float = 0.35
    largest_time_scatter: float = 0.25
    highest_kmh: float = 320.0
    edge_px: float = 1.1
    edge_part: float = 0.0075
    flatness: float = 0.001
    usual_acceleration_ms2: float = 1.5
    changing_acceleration_ms2: float = 0.6
    readout_s: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What is known of a track beside its points.

    ``boxes`` are the vehicle's boxes at the points; ``outline`` its shape, None for a point that is on the
    road itself. ``shake_px`` is how much the camera trembles, ``drift_ppm`` the standard uncertainty of the
    rate of its clock. ``frame_interval_s`` is the camera's interval between frames; ``gaps`` are where frames
    did not come: after which time (UTC ns), and how many seconds are missing.
    """

    boxes: Sequence[Box] | None = None
    outline: Outline | None = None
    shake_px: float = 0.0
    drift_ppm: float = 0.0
    frame_interval_s: float | None = None
    gaps: Sequence[tuple[int, float]] = ()
