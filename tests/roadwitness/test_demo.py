"""The demo's judgement of itself: what counts as right, and how it is shown."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from roadwitness.demo import CAVEAT, Accusation, Verdict, as_figures, as_table, judge, run_demo
from roadwitness.listening import PortTaken, bind
from roadwitness.simulator import FrameTruth, Truth, VehicleTruth
from roadwitness.truth_matching import Comparison, compare
from streams.messages import Box, Passage, SpeedMeasurement, TrackPoint

START_NS = 1_777_881_600_000_000_000
FPS = 20


def vehicle(
    number: int, speed_kmh: float, left: float = 100.0, frames: range = range(10, 20)
) -> VehicleTruth:
    """A vehicle whose box is 100 px wide and 80 high and comes down 10 px a frame."""
    return VehicleTruth(
        vehicle_id=f"v{number:03d}",
        vehicle_class="motorcycle",
        plate=f"AB{number:03d}CDE",
        plate_display="",
        country="GB",
        keeper_id=f"K{100000 + number}",
        speed_kmh=speed_kmh,
        lane=1,
        colour="red",
        first_frame=frames[0],
        last_frame=frames[-1],
        speeding=speed_kmh > 83.0,
        boxes=tuple(
            FrameTruth(frame, (left, 10.0 * frame, 100.0, 80.0), None, None, None, 1.0) for frame in frames
        ),
    )


def passage(
    name: str,
    speed_kmh: float | None = None,
    x_px: float = 150.0,
    below_px: float = 78.0,
    frames: range = range(10, 20),
) -> Passage:
    """A passage whose tracked point lies ``below_px`` under the upper edge of the boxes of ``vehicle``."""
    return Passage(
        passage_id=name,
        camera_id="camera",
        site_id="site",
        vehicle="car",
        vehicle_confidence=0.9,
        started_at_ns=START_NS,
        ended_at_ns=START_NS + 1,
        frames=len(frames),
        box=Box(0, 0, 1, 1),
        track=tuple(
            TrackPoint(START_NS + frame * 1_000_000_000 // FPS, x_px, 10.0 * frame + below_px)
            for frame in frames
        ),
        speed=SpeedMeasurement(speed_kmh, void_reason=None if speed_kmh else "no calibration"),
    )


def truth(*vehicles: VehicleTruth) -> Truth:
    return Truth(1, FPS, 960, 540, 100, 80.0, 83.0, vehicles)


class TestMatching:
    """A passage belongs to the vehicle in whose boxes it was, whatever its plate was read as."""

    def test_two_beside_each_other_are_told_apart(self) -> None:
        left, right = vehicle(1, 90.0, left=100.0), vehicle(2, 70.0, left=300.0)
        found, strangers = compare(
            truth(left, right), [passage("b", 71.0, x_px=350.0), passage("a", 89.0)], START_NS
        )
        assert [[p.passage_id for p in one.passages] for one in found] == [["a"], ["b"]]
        assert [one.speed_error_kmh for one in found] == [pytest.approx(-1.0), pytest.approx(1.0)]
        assert strangers == []

    def test_one_after_the_other_in_the_same_place_are_told_apart(self) -> None:
        first, second = vehicle(1, 90.0), vehicle(2, 90.0, frames=range(40, 50))
        found, _ = compare(truth(first, second), [passage("later", frames=range(40, 50))], START_NS)
        assert [len(one.passages) for one in found] == [0, 1]

    @pytest.mark.parametrize(
        ("below_px", "matched"), [(0.0, True), (87.0, True), (89.0, False), (-2.0, False)]
    )
    def test_the_tracked_point_may_lie_a_little_under_the_box(self, below_px: float, matched: bool) -> None:
        found, strangers = compare(truth(vehicle(1, 90.0)), [passage("a", below_px=below_px)], START_NS)
        assert bool(found[0].passages) == matched
        assert bool(strangers) != matched

    def test_a_passage_that_was_with_a_vehicle_for_less_than_half_its_way_is_a_stranger(self) -> None:
        passages = [passage("mostly", frames=range(5, 16)), passage("hardly", frames=range(0, 14))]
        found, strangers = compare(truth(vehicle(1, 90.0)), passages, START_NS)
        assert [p.passage_id for p in found[0].passages] == ["mostly"]
        assert [p.passage_id for p in strangers] == ["hardly"]

    def test_a_vehicle_seen_twice_has_the_first_speed_that_there_is(self) -> None:
        found, _ = compare(
            truth(vehicle(1, 90.0)),
            [passage("void", frames=range(10, 12)), passage("a", 92.5), passage("b", 80.0)],
            START_NS,
        )
        assert len(found[0].passages) == 3
        assert found[0].speed_error_kmh == pytest.approx(2.5)

    def test_a_vehicle_without_a_speed_has_no_error(self) -> None:
        found, _ = compare(truth(vehicle(1, 90.0)), [passage("void")], START_NS)
        assert found[0].speed_error_kmh is None


SPEEDER, INNOCENT = vehicle(1, 98.8), vehicle(2, 70.0)
RIGHT = Accusation(SPEEDER.plate, SPEEDER.keeper_id)


def comparisons(error_kmh: float = 0.5) -> list[Comparison]:
    return [
        Comparison(one, (passage(one.vehicle_id, one.speed_kmh + error_kmh),)) for one in (SPEEDER, INNOCENT)
    ]


@pytest.mark.parametrize(
    ("accused", "caught", "falsely"),
    [
        pytest.param({"v001": RIGHT}, 1, 0, id="all is right"),
        pytest.param({}, 0, 0, id="a speeder is missed"),
        pytest.param({"v001": Accusation("XX99XXX", SPEEDER.keeper_id)}, 0, 0, id="a wrong plate"),
        pytest.param({"v001": Accusation(None, None)}, 0, 0, id="an unreadable plate"),
        pytest.param({"v001": Accusation(SPEEDER.plate, None)}, 0, 0, id="no keeper"),
        pytest.param({"v001": Accusation(SPEEDER.plate, "K1")}, 0, 0, id="another's keeper"),
        pytest.param({"v001": RIGHT, "v002": RIGHT}, 1, 1, id="an innocent is accused"),
        pytest.param({"v001": RIGHT, "ghost": RIGHT}, 1, 1, id="what was no vehicle is accused"),
    ],
)
def test_only_the_right_plate_and_keeper_of_a_speeder_counts(
    accused: dict[str, Accusation], caught: int, falsely: int
) -> None:
    verdict = judge(comparisons(), [passage("ghost")], accused)
    assert (verdict.speeders, verdict.vehicles) == (1, 2)
    assert (verdict.caught, verdict.false_accusations) == (caught, falsely)
    assert verdict.passed == (caught == 1 and falsely == 0)


def test_a_keeper_that_the_register_does_not_have_is_none() -> None:
    unknown = msgspec.structs.replace(SPEEDER, keeper_id=None)
    verdict = judge([Comparison(unknown, (passage("a", 98.8),))], [], {"a": Accusation(unknown.plate, None)})
    assert verdict.caught == 1


def test_the_largest_speed_error_counts_whatever_its_sign() -> None:
    assert judge(comparisons(-2.9), [], {"v001": RIGHT}).largest_speed_error_kmh == pytest.approx(2.9)


GOOD = Verdict(
    speeders=10, caught=9, false_accusations=0, largest_speed_error_kmh=3.0, seen_once=24, vehicles=24
)


@pytest.mark.parametrize(
    ("verdict", "passed"),
    [
        (GOOD, True),
        (replace(GOOD, caught=8), False),
        (replace(GOOD, false_accusations=1), False),
        (replace(GOOD, largest_speed_error_kmh=3.1), False),
        (replace(GOOD, speeders=0, caught=0), True),
    ],
)
def test_the_bars(verdict: Verdict, passed: bool) -> None:
    assert verdict.passed == passed


def shown(thing: object, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(thing)
    return out.getvalue()


class TestTable:
    """What the person sees, at 80 columns."""

    ACCUSED = {"v001": RIGHT, "v002": Accusation("WW12345XY", "K100003")}  # noqa: RUF012

    def test_cuts_no_plate_and_no_keeper(self) -> None:
        text = shown(as_table(comparisons(), self.ACCUSED))
        assert "…" not in text
        for whole in ("v001 motorcycle", "AB001CDE", "98.8", "99.3", "+0.5", "K100001", "false: WW12345XY"):
            assert whole in text
        assert max(map(len, text.splitlines())) <= 80
        assert len(text.strip().splitlines()) == 5, "a title, a head with its rule, and a line a vehicle"

    @pytest.mark.parametrize(
        ("accused", "said"),
        [
            ({}, "missed"),
            ({"v001": Accusation(None, None)}, "unreadable"),
            ({"v001": Accusation(SPEEDER.plate, None)}, "none"),
        ],
    )
    def test_says_what_is_wrong(self, accused: dict[str, Accusation], said: str) -> None:
        line = next(line for line in shown(as_table(comparisons(), accused)).splitlines() if "v001" in line)
        assert said in line

    def test_figures_stand_beside_their_bars(self) -> None:
        lines = shown(as_figures(GOOD, 12.34)).splitlines()
        assert any("9 of 10" in line and "90 %" in line for line in lines)
        assert any("3.0 km/h" in line and "at most 3 km/h" in line for line in lines)
        assert any("24 of 24" in line for line in lines)
        assert any("12.3 frames/s" in line for line in lines)

    def test_says_what_it_does_not_show(self) -> None:
        assert "not how well it reads on a real road" in CAVEAT


def test_a_port_in_use_is_said_before_anything_is_rendered(tmp_path: Path) -> None:
    with closing(bind(0)) as taken, pytest.raises(PortTaken, match="name another by --port"):
        run_demo(tmp_path / "data", serve=True, port=taken.getsockname()[1])
    assert not (tmp_path / "data").exists()
