"""The speed of a vehicle: a robust straight line through its positions on the road and their times.

Positions come from a calibration, times from the frames. The line is fitted by iteratively reweighted least
squares with Huber's weights (Huber, *Robust Statistics*, ch. 7), each position weighted by how many metres
one pixel is worth there. What does not look like one vehicle moving evenly is void, with the reason; nothing
is clamped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration
from streams.messages import SpeedMeasurement, TrackPoint

Array = NDArray[np.float64]

_KMH = 3.6
_HUBER = 1.345


@dataclass(frozen=True)
class SpeedSettings:
    """When a speed is a measurement. ``stretch_m`` is (from, to) along the road; None measures everywhere.

    ``pixel_noise_px`` is the expected scatter of the tracked point; ``scale_uncertainty`` the relative
    standard uncertainty of lengths on the road (survey, height of the tracked point above it).
    """

    stretch_m: tuple[float, float] | None = None
    least_points: int = 8
    least_base_m: float = 5.0
    least_duration_s: float = 0.25
    largest_residual_m: float = 0.6
    largest_residual_part: float = 0.04
    largest_acceleration_ms2: float = 9.0
    highest_kmh: float = 320.0
    pixel_noise_px: float = 1.0
    scale_uncertainty: float = 0.01


def measure_speed(
    track: Sequence[TrackPoint],
    calibration: Calibration | None,
    settings: SpeedSettings | None = None,
) -> SpeedMeasurement:
    """The speed along ``track`` in km/h with its expanded uncertainty (k = 2), or why there is none.

    ``track`` holds the points at which the vehicle was seen whole, in time order, with their image positions;
    road positions are taken from ``calibration``.
    """
    limits = settings or SpeedSettings()
    if calibration is None:
        return _void("the camera has no calibration")
    if not track:
        return _void("the vehicle was never seen whole")
    if not (calibration.holds_at(track[0].captured_at_ns) and calibration.holds_at(track[-1].captured_at_ns)):
        return _void(f"calibration {calibration.calibration_id} is not valid at that time")
    image = np.array([(p.x_px, p.y_px) for p in track])
    times = np.array([(p.captured_at_ns - track[0].captured_at_ns) * 1e-9 for p in track])
    road = calibration.image_to_road(image)
    inside = np.isfinite(road).all(axis=1)
    if limits.stretch_m is not None:
        near, far = sorted(limits.stretch_m)
        with np.errstate(invalid="ignore"):
            inside &= (road[:, 1] >= near) & (road[:, 1] <= far)
    if not inside.any():
        return _void("the vehicle was never inside the measured stretch")
    image, times, road = image[inside], times[inside], road[inside]
    if (np.diff(times) <= 0).any():
        return _void("the frames' times do not increase")
    duration = float(times[-1] - times[0])
    base = float(np.linalg.norm(road[-1] - road[0]))
    seen = {"base_m": base, "duration_s": duration, "points": len(times)}
    if len(times) < limits.least_points:
        return _void(f"only {len(times)} points lie in the measured stretch", **seen)
    if duration < limits.least_duration_s:
        return _void(f"the vehicle was seen for {duration:.2f} s only", **seen)
    noise_m = calibration.metres_per_pixel(image) * limits.pixel_noise_px
    return _fit(times, road, noise_m, limits, seen)


def _fit(
    times: Array, road: Array, noise_m: Array, limits: SpeedSettings, seen: dict[str, float]
) -> SpeedMeasurement:
    line, weights = _robust(times, road, noise_m, degree=1)
    residuals = np.linalg.norm(road - np.polynomial.polynomial.polyval(times, line).T, axis=1)
    residual = float(np.sqrt(np.average(residuals**2, weights=weights)))
    seen = {**seen, "residual_m": residual}
    speed = float(np.linalg.norm(line[1])) * _KMH
    allowed = max(limits.largest_residual_m, limits.largest_residual_part * seen["base_m"])
    if residual > allowed:
        return _void(f"the positions scatter by {residual:.1f} m around an even motion", **seen)
    if seen["base_m"] < limits.least_base_m:
        return _void(f"the vehicle moved {seen['base_m']:.1f} m only in the measured stretch", **seen)
    if speed > limits.highest_kmh:
        return _void(f"{speed:.0f} km/h is not plausible", **seen)
    curve, _ = _robust(times, road, noise_m, degree=2)
    acceleration = 2 * float(np.linalg.norm(curve[2]))
    # Over a short time an honest acceleration cannot be told from noise: compare what it would have done.
    if (
        acceleration > limits.largest_acceleration_ms2
        and acceleration * seen["duration_s"] ** 2 / 8 > allowed
    ):
        return _void(f"an acceleration of {acceleration:.0f} m/s² is not plausible", **seen)
    return SpeedMeasurement(
        speed_kmh=speed,
        uncertainty_kmh=_expanded(times, residuals, weights, speed, limits),
        base_m=seen["base_m"],
        duration_s=seen["duration_s"],
        points=int(seen["points"]),
        residual_m=residual,
    )


def _robust(times: Array, road: Array, noise_m: Array, degree: int) -> tuple[Array, Array]:
    design = np.polynomial.polynomial.polyvander(times, degree)
    base_weights = 1.0 / np.maximum(noise_m, 1e-6) ** 2
    weights = base_weights
    solution: Array = np.zeros((degree + 1, 2))
    for _ in range(12):
        root = np.sqrt(weights)[:, None]
        solution = np.linalg.lstsq(design * root, road * root, rcond=None)[0].astype(np.float64)
        distances = np.linalg.norm(road - design @ solution, axis=1) / np.maximum(noise_m, 1e-6)
        scale = max(1.4826 * float(np.median(distances)), 1e-9)
        weights = base_weights * np.minimum(1.0, _HUBER * scale / np.maximum(distances, 1e-12))
    return solution, weights


def _expanded(
    times: Array, residuals: Array, weights: Array, speed_kmh: float, limits: SpeedSettings
) -> float:
    """Expanded uncertainty in km/h, k = 2: scatter of the fit, with correlated residuals, and scale."""
    share = weights / weights.sum()
    middle = float((share * times).sum())
    spread = float((share * (times - middle) ** 2).sum())
    variance = float((share * residuals**2).sum())
    # Neighbouring frames err alike, so the points count for fewer than they are: a detector's boxes keep
    # their error for about four frames.
    independent = max(len(times) / 4.0, 2.0)
    slope = np.sqrt(variance / (independent * spread)) * _KMH
    return float(2.0 * np.hypot(slope, limits.scale_uncertainty * speed_kmh))


def _void(reason: str, **seen: float) -> SpeedMeasurement:
    return SpeedMeasurement(
        speed_kmh=None,
        void_reason=reason,
        base_m=seen.get("base_m"),
        duration_s=seen.get("duration_s"),
        points=int(seen.get("points", 0)),
        residual_m=seen.get("residual_m"),
    )
