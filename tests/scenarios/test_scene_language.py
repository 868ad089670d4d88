"""The scene language itself: drives are exact, and what is seen lies within what is stated."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from enforcement.law.table import Scope
from tests.scenarios.geometry_truth import crossings, inside, turned
from tests.scenarios.hours_truth import holds
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.observing import DAY, QUALITIES, Quality, chance, observe
from tests.scenarios.scene import Lamp, Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, box, halting, policy

_SCENE = Scene("test", policy(), along(50.0))


def _at(*seconds: float) -> np.ndarray:
    return np.array(seconds)


def test_an_even_drive_covers_its_speed_times_time() -> None:
    drive = Drive(Path(0.0, 0.0), 36.0)
    assert drive.place(_at(-1.0, 0.0, 5.0))[:, 1] == pytest.approx([-10.0, 0.0, 50.0])
    assert drive.when(25.0) == pytest.approx(2.5, abs=1e-3)


def test_braking_takes_the_mean_speed_times_time() -> None:
    drive = Drive(Path(0.0, 0.0), 36.0, pieces=(Hold(1.0), Reach(0.0, 4.0), Hold(3.0), Reach(-3.6, 2.0)))
    assert drive.distance(_at(1.0, 5.0, 8.0, 10.0, 12.0)) == pytest.approx([10.0, 30.0, 30.0, 29.0, 27.0])
    assert drive.speed_ms(_at(6.0, 11.0)) == pytest.approx([0.0, -1.0])


def test_a_halt_is_where_it_was_asked_for() -> None:
    drive = halting(40.0, 1.5, wait_s=3.0)
    assert drive.place(_at(drive.ends_s - 1.0))[0] == pytest.approx([1.75, 1.5])


def test_paths_turn_and_shift() -> None:
    right = Path(0.0, 0.0, 0.0, (Straight(10.0), Turn(90.0, 5.0)))
    assert right.at(_at(10.0 + math.pi / 2 * 5.0 + 7.0))[0] == pytest.approx([12.0, 15.0], abs=0.02)
    left = Path(0.0, 0.0, 90.0, (Turn(-180.0, 4.0),))
    assert left.at(_at(math.pi * 4.0))[0] == pytest.approx([0.0, 8.0], abs=0.02)
    assert Path(1.0, 0.0, 0.0, (Shift(-3.5, 30.0),)).at(_at(60.0))[0, 0] == pytest.approx(-2.5)


def test_the_rear_follows_the_front() -> None:
    drive = along(50.0)
    assert drive.place(_at(3.0), 4.4)[0, 1] == pytest.approx(drive.place(_at(3.0))[0, 1] - 4.4)


@pytest.mark.parametrize(
    "quality", [dataclasses.replace(each, glitches=0.0) for each in QUALITIES], ids=lambda q: q.name
)
@pytest.mark.parametrize("part", ["front", "rear"])
def test_what_is_seen_lies_within_its_expanded_uncertainty(quality: Quality, part: str) -> None:
    scene = dataclasses.replace(
        _SCENE, sight=Sight(part, clock_error_ms=0.0), lamps=(Lamp("red", -3.0, 60.0),)
    )
    errors = []
    for seed in range(20):
        passage = observe(scene, quality, chance("seen", quality.name, part, seed)).passage
        t = np.array([point.captured_at_ns - scene.at_ns for point in passage.track]) * 1e-9
        truth = scene.drive.place(t, 4.4 if part == "rear" else 0.0)
        sigma = np.array([point.sigma_m for point in passage.track])
        off = np.array([(point.x_m, point.y_m) for point in passage.track]) - truth
        assert (np.abs(off) <= 2.0 * sigma[:, None] + 1e-6).all()
        errors.append(off[:, 1] / sigma)
        assert abs(passage.speed.speed_kmh - 50.0) <= passage.speed.uncertainty_kmh
        (red,) = passage.lamps
        assert abs(red.from_ns - scene.moment_ns(-3.0)) <= red.uncertainty_ms * 1e6
    # The errors are as large as is stated, not only no larger.
    assert 0.6 < np.concatenate(errors).std() < 1.0


def test_a_clock_that_is_ahead_moves_all_times() -> None:
    ahead = dataclasses.replace(_SCENE, sight=Sight(clock_error_ms=400.0))
    exact = dataclasses.replace(_SCENE, sight=Sight(clock_error_ms=0.0))
    starts = [observe(scene, DAY, chance("same")).passage.started_at_ns for scene in (exact, ahead)]
    assert starts[1] - starts[0] == 400_000_000


def test_who_is_hidden_is_not_seen() -> None:
    scene = dataclasses.replace(_SCENE, sight=Sight(hidden=((3.0, 4.0),)))
    seen = [
        (p.captured_at_ns - scene.at_ns) * 1e-9 for p in observe(scene, DAY, chance("hidden")).passage.track
    ]
    assert not [t for t in seen if 3.01 < t < 3.99]
    assert observe(dataclasses.replace(scene, sight=Sight(seen=(0.0, 0.01))), DAY, chance("no")) is None


@pytest.mark.parametrize(
    ("hours", "clock", "day", "expected"),
    [
        ("mo-fr 07:00-19:00", "07:00:01", 4, True),
        ("mo-fr 07:00-19:00", "18:59:59", 8, True),
        ("mo-fr 07:00-19:00", "19:00:01", 8, False),
        ("mo-fr 07:00-19:00", "12:00:00", 9, False),
        ("22:00-06:00", "23:00:00", 4, True),
        ("22:00-06:00", "05:00:00", 4, True),
        ("22:00-06:00", "12:00:00", 4, False),
        ("fr 22:00-06:00", "05:00:00", 9, True),
        ("fr 22:00-06:00", "05:00:00", 8, False),
        ("sa-su", "12:00:00", 10, True),
        ("fr-mo", "12:00:00", 5, False),
        ("22:00-06:00", "22:00:00", 4, None),
    ],
)
def test_hours_of_the_truth(hours: str, clock: str, day: int, expected: bool | None) -> None:
    scene = dataclasses.replace(_SCENE, at=berlin(clock, day=day))
    assert holds(Scope(hours=(hours,)), scene, 0.0) is expected


def test_scopes_of_the_truth() -> None:
    truck = dataclasses.replace(_SCENE, vehicle=Vehicle("truck"), conditions=("wet",))
    assert holds(Scope(vehicles=("truck",), conditions=("wet",)), truck, 0.0)
    assert not holds(Scope(vehicles=("bus",)), truck, 0.0)
    assert not holds(Scope(conditions=("wet", "ice")), truck, 0.0)


def test_geometry_of_the_truth() -> None:
    places = np.array([[0.0, -1.0], [0.0, 1.0], [5.0, 1.0], [5.0, -1.0]])
    (up, down) = crossings(((-10.0, 0.0), (10.0, 0.0)), places)
    assert (up.i, up.part, up.heading_deg) == (0, 0.5, 0.0)
    assert (down.i, abs(down.heading_deg)) == (2, 180.0)
    assert not crossings(((1.0, 0.0), (4.0, 0.0)), places)
    assert inside(box(-1.0, 1.0, 0.0, 2.0), places).tolist() == [False, True, False, False]
    assert turned(350.0, 10.0) == pytest.approx(20.0)
