"""Control points from lane markings: dash ends, of known length and gap, on two or more lines.

What the pattern leaves open is stated as errors that points share: how long a dash and its gap really are,
how wide a lane is, and by how much the dashes of one line are out of step with those of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.calibrating.control import CalibrationError
from streams.survey import Pair, SharedShift, SurveyPoint


@dataclass(frozen=True)
class DashPattern:
    """Lengths in m of dash, gap and lane width, as painted."""

    dash_m: float
    gap_m: float
    lane_width_m: float


@dataclass(frozen=True)
class DashedLine:
    """One line of dashes, ``lanes`` lane widths to the right of x = 0.

    ``ends`` are the ends in px (x, y), near and far of each dash in turn, from dash number ``first`` on (dash
    0 begins at y = 0); None for an end that is hidden. ``offset_m`` is how far its dashes lie further along
    than those of x = 0, known to a standard uncertainty of ``offset_sigma_m``.
    """

    lanes: float
    ends: Sequence[Pair | None]
    first: int = 0
    offset_m: float = 0.0
    offset_sigma_m: float = 0.0
    name: str = ""


def lane_points(
    pattern: DashPattern, lines: Sequence[DashedLine], sigma_px: float, sigma_m: float
) -> tuple[tuple[SurveyPoint, ...], tuple[SharedShift, ...]]:
    """The control points of dashed lines, and the errors of being out of step.

    ``sigma_px`` and ``sigma_m`` are how well an end is clicked and painted.

    Raises:
        CalibrationError: when a length is not positive, or fewer than two lines have ends.
    """
    if min(pattern.dash_m, pattern.gap_m, pattern.lane_width_m) <= 0:
        raise CalibrationError("dash, gap and lane width must be longer than 0 m; give them as painted")
    if len({line.lanes for line in lines if any(line.ends)}) < 2:
        raise CalibrationError(
            "the ends lie on one line of dashes; mark those of a second one too, one or more lanes beside it"
        )
    points: list[SurveyPoint] = []
    owners: list[int] = []
    period = pattern.dash_m + pattern.gap_m
    for number, line in enumerate(lines, 1):
        for place, end in enumerate(line.ends):
            if end is None:
                continue
            dash, far = line.first + place // 2, place % 2
            along = dash * period + far * pattern.dash_m + line.offset_m
            points.append(
                SurveyPoint(
                    image_px=end,
                    road_m=(line.lanes * pattern.lane_width_m, along),
                    name=f"{line.name or f'line {number}'}, dash {dash} {'far' if far else 'near'} end",
                    sigma_px=sigma_px,
                    sigma_m=sigma_m,
                )
            )
            owners.append(number)
    shifts = tuple(
        SharedShift(
            f"{line.name or f'line {number}'} out of step",
            tuple((0.0, line.offset_sigma_m if owner == number else 0.0) for owner in owners),
        )
        for number, line in enumerate(lines, 1)
        if line.offset_sigma_m > 0
    )
    return tuple(points), shifts
