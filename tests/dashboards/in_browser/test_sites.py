"""A camera calibrated and its road drawn in Chromium: by mouse, by keyboard alone, and looked at."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from dashboards.sites.app import create_sites_app
from enforcement.road_file import load_road
from roadwitness.calibration_file import load_calibration
from roadwitness.listening import bind
from roadwitness.web_server import WebServer
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.in_browser.test_look import FAINT_TEXTS
from tests.dashboards.invented_roads import JUNCTION
from tests.dashboards.invented_scene import WIDTH, to_picture
from tests.dashboards.invented_site import SURVEYED, make_site, open_desk, surveyed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = IN_CHROMIUM

CALIBRATION, ROAD = f"/sites/{JUNCTION}/calibration", f"/sites/{JUNCTION}/road"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site").parent


@pytest.fixture
def calibrated(folder: Path) -> Path:
    """The folder of a site whose calibration was saved before."""
    open_desk(folder / "site.toml").save_calibration(JUNCTION, surveyed())
    return folder


@pytest.fixture
def officers() -> list[str]:
    """Nobody signs in here."""
    return ["nobody"]


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """The site pages on a free port of this machine."""
    pages = WebServer(create_sites_app(open_desk(folder / "site.toml")), bind(0))
    pages.start()
    yield pages.url
    pages.stop()


def click(desk: Desk, x_m: float, y_m: float, off_px: float = 0.0) -> None:
    """Click a place of the road in the picture, ``off_px`` too far to the right."""
    box = desk.page.locator("#picture").bounding_box()
    assert box is not None
    scale = box["width"] / WIDTH
    x_px, y_px = to_picture(x_m, y_m)
    desk.page.mouse.click(box["x"] + (x_px + off_px) * scale, box["y"] + y_px * scale)


def survey(desk: Desk, count: int, off_px: dict[int, float] | None = None) -> None:
    for number, (x_m, y_m) in enumerate(SURVEYED[:count]):
        click(desk, x_m, y_m, (off_px or {}).get(number, 0.0))
        desk.type(str(x_m))
        desk.press("Enter")
        desk.type(str(y_m))


def test_five_clicked_points_show_grid_and_residuals(desk: Desk) -> None:
    desk.open(CALIBRATION)
    survey(desk, 4)
    desk.page.wait_for_selector(".grid polyline")
    assert "none: no point checks another" in desk.page.inner_text("#fit")
    survey_fifth = SURVEYED[4]
    click(desk, *survey_fifth, off_px=3.0)
    desk.type(str(survey_fifth[0]))
    desk.press("Tab")
    desk.type(str(survey_fifth[1]))
    desk.page.wait_for_selector("text=1 points more than needed")
    assert desk.page.locator(".arrows path").count() == 5
    residuals = re.findall(r"([\d.]+) px", desk.page.inner_text("#points"))
    assert len(residuals) >= 5
    assert float(residuals[0]) > 0.0


def test_a_point_that_the_others_contradict_is_named_and_left_out(desk: Desk, folder: Path) -> None:
    desk.open(CALIBRATION)
    survey(desk, len(SURVEYED), off_px={4: 25.0})
    # Each typed number is answered in its turn: the last answer is the one that counts.
    desk.page.wait_for_selector(f"text={len(SURVEYED) - 5} points more than needed")
    desk.page.wait_for_selector(".point.outlier")
    desk.page.wait_for_selector("#fit:has-text('point 5')")
    desk.page.wait_for_selector("#points tr:nth-child(5):has-text('left out')")
    desk.page.click("#save")
    desk.page.wait_for_selector("#said.done")
    assert len(load_calibration(folder / "calibration.toml").points) == len(SURVEYED)


def test_the_doubt_of_a_speed_follows_the_pointer(desk: Desk, calibrated: Path) -> None:
    desk.open(CALIBRATION)
    desk.page.wait_for_selector(".grid polyline")
    desk.page.hover("#picture", position={"x": 400, "y": 300})
    desk.page.wait_for_selector(".doubt polygon")
    near = float(re.findall(r"± ([\d.]+) %", desk.page.inner_text("#speed"))[0])
    desk.page.hover("#picture", position={"x": 400, "y": 215})
    desk.page.wait_for_selector(f"#speed:not(:has-text('± {near:.2f} %')):has-text('%')")
    far = float(re.findall(r"± ([\d.]+) %", desk.page.inner_text("#speed"))[0])
    assert far > near > 0.0


def test_a_camera_is_calibrated_by_keyboard_alone(desk: Desk, folder: Path) -> None:
    """Numbers typed into the table make up for a cross that stands only about where it should."""
    desk.open(CALIBRATION)
    desk.page.focus("#picture")
    for x_m, y_m in SURVEYED[:5]:
        desk.press("ArrowRight", "Enter")
        desk.type(str(x_m))
        desk.press("Enter")
        desk.type(str(y_m))
        desk.press("Enter")
        assert desk.focused() == "picture"
    for number, place in enumerate(SURVEYED[:5], 1):
        for axis, value in zip("xy", to_picture(*place), strict=True):
            desk.page.get_by_label(f"Picture {axis} of point {number}", exact=False).focus()
            desk.press("Control+a")
            desk.type(f"{value:.2f}")
    desk.page.wait_for_selector("#save:not([disabled])")
    desk.page.focus("#save")
    desk.press("Enter")
    desk.page.wait_for_selector("#said.done")
    assert len(load_calibration(folder / "calibration.toml").points) == 5


def test_points_are_given_in_latitude_and_longitude_too(desk: Desk, folder: Path) -> None:
    desk.open(CALIBRATION)
    desk.page.select_option("#units", "wgs84")
    for field, value in (("#origin-lat", "46.2"), ("#origin-lon", "6.1"), ("#heading", "0")):
        desk.page.fill(field, value)
    degree_m = 111_195.0
    for x_m, y_m in SURVEYED[:5]:
        click(desk, x_m, y_m)
        desk.type(f"{46.2 + y_m / degree_m:.8f}")
        desk.press("Enter")
        desk.type(f"{6.1 + x_m / degree_m / math.cos(math.radians(46.2)):.8f}")
    desk.page.wait_for_selector(".grid polyline")
    desk.page.click("#save")
    desk.page.wait_for_selector("#said.done")
    saved = load_calibration(folder / "calibration.toml")
    assert saved.wgs84 is not None
    assert saved.wgs84.origin == (46.2, 6.1)
    assert all(point.road is None and point.wgs84 is not None for point in saved.points)


def test_a_stop_line_is_drawn_and_saved(desk: Desk, calibrated: Path) -> None:
    desk.open(ROAD)
    desk.page.click("[data-kind=stop]")
    for place in ((0.2, 22.0), (5.2, 22.0), (5.2, 22.0)):
        click(desk, *place)
    desk.page.click("#save")
    desk.page.wait_for_selector("#said.refused")
    assert "'stop-1': a stop line needs the signal" in desk.page.inner_text("#said")
    desk.complaints.clear()  # the browser reports the 422 of the answer itself
    desk.page.fill("#shape-signal", "K1")
    desk.press("Tab")
    desk.page.click("#save")
    desk.page.wait_for_selector("#said.done")
    (line,) = load_road(calibrated / "road.geojson").lines
    assert (line.kind, line.signal, line.heading_deg) == ("stop", "K1", 0.0)
    for drawn, meant in zip(line.points, ((0.2, 22.0), (5.2, 22.0)), strict=True):
        assert drawn == pytest.approx(meant, abs=0.1)


def test_a_zone_is_drawn_by_keyboard_alone_and_its_corners_typed(desk: Desk, calibrated: Path) -> None:
    desk.open(ROAD)
    desk.page.focus("[data-kind=box]")
    desk.press("Enter")
    assert desk.focused() == "picture"
    desk.press(
        "ArrowDown", "ArrowDown", "Enter", *["ArrowRight"] * 8, "Enter", *["ArrowDown"] * 4, "Enter", "Enter"
    )
    assert desk.page.locator("#corners tr").count() == 3
    for corner, values in enumerate(((0.0, 26.0), (5.0, 26.0), (5.0, 31.5)), 1):
        for name, value in zip(("Across", "Along"), values, strict=True):
            desk.page.get_by_label(f"{name} of corner {corner}, m").focus()
            desk.press("Control+a")
            desk.type(str(value))
            desk.press("Tab")
    desk.page.focus("#save")
    desk.press("Enter")
    desk.page.wait_for_selector("#said.done")
    (zone,) = load_road(calibrated / "road.geojson").zones
    assert zone.kind == "box"
    assert zone.ring == ((0.0, 26.0), (5.0, 26.0), (5.0, 31.5))


def test_corners_are_moved_made_and_taken_back_on_the_plan(desk: Desk, calibrated: Path) -> None:
    desk.open(ROAD)
    desk.page.click("[data-kind=solid]")
    for place in ((0.0, 14.0), (0.0, 30.0), (0.0, 30.0)):
        click(desk, *place)
    corners = desk.page.locator("#plan .corner:not(.half)")
    assert corners.count() == 2
    half = desk.page.locator("#plan .corner.half").bounding_box()
    assert half is not None
    desk.page.mouse.move(half["x"] + half["width"] / 2, half["y"] + half["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(half["x"] + 40, half["y"] + 3, steps=4)
    desk.page.mouse.up()
    assert corners.count() == 3
    assert float(desk.page.get_by_label("Across of corner 2, m").input_value()) > 0.5
    desk.page.click("#undo")
    desk.page.click("#drawn button")
    assert corners.count() == 2


def test_deleting_is_undone(desk: Desk, calibrated: Path) -> None:
    desk.open(ROAD)
    desk.page.click("[data-kind=gate]")
    for place in ((-5.0, 20.0), (5.0, 20.0), (5.0, 20.0)):
        click(desk, *place)
    desk.page.click("#delete")
    assert desk.page.locator("#drawn li").count() == 0
    desk.page.click("#picture", position={"x": 5, "y": 5})
    desk.press("Control+z")
    assert desk.page.inner_text("#drawn") == "Gate: gate-1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [CALIBRATION, ROAD])
def test_the_pages_are_legible_and_no_wider_than_the_screen(
    browser: Browser, site: str, calibrated: Path, address: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 820, "height": 1180})  # type: ignore[arg-type]
    page.goto(site + address)
    page.wait_for_selector(".grid polyline")
    assert page.evaluate(FAINT_TEXTS) == []
    for width in (768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_lens_bends_the_road_as_the_server_does(desk: Desk, folder: Path) -> None:
    """The page's own arithmetic puts a road place where the server's grid shows it."""
    lens = {"focal_px": (1100.0, 1100.0), "centre_px": (640.0, 360.0), "k1": -0.12, "k2": 0.02}
    request = msgspec.convert({**msgspec.to_builtins(surveyed()), "lens": lens}, type(surveyed()))
    saved = open_desk(folder / "site.toml")
    saved.save_calibration(JUNCTION, request)
    line = next(line for line in saved.survey(request).grid if not line.along)
    middle = line.line_px[len(line.line_px) // 2]
    desk.open(ROAD)
    script = """async ([px]) => {
      const { Plane } = await import("/static/sites/plane.js");
      const state = JSON.parse(document.getElementById("page").dataset.state);
      const plane = new Plane(state.homography, state.lens);
      const road = plane.toRoad(px);
      return [road, plane.toPicture(road)];
    }"""
    road, back = desk.page.evaluate(script, [list(middle)])
    assert road[1] == pytest.approx(line.at_m, abs=0.01)
    assert back == pytest.approx(list(middle), abs=0.01)
