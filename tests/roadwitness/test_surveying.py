"""What the page that clicks points asks for, and a calibration as it is written down and read again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadwitness.calibration_file import (
    CalibrationFileError,
    CalibrationSettings,
    EarthSettings,
    LensSettings,
    ScaleSettings,
    SharedSettings,
    SurveyedPoint,
    load_calibration,
    toml_of,
)
from roadwitness.site import SiteFileError, load_site
from roadwitness.surveying import survey
from streams.survey import SurveyPoint, SurveyReport, SurveyRequest
from tests.detectors.calibrating.surveyor import GRID, SIZE, TrueCamera, points_of

POINTS = tuple(SurveyPoint(p.image, p.road, name=p.name, sigma_px=0.5) for p in points_of(TrueCamera(), GRID))
REQUEST = SurveyRequest("north", SIZE, POINTS, 1_767_225_600_000_000_000, 1_798_761_600_000_000_000)


def test_a_survey_is_told_with_a_file_that_reads_back_as_the_same_survey(tmp_path: Path) -> None:
    report = survey(REQUEST)
    assert report.problem is None
    assert report.checks == 8
    path = tmp_path / "c.toml"
    path.write_text(report.toml, encoding="utf-8")
    again = survey(load_calibration(path).request())
    assert again.homography == report.homography
    assert again.toml == report.toml


def test_request_and_report_survive_json() -> None:
    request = msgspec.json.decode(msgspec.json.encode(REQUEST), type=SurveyRequest)
    assert request == REQUEST
    report = survey(request)
    assert msgspec.json.decode(msgspec.json.encode(report), type=SurveyReport) == report


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_points_are_a_sentence_not_an_error(count: int) -> None:
    report = survey(msgspec.structs.replace(REQUEST, points=POINTS[:count]))
    assert report.problem == f"Calibration north has {count} points; survey at least 4 that span the road."
    assert report.homography == ()


_ROUND = st.integers(0, 7).map(lambda value: value * 100.0)
_NUMBER = st.one_of(_ROUND, st.floats(-2000, 3000), st.floats())
_ANYTHING = st.builds(SurveyPoint, st.tuples(_NUMBER, _NUMBER), st.tuples(_NUMBER, _NUMBER))
_CLICKS = st.builds(SurveyPoint, st.tuples(_ROUND, _ROUND), st.tuples(_ROUND, _ROUND))


@settings(max_examples=200, deadline=None)
@given(points=st.one_of(st.lists(_ANYTHING, max_size=9), st.lists(_CLICKS, min_size=4, max_size=9)))
def test_whatever_is_clicked_and_typed_is_answered(points: list[SurveyPoint]) -> None:
    report = survey(msgspec.structs.replace(REQUEST, points=tuple(points)))
    assert (report.problem is None) == (len(report.homography) == 3)
    assert msgspec.json.decode(msgspec.json.encode(report), type=SurveyReport) == report


def test_without_a_validity_there_is_no_file_yet() -> None:
    report = survey(msgspec.structs.replace(REQUEST, valid_until_ns=None))
    assert report.problem is None
    assert report.toml == ""


def test_asked_places_are_answered_in_their_order() -> None:
    places = tuple(tuple(p) for p in TrueCamera().project([(3.0, 30.0), (3.0, 18.0)]).tolist())
    speeds = survey(msgspec.structs.replace(REQUEST, places_px=places)).speeds
    assert [round(s.road_m[1]) for s in speeds] == [30, 18]


FULL = CalibrationSettings(
    id='the "old" bridge',
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_until=datetime(2027, 1, 1, 12, 30, tzinfo=UTC),
    image_size=SIZE,
    points=(
        SurveyedPoint((1.5, 2.25), road=(0.0, -9.0), name="nail Ä", sigma_px=0.3, sigma_m=0.01),
        SurveyedPoint((3.0, 4.0), wgs84=(52.5163, 13.3777)),
    ),
    lens=LensSettings((900.0, 901.0), (640.0, 360.0), -0.1, image_size=SIZE, rms_px=0.2, sigmas={"k1": 0.01}),
    wgs84=EarthSettings((52.5163, 13.3777), towards=(52.52, 13.38), height_m=34.5),
    scale_sigma=ScaleSettings(0.0, 0.01),
    shared=(SharedSettings("tape", ((0.0, 0.1), (0.0, 0.2))),),
    margin_m=3.5,
)


def test_everything_that_a_calibration_holds_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(toml_of(FULL, ["a remark"]), encoding="utf-8")
    assert load_calibration(path) == FULL
    assert path.read_text(encoding="utf-8").startswith("# a remark\n")


SITE = '[site]\nid = "a"\n[camera]\nid = "b"\n[calibration]\n'


@pytest.mark.parametrize(
    ("replace", "by", "said"),
    [
        ("margin_m", "margin", "`margin` is unknown; did you mean `margin_m`?"),
        ('name = "nail', 'nmae = "nail', "[points 1] `nmae` is unknown; did you mean `name`?"),
        ("focal_px", "focal", "[lens] `focal` is unknown; did you mean `focal_px`?"),
        ("towards", "toward", "[wgs84] `toward` is unknown; did you mean `towards`?"),
        ("image_size = [1280, 720]\n", "", "`image_size` is missing; add it."),
        ("rms_px = 0.2", 'rms_px = "good"', "`lens.rms_px` is wrong: expected `float | null`, got `str`"),
    ],
)
def test_a_typing_error_in_a_calibration_file_is_found(
    tmp_path: Path, replace: str, by: str, said: str
) -> None:
    text = toml_of(FULL)
    assert replace in text
    path = tmp_path / "c.toml"
    path.write_text(text.replace(replace, by, 1), encoding="utf-8")
    with pytest.raises(CalibrationFileError) as caught:
        load_calibration(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        ('file = "none.toml"\n', CalibrationFileError, "There is no calibration file"),
        ('file = "c.toml"\nid = "x"\n', SiteFileError, "either the file's name alone or the points"),
        ("file = 3\n", SiteFileError, "either the file's name alone or the points"),
    ],
)
def test_a_site_that_names_a_calibration_wrongly(
    tmp_path: Path, table: str, error: type[Exception], said: str
) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE + table, encoding="utf-8")
    with pytest.raises(error, match=said):
        load_site(path)


def test_a_site_holds_lens_and_names_as_well(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    text = toml_of(FULL).replace("[lens]", "[calibration.lens]")
    path.write_text(SITE + text, encoding="utf-8")
    assert load_site(path).file.calibration == FULL
