"""The road from above: its lines and zones, the way the vehicle took, and where it was when it mattered."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.axes import round_steps
from dashboards.drawings.frame import PlanFrame, frame_around
from dashboards.drawings.labels import LabelPlacer, Point, line_candidates, zone_candidates
from dashboards.drawings.motion import Pose, Sample, on_road, pose_at
from dashboards.drawings.outline import outline
from dashboards.formatting import NANOSECONDS, title_case
from enforcement.road import Line, Road, Zone
from enforcement.rules.finding import Finding
from streams.messages import Passage

WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 900.0, 190.0, 520.0
_CONTEXT_M = 18.0
_LABEL_GAP_PX = 46.0
_MARK_PX = 20.0


@dataclass(frozen=True)
class Shape:
    """A line or zone: ``path`` for the SVG attribute ``points``; ``named``: the finding names it."""

    id: str
    kind: str
    path: str
    is_zone: bool
    named: bool
    words: str
    label: Point | None


@dataclass(frozen=True)
class Mark:
    """A numbered place in the drawing; ``outline`` is the vehicle's there, empty where it is not known."""

    number: int
    at: Point
    outline: str


@dataclass(frozen=True)
class TimeMark:
    """A time along the way: seconds since the vehicle came into view."""

    at: Point
    label: str


@dataclass(frozen=True)
class RoadPlan:
    """Everything in pixels of the drawing, ``width`` x ``height``; ``scale_px`` are ``scale_m`` metres."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    way: str
    leader: str
    leader_outlines: tuple[str, ...]
    times: tuple[TimeMark, ...]
    marks: tuple[Mark, ...]
    vehicle: str
    arrow: str
    scale_m: float
    scale_px: float
    is_sideways: bool
    survey: str
    summary: str

    @property
    def along(self) -> str:
        """Where the road runs in the drawing."""
        return "to the right" if self.is_sideways else "up"

    @property
    def has_bodies(self) -> bool:
        """Whether any vehicle is drawn with its outline."""
        return bool(self.vehicle or self.leader_outlines or any(mark.outline for mark in self.marks))


def draw_road(passage: Passage, finding: Finding, road: Road | None) -> RoadPlan | None:
    """Draw a finding on the road plane; None where the track was not calibrated."""
    samples = on_road(passage.track)
    if len(samples) < 2:
        return None
    road = road or Road()
    followed = on_road(passage.leader.track) if passage.leader else ()
    way = [(sample.x_m, sample.y_m) for sample in samples]
    bodies = [_body(passage, samples, moment.at_ns) for moment in finding.moments]
    last = _body(passage, samples, samples[-1].at_ns)
    placed = [(m.x_m, m.y_m) for m in finding.moments if m.x_m is not None and m.y_m is not None]
    ahead = _leader_bodies(passage, followed, finding)
    seen = [*way, *placed, *last, *(corner for body in (*bodies, *ahead) for corner in body)]
    frame = frame_around([*seen, *_context(road, finding, seen)], WIDTH, LEAST_HEIGHT, MOST_HEIGHT)
    step = _scale_m(WIDTH / 6 / frame.px_per_m)
    times = tuple(_times(samples, passage.started_at_ns, frame))
    marks = tuple(_marks(finding, samples, bodies, frame))
    return RoadPlan(
        width=frame.width,
        height=frame.height,
        shapes=tuple(_shapes(road, finding, frame, _covered(way, [*bodies, *ahead], times, marks, frame))),
        way=frame.path(way),
        leader=frame.path((sample.x_m, sample.y_m) for sample in followed),
        leader_outlines=tuple(frame.path(body) for body in ahead),
        times=times,
        marks=marks,
        vehicle="" if finding.moments and any(bodies) else frame.path(last),
        arrow=_arrow(pose_at(samples, samples[-1].at_ns), frame),
        scale_m=step,
        scale_px=step * frame.px_per_m,
        is_sideways=frame.sideways,
        survey=road.id,
        summary=_summary(samples, finding),
    )


def _body(passage: Passage, samples: tuple[Sample, ...], at_ns: int) -> list[Point]:
    pose = pose_at(samples, at_ns)
    if pose is None or passage.length_m is None:
        return []
    return outline(pose, passage.vehicle, passage.tracked_part, passage.length_m)


def _leader_bodies(passage: Passage, followed: tuple[Sample, ...], finding: Finding) -> list[list[Point]]:
    """The outlines (m) of the vehicle ahead at the finding's moments."""
    leader = passage.leader
    if leader is None or leader.length_m is None:
        return []
    poses = [pose for moment in finding.moments if (pose := pose_at(followed, moment.at_ns)) is not None]
    bodies = [outline(pose, leader.vehicle, leader.tracked_part, leader.length_m) for pose in poses]
    return [body for body in bodies if body]


def _context(road: Road, finding: Finding, seen: list[Point]) -> list[Point]:
    """The corners of the named places, kept near the way so that a long lane does not dwarf it."""
    xs, ys = zip(*seen, strict=True)
    low, high = (min(xs) - _CONTEXT_M, min(ys) - _CONTEXT_M), (max(xs) + _CONTEXT_M, max(ys) + _CONTEXT_M)
    corners = [point for line in road.lines if line.id in finding.places for point in line.points]
    corners += [point for zone in road.zones if zone.id in finding.places for point in zone.ring]
    return [(min(max(x, low[0]), high[0]), min(max(y, low[1]), high[1])) for x, y in corners]


def _scale_m(most_m: float) -> float:
    """The longest of 1, 2, 5, 10, … metres that fits."""
    return max((length for length in (1, 2, 5, 10, 20, 50, 100, 200, 500) if length <= most_m), default=1)


def _shapes(road: Road, finding: Finding, frame: PlanFrame, covered: list[Point]) -> list[Shape]:
    """Zones, then lines; what the finding names is labelled first and drawn last, on top of the rest."""
    placer = LabelPlacer(frame.width, frame.height, covered)
    elements: list[Line | Zone] = [*road.zones, *road.lines]
    elements.sort(key=lambda one: one.id in finding.places)
    return [_shape(one, finding, frame, placer) for one in reversed(elements)][::-1]


def _shape(element: Line | Zone, finding: Finding, frame: PlanFrame, placer: LabelPlacer) -> Shape:
    is_zone = isinstance(element, Zone)
    points = element.ring if isinstance(element, Zone) else element.points
    words = f"{title_case(element.kind)}: {element.id}"
    drawn = [frame.place(x, y) for x, y in points]
    if is_zone:
        candidates = zone_candidates(words, drawn, frame.width, frame.height)
    else:
        candidates = line_candidates(drawn, words)
    label = placer.place(words, candidates)
    return Shape(
        element.id, element.kind, frame.path(points), is_zone, element.id in finding.places, words, label
    )


def _covered(
    way: list[Point],
    bodies: list[list[Point]],
    times: tuple[TimeMark, ...],
    marks: tuple[Mark, ...],
    frame: PlanFrame,
) -> list[Point]:
    """What no name should cover: the way and its times, vehicles, numbers, and the scale in its corner."""
    along = [frame.place(x, y) for x, y in (*way, *(corner for body in bodies for corner in body))]
    scale = [(x, frame.height - 18.0) for x in (15.0, 45.0, 75.0, 105.0, 135.0) for _ in range(9)]
    below = [(time.at[0], time.at[1] + 12.0) for time in times]
    return [*along, *below, *(mark.at for mark in marks for _ in range(9)), *scale]


def _times(samples: tuple[Sample, ...], started_ns: int, frame: PlanFrame) -> list[TimeMark]:
    after = [(sample.at_ns - started_ns) / NANOSECONDS for sample in samples]
    marks: list[TimeMark] = []
    for wanted in round_steps(after[0], after[-1], 8):
        nearest = min(range(len(after)), key=lambda index: abs(after[index] - wanted))
        x, y = frame.place(samples[nearest].x_m, samples[nearest].y_m)
        # A vehicle that stands would write all its times onto one place.
        if all(abs(x - mark.at[0]) + abs(y - mark.at[1]) >= _LABEL_GAP_PX for mark in marks):
            marks.append(TimeMark((x, y), f"{wanted:g} s"))
    return marks


def _marks(
    finding: Finding, samples: tuple[Sample, ...], bodies: list[list[Point]], frame: PlanFrame
) -> list[Mark]:
    marks: list[Mark] = []
    for number, (moment, body) in enumerate(zip(finding.moments, bodies, strict=True), 1):
        pose = pose_at(samples, moment.at_ns)
        x = moment.x_m if moment.x_m is not None else pose.x_m if pose else None
        y = moment.y_m if moment.y_m is not None else pose.y_m if pose else None
        if x is not None and y is not None:
            marks.append(Mark(number, _beside(frame.place(x, y), marks), frame.path(body)))
    return marks


def _beside(at: Point, marks: list[Mark]) -> Point:
    """A place to the right of the marks that stand here already: a vehicle that stands has several."""
    while any(abs(at[0] - mark.at[0]) + abs(at[1] - mark.at[1]) < _MARK_PX for mark in marks):
        at = (at[0] + _MARK_PX, at[1])
    return at


def _arrow(pose: Pose | None, frame: PlanFrame) -> str:
    """A small head at the end of the way, pointing where the vehicle went."""
    if pose is None:
        return ""
    size = 9.0 / frame.px_per_m
    back = (pose.x_m - 2 * size * pose.ahead_x, pose.y_m - 2 * size * pose.ahead_y)
    side = (size * pose.ahead_y, -size * pose.ahead_x)
    corners = [
        (pose.x_m, pose.y_m),
        (back[0] + side[0], back[1] + side[1]),
        (back[0] - side[0], back[1] - side[1]),
    ]
    return frame.path(corners)


def _summary(samples: tuple[Sample, ...], finding: Finding) -> str:
    first, last = samples[0], samples[-1]
    places = f" It concerns {', '.join(finding.places)}." if finding.places else ""
    return (
        f"The vehicle went from {first.x_m:.1f} m across, {first.y_m:.1f} m along the road to "
        f"{last.x_m:.1f} m, {last.y_m:.1f} m in {(last.at_ns - first.at_ns) / NANOSECONDS:.2f} s.{places}"
    )
