"""The speed of a vehicle, with its uncertainty and where that comes from, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration
from detectors.speed import voids
from detectors.speed.budget import KMH, RANDOM, SYSTEMATIC, expanded, spread_of, term
from detectors.speed.driving import changing_acceleration
from detectors.speed.fit import Motion, fit_motion
from detectors.speed.geometry import Way, heights_of, way_of
from detectors.speed.settings import Seen, SpeedSettings
from detectors.speed.steps import unsettled_gap
from detectors.speed.timing import Grid, grid_of
from detectors.speed.unsteady import wandering
from streams.messages import BudgetTerm, SpeedMeasurement, TrackPoint

Array = NDArray[np.float64]

#: More points than this tell nothing more: the boxes of a vehicle that hardly moves are all alike.
_MOST_POINTS = 160


def measure_speed(
    track: Sequence[TrackPoint],
    calibration: Calibration | None,
    settings: SpeedSettings | None = None,
    seen: Seen | None = None,
) -> SpeedMeasurement:
    """The speed along ``track`` in km/h with its expanded uncertainty (k = 2), or why there is none.

    ``track`` holds the points at which the vehicle was seen whole, in time order, with their image positions:
    the middle of the lower edge of ``seen.boxes``, or points on the road itself where ``seen`` is None. Road
    positions are taken from ``calibration``.
    """
    limits, seen = settings or SpeedSettings(), seen or Seen()
    reason = voids.unfounded(track, calibration)
    if reason is not None or calibration is None:
        return _void(reason or "")
    kept, covered = _within_reach(track, calibration, limits)
    if not kept.any():
        return _void("the vehicle was never inside the measured stretch")
    kept &= covered
    if not kept.any():
        return _void("the vehicle was outside the calibrated area")
    index = _thinned(np.flatnonzero(kept))
    image = np.array([(track[i].x_px, track[i].y_px) for i in index])
    boxes = None if seen.boxes is None else [seen.boxes[i] for i in index]
    start_ns = track[index[0]].captured_at_ns
    times = np.array([(track[i].captured_at_ns - start_ns) * 1e-9 for i in index])
    times = times + limits.readout_s * image[:, 1] / calibration.image_size[1]
    ends = calibration.image_to_road(image[[0, -1]])
    facts: dict[str, float] = {
        "base_m": float(np.linalg.norm(ends[1] - ends[0])),
        "duration_s": float(times[-1] - times[0]),
        "points": len(times),
    }
    reason = voids.too_little(times, limits)
    if reason is not None:
        return _void(reason, **facts)
    grid = grid_of(times, seen.frame_interval_s)
    reason = voids.untimely(grid, limits) or voids.merged(image, boxes, calibration, limits)
    if reason is not None:
        return _void(reason, **facts)
    middle = (times[0] + times[-1]) / 2
    known = replace(seen, boxes=boxes)
    way = way_of(image, times - middle, heights_of(image, calibration, known), calibration, known, limits)
    motion, wanders = _fit(times - middle, way, grid, limits)
    facts["residual_m"] = voids.residual_of(motion)
    facts["base_m"] = float(np.linalg.norm(way.places[-1] - way.places[0]))
    speed = abs(float(motion.state[1])) * KMH
    budget = _budget(times - middle, way, motion, grid, known, limits)
    uncertainty = expanded(budget)
    gaps = [((after_ns - start_ns) * 1e-9 - middle, missing_s) for after_ns, missing_s in seen.gaps]
    reason = (
        voids.uneven(times - middle, motion, facts["base_m"], grid.interval_s, limits)
        or voids.unsteady(wanders, limits)
        or unsettled_gap(times - middle, motion, gaps, uncertainty / KMH)
        or voids.too_uncertain(speed, uncertainty, limits)
    )
    if reason is not None:
        return _void(reason, **facts)
    return SpeedMeasurement(
        speed_kmh=speed,
        uncertainty_kmh=uncertainty,
        base_m=facts["base_m"],
        duration_s=facts["duration_s"],
        points=len(times),
        residual_m=facts["residual_m"],
        acceleration_ms2=float(motion.state[2]),
        at_ns=start_ns + round(middle * 1e9),
        tracked="foot of the box" if seen.outline else "point on the road",
        tracked_height_m=seen.outline.skirt_m if seen.outline else 0.0,
        budget=budget,
    )


def _within_reach(
    track: Sequence[TrackPoint], calibration: Calibration, limits: SpeedSettings
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which points (N,) lie on the measured stretch, and which where the calibration counts."""
    image = np.array([(p.x_px, p.y_px) for p in track])
    road = calibration.image_to_road(image)
    inside = np.isfinite(road).all(axis=1)
    with np.errstate(invalid="ignore"):
        if limits.stretch_m is not None:
            near, far = sorted(limits.stretch_m)
            inside &= (road[:, 1] >= near) & (road[:, 1] <= far)
    return np.asarray(inside), calibration.covers(image)


def _thinned(index: NDArray[np.intp]) -> NDArray[np.intp]:
    every = -(-len(index) // _MOST_POINTS)
    return np.unique(np.concatenate([index[::every], index[-1:]]))


def _fit(times: Array, way: Way, grid: Grid, limits: SpeedSettings) -> tuple[Motion, float]:
    """The motion, and how much likelier frames that were lost without a trace make it."""
    rough = abs(float(np.polyfit(times, way.along, 1)[0]))
    noise = np.hypot(way.noise_m, rough * grid.jitter_s)
    shared, usual = np.column_stack([way.calibration, way.outline]), limits.usual_acceleration_ms2
    common = shared @ shared.T + changing_acceleration(times, limits.changing_acceleration_ms2)
    motion = fit_motion(times, way.along, noise, way.path, common, usual)
    return motion, wandering(times, way.along, noise, way.path, common, motion, grid.interval_s, usual)


def _budget(
    times: Array, way: Way, motion: Motion, grid: Grid, seen: Seen, limits: SpeedSettings
) -> tuple[BudgetTerm, ...]:
    row, speed = motion.operator[1], abs(float(motion.state[1]))
    changes = float(row @ changing_acceleration(times, limits.changing_acceleration_ms2) @ row)
    interval_ms, jitter_ms = grid.interval_s * 1e3, grid.jitter_s * 1e3
    terms = [
        term(
            "box edge",
            float(np.sqrt(row @ motion.own @ row)),
            RANDOM,
            f"{len(times)} looks worth {motion.independent:.0f} independent ones; the boxes err by "
            f"{motion.scale:.1f} times what is expected",
        ),
        term(
            "acceleration",
            float(np.hypot(row @ times**2 / 2 * limits.usual_acceleration_ms2, np.sqrt(changes))),
            RANDOM,
            f"as far as the points do not tell it, vehicles' is 0 ± {limits.usual_acceleration_ms2:g} m/s² "
            f"and changes by {limits.changing_acceleration_ms2:g} m/s² in a second",
        ),
        term(
            "calibration",
            spread_of(row, way.calibration),
            SYSTEMATIC,
            f"spread over {way.calibration.shape[1]} draws of the survey's uncertainty",
        ),
    ]
    if seen.outline is not None:
        o = seen.outline
        terms.append(
            term(
                "height of the foot",
                spread_of(row, way.outline),
                SYSTEMATIC,
                f"near by the box ends at the bumper's edge, {o.skirt_m:g} ± {o.skirt_sigma_m:g} m high; "
                f"far away at the wheels, {o.overhang_m:g} ± {o.overhang_sigma_m:g} m further back",
            )
        )
    terms += [
        term("road's flatness", speed * limits.flatness, SYSTEMATIC, "no road is quite a plane"),
        term(
            "frame times",
            speed * grid.jitter_s * float(np.linalg.norm(row)),
            RANDOM,
            f"times lie {jitter_ms:.2f} ms off a grid of {interval_ms:.2f} ms",
        ),
        term(
            "clock's rate",
            speed * seen.drift_ppm * 1e-6,
            SYSTEMATIC,
            f"the clock's rate is known to {seen.drift_ppm:.0f} parts in a million",
        ),
    ]
    return tuple(terms)


def _void(reason: str, **facts: float) -> SpeedMeasurement:
    return SpeedMeasurement(
        speed_kmh=None,
        void_reason=reason,
        base_m=facts.get("base_m"),
        duration_s=facts.get("duration_s"),
        points=int(facts.get("points", 0)),
        residual_m=facts.get("residual_m"),
    )
