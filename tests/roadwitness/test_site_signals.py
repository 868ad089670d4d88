"""Signals, signs and the road of a site file: what they may say, and what comes of them on the bus."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.lampwatch import LampWatch
from enforcement.errors import RoadError
from enforcement.policy import Policy
from enforcement.road import Line, Road
from enforcement.road_file import write_road
from roadwitness.around import surroundings_of
from roadwitness.roadside import publish_signals
from roadwitness.site import Site, SiteFileError, load_site
from roadwitness.site_law import road_of, wanted_by
from streams.encoding import decode
from streams.messages import LampChange
from streams.topics import Topic
from tests.enforcement.samples import passage

SITE = """
[site]
id = "junction"
[camera]
id = "north"
position = [44.4268, 26.1025]
clock_sigma_ms = 15.0
[calibration]
id = "survey-1"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2027-01-01T00:00:00Z
image_size = [1280, 720]
points = [
  { image = [100.0, 600.0], road = [0.0, 10.0] },
  { image = [900.0, 600.0], road = [7.0, 10.0] },
  { image = [300.0, 300.0], road = [0.0, 40.0] },
  { image = [700.0, 300.0], road = [7.0, 40.0] },
]
"""
SIGNAL = '[[signals]]\nid = "s1"\nregion = [823.5, 125.4, 24.1, 62.3]\n'


@pytest.fixture
def site(tmp_path: Path) -> Callable[[str], Site]:
    """A function that loads a site file with more tables."""

    def load(more: str = "", changed: tuple[str, str] = ("", "")) -> Site:
        path = tmp_path / "site.toml"
        path.write_text((SITE + more).replace(*changed) if changed[0] else SITE + more)
        return load_site(path)

    return load


class TestTables:
    """What a site file may say of signals."""

    def test_a_signal_with_its_defaults(self, site: Callable[..., Site]) -> None:
        (signal,) = site(SIGNAL).file.signals
        assert (signal.layout, signal.lamps, signal.feed) == ("vertical", ("red", "amber", "green"), None)

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ('[[signals]]\nid = "s1"\n', "[signals 1] has neither `region` nor `feed`"),
            (SIGNAL + SIGNAL, "[signals] has the `id` s1 twice"),
            (
                SIGNAL + 'lamps = ["red", "red"]\n',
                "[signals 1] `lamps` must be two or three different colours",
            ),
            (SIGNAL + 'lamps = ["red", "blue"]\n', "`signals 1.lamps"),
            (SIGNAL + 'layout = "diagonal"\n', "`signals 1.layout` is wrong"),
            (SIGNAL + "regoin = 3\n", "[signals 1] `regoin` is unknown; did you mean `region`?"),
            (SIGNAL.replace("823.5", "1270.0"), "[signals 1] `region` lies outside the picture of 1280x720"),
            (SIGNAL.replace("24.1", "1.0"), "draw it around the whole housing"),
            (SIGNAL.replace('"s1"', '" "'), "[signals] has an empty `id`"),
            ('[[signs]]\nid = "v"\n', "[signs 1] must have `shows` or `feed`, and not both"),
            (
                '[[signs]]\nid = "v"\nshows = ["wet"]\nfeed = "f"\n',
                "must have `shows` or `feed`, and not both",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, site: Callable[..., Site], more: str, said: str) -> None:
        with pytest.raises(SiteFileError) as raised:
            site(more)
        assert said in str(raised.value)

    @pytest.mark.parametrize(
        ("replace", "by"), [("44.4268", "144.4268"), ("26.1025", "261.0"), ("15.0", "-1.0")]
    )
    def test_a_place_on_earth_and_a_clock_must_be_possible(
        self, site: Callable[..., Site], replace: str, by: str
    ) -> None:
        with pytest.raises(SiteFileError, match="camera"):
            site("", (replace, by))


class TestRoad:
    """The road file, and what it needs."""

    STOP = Line("stop", "stop", ((0.0, 22.0), (7.0, 22.0)), signal="s1", heading_deg=0.0)

    def test_its_stop_lines_are_where_pictures_are_kept(
        self, site: Callable[..., Site], tmp_path: Path
    ) -> None:
        write_road(tmp_path / "road.geojson", Road("survey-1", (self.STOP,)))
        loaded = site(SIGNAL + '[road]\nfile = "road.geojson"\n')
        road = road_of(loaded)
        assert road.lines == (self.STOP,)
        around = surroundings_of(loaded, None, road)
        assert [(p.line_id, p.signal_id, p.heading_deg, p.beyond_m) for p in around.stop_places] == [
            ("stop", "s1", 0.0, 5.0)
        ]
        assert around.clock_sigma_ms == 15.0

    def test_a_site_without_one_has_an_empty_road(self, site: Callable[..., Site]) -> None:
        assert road_of(site()) == Road()

    def test_a_line_of_a_signal_that_the_site_does_not_have(
        self, site: Callable[..., Site], tmp_path: Path
    ) -> None:
        write_road(tmp_path / "road.geojson", Road("survey-1", (self.STOP,)))
        with pytest.raises(
            SiteFileError, match=r"has no signal 's1', which the line 'stop' of road\.geojson"
        ):
            road_of(site('[road]\nfile = "road.geojson"\n'))

    def test_a_road_without_a_calibration(self, site: Callable[..., Site], tmp_path: Path) -> None:
        write_road(tmp_path / "road.geojson", Road("survey-1"))
        begin = SITE.partition("[calibration]")[0]
        path = tmp_path / "bare.toml"
        path.write_text(begin + '[road]\nfile = "road.geojson"\n')
        with pytest.raises(SiteFileError, match=r"\[road\] is in metres and there is no \[calibration\]"):
            road_of(load_site(path))

    def test_a_file_that_is_not_there(self, site: Callable[..., Site]) -> None:
        with pytest.raises(RoadError, match=r"none\.geojson"):
            road_of(site('[road]\nfile = "none.geojson"\n'))


def test_signs_that_always_show_something_are_conditions(site: Callable[..., Site]) -> None:
    signs = '[[signs]]\nid = "a"\nshows = ["wet"]\n[[signs]]\nid = "b"\nshows = ["roadworks", "wet"]\n'
    assert surroundings_of(site(signs)).conditions == ("roadworks", "wet")


def test_signals_of_one_controller_share_its_feed(site: Callable[..., Site], tmp_path: Path) -> None:
    line = '{"signal_id": "%s", "state": "red", "at": "2026-05-04T08:00:01Z"}\n'
    (tmp_path / "feed.jsonl").write_text(line % "s1" + line % "s2")
    signals = '[[signals]]\nid = "s1"\nfeed = "feed.jsonl"\n[[signals]]\nid = "s2"\nfeed = "feed.jsonl"\n'
    around = surroundings_of(site(signals))
    assert isinstance(around.lamps, LampWatch)
    assert around.lamps.signal_ids == ("s1", "s2")
    around.lamps.close()


def test_a_site_without_signals_watches_none(site: Callable[..., Site]) -> None:
    assert surroundings_of(site()).lamps is None


def test_without_a_rule_that_could_find_anything_no_plate_is_wanted() -> None:
    policy = Policy("p", "1", "x", valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    assert not wanted_by(policy, Road())(passage(speed=150.0))


def test_changes_go_onto_the_bus_by_junction() -> None:
    published: list[tuple[Topic, str, bytes]] = []

    class Publisher:
        def publish_many(self, records):  # type: ignore[no-untyped-def]
            published.extend(records)

    change = LampChange("junction", "s1", "red", 7, 20.0, "camera", "north")
    publish_signals(Publisher(), [change])  # type: ignore[arg-type]
    ((topic, key, value),) = published
    assert (topic, key) == (Topic.SIGNALS, "junction")
    assert decode(value, LampChange) == change
    assert json.loads(value)["schema_version"]
