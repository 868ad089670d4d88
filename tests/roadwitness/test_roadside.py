"""What a unit says of its work when it is done."""

from __future__ import annotations

from roadwitness.roadside import Observation


def test_why_passages_have_no_speed_is_said_once() -> None:
    seen = Observation(10, 4, 1.0, {"the camera has no calibration": 2, "the positions scatter": 1})
    assert seen.unmeasured_in_words == (
        " 3 of the passages have no speed, mostly because the camera has no calibration."
    )


def test_nothing_is_said_where_all_were_measured() -> None:
    assert Observation(10, 4, 1.0).unmeasured_in_words == ""
