"""The pages of a site: what they show, take and refuse; without a browser."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from starlette.testclient import TestClient

from dashboards.sites.app import create_sites_app
from enforcement.road_file import geojson_of, load_road
from roadwitness.drawing_desk import DrawingDesk
from roadwitness.site import load_site
from streams.survey import SurveyReport
from tests.dashboards.conftest import ORIGIN, as_read
from tests.dashboards.invented_roads import JUNCTION, ROADS
from tests.dashboards.invented_site import make_site, open_desk, surveyed

PAGE = f"/sites/{JUNCTION}"


class Surveyor:
    """Somebody's browser on the site pages, without scripts."""

    def __init__(self, desk: DrawingDesk) -> None:
        self.client = TestClient(create_sites_app(desk))
        self.token = ""

    def open(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, response.text
        found = re.search(r'name="csrf-token" content="([^"]+)"', response.text)
        self.token = found[1] if found else ""
        return response.text

    def state(self, address: str) -> Any:
        """What the page hands to its script."""
        found = re.search(r'data-state="([^"]*)"', self.open(address))
        assert found is not None
        return json.loads(html.unescape(found[1]))

    def send(self, address: str, body: bytes, headers: dict[str, str] = ORIGIN) -> Response:
        return self.client.post(address, content=body, headers={**headers, "x-csrf-token": self.token})


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


@pytest.fixture
def surveyor(site: Path) -> Surveyor:
    return Surveyor(open_desk(site))


def test_a_survey_is_judged_while_it_is_clicked(surveyor: Surveyor) -> None:
    surveyor.open(f"{PAGE}/calibration")
    answer = surveyor.send(f"{PAGE}/survey", msgspec.json.encode(surveyed()))
    report = msgspec.json.decode(answer.content, type=SurveyReport)
    assert report.problem is None
    assert report.rms_px < 0.1
    assert len(report.points) == len(surveyed().points)
    assert report.grid
    assert report.speeds


def test_too_few_points_are_said_to_be_too_few(surveyor: Surveyor) -> None:
    surveyor.open(f"{PAGE}/calibration")
    answer = surveyor.send(f"{PAGE}/survey", msgspec.json.encode(surveyed(3)))
    assert "at least 4" in answer.json()["problem"]


def test_a_saved_calibration_is_one_that_the_site_can_use(surveyor: Surveyor, site: Path) -> None:
    surveyor.open(f"{PAGE}/calibration")
    answer = surveyor.send(f"{PAGE}/calibration", msgspec.json.encode(surveyed()))
    assert answer.status_code == 200
    assert answer.json()["place"] == "calibration.toml"
    assert 'file = "calibration.toml"' in answer.json()["still"]
    site.write_text(site.read_text() + '[calibration]\nfile = "calibration.toml"\n')
    calibration = load_site(site).file.calibration
    assert calibration is not None
    assert calibration.id == "demo-1"
    assert len(calibration.points) == len(surveyed().points)


def test_what_was_saved_is_what_the_pages_begin_with(surveyor: Surveyor) -> None:
    assert surveyor.state(f"{PAGE}/calibration")["survey"]["points"] == []
    surveyor.send(f"{PAGE}/calibration", msgspec.json.encode(surveyed()))
    surveyor.send(f"{PAGE}/road", geojson_of(ROADS[JUNCTION]))
    assert len(surveyor.state(f"{PAGE}/calibration")["survey"]["points"]) == len(surveyed().points)
    state = surveyor.state(f"{PAGE}/road")
    assert [feature["properties"]["id"] for feature in state["road"]["features"]][:2] == [
        "stop-south",
        "from-south",
    ]
    assert len(state["homography"]) == 3
    assert state["plane_id"] == "demo-1"


def test_a_survey_that_fixes_nothing_is_not_saved(surveyor: Surveyor, site: Path) -> None:
    surveyor.open(f"{PAGE}/calibration")
    answer = surveyor.send(f"{PAGE}/calibration", msgspec.json.encode(surveyed(3)))
    assert answer.status_code == 422
    assert answer.json()["problem"]
    assert not (site.parent / "calibration.toml").exists()


def test_a_saved_road_is_read_again_as_it_was_drawn(surveyor: Surveyor, site: Path) -> None:
    surveyor.open(f"{PAGE}/road")
    answer = surveyor.send(f"{PAGE}/road", geojson_of(ROADS[JUNCTION]))
    assert answer.status_code == 200
    assert load_road(site.parent / "road.geojson") == ROADS[JUNCTION]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"no json", "not JSON"),
        (b"{}", "FeatureCollection"),
        (geojson_of(ROADS[JUNCTION]).replace(b'"K1"', b'""'), "'stop-south'"),
    ],
)
def test_a_wrong_road_is_not_saved_and_says_what_is_wrong(
    surveyor: Surveyor, site: Path, body: bytes, problem: str
) -> None:
    surveyor.open(f"{PAGE}/road")
    answer = surveyor.send(f"{PAGE}/road", body)
    assert answer.status_code == 422
    assert problem in answer.json()["problem"]
    assert not (site.parent / "road.geojson").exists()


def test_without_a_calibration_nothing_can_be_drawn(surveyor: Surveyor) -> None:
    page = as_read(surveyor.open(f"{PAGE}/road"))
    assert "This camera has no calibration yet; click its points first." in page
    assert surveyor.state(f"{PAGE}/road")["homography"] == []


@pytest.mark.parametrize("what", ["survey", "calibration", "road"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://evil.example"}, {"origin": "http://testserver", "sec-fetch-site": "cross-site"}],
)
def test_what_another_page_sends_is_refused(
    surveyor: Surveyor, site: Path, what: str, headers: dict[str, str]
) -> None:
    surveyor.open(f"{PAGE}/road")
    answer = surveyor.send(f"{PAGE}/{what}", geojson_of(ROADS[JUNCTION]), headers)
    assert answer.status_code == 403
    assert sorted(path.name for path in site.parent.iterdir()) == ["frames", "site.toml"]


def test_without_the_token_of_the_page_nothing_is_saved(surveyor: Surveyor, site: Path) -> None:
    surveyor.open(f"{PAGE}/road")
    surveyor.token = "A" * 43
    assert surveyor.send(f"{PAGE}/road", geojson_of(ROADS[JUNCTION])).status_code == 403
    assert not (site.parent / "road.geojson").exists()


@pytest.mark.parametrize("what", ["calibration", "road", "frame.jpg"])
@pytest.mark.parametrize("camera", ["elsewhere", "..%2Fsite", "%3Cscript%3E"])
def test_a_camera_that_is_not_here_has_no_page(surveyor: Surveyor, camera: str, what: str) -> None:
    assert surveyor.client.get(f"/sites/{camera}/{what}").status_code == 404


def test_the_name_of_a_camera_is_text_and_never_markup(tmp_path: Path) -> None:
    hostile = "a'><script>alert(1)"
    desk = open_desk(make_site(tmp_path / "hostile", hostile))
    page = desk.frame(hostile)
    assert page.width == 1280
    markup = Surveyor(desk).open("/sites/a'%3E%3Cscript%3Ealert(1)/calibration")
    assert "<script>alert" not in markup


@pytest.mark.parametrize("what", ["calibration", "road"])
def test_the_pages_ask_only_their_own_server_and_run_no_inline_code(surveyor: Surveyor, what: str) -> None:
    markup = surveyor.open(f"{PAGE}/{what}")
    policy = surveyor.client.get(f"{PAGE}/{what}").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", markup)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", markup))


def test_the_reference_picture_is_the_cameras_frame(surveyor: Surveyor) -> None:
    picture = surveyor.client.get(f"{PAGE}/frame.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8\xff")


def test_a_site_of_one_camera_begins_with_its_calibration(surveyor: Surveyor) -> None:
    assert "Calibration of demo-x3-junction" in surveyor.open("/")
