"""The geometry behind the drawings, and the small texts: pure functions."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.bar_chart import lying_bars, upright_bars
from dashboards.numbers import by_hour
from dashboards.overlay import best_frame, build_overlay, plate_crop
from dashboards.plate_view import positions
from dashboards.track_plot import TrackPlot, plot_track
from enforcement.statistics import HourCount
from streams.messages import Box, CharacterCandidate, Passage, PlateReading, SpeedMeasurement, TrackPoint
from tests.dashboards.invented_passages import SCENES, SECOND_NS, invent

HOUR_NS = 3600 * SECOND_NS


@pytest.fixture(scope="module")
def passage() -> Passage:
    return invent(SCENES[0])[0]


def driven(speed_kmh: float | None, towards: bool, outlier_m: float = 0.0) -> Passage:
    """A passage of one second at exactly this speed, 10 points a second."""
    step_m = (speed_kmh or 90.0) / 36 * (-1 if towards else 1)
    points = [TrackPoint(index * SECOND_NS // 10, 0, 0, 0.0, 50 + index * step_m) for index in range(11)]
    points[7] = msgspec.structs.replace(points[7], y_m=50 + 7 * step_m + outlier_m)
    speed = SpeedMeasurement(speed_kmh, void_reason=None if speed_kmh else "too few points")
    base = invent(SCENES[0])[0]
    return msgspec.structs.replace(base, track=tuple(points), speed=speed)


class TestTrackPlot:
    @pytest.mark.parametrize("towards", [False, True])
    @pytest.mark.parametrize("outlier_m", [0.0, 9.0])
    def test_the_fit_runs_through_the_points_whatever_the_direction(
        self, towards: bool, outlier_m: float
    ) -> None:
        plot = plot_track(driven(90.0, towards, outlier_m), 80.0)
        assert plot is not None
        assert plot.fit is not None
        first, last = plot.points[0], plot.points[-1]
        assert (plot.fit.x1, plot.fit.y1) == pytest.approx(first)
        assert (plot.fit.x2, plot.fit.y2) == pytest.approx(last)

    def test_the_limit_is_flatter_than_a_speeders_fit(self) -> None:
        plot = plot_track(driven(120.0, towards=False), 80.0)
        assert plot is not None
        assert plot.fit is not None
        assert plot.limit is not None
        climb = (plot.fit.y1 - plot.fit.y2) / (plot.limit.y1 - plot.limit.y2)
        assert climb == pytest.approx(120 / 80)

    def test_a_void_speed_has_points_but_no_fit(self) -> None:
        plot = plot_track(driven(None, towards=False), 80.0)
        assert isinstance(plot, TrackPlot)
        assert plot.fit is None
        assert len(plot.points) == 11

    def test_a_track_that_was_not_calibrated_has_no_plot(self, passage: Passage) -> None:
        track = tuple(msgspec.structs.replace(point, x_m=None, y_m=None) for point in passage.track)
        assert plot_track(msgspec.structs.replace(passage, track=track), 80.0) is None

    @pytest.mark.parametrize("count", [0, 1])
    def test_a_track_of_no_length_has_no_plot(self, passage: Passage, count: int) -> None:
        assert plot_track(msgspec.structs.replace(passage, track=passage.track[:count]), 80.0) is None


class TestOverlay:
    @given(x=st.floats(0, 1279), y=st.floats(0, 719), w=st.floats(1, 1280), h=st.floats(1, 720))
    def test_every_view_lies_in_the_picture_and_has_its_proportions(
        self, x: float, y: float, w: float, h: float
    ) -> None:
        passage, _ = _INVENTED
        box = Box(x, y, min(w, 1280 - x), min(h, 720 - y))
        frame = msgspec.structs.replace(passage.evidence[0], vehicle_box=box, plate_box=box)
        for view in build_overlay(passage, frame).views:
            assert view.x >= -1e-6
            assert view.y >= -1e-6
            assert view.x + view.w <= 1280 + 1e-6
            assert view.y + view.h <= 720 + 1e-6
            assert view.w / view.h == pytest.approx(1280 / 720)
            assert view.x <= box.x + box.w / 2 <= view.x + view.w

    def test_the_frame_whose_read_agrees_is_shown(self, passage: Passage) -> None:
        agreeing = passage.evidence[0]
        other = msgspec.structs.replace(agreeing, digest="0" * 64, plate_text="KFV48Z")
        both = msgspec.structs.replace(passage, evidence=(other, *passage.evidence))
        assert best_frame(both) == agreeing

    def test_a_sealed_original_is_never_the_picture(self, passage: Passage) -> None:
        sealed = tuple(msgspec.structs.replace(piece, sealed=True) for piece in passage.evidence)
        assert best_frame(msgspec.structs.replace(passage, evidence=sealed)) is None

    def test_the_crop_is_the_one_of_the_same_frame(self, passage: Passage) -> None:
        frame, crop = passage.evidence[:2]
        earlier = msgspec.structs.replace(crop, digest="0" * 64, captured_at_ns=crop.captured_at_ns - 1)
        both = msgspec.structs.replace(passage, evidence=(frame, earlier, crop))
        assert plate_crop(both, frame) == crop


_INVENTED = invent(SCENES[0])


@pytest.mark.parametrize(
    ("probability", "grade"), [(0.99, "sure"), (0.9, "sure"), (0.89, "fair"), (0.6, "fair"), (0.59, "poor")]
)
def test_a_position_is_graded_by_its_best_character(probability: float, grade: str) -> None:
    slot = (CharacterCandidate("8", 1 - probability), CharacterCandidate("B", probability))
    (position,) = positions(PlateReading("B", probability, lattice=(slot,)))
    expected = "B" if probability > 0.5 else "8"
    assert position.best.character == expected
    assert position.grade == grade


class TestBars:
    @given(st.lists(st.integers(0, 10**6), max_size=200))
    def test_bars_stand_on_the_axis_and_their_heights_compare_as_their_counts(
        self, counts: list[int]
    ) -> None:
        chart = upright_bars("k", "t", "a", "u", [(str(n), str(n), n) for n in counts])
        assert [bar.count for bar in chart.bars] == counts
        for bar in chart.bars:
            assert bar.y + bar.h == pytest.approx(chart.bottom)
            assert bar.y >= 0
            assert bar.h * max(counts, default=0) == pytest.approx(
                bar.count * max(b.h for b in chart.bars), abs=1e-3
            )
        assert len(chart.labels) <= 12

    def test_labels_of_upright_bars_do_not_run_into_each_other(self) -> None:
        counts = [(f"05-{day:02d}\u200900h", f"05-{day:02d}\u200900h", 1) for day in range(1, 13)]
        labels = upright_bars("k", "t", "a", "u", counts, edges=True).labels
        assert len(labels) >= 4
        assert all(b.at_px - a.at_px >= 6.8 * len(a.label) for a, b in pairwise(labels))

    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
    def test_lying_bars_begin_at_the_axis_and_their_lengths_compare_as_their_counts(
        self, counts: list[int]
    ) -> None:
        chart = lying_bars("k", "t", "a", "u", [(str(n), n) for n in counts])
        longest = max(bar.w for bar in chart.bars)
        for bar, count in zip(chart.bars, counts, strict=True):
            assert bar.x == chart.left
            assert bar.w * max(counts) == pytest.approx(count * longest, abs=1e-3)
            assert bar.y + bar.h <= chart.bottom < chart.height

    def test_a_name_that_is_too_long_is_cut_beside_the_bar_and_whole_in_the_table(self) -> None:
        name = "Waldenburgshausen-Oberniederstadt-North"
        chart = lying_bars("k", "t", "a", "u", [(name, 3)])
        assert chart.bars[0].name == name
        assert chart.labels[0].label == "Waldenburgshausen-Obern…"

    def test_hours_without_a_violation_are_shown_over_whole_days(self) -> None:
        chart = by_hour([HourCount(9 * HOUR_NS, 2), HourCount(26 * HOUR_NS, 1)])
        assert len(chart.bars) == 48
        assert [bar.count for bar in chart.bars if bar.count] == [2, 1]
        assert chart.bars[9].name == "1970-01-01 09:00"

    def test_no_more_than_a_week_of_hours_is_shown(self) -> None:
        chart = by_hour([HourCount(0, 5), HourCount(24 * 30 * HOUR_NS, 1)])
        assert len(chart.bars) == 7 * 24
        assert chart.total == 1
