"""The geometry of the road from above, of speed over time and of the lamps: pure functions."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.budget_view import view_budget
from dashboards.drawings.frame import frame_around
from dashboards.drawings.labels import LabelPlacer
from dashboards.drawings.motion import Pose, local_speeds, on_road, pose_at
from dashboards.drawings.outline import outline
from dashboards.drawings.phase_diagram import draw_phases, into_red_s
from dashboards.drawings.road_plan import draw_road
from dashboards.drawings.speed_plot import plot_speed
from enforcement.rules.finding import Moment
from streams.messages import BudgetTerm, LampPhase, SpeedMeasurement, TrackPoint
from tests.dashboards.invented_cases import passage_of
from tests.dashboards.invented_law import finding_of
from tests.dashboards.invented_offences import by_offence
from tests.dashboards.invented_passages import SECOND_NS
from tests.dashboards.invented_roads import ROADS

METRES = st.floats(-200, 200)
PLACES = st.lists(st.tuples(METRES, METRES), min_size=2, max_size=20)


def driven(*places: tuple[float, float, float]) -> tuple[TrackPoint, ...]:
    """A track from (seconds, x, y)."""
    return tuple(TrackPoint(round(t * SECOND_NS), 0.0, 0.0, x, y) for t, x, y in places)


class TestFrame:
    @given(PLACES)
    def test_every_place_is_inside_and_one_scale_holds_for_both_directions(
        self, places: list[tuple[float, float]]
    ) -> None:
        frame = frame_around(places, 900, 190, 520)
        for x, y in places:
            px, py = frame.place(x, y)
            assert -1e-6 <= px <= frame.width + 1e-6
            assert -1e-6 <= py <= frame.height + 1e-6
        assert frame.height <= 520 + 1e-6
        (ax, ay), (bx, by) = places[0], places[-1]
        drawn = math.dist(frame.place(ax, ay), frame.place(bx, by))
        assert drawn == pytest.approx(math.dist((ax, ay), (bx, by)) * frame.px_per_m, abs=1e-6)

    @given(PLACES)
    def test_a_right_turn_on_the_road_is_a_right_turn_in_the_drawing(
        self, places: list[tuple[float, float]]
    ) -> None:
        frame = frame_around(places, 900, 190, 520)
        origin, ahead, right = frame.place(0, 0), frame.place(0, 1), frame.place(1, 0)
        along = (ahead[0] - origin[0], ahead[1] - origin[1])
        across = (right[0] - origin[0], right[1] - origin[1])
        # The page's y runs down, so a turn to the right is one from its x towards its y.
        assert along[0] * across[1] - along[1] * across[0] > 0


class TestMotion:
    def test_a_pose_lies_between_its_neighbours_and_looks_ahead(self) -> None:
        track = on_road(driven((0, 0, 0), (1, 0, 10), (2, 10, 20)))
        pose = pose_at(track, SECOND_NS // 2)
        assert pose == Pose(0.0, 5.0, 0.0, 1.0)

    @pytest.mark.parametrize("seconds", [-1.0, 3.0])
    def test_outside_the_track_there_is_no_pose(self, seconds: float) -> None:
        track = on_road(driven((0, 0, 0), (1, 0, 10), (2, 0, 20)))
        assert pose_at(track, round(seconds * SECOND_NS)) is None

    def test_a_vehicle_that_stands_keeps_the_direction_in_which_it_came(self) -> None:
        scatter = [(1.0 + i / 10, 0.01 * (-1) ** i, 10.0 + 0.01 * (-1) ** i) for i in range(1, 30)]
        track = on_road(driven((0, 0, 0), (0.5, 0, 5), (1, 0, 10), *scatter))
        pose = pose_at(track, 3 * SECOND_NS)
        assert pose is not None
        assert pose.ahead_y > 0.99

    @given(st.floats(1, 70), st.floats(-math.pi, math.pi))
    def test_local_speeds_are_those_of_the_track_whatever_its_direction(self, ms: float, turn: float) -> None:
        places = [(i / 25, ms * i / 25 * math.sin(turn), ms * i / 25 * math.cos(turn)) for i in range(30)]
        speeds = local_speeds(on_road(driven(*places)))
        assert [one.kmh for one in speeds] == pytest.approx([ms * 3.6] * len(speeds), rel=1e-6)

    def test_points_off_the_road_are_left_out(self) -> None:
        track = (*driven((0, 0, 0), (1, 0, 1)), TrackPoint(2 * SECOND_NS, 5.0, 5.0))
        assert len(on_road(track)) == 2


class TestOutline:
    @given(st.floats(0, 2 * math.pi), st.floats(1, 20), st.sampled_from(["front", "rear"]))
    def test_it_is_as_long_as_the_vehicle_and_ends_at_the_tracked_point(
        self, turn: float, length_m: float, part: str
    ) -> None:
        ahead = (math.sin(turn), math.cos(turn))
        corners = outline(Pose(3.0, 4.0, *ahead), "car", part, length_m)
        along = [(x - 3.0) * ahead[0] + (y - 4.0) * ahead[1] for x, y in corners]
        assert max(along) - min(along) == pytest.approx(length_m)
        assert (max(along) if part == "front" else min(along)) == pytest.approx(0.0, abs=1e-9)

    def test_it_is_not_drawn_where_the_tracked_part_is_not_known(self) -> None:
        assert outline(Pose(0, 0, 0, 1), "car", "unknown", 4.4) == []


class TestPlan:
    def test_a_track_that_was_not_calibrated_has_none(self) -> None:
        scene = by_offence("red_light")
        passage, _ = passage_of(scene)
        track = tuple(msgspec.structs.replace(point, x_m=None, y_m=None) for point in passage.track)
        bare = msgspec.structs.replace(passage, track=track)
        assert draw_road(bare, finding_of(scene, passage), None) is None

    def test_the_outline_touches_the_line_when_the_front_passes_it(self) -> None:
        scene = by_offence("red_light")
        passage, _ = passage_of(scene)
        plan = draw_road(passage, finding_of(scene, passage), ROADS[scene.camera])
        assert plan is not None
        line = next(shape for shape in plan.shapes if shape.id == "stop-south")
        line_x = float(line.path.split(",")[0])
        front_x = max(float(pair.split(",")[0]) for pair in plan.marks[0].outline.split())
        assert front_x == pytest.approx(line_x, abs=3.0)

    def test_a_moment_elsewhere_has_no_place_here(self) -> None:
        scene = by_offence("average_speed")
        passage, _ = passage_of(scene)
        plan = draw_road(passage, finding_of(scene, passage), None)
        assert plan is not None
        assert [mark.number for mark in plan.marks] == [2]

    def test_numbers_of_a_standing_vehicle_stand_beside_each_other(self) -> None:
        scene = by_offence("stopping")
        passage, _ = passage_of(scene)
        plan = draw_road(passage, finding_of(scene, passage), None)
        assert plan is not None
        one, other = plan.marks
        assert math.dist(one.at, other.at) >= 18

    def test_a_name_takes_the_place_that_is_least_crowded(self) -> None:
        placer = LabelPlacer(900, 300, [(100.0, 95.0)])
        assert placer.place("Lane: a", [(100, 100), (400, 100)]) == (400, 100)
        assert placer.place("Lane: b", [(400, 100), (700, 200)]) == (700, 200)
        assert placer.place("Lane: c", [(5, 100), (890, 100)]) is None


class TestSpeedOverTime:
    def test_the_band_holds_the_line_and_is_twice_the_uncertainty_high(self) -> None:
        scene = by_offence("speeding")
        passage, _ = passage_of(scene)
        plot = plot_speed(passage, finding_of(scene, passage))
        assert plot is not None
        assert plot.line is not None
        corners = [tuple(map(float, pair.split(","))) for pair in plot.band.split()]
        ticks = {float(tick.label): tick.at_px for tick in plot.speed_ticks}
        (low, low_px), *_, (high, high_px) = sorted(ticks.items())
        px_per_kmh = (low_px - high_px) / (high - low)
        assert corners[3][1] - corners[0][1] == pytest.approx(2 * 1.21 * px_per_kmh, abs=0.3)
        assert corners[0][1] < plot.line[0][1] < corners[3][1]

    def test_acceleration_tilts_the_line(self) -> None:
        scene = by_offence("speeding")
        passage, _ = passage_of(scene)
        speed = msgspec.structs.replace(passage.speed, acceleration_ms2=2.0)
        plot = plot_speed(msgspec.structs.replace(passage, speed=speed), finding_of(scene, passage))
        assert plot is not None
        assert plot.line is not None
        assert plot.line[1][1] < plot.line[0][1]  # the page's y runs down

    def test_only_a_finding_about_a_speed_has_a_limit(self) -> None:
        scene = by_offence("following")
        passage, _ = passage_of(scene)
        plot = plot_speed(passage, finding_of(scene, passage))
        assert plot is not None
        assert plot.limit_y is None


def phase(state: str, begin_s: float, end_s: float, signal: str = "K1") -> LampPhase:
    return LampPhase(signal, state, round(begin_s * SECOND_NS), round(end_s * SECOND_NS), 40.0)


class TestLamps:
    @pytest.mark.parametrize(
        ("lamps", "at_s", "into_red"),
        [
            ((phase("green", 0, 5), phase("red", 5, 20)), 6.5, 1.5),
            ((phase("green", 0, 5), phase("red", 5, 20)), 4.0, None),
            ((phase("red", 0, 5), phase("green", 5, 20)), 6.0, None),
            ((phase("red", 0, 5), phase("red", 0, 5, "K2")), 3.0, None),
            ((), 3.0, None),
        ],
    )
    def test_the_time_into_red_is_said_only_where_red_was_shown_last(
        self, lamps: tuple[LampPhase, ...], at_s: float, into_red: float | None
    ) -> None:
        scene = by_offence("red_light")
        finding = msgspec.structs.replace(finding_of(scene, passage_of(scene)[0]), lamps=lamps)
        assert into_red_s(finding, round(at_s * SECOND_NS)) == into_red

    def test_phases_and_moments_stand_where_their_times_are(self) -> None:
        scene = by_offence("red_light")
        passage, _ = passage_of(scene)
        base = finding_of(scene, passage)
        at_ns = scene.started_ns + round(0.8 * SECOND_NS)  # red began 1.2 s before the vehicle came into view
        finding = msgspec.structs.replace(base, moments=(Moment("passed", at_ns, uncertainty_ms=100.0),))
        diagram = draw_phases(passage, finding)
        assert diagram is not None
        zero, two = (next(t.at_px for t in diagram.ticks if t.label == label) for label in ("0", "2"))
        red = next(bar for bar in diagram.bars if bar.state == "red")
        assert red.x == pytest.approx(zero)
        assert diagram.moments[0].x == pytest.approx(two)
        assert diagram.moments[0].half == pytest.approx((two - zero) / 20)
        assert red.edge == pytest.approx((two - zero) / 50)

    def test_a_finding_without_lamps_has_no_diagram(self) -> None:
        scene = by_offence("speeding")
        passage, _ = passage_of(scene)
        assert draw_phases(passage, finding_of(scene, passage)) is None


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=12))
def test_a_budgets_parts_add_up_and_the_largest_comes_first(terms: list[float]) -> None:
    budget = tuple(BudgetTerm(f"term {i}", value, "random") for i, value in enumerate(terms))
    view = view_budget(SpeedMeasurement(90.0, 2.0, budget=budget))
    assert view is not None
    assert sum(row.part for row in view.rows) == pytest.approx(1.0)
    assert view.combined_kmh == pytest.approx(math.hypot(*terms))
    assert [row.standard_kmh for row in view.rows] == sorted(terms, reverse=True)
