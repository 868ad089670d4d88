"""The roadside unit as a whole: one passage a vehicle, its evidence, and what it does not keep."""

import hashlib

import cv2
import msgspec
import numpy as np
import pytest

from detectors.bestshot import ShotSettings
from detectors.pipeline import LaneStrip, PipelineSettings
from streams.encoding import decode, encode
from streams.messages import Passage
from streams.sealing import PrivateKey, open_sealed
from tests.detectors.roadside_parts import Car, Street, calibration, passages, unit


def test_a_vehicle_is_one_passage_with_its_speed_plate_and_time():
    (closed,) = passages(Street(Car("AB12CDE", 60.0)))
    passage = closed.passage
    assert passage.speed.speed_kmh == pytest.approx(60.0, abs=0.5)
    assert passage.plate.text == "AB12CDE"
    assert passage.vehicle == "car"
    assert passage.ended_at_ns - passage.started_at_ns == pytest.approx(5.6e9, rel=0.2)
    assert passage.calibration_id == "above"
    assert decode(encode(passage), Passage) == passage


def test_two_vehicles_side_by_side_each_have_their_own_plate():
    found = passages(Street(Car("AB12CDE", 60.0, x=60), Car("XY98ZZZ", 70.0, x=400)))
    assert {(c.passage.plate.text, round(c.passage.speed.speed_kmh)) for c in found} == {
        ("AB12CDE", 60),
        ("XY98ZZZ", 70),
    }


def test_a_passage_is_closed_about_a_second_after_the_vehicle_left():
    street = Street(Car("AB12CDE", 120.0))
    roadside = unit(street)
    closed_at = [f.captured_at_ns for f in street.frames(8.0) if roadside.process(f)]
    assert len(closed_at) == 1
    assert roadside.finish() == []


def test_running_again_gives_the_same_ids_and_messages():
    first, again = (passages(Street(Car("AB12CDE", 60.0), Car("XY98ZZZ", 90.0, x=400))) for _ in range(2))
    assert [encode(c.passage) for c in first] == [encode(c.passage) for c in again]
    assert len({c.passage.passage_id for c in first}) == 2


def test_the_plate_is_read_a_handful_of_times_however_long_the_vehicle_is_seen():
    street = Street(Car("AB12CDE", 15.0))
    passages(street, 20.0)
    assert street.crops_read <= ShotSettings().most * 3


def faster_than(limit_kmh):
    """What a unit that knows of a speed limit only is told to keep."""
    return lambda passage: passage.speed.speed_kmh is not None and passage.speed.speed_kmh >= limit_kmh


def test_a_vehicle_that_is_not_measured_above_the_trigger_leaves_no_plate_and_no_picture():
    street = Street(Car("AB12CDE", 60.0, x=60), Car("XY98ZZZ", 90.0, x=400))
    settings = PipelineSettings("cam", "site", wanted=faster_than(80.0))
    slow, fast = sorted(passages(street, settings=settings), key=lambda c: c.passage.speed.speed_kmh)
    assert (slow.passage.plate, slow.passage.evidence, slow.evidence) == (None, (), ())
    assert b"AB12CDE" not in encode(slow.passage)
    assert fast.passage.plate.text == "XY98ZZZ"
    assert fast.evidence


def test_a_void_speed_leaves_no_plate_either_where_there_is_a_trigger():
    settings = PipelineSettings("cam", "site", wanted=faster_than(0.0))
    street = Street(Car("AB12CDE", 60.0))
    (closed,) = passages(street, settings=settings, calibrated=False)
    assert closed.passage.speed.void_reason == "the camera has no calibration"
    assert (closed.passage.plate, closed.evidence, street.crops_read) == (None, (), 0)


def test_a_calibration_for_another_picture_size_voids_the_speed():
    street = Street(Car("AB12CDE", 60.0))
    roadside = unit(street)
    object.__setattr__(roadside._describer._calibration, "image_size", (1920, 1080))
    closed = [c for f in street.frames(6.0) for c in roadside.process(f)] + roadside.finish()
    assert closed[0].passage.speed.void_reason == "the calibration is for pictures of 1920x1080, not 640x480"


class Impostor(Car):
    """Shows another plate after a while: two vehicles that the tracker took for one."""

    def shows(self, at_s):
        return self.plate if at_s < 2.6 else "QQ77QQQ"


def test_a_plate_that_changes_along_the_track_voids_speed_and_plate():
    (closed,) = passages(Street(Impostor("AB12CDE", 60.0)))
    assert closed.passage.speed.speed_kmh is None
    assert "plate changes" in closed.passage.speed.void_reason
    assert closed.passage.plate.text is None
    assert {r.text for r in closed.passage.plate.reads} == {"AB12CDE", "QQ77QQQ"}


def by_kind(closed):
    return {r.kind: (r, i) for r, i in zip(closed.passage.evidence, closed.evidence, strict=True)}


def colours(item, match):
    image = cv2.imdecode(np.frombuffer(item.content, np.uint8), cv2.IMREAD_COLOR).astype(int)
    return int(match(image).sum())


def stripes(image):
    """Where the fine stripes of the faces are: neighbours that differ much in red, and are red."""
    steps = np.abs(np.diff(image[..., 2], axis=1)) > 40
    return steps & (image[:, 1:, 1] < 70) & (image[:, :-1, 1] < 70)


def green(image):
    return (image[..., 1] > 170) & (image[..., 2] < 80)


def test_the_evidence_shows_the_frame_on_which_the_plate_was_read_with_all_faces_gone():
    key = PrivateKey.generate()
    street = Street(Car("AB12CDE", 60.0, x=60), Car("XY98ZZZ", 63.0, x=400))
    for closed in passages(street, key=key.public_key):
        evidence = by_kind(closed)
        assert set(evidence) == {"frame", "plate", "original", "driver"}
        for reference, item in evidence.values():
            assert reference.digest == item.digest == hashlib.sha256(item.content).hexdigest()
            assert reference.plate_text == closed.passage.plate.text
            assert reference.captured_at_ns in {r.captured_at_ns for r in closed.passage.plate.reads}
        frame, original = evidence["frame"][1], evidence["original"][1]
        assert not frame.sealed
        assert original.sealed
        assert colours(frame, stripes) == 0, "every face is blurred, of this car and of the other"
        unsealed = msgspec.structs.replace(original, content=open_sealed(original.content, key))
        assert colours(unsealed, stripes) > 100, "the sealed original is untouched"
        driver = evidence["driver"][1]
        assert driver.sealed
        seen = msgspec.structs.replace(driver, content=open_sealed(driver.content, key))
        assert 0 < colours(seen, stripes) < 0.8 * colours(unsealed, stripes), "one driver of the two"
        # Two plates are on the original; in the frame only the passage's own is left.
        assert 0.3 < colours(frame, green) / colours(unsealed, green) < 0.7


def test_the_plate_in_the_evidence_lies_where_the_message_says():
    (closed,) = passages(Street(Car("AB12CDE", 60.0)))
    reference, item = by_kind(closed)["frame"]
    image = cv2.imdecode(np.frombuffer(item.content, np.uint8), cv2.IMREAD_COLOR)
    box = reference.plate_box
    inside = image[round(box.y) : round(box.y + box.h), round(box.x) : round(box.x + box.w)]
    assert green(inside.astype(int)).mean() > 0.8


def test_without_a_face_finder_no_unsealed_frame_leaves():
    (closed,) = passages(Street(Car("AB12CDE", 60.0)), faces=False)
    assert set(by_kind(closed)) == {"plate"}


def test_without_evidence_nothing_but_the_message_is_made():
    settings = PipelineSettings("cam", "site", evidence=False)
    (closed,) = passages(Street(Car("AB12CDE", 60.0)), settings=settings)
    assert (closed.evidence, closed.passage.plate.text) == ((), "AB12CDE")


def test_the_lane_is_where_the_vehicle_drove():
    lanes = [LaneStrip("left", 0.0, 60.0), LaneStrip("right", 60.0, 128.0)]
    found = passages(Street(Car("AB12CDE", 60.0, x=60), Car("XY98ZZZ", 60.0, x=400)), lanes=lanes)
    assert {(c.passage.plate.text, c.passage.lane) for c in found} == {
        ("AB12CDE", "left"),
        ("XY98ZZZ", "right"),
    }


def test_a_vehicle_too_small_or_too_short_in_view_is_no_passage():
    assert passages(Street(Car("AB12CDE", 60.0, wide=20.0))) == []
    assert passages(Street(Car("AB12CDE", 60.0)), seconds=0.12) == []


def test_the_track_on_the_road_is_in_the_message():
    (closed,) = passages(Street(Car("AB12CDE", 60.0)))
    for point in closed.passage.track[:20]:
        (expected,) = calibration().image_to_road([(point.x_px, point.y_px)])
        assert (point.x_m, point.y_m) == pytest.approx(tuple(expected), abs=0.005)


def test_the_clock_says_where_the_time_went():
    street = Street(Car("AB12CDE", 60.0))
    roadside = unit(street)
    for frame in street.frames(6.0):
        roadside.process(frame)
    roadside.finish()
    assert roadside.clock.stages["vehicles"].calls == 75
    assert {"tracking", "shots", "plates", "reading", "faces", "evidence"} <= roadside.clock.stages.keys()
