"""The drawings of a case page as drawings on paper: the same geometry, in colours that survive a copier."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.drawings.motion import local_speeds, on_road
from dashboards.drawings.phase_diagram import PhaseDiagram, SignalRow, red_began_ns
from dashboards.drawings.road_plan import RoadPlan
from dashboards.drawings.speed_plot import SpeedPlot
from dashboards.formatting import NANOSECONDS, number, title_case
from enforcement.casebook import Case
from enforcement.papers.figures import Area, Dot, Figure, Point, Stroke, Words
from enforcement.papers.sheet import ACCENT, BAD, INK, LINE, MUTED, ORANGE, PALE
from enforcement.papers.texts import Texts
from enforcement.rules.finding import Finding
from streams.messages import Passage

_LAMPS = {"red": BAD, "red_amber": ORANGE, "amber": (214, 150, 0), "green": (47, 143, 78)}
_Part = Stroke | Area | Dot | Words


def plan_figure(plan: RoadPlan, case: Case, texts: Texts) -> Figure:
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
        parts += [Dot(time.at, ORANGE, 0.7), Words((time.at[0], time.at[1] + 17), texts.figures(time.label))]
    for shape in plan.shapes:
        if shape.label:
            words = f"{texts.recorded(title_case(shape.kind))}: {shape.id}"
            parts.append(Words(shape.label, words, BAD if shape.named else MUTED, bold=shape.named))
    for mark in plan.marks:
        parts += _numbered(mark.number, mark.at)
    low = plan.height - 12.0
    left, right = 12.0, 12.0 + plan.scale_px
    parts.append(Stroke(((left, low - 6), (left, low), (right, low), (right, low - 6))))
    parts.append(Words(((left + right) / 2, low - 5), texts.figures(f"{number(plan.scale_m)} m")))
    caption = " ".join(_plan_told(plan, case, texts))
    return Figure(texts.say("court_drawings.plan"), caption, plan.width, plan.height, tuple(parts))


def _plan_told(plan: RoadPlan, case: Case, texts: Texts) -> Iterator[str]:
    samples, places = on_road(case.passage.track), case.finding.places
    first, last = samples[0], samples[-1]
    yield texts.say(
        "court_drawings.plan_way",
        x0=texts.number(first.x_m, 1),
        y0=texts.number(first.y_m, 1),
        x1=texts.number(last.x_m, 1),
        y1=texts.number(last.y_m, 1),
        seconds=texts.number((last.at_ns - first.at_ns) / NANOSECONDS, 2),
    )
    if places:
        yield texts.say("court_drawings.plan_places", places=", ".join(places))
    yield texts.say("court_drawings.plan_right" if plan.is_sideways else "court_drawings.plan_up")
    yield texts.say("court_drawings.plan_times")
    if plan.survey:
        yield texts.say("court_drawings.plan_survey", survey=plan.survey)


def speed_figure(plot: SpeedPlot, passage: Passage, texts: Texts) -> Figure:
    """Speed over time with the measured line, its band and the limit."""
    speed = passage.speed
    parts: list[_Part] = []
    for tick in plot.speed_ticks:
        parts.append(Stroke(((plot.left, tick.at_px), (plot.right, tick.at_px)), LINE, 0.15))
        parts.append(Words((plot.left - 8, tick.at_px + 4), texts.figures(tick.label), MUTED, "end"))
    for tick in plot.time_ticks:
        parts.append(Stroke(((tick.at_px, plot.top), (tick.at_px, plot.bottom)), LINE, 0.15))
        parts.append(Words((tick.at_px, plot.bottom + 14), texts.figures(tick.label), MUTED))
    parts.append(Words((plot.right, plot.height - 4), texts.say("court_drawings.seconds"), MUTED, "end"))
    parts.append(Words((4, plot.top - 10), texts.say("court_drawings.km_per_h"), MUTED, "start"))
    if plot.band:
        parts.append(Area(_points(plot.band), ACCENT, 0.18))
    if plot.limit_y is not None:
        parts.append(Stroke(((plot.left, plot.limit_y), (plot.right, plot.limit_y)), INK, 0.35, dashed=True))
    parts += [Dot(point, ORANGE, 0.7) for point in plot.points]
    if plot.line:
        parts.append(Stroke(plot.line, ACCENT, 0.5))
    told = [texts.say("court_drawings.dots")]
    if plot.line and speed.speed_kmh is not None:
        told.append(texts.say("court_drawings.line", speed=texts.number(speed.speed_kmh, 1)))
    if plot.band and speed.uncertainty_kmh is not None:
        told.append(texts.say("court_drawings.band", uncertainty=texts.number(speed.uncertainty_kmh, 1)))
    if plot.limit_y is not None:
        told.append(texts.say("court_drawings.dashed"))
    slopes = [one.kmh for one in local_speeds(on_road(passage.track))]
    low, high = texts.number(min(slopes), 0), texts.number(max(slopes), 0)
    caption = f"{texts.say('court_drawings.slopes', low=low, high=high)} {'; '.join(told)}."
    return Figure(texts.say("court_drawings.speed"), caption, plot.width, plot.height, tuple(parts))


def phases_figure(diagram: PhaseDiagram, finding: Finding, texts: Texts) -> Figure:
    """What the lamps showed, with the numbered moments of the finding."""
    parts: list[_Part] = []
    for tick in diagram.ticks:
        parts.append(Stroke(((tick.at_px, diagram.top - 4), (tick.at_px, diagram.bottom)), LINE, 0.15))
        parts.append(Words((tick.at_px, diagram.bottom + 16), texts.figures(tick.label), MUTED))
    for row in diagram.rows:
        parts.append(Words((diagram.left - 10, row.y + 14), row.name, INK, "end"))
        parts.append(Words((diagram.left - 10, row.y + 28), _sources(row, texts), MUTED, "end", 6.0))
    for bar in diagram.bars:
        low = bar.y + diagram.row
        corners = _corners(bar.x, bar.y, bar.x + bar.w, low)
        parts.append(Area(corners, _LAMPS.get(bar.state, MUTED), 0.45, _LAMPS.get(bar.state, MUTED)))
        if bar.w > 60:
            state = texts.recorded(bar.state)
            label = state if state != bar.state else bar.label
            parts.append(Words((bar.x + bar.w / 2, bar.y + diagram.row / 2 + 4), label))
        if bar.edge > 0.5:
            parts.append(Area(_corners(bar.x - bar.edge, bar.y, bar.x + bar.edge, low), INK, 0.25))
    for moment in diagram.moments:
        parts.append(Stroke(((moment.x, diagram.top - 8), (moment.x, diagram.bottom)), INK, 0.4))
        parts += _numbered(moment.number, (moment.x, diagram.top - 17))
    began = next(
        (at for m in finding.moments if (at := red_began_ns(finding.lamps, m.at_ns)) is not None), None
    )
    axis = texts.say("court_drawings.axis_view" if began is None else "court_drawings.axis_red")
    parts.append(Words((diagram.right, diagram.height - 4), axis, MUTED, "end"))
    caption = _phases_told(finding, began, texts)
    return Figure(texts.say("court_drawings.lamps"), caption, diagram.width, diagram.height, tuple(parts))


def _phases_told(finding: Finding, began_ns: int | None, texts: Texts) -> str:
    signals = ", ".join(sorted({phase.signal_id for phase in finding.lamps}))
    if began_ns is None:
        return texts.say("court_drawings.phases", signals=signals)
    told = [
        texts.say(
            "court_drawings.into_red",
            moment=texts.recorded(one.name),
            seconds=texts.number((one.at_ns - began_ns) / NANOSECONDS, 2),
        )
        for one in finding.moments
    ]
    return texts.say("court_drawings.phases_moments", signals=signals, moments="; ".join(told))


def _sources(row: SignalRow, texts: Texts) -> str:
    return ", ".join(texts.recorded(source) for source in row.source.split(", "))


def _numbered(digits: int, at: Point) -> list[_Part]:
    white = (255, 255, 255)
    return [Dot(at, INK, 1.7), Words((at[0], at[1] + 4.5), str(digits), white, bold=True)]


def _points(path: str) -> tuple[Point, ...]:
    """The value of an SVG attribute ``points`` as points."""
    pairs = (pair.split(",") for pair in path.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def _corners(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)
