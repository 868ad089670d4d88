"""A calibration's report for the terminal: the points, what they say of each other, and of speeds."""

from __future__ import annotations

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from streams.survey import SurveyReport


def shown(report: SurveyReport) -> Group:
    """The whole report: a table of points, one of speeds, and what holds for all of it."""
    return Group(_points(report), Text(), _facts(report), Text(), _speeds(report))


def _points(report: SurveyReport) -> Table:
    table = _table("point", "image px", "road m", "resid. px", "resid. m", "others m", "")
    for point in report.points:
        table.add_row(
            Text(point.name),
            f"{point.image_px[0]:.1f} {point.image_px[1]:.1f}",
            f"{point.road_m[0]:.2f} {point.road_m[1]:.2f}",
            _number(point.residual_px, 2),
            _number(point.residual_m, 3),
            _number(point.left_out_m, 3),
            Text("left out", "red") if point.outlier else "",
        )
    return table


def _facts(report: SurveyReport) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_row("points that check", str(report.checks))
    table.add_row("residuals (rms)", f"{report.rms_px:.2f} px, {report.rms_m:.3f} m")
    table.add_row("noise", "as stated" if report.noise_scale == 1 else f"{report.noise_scale:.1f} x stated")
    if report.camera_m is None:
        table.add_row("camera height", "the view does not tell")
    else:
        sigma = report.camera_height_sigma_m or 0.0
        table.add_row("camera height", f"{report.camera_m[2]:.2f} m +- {2 * sigma:.2f} m (k = 2)")
    if report.focal_px is not None:
        table.add_row("focal length", f"{report.focal_px:.0f} px")
    return table


def _speeds(report: SurveyReport) -> Table:
    table = _table("speed at road m", "image px", "uncertain by (k = 2)", "place, m (k = 2)")
    for doubt in report.speeds:
        table.add_row(
            f"{doubt.road_m[0]:.1f} {doubt.road_m[1]:.1f}",
            f"{doubt.image_px[0]:.0f} {doubt.image_px[1]:.0f}",
            f"{doubt.speed_percent:.2f} %",
            f"{doubt.position_m:.2f}",
        )
    return table


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _table(*columns: str) -> Table:
    table = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    # A long name may take two lines, a number never.
    for column in table.columns[1:]:
        column.no_wrap = True
    return table
