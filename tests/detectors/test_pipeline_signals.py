"""The roadside unit at a signal: passages that can be judged, and the two positions that the law wants."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detectors.lamps import SignalHead
from detectors.lampwatch import LampWatch
from detectors.pipeline import PipelineSettings, RoadsidePipeline
from detectors.roadplaces import StopPlace
from detectors.surroundings import Surroundings
from streams.messages import Box, Passage
from tests.detectors.roadside_parts import START_NS, Car, FaceSpotter, Street, calibration
from tests.detectors.test_pipeline import by_kind, colours, green, stripes

HEAD = SignalHead("s1", Box(580, 30, 20, 60))
#: Cars drive down the picture, so towards smaller y; 40 m are 280 px.
LINE = StopPlace("stop", ((30.0, 40.0), (110.0, 40.0)), 180.0, "s1", beyond_m=5.0)
FAR = StopPlace("far", ((30.0, 200.0), (70.0, 200.0)), 180.0, "s1")
_PLACES = {"red": 40, "amber": 60, "green": 80}
_COLOURS = {"red": (30, 20, 240), "amber": (20, 150, 250), "green": (170, 240, 40)}


class Junction(Street):
    """A street with a signal whose lamps follow ``script``, such as ``green 2 amber 3 red 9``."""

    def __init__(self, script: str, *cars: Car) -> None:
        super().__init__(*cars)
        self.script = script.split()

    def state(self, at_s: float) -> str:
        for state, lasts in zip(self.script[::2], self.script[1::2], strict=True):
            at_s -= float(lasts)
            if at_s < 0:
                return state
        return self.script[-2]

    def frames(self, seconds: float):
        for frame in super().frames(seconds):
            cv2.rectangle(frame.image, (576, 26), (604, 94), (180, 180, 180), -1)
            cv2.rectangle(frame.image, (580, 30), (599, 89), (25, 25, 25), -1)
            state = self.state(frame.index / 25)
            cv2.circle(frame.image, (590, _PLACES[state]), 8, _COLOURS[state], -1, cv2.LINE_AA)
            yield frame


def drive(street: Junction, seconds: float, wanted=None, around=None, places=(LINE,), **kwargs):
    """Everything that passes: each closed passage with the time (s) at which it was closed."""
    settings = PipelineSettings("cam", "site", wanted=wanted)
    watch = LampWatch("site", "cam", [HEAD])
    unit = RoadsidePipeline(
        settings,
        street,
        street,
        FaceSpotter(),
        street,
        calibration(),
        surroundings=around or Surroundings(lamps=watch, stop_places=places, **kwargs),
    )
    closed = [(c, f.index / 25) for f in street.frames(seconds) for c in unit.process(f)]
    return closed + [(c, None) for c in unit.finish()]


def at_red(passage: Passage) -> bool:
    return any(phase.state == "red" for phase in passage.lamps)


def test_a_passage_has_the_phases_from_before_it_until_after_it():
    street = Junction("red 2 green 4 amber 3 red 20", Car("AB12CDE", 60.0, start_s=4.0))
    ((closed, at_s),) = drive(street, 16.0)
    passage = closed.passage
    assert [(p.signal_id, p.state) for p in passage.lamps if p.state != "unknown"] == [
        ("s1", state) for state in ("red", "green", "amber", "red")
    ]
    ended_s = (passage.ended_at_ns - START_NS) * 1e-9
    assert passage.lamps[-1].until_ns >= passage.ended_at_ns + 2 * 10**9 - 40_000_000
    assert ended_s + 1.99 <= at_s < ended_s + 2.6


def test_a_signal_that_is_not_settled_is_waited_for_and_not_for_ever():
    class Blinded(Junction):
        def frames(self, seconds):
            for frame in super().frames(seconds):
                if frame.index > 100:
                    # Contradicting lamps on every frame: no state can be settled, and none is believed.
                    state = ("red", "green")[frame.index % 2]
                    cv2.circle(frame.image, (590, _PLACES["amber"]), 8, _COLOURS[state], -1)
                yield frame

    ((closed, at_s),) = drive(Blinded("green 90", Car("AB12CDE", 60.0)), 16.0)
    ended_s = (closed.passage.ended_at_ns - START_NS) * 1e-9
    assert at_s is not None
    assert at_s <= ended_s + 6.2
    assert closed.passage.lamps[-1].state in {"green", "unknown"}


def test_what_the_unit_knows_of_road_and_clock_is_in_the_passage():
    street = Junction("green 90", Car("AB12CDE", 60.0))
    ((closed, _),) = drive(street, 10.0, conditions=("wet",), clock_sigma_ms=12.0)
    passage = closed.passage
    assert (passage.conditions, passage.clock_sigma_ms) == (("wet",), 12.0)
    assert passage.length_m == pytest.approx(4.4)
    assert all(p.sigma_m and p.sigma_m > 0.1 for p in passage.track if p.x_m is not None)


def test_the_vehicle_ahead_is_the_leader_whether_it_has_passed_or_not():
    street = Street(Car("AB12CDE", 60.0, x=200, start_s=0.0), Car("XY98ZZZ", 60.0, x=204, start_s=1.6))
    unit = RoadsidePipeline(
        PipelineSettings("cam", "site"), street, street, FaceSpotter(), street, calibration()
    )
    first, second = [c.passage for f in street.frames(9.0) for c in unit.process(f)]
    assert first.leader is None
    assert second.leader is not None
    assert second.leader.passage_id == first.passage_id
    assert b"AB12CDE" not in repr(second.leader).encode()


def test_whether_plate_and_pictures_are_wanted_is_asked_with_the_signals_and_without_the_plate():
    asked = []

    def wanted(passage: Passage) -> bool:
        asked.append(passage)
        return at_red(passage)

    street = Junction("green 90", Car("AB12CDE", 60.0))
    ((closed, _),) = drive(street, 10.0, wanted)
    assert (closed.passage.plate, closed.evidence, street.crops_read) == (None, (), 0)
    street = Junction("red 90", Car("AB12CDE", 60.0))
    ((closed, _),) = drive(street, 10.0, wanted)
    assert closed.passage.plate.text == "AB12CDE"
    assert all(passage.plate is None and passage.evidence == () for passage in asked)


def test_two_positions_are_kept_of_a_vehicle_that_drives_on_at_red():
    street = Junction("red 90", Car("AB12CDE", 60.0, x=200), Car("XY98ZZZ", 57.0, x=380))
    found = drive(street, 12.0, at_red)
    for closed, _ in found:
        evidence = by_kind(closed)
        assert {"before", "after", "frame"} <= set(evidence)
        fronts = {}
        for kind in ("before", "after"):
            reference, item = evidence[kind]
            assert (reference.media_type, reference.sealed) == ("image/jpeg", False)
            fronts[kind] = (480 - reference.vehicle_box.y - reference.vehicle_box.h) / 5
            assert colours(item, stripes) == 0, "every face is blurred"
            image = cv2.imdecode(np.frombuffer(item.content, np.uint8), cv2.IMREAD_COLOR).astype(int)
            plate = reference.plate_box
            own = image[round(plate.y) : round(plate.y + plate.h), round(plate.x) : round(plate.x + plate.w)]
            assert green(own).mean() > 0.7, "the vehicle's own plate is left"
            # Two plates alike would be twice as much; a blurred one keeps some of its colour.
            assert green(image).sum() < 1.7 * green(own).sum(), "the other's is not"
        assert 40.0 <= fronts["before"] < 42.0
        assert 33.0 < fronts["after"] <= 35.0


@pytest.mark.parametrize(
    ("script", "places"),
    [
        ("green 90", (LINE,)),
        ("red 90", ()),
        ("red 90", (StopPlace("far", ((30, 200), (70, 200)), 180, "s1"),)),
    ],
    ids=["at green", "without a line", "at a line that it never came to"],
)
def test_otherwise_there_are_no_two_positions(script, places):
    ((closed, _),) = drive(Junction(script, Car("AB12CDE", 60.0)), 12.0, places=places)
    assert not {"before", "after"} & set(by_kind(closed))


def test_a_plate_that_changes_leaves_no_way_that_could_be_judged():
    class Impostor(Car):
        def shows(self, at_s):
            return self.plate if at_s < 2.6 else "QQ77QQQ"

    ((closed, _),) = drive(Junction("red 90", Impostor("AB12CDE", 60.0)), 12.0)
    assert all(p.x_m is None for p in closed.passage.track)
    assert closed.passage.leader is None
