"""What is no measurement, and why: each check answers with a reason in words, or None."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration
from detectors.speed.fit import Motion
from detectors.speed.settings import SpeedSettings
from detectors.speed.steps import stepping
from detectors.speed.timing import Grid
from streams.messages import Box, TrackPoint

Array = NDArray[np.float64]


def unfounded(track: Sequence[TrackPoint], calibration: Calibration | None) -> str | None:
    """Why there is nothing to measure with, if there is not."""
    if calibration is None:
        return "the camera has no calibration"
    if not track:
        return "the vehicle was never seen whole"
    if not (calibration.holds_at(track[0].captured_at_ns) and calibration.holds_at(track[-1].captured_at_ns)):
        return f"calibration {calibration.calibration_id} is not valid at that time"
    return None


def too_little(times: Array, limits: SpeedSettings) -> str | None:
    """Why the points (times in s) are too few for a measurement."""
    if (np.diff(times) <= 0).any():
        return "the frames' times do not increase"
    if len(times) < limits.least_points:
        return f"only {len(times)} points lie in the measured stretch"
    duration = float(times[-1] - times[0])
    if duration < limits.least_duration_s:
        return f"the vehicle was seen for {duration:.2f} s only"
    return None


def untimely(grid: Grid, limits: SpeedSettings) -> str | None:
    """Why the times are not those of a camera that takes its frames evenly, lost ones apart."""
    if grid.largest_s > max(limits.largest_time_scatter * grid.interval_s, 6 * grid.jitter_s):
        return f"the frames' times jump by {grid.largest_s * 1e3:.0f} ms against their rhythm"
    if grid.jitter_s > limits.largest_time_scatter * grid.interval_s / 2:
        return f"the frames' times scatter by {grid.jitter_s * 1e3:.0f} ms around a regular rhythm"
    return None


def merged(
    image: Array, boxes: Sequence[Box] | None, calibration: Calibration, limits: SpeedSettings
) -> str | None:
    """Why the boxes may be of two vehicles: their width on the road changes for good."""
    if boxes is None or len(boxes) < 6:
        return None
    half = np.array([[box.w / 2, 0.0] for box in boxes])
    widths = np.linalg.norm(
        calibration.image_to_road(image + half) - calibration.image_to_road(image - half), axis=1
    )
    logs = np.log(np.maximum(widths, 1e-3))
    for border in range(3, len(logs) - 2):
        # A turning vehicle's width changes too, but not from one look to the next.
        before, after = (
            float(np.median(logs[border - 3 : border])),
            float(np.median(logs[border : border + 3])),
        )
        sudden = float(np.abs(logs[border] - logs[border - 1]))
        if min(abs(after - before), sudden) > limits.largest_width_change:
            return (
                f"the box's width on the road jumps from {np.exp(before):.1f} to {np.exp(after):.1f} m: "
                "two vehicles may be in one track"
            )
    return None


def uneven(
    times: Array, motion: Motion, base_m: float, interval_s: float, limits: SpeedSettings
) -> str | None:
    """Why the positions are not those of one vehicle that moves as vehicles do."""
    residual = residual_of(motion)
    # Boxes of large vehicles may err by more metres, but not by more of what was expected of them.
    if motion.scale > limits.largest_misfit or residual > max(limits.largest_residual_m, 0.04 * base_m):
        return f"the positions scatter by {residual:.1f} m around an even motion"
    reason = stepping(times, motion, interval_s, limits.largest_step, limits.likeliest_frame)
    if reason is not None:
        return reason
    speed = abs(float(motion.state[1])) * 3.6
    if base_m < limits.least_base_m:
        return f"the vehicle moved {base_m:.1f} m only in the measured stretch"
    if speed > limits.highest_kmh:
        return f"{speed:.0f} km/h is not plausible"
    acceleration = abs(float(motion.state[2]))
    if acceleration > limits.largest_acceleration_ms2:
        return f"an acceleration of {acceleration:.0f} m/s² is not plausible"
    return None


def unsteady(wanders: float, limits: SpeedSettings) -> str | None:
    """Why the times may hold fewer frames than were taken; ``wanders`` is a logarithm of likelihoods."""
    if wanders > limits.likeliest_wandering:
        return "the positions wander as if frames had been lost without a trace in their times"
    return None


def residual_of(motion: Motion) -> float:
    """The root mean square of the residuals in metres, wild boxes by their weight."""
    return float(np.sqrt(np.average(motion.residuals**2, weights=motion.weights)))


def too_uncertain(speed_kmh: float, uncertainty_kmh: float, limits: SpeedSettings) -> str | None:
    """Why a speed is known too badly to be of use."""
    allowed = max(limits.largest_uncertainty_kmh, limits.largest_uncertainty_part * speed_kmh)
    if uncertainty_kmh > allowed:
        return (
            f"its uncertainty would be {uncertainty_kmh:.1f} km/h, more than the {allowed:.1f} km/h allowed"
        )
    return None
