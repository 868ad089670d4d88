"""An invented site whose camera is to be calibrated: its folder, its picture, its surveyed points."""

from __future__ import annotations

from pathlib import Path

from roadwitness.drawing_desk import DrawingDesk, picture_of
from roadwitness.site import load_site
from streams.survey import SurveyPoint, SurveyRequest
from tests.dashboards.invented_roads import JUNCTION, PAINT
from tests.dashboards.invented_scene import HEIGHT, WIDTH, draw_road, jpeg, to_picture

#: Road places (m) that can be seen in the picture, on both sides of the road.
SURVEYED = ((-5.4, 14.0), (5.4, 14.0), (-5.4, 20.0), (5.2, 22.0), (0.2, 22.0), (-5.4, 30.0), (5.4, 40.0))

_DAY_NS = 86_400 * 10**9
_FROM_NS = 20_500 * _DAY_NS


def make_site(folder: Path, camera: str = JUNCTION) -> Path:
    """A site file with a camera and neither calibration nor road, beside a folder with one frame."""
    (folder / "frames").mkdir(parents=True)
    (folder / "frames" / "0001.jpg").write_bytes(jpeg(draw_road(PAINT[JUNCTION], "red")))
    site = folder / "site.toml"
    site.write_text(f'[site]\nid = "demo"\n[camera]\nid = "{camera}"\nsource = "frames"\n')
    return site


def open_desk(site: Path) -> DrawingDesk:
    """The desk of a site file, as ``roadwitness draw`` opens it."""
    loaded = load_site(site)
    return DrawingDesk(loaded, picture_of(loaded))


def surveyed(count: int = len(SURVEYED)) -> SurveyRequest:
    """The first points of the survey, each clicked where it is."""
    points = tuple(SurveyPoint(to_picture(x, y), (x, y)) for x, y in SURVEYED[:count])
    return SurveyRequest("demo-1", (WIDTH, HEIGHT), points, _FROM_NS, _FROM_NS + 365 * _DAY_NS)
