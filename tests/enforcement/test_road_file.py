"""Roads as GeoJSON: what is written is read again, and what cannot be meant is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.errors import RoadError
from enforcement.road import Line, Road, Zone
from enforcement.road_file import geojson_of, load_road, read_road, write_road

EXAMPLE = Path(__file__).parents[2] / "examples" / "roads" / "junction.geojson"
SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]


def feature(kind: str | None, coordinates: Any, **properties: Any) -> dict[str, Any]:
    shape = "LineString" if kind in ("stop", "solid", "gate") else "Polygon"
    return {
        "type": "Feature",
        "properties": {"id": "a", "kind": kind, **properties},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def road(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "id": "survey-1", "features": features} | members)


def test_the_example_is_read_and_written_again(tmp_path: Path) -> None:
    example = load_road(EXAMPLE)
    write_road(tmp_path / "again.geojson", example)
    assert load_road(tmp_path / "again.geojson") == example
    assert (tmp_path / "again.geojson").read_bytes() == EXAMPLE.read_bytes()
    assert {line.kind for line in example.lines} == {"stop", "solid", "gate"}
    assert {zone.kind for zone in example.zones} == {
        "junction", "box", "lane", "reserved", "no_stopping", "ban"
    }  # fmt: skip


coordinate = st.floats(-500, 500).map(lambda value: round(value, 3))
headings = st.none() | st.floats(0, 360)


@st.composite
def roads(draw: st.DrawFn) -> Road:
    count = draw(st.integers(0, 5))
    lines, zones = [], []
    for number in range(count):
        x, y = draw(coordinate), draw(coordinate)
        width, height = draw(st.floats(1, 50)), draw(st.floats(1, 50))
        if draw(st.booleans()):
            lines.append(
                Line(f"line {number}", "solid", ((x, y), (x + width, y + height)), None, draw(headings))
            )
        else:
            ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            kind = draw(st.sampled_from(("lane", "reserved", "box")))
            zones.append(Zone(f"zone {number}", kind, ring, draw(headings)))
    return Road(draw(st.text(max_size=8)), tuple(lines), tuple(zones))


@given(roads())
def test_a_road_survives_its_file(any_road: Road) -> None:
    assert read_road(geojson_of(any_road)) == any_road


def test_an_empty_road_is_a_road() -> None:
    assert read_road(road()) == Road("survey-1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        ("[]", "is no GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection"}', "has no list of features"),
        (road(id=7), "id is no text"),
        (road("stop"), "feature 1 is no GeoJSON Feature"),
        (road({"type": "Feature", "properties": {}, "geometry": None}), "lacks properties or a geometry"),
        (road(feature("box", [SQUARE], id=None)), "feature 1 has no id"),
        (road(feature("box", [SQUARE]), feature("ban", [SQUARE])), "'a' is given twice"),
        (road(feature("boks", [SQUARE])), "the kind 'boks' is unknown; known are stop"),
        (road(feature(None, [SQUARE])), "the kind 'None' is unknown"),
        (road(feature("box", [SQUARE], limit=30)), "the property 'limit' is unknown"),
        (road(feature("box", [SQUARE], signal="A")), "only a stop line has a signal"),
        (road(feature("box", [SQUARE], heading_deg="north")), "heading_deg is north"),
        (road(feature("box", [SQUARE], heading_deg=-90)), "heading_deg is -90"),
        (road(feature("box", [SQUARE, SQUARE])), "one ring without holes"),
        (road(feature("box", [SQUARE[:-1]])), "the ring is not closed"),
        (road(feature("box", [[[0, 0], [4, 0], [0, 0]]])), "three corners or more"),
        (road(feature("box", [[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]])), "crosses itself"),
        (road(feature("box", [[[0, 0], [4, 0], [2, 0], [2, 3], [0, 0]]])), "crosses itself"),
        (road(feature("box", [[[0, 0], [4, 0], [8, 0], [0, 0]]])), "crosses itself"),
        (road(feature("box", [[[0, 0], [4, 0], [4, 0], [4, 4], [0, 0]]])), "two of its corners are the same"),
        (road(feature("box", [[[9.1, 48.7], [9.101, 48.7], [9.1, 48.701], [9.1, 48.7]]])), "like degrees"),
        (road(feature("box", [[[5e5, 5.4e6], [5e5, 6e6], [6e5, 5e6], [5e5, 5.4e6]]])), "over 100 km away"),
        (road(feature("box", [[[0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 0, 0]]])), "no place; write two numbers"),
        (road(feature("box", [[[0, "0"], [4, 0]]])), "no place; write two numbers"),
        (road(feature("box", None)), "one ring without holes"),
        (road(feature("solid", None)), "has no coordinates"),
        (road(feature("solid", [[0, 0]])), "two points or more"),
        (road(feature("solid", [[0, 0], [0, 0], [4, 4]])), "are the same"),
        (road(feature("solid", [[0, 0], [4, 0], [4, 4], [2, -2]])), "the line crosses itself"),
        (road(feature("solid", [[i, 0] for i in range(600)])), "has 600 points"),
        (road(feature("solid", [[0, 0], [4, 0]], signal="A")), "only a stop line has a signal"),
        (road(feature("stop", [[0, 0], [4, 0]], heading_deg=0)), "a stop line needs the signal"),
        (road(feature("stop", [[0, 0], [4, 0]], signal="A")), "needs the direction of its traffic"),
        (road(feature("stop", [[0, 0], [4, 0]], signal="A", heading_deg=92)), "heading runs along"),
        (road(feature("stop", [[0, 0], [4, 0]], signal=" ", heading_deg=0)), "the signal is no text"),
        (road({**feature("stop", [SQUARE]), "geometry": {"type": "Polygon"}}), "a stop is a LineString"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(content: str | bytes, said: str) -> None:
    with pytest.raises(RoadError) as refused:
        read_road(content)
    text = str(refused.value)
    assert said in text
    assert text.endswith(".")
    assert "\n" not in text


def test_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RoadError, match=r"none\.geojson cannot be read"):
        load_road(tmp_path / "none.geojson")
    (tmp_path / "bad.geojson").write_text("{}")
    with pytest.raises(RoadError, match=r"bad\.geojson: the road is no GeoJSON"):
        load_road(tmp_path / "bad.geojson")


@pytest.mark.parametrize(
    "content", [b"null", b"1", b'"x"', b"[[]]", b'{"type": "FeatureCollection", "features": {}}']
)
def test_no_json_crashes_the_reader(content: bytes) -> None:
    with pytest.raises(RoadError):
        read_road(content)
