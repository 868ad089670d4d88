"""What a page asks of a calibration while somebody clicks its points, and what it is told.

Image places are pixels (x, y) of the frame as it is, with the lens's distortion; road places metres (x right
across, y along the road). A point has either ``road_m`` or ``wgs84`` (latitude, longitude in degrees).
"""

from __future__ import annotations

import msgspec

Pair = tuple[float, float]


class SurveyPoint(msgspec.Struct, frozen=True):
    """One point: where it was clicked and where it is; None for a sigma takes the usual one."""

    image_px: Pair
    road_m: Pair | None = None
    wgs84: Pair | None = None
    name: str = ""
    sigma_px: float | None = None
    sigma_m: float | None = None


class SurveyLens(msgspec.Struct, frozen=True):
    """The lens in px and Brown's coefficients, as ``roadwitness calibrate lens`` writes them."""

    focal_px: Pair
    centre_px: Pair
    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0


class SurveyFrame(msgspec.Struct, frozen=True):
    """How the road's axes lie on the earth: ``origin`` (latitude, longitude) becomes (0, 0).

    y runs along ``heading_deg`` (clockwise from north), or from the origin to the place ``towards``.
    """

    origin: Pair
    heading_deg: float | None = None
    towards: Pair | None = None
    height_m: float = 0.0


class SharedErrorSize(msgspec.Struct, frozen=True):
    """Standard uncertainties that all points share, as parts of every length: across and along the road.

    0.01 along says that the tape, or the length of a dash, may be wrong by 1 %.
    """

    across: float = 0.0
    along: float = 0.0


class SharedShift(msgspec.Struct, frozen=True):
    """Another error that points share: how far (x, y) in m it moves each, for one standard uncertainty."""

    name: str
    shifts_m: tuple[Pair, ...]


class SurveyRequest(msgspec.Struct, frozen=True):
    """The points so far.

    ``places_px`` are places of the image at which the speed's uncertainty is asked for; without any it is
    told on a grid over the calibrated area. ``margin_m`` is how far outside its points the calibration counts
    (None: a fifth of what they span, across at least one lane).
    """

    calibration_id: str
    image_size: tuple[int, int]
    points: tuple[SurveyPoint, ...]
    valid_from_ns: int | None = None
    valid_until_ns: int | None = None
    lens: SurveyLens | None = None
    frame: SurveyFrame | None = None
    scale_sigma: SharedErrorSize = SharedErrorSize()
    shared: tuple[SharedShift, ...] = ()
    margin_m: float | None = None
    places_px: tuple[Pair, ...] = ()


class PointVerdict(msgspec.Struct, frozen=True):
    """What the fit makes of a point, in the request's order.

    ``fitted_px`` is where the fit shows the point's road place, so the residual is an arrow from ``image_px``
    to it; None, as the residuals are, where an outlier lies beyond the fit's horizon. ``left_out_px`` and
    ``left_out_m`` say how far the fit of all *other* points misses it; None where they cannot tell. An
    outlier is no part of the fit.
    """

    name: str
    image_px: Pair
    road_m: Pair
    fitted_px: Pair | None
    residual_px: float | None
    residual_m: float | None
    left_out_px: float | None
    left_out_m: float | None
    outlier: bool


class RoadLine(msgspec.Struct, frozen=True):
    """One line of the road grid in the picture; ``along`` lines have a constant x, others a constant y."""

    label: str
    along: bool
    at_m: float
    line_px: tuple[Pair, ...]


class SpeedDoubt(msgspec.Struct, frozen=True):
    """What the calibration alone does to a speed that is measured here over 10 m: all of it expanded, k = 2.

    ``speed_percent`` is of the speed along the road. The ellipse (at k = 2) is that of the velocity of
    100 km/h along the road: ``ellipse_kmh`` its half axes, the longer one first, ``ellipse_deg`` the longer
    one's direction clockwise from the road's. ``position_m`` is how far the place may be off, ``covered``
    whether the calibration counts here.
    """

    image_px: Pair
    road_m: Pair
    speed_percent: float
    ellipse_kmh: Pair
    ellipse_deg: float
    position_m: float
    covered: bool


class SurveyReport(msgspec.Struct, frozen=True):
    """What the points amount to. Where ``problem`` says what is wrong, nothing else is known.

    ``homography`` maps undistorted image places to the road. ``checks`` counts the points more than the four
    that any fit needs: at 0 no point checks another. ``noise_scale`` is by how much the stated noise had to
    be raised to explain the residuals (1: not at all). ``area_px`` outlines where the calibration counts.
    ``toml`` is the calibration as a file, for ``[calibration] file`` in a site file.
    """

    problem: str | None = None
    warnings: tuple[str, ...] = ()
    homography: tuple[tuple[float, float, float], ...] = ()
    points: tuple[PointVerdict, ...] = ()
    checks: int = 0
    rms_px: float = 0.0
    rms_m: float = 0.0
    noise_scale: float = 1.0
    camera_m: tuple[float, float, float] | None = None
    camera_height_sigma_m: float | None = None
    focal_px: float | None = None
    grid: tuple[RoadLine, ...] = ()
    area_px: tuple[Pair, ...] = ()
    speeds: tuple[SpeedDoubt, ...] = ()
    toml: str = ""
