"""What becomes of a simulated vehicle: false accusations are counted however they come about."""

from __future__ import annotations

import pytest

from detectors.evaluation.shares import Share
from roadwitness.evaluating.outcomes import RIGHT, UNREADABLE, UNSEEN, WRONG, outcomes
from roadwitness.simulator import VehicleTruth
from roadwitness.truth_matching import Comparison
from streams.messages import Passage
from tests.enforcement.samples import passage, policy


def vehicle(speed_kmh: float, *, speeding: bool) -> VehicleTruth:
    return VehicleTruth(
        vehicle_id="v001",
        vehicle_class="car",
        plate="AB123CD",
        plate_display="AB-123-CD",
        country="FR",
        keeper_id=None,
        speed_kmh=speed_kmh,
        lane=1,
        colour="red",
        first_frame=0,
        last_frame=9,
        speeding=speeding,
        boxes=(),
    )


SPEEDER, INNOCENT = vehicle(93.0, speeding=True), vehicle(80.0, speeding=False)


@pytest.mark.parametrize(
    ("truth", "seen", "reading", "why", "caught"),
    [
        pytest.param(SPEEDER, [passage(0, 93.4, "AB123CD")], RIGHT, "", True, id="caught"),
        pytest.param(SPEEDER, [passage(0, 93.4, "AB123CO")], WRONG, "another's plate", False, id="misread"),
        pytest.param(SPEEDER, [passage(0, 93.4, None)], UNREADABLE, "", False, id="unreadable"),
        pytest.param(SPEEDER, [passage(0, None, "AB123CD")], RIGHT, "", False, id="not measured"),
        pytest.param(SPEEDER, [], UNSEEN, "", False, id="not seen"),
        pytest.param(INNOCENT, [passage(0, 80.4, "AB123CD")], RIGHT, "", False, id="left alone"),
        pytest.param(
            INNOCENT, [passage(0, 90.0, "AB123CD")], RIGHT, "within the limit", False, id="measured too fast"
        ),
        pytest.param(
            SPEEDER,
            [passage(0, 93.4, "AB123CD"), passage(1, 93.4, "XX999XX")],
            RIGHT,
            "another's plate",
            False,
            id="seen twice, once under another's plate",
        ),
    ],
)
def test_an_accusation_is_false_without_offence_or_under_anothers_plate(
    truth: VehicleTruth, seen: list[Passage], reading: str, why: str, caught: bool
) -> None:
    found = outcomes([Comparison(truth, tuple(seen))], [], policy())
    (each,) = found.vehicles
    assert (each.reading, each.falsely_accused, each.caught) == (reading, why, caught)
    assert found.false_accusations == bool(why)
    assert found.read(reading) == Share(1, 1)


def test_an_accusation_of_nobody_is_false() -> None:
    found = outcomes([], [passage(0, 93.4), passage(1, 60.0)], policy())
    assert (len(found.strangers), len(found.invented), found.false_accusations) == (2, 1, 1)


def test_speeds_are_compared_with_their_stated_uncertainty() -> None:
    """The sample's uncertainty is 1.2 km/h: errors of 0.4 and -0.6 lie within, one of 2 does not."""
    speeds = (93.4, 92.4, 95.0, None)
    found = outcomes(
        [Comparison(SPEEDER, (passage(i, speed),)) for i, speed in enumerate(speeds)], [], policy()
    )
    assert found.measured == Share(3, 4)
    assert found.covered == Share(2, 3)
    assert found.bias_kmh == pytest.approx((0.4 - 0.6 + 2.0) / 3)
    assert found.rms_kmh == pytest.approx(((0.4**2 + 0.6**2 + 2.0**2) / 3) ** 0.5)


def test_vehicles_are_to_be_seen_once() -> None:
    twice = (passage(0), passage(1))
    found = outcomes([Comparison(SPEEDER, seen) for seen in (twice, twice[:1], ())], [], policy())
    assert (found.seen_once, found.unseen, found.class_right) == (Share(1, 3), Share(1, 3), Share(2, 2))
