"""A calibration in words and numbers: what its points say of each other, and what a person should know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from detectors.calibrating.camera import focal_length_px
from detectors.calibrating.doubts import covered_places, speed_doubts
from detectors.calibrating.grid import area_in_picture, road_grid
from detectors.calibration import Calibration
from streams.survey import PointVerdict, SurveyReport


def report_of(calibration: Calibration, places_px: Sequence[tuple[float, float]] = ()) -> SurveyReport:
    """Everything that is known of a calibration; ``places_px`` as in a survey's request."""
    fit, verdicts = calibration.fit, point_verdicts(calibration)
    kept = [v for v in verdicts if not v.outlier]
    place, places = calibration.camera_position_m, calibration.camera_positions_m()
    width, height = calibration.image_size
    asked: ArrayLike = list(places_px) if places_px else covered_places(calibration)
    spread = None
    if places is not None:
        heights = places[:, 2] - places[0, 2]
        spread = float(np.sqrt(calibration.draw_weights() @ heights**2))
    return SurveyReport(
        warnings=tuple(_warnings(calibration, verdicts)),
        homography=tuple((float(a), float(b), float(c)) for a, b, c in calibration.homography),
        points=verdicts,
        checks=fit.checks,
        rms_px=_rms([v.residual_px for v in kept]),
        rms_m=_rms([v.residual_m for v in kept]),
        noise_scale=fit.noise_scale,
        camera_m=None if place is None else (float(place[0]), float(place[1]), float(place[2])),
        camera_height_sigma_m=spread,
        focal_px=calibration.lens.focal_px[0]
        if calibration.lens
        else focal_length_px(calibration.homography, (width / 2, height / 2), width),
        grid=road_grid(calibration),
        area_px=area_in_picture(calibration),
        speeds=speed_doubts(calibration, asked),
    )


def point_verdicts(calibration: Calibration) -> tuple[PointVerdict, ...]:
    """What the fit makes of each control point, in their order."""
    fit = calibration.fit
    shown = calibration.road_to_image([point.road for point in calibration.points])
    return tuple(
        PointVerdict(
            name=point.name or f"point {i + 1}",
            image_px=point.image,
            road_m=point.road,
            fitted_px=(float(shown[i][0]), float(shown[i][1])) if np.isfinite(shown[i]).all() else None,
            residual_px=_number(calibration.residuals_px[i]),
            residual_m=_number(calibration.residuals_m[i]),
            left_out_px=_number(fit.left_out_px[i]),
            left_out_m=_number(fit.left_out_m[i]),
            outlier=not fit.kept[i],
        )
        for i, point in enumerate(calibration.points)
    )


def _warnings(calibration: Calibration, verdicts: Sequence[PointVerdict]) -> list[str]:
    fit, said = calibration.fit, []
    for v in verdicts:
        if v.outlier:
            how = f"{v.left_out_m:.2f} m ({v.left_out_px:.0f} px)" if v.left_out_m else "far"
            said.append(
                f"{v.name} lies {how} from where the other points put it and is left out; measure it again."
            )
    width, height = calibration.image_size
    beside = [v.name for v in verdicts if not (0 <= v.image_px[0] <= width and 0 <= v.image_px[1] <= height)]
    if beside:
        said.append(f"{', '.join(beside)}: not inside the picture of {width}x{height} px; correct the place.")
    unchecked = [v.name for v in verdicts if v.left_out_px is None and not v.outlier]
    if fit.checks == 0:
        said.append(
            "Four points cannot check each other: a mistake in one of them goes unnoticed; survey two more,"
            " or better four."
        )
    elif unchecked:
        said.append(
            f"No other points check {', '.join(unchecked)}: a mistake there goes unnoticed; survey another"
            " one near by."
        )
    if fit.noise_scale > 1.0 and fit.checks == 1:
        said.append(
            "The five points do not agree within their stated noise, and five cannot tell which one is wrong;"
            " survey a sixth."
        )
    if fit.noise_scale > 1.0:
        said.append(
            "The residuals are larger than the stated noise explains, as with a lens that was not measured or"
            f" a road that is not flat: all uncertainties are widened {fit.noise_scale:.1f} times."
        )
    return said


def _rms(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.sqrt(np.mean(np.square(known)))) if known else 0.0


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
