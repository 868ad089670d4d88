"""The drawings of a case page as drawings on paper: the same geometry, in colours that survive a copier."""

from __future__ import annotations

from dashboards.drawings.phase_diagram import PhaseDiagram
from dashboards.drawings.road_plan import RoadPlan
from dashboards.drawings.speed_plot import SpeedPlot
from dashboards.formatting import measured, number
from enforcement.papers.figures import Area, Dot, Figure, Point, Stroke, Words
from enforcement.papers.sheet import ACCENT, BAD, INK, LINE, MUTED, ORANGE, PALE
from streams.messages import SpeedMeasurement

_LAMPS = {"red": BAD, "red_amber": ORANGE, "amber": (214, 150, 0), "green": (47, 143, 78)}
_Part = Stroke | Area | Dot | Words


def plan_figure(plan: RoadPlan) -> Figure:
    """The road from above."""
    ground = _corners(0.0, 0.0, plan.width, plan.height)
    parts: list[_Part] = [Area(ground, PALE, 1.0)]
    for shape in plan.shapes:
        points, colour = _points(shape.path), BAD if shape.named else MUTED
        line = Stroke(points, colour, 0.5, shape.kind == "gate")
        parts.append(Area(points, colour, 0.1, colour) if shape.is_zone else line)
    bodies = [(body, MUTED) for body in plan.leader_outlines]
    bodies += [(mark.outline, ACCENT) for mark in plan.marks if mark.outline]
    bodies += [(plan.vehicle, ACCENT)] if plan.vehicle else []
    parts += [Area(_points(body), colour, 0.15, colour) for body, colour in bodies]
    if plan.leader:
        parts.append(Stroke(_points(plan.leader), MUTED, 0.4, dashed=True))
    parts.append(Stroke(_points(plan.way), ORANGE, 0.5))
    if plan.arrow:
        parts.append(Area(_points(plan.arrow), ORANGE, 1.0))
    for time in plan.times:
        parts += [Dot(time.at, ORANGE, 0.7), Words((time.at[0], time.at[1] + 17), time.label)]
    for shape in plan.shapes:
        if shape.label:
            parts.append(Words(shape.label, shape.words, BAD if shape.named else MUTED, bold=shape.named))
    for mark in plan.marks:
        parts += _numbered(mark.number, mark.at)
    low = plan.height - 12.0
    left, right = 12.0, 12.0 + plan.scale_px
    parts.append(Stroke(((left, low - 6), (left, low), (right, low), (right, low - 6))))
    parts.append(Words(((left + right) / 2, low - 5), f"{number(plan.scale_m)} m"))
    survey = f" Lines and zones: survey {plan.survey}." if plan.survey else ""
    caption = f"Along the road runs {plan.along}. Times count from when it came into view.{survey}"
    return Figure("The road from above", f"{plan.summary} {caption}", plan.width, plan.height, tuple(parts))


def speed_figure(plot: SpeedPlot, speed: SpeedMeasurement) -> Figure:
    """Speed over time with the measured line, its band and the limit."""
    parts: list[_Part] = []
    for tick in plot.speed_ticks:
        parts.append(Stroke(((plot.left, tick.at_px), (plot.right, tick.at_px)), LINE, 0.15))
        parts.append(Words((plot.left - 8, tick.at_px + 4), tick.label, MUTED, "end"))
    for tick in plot.time_ticks:
        parts.append(Stroke(((tick.at_px, plot.top), (tick.at_px, plot.bottom)), LINE, 0.15))
        parts.append(Words((tick.at_px, plot.bottom + 14), tick.label, MUTED))
    parts.append(Words((plot.right, plot.height - 4), "seconds", MUTED, "end"))
    parts.append(Words((4, plot.top - 10), "km/h", MUTED, "start"))
    if plot.band:
        parts.append(Area(_points(plot.band), ACCENT, 0.18))
    if plot.limit_y is not None:
        parts.append(Stroke(((plot.left, plot.limit_y), (plot.right, plot.limit_y)), INK, 0.35, dashed=True))
    parts += [Dot(point, ORANGE, 0.7) for point in plot.points]
    if plot.line:
        parts.append(Stroke(plot.line, ACCENT, 0.5))
    told = ["dots: slope of the track"]
    if plot.line and speed.speed_kmh is not None:
        told.append(f"line: measured, {measured(speed.speed_kmh)} km/h")
    if plot.band and speed.uncertainty_kmh is not None:
        told.append(f"band: ± {measured(speed.uncertainty_kmh)} km/h (k = 2)")
    if plot.limit_y is not None:
        told.append("dashed: the limit")
    caption = f"{plot.summary} {'; '.join(told)}."
    return Figure("Speed over time", caption, plot.width, plot.height, tuple(parts))


def phases_figure(diagram: PhaseDiagram) -> Figure:
    """What the lamps showed, with the numbered moments of the finding."""
    parts: list[_Part] = []
    for tick in diagram.ticks:
        parts.append(Stroke(((tick.at_px, diagram.top - 4), (tick.at_px, diagram.bottom)), LINE, 0.15))
        parts.append(Words((tick.at_px, diagram.bottom + 16), tick.label, MUTED))
    for row in diagram.rows:
        parts.append(Words((diagram.left - 10, row.y + 14), row.name, INK, "end"))
        parts.append(Words((diagram.left - 10, row.y + 28), row.source, MUTED, "end", 6.0))
    for bar in diagram.bars:
        low = bar.y + diagram.row
        corners = _corners(bar.x, bar.y, bar.x + bar.w, low)
        parts.append(Area(corners, _LAMPS.get(bar.state, MUTED), 0.45, _LAMPS.get(bar.state, MUTED)))
        if bar.w > 60:
            parts.append(Words((bar.x + bar.w / 2, bar.y + diagram.row / 2 + 4), bar.label))
        if bar.edge > 0.5:
            parts.append(Area(_corners(bar.x - bar.edge, bar.y, bar.x + bar.edge, low), INK, 0.25))
    for moment in diagram.moments:
        parts.append(Stroke(((moment.x, diagram.top - 8), (moment.x, diagram.bottom)), INK, 0.4))
        parts += _numbered(moment.number, (moment.x, diagram.top - 17))
    parts.append(Words((diagram.right, diagram.height - 4), diagram.axis, MUTED, "end"))
    return Figure("The lamps", diagram.summary, diagram.width, diagram.height, tuple(parts))


def _numbered(digits: int, at: Point) -> list[_Part]:
    white = (255, 255, 255)
    return [Dot(at, INK, 1.7), Words((at[0], at[1] + 4.5), str(digits), white, bold=True)]


def _points(path: str) -> tuple[Point, ...]:
    """The value of an SVG attribute ``points`` as points."""
    pairs = (pair.split(",") for pair in path.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def _corners(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)
