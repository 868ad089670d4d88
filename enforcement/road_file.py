"""Roads as GeoJSON: a FeatureCollection whose coordinates are metres of the camera's road plane.

Lines are LineStrings, zones Polygons of one ring (its last corner repeats the first, as GeoJSON wants it);
the properties are ``id``, ``kind``, ``signal`` and ``heading_deg`` of :mod:`enforcement.road`. The
collection's own member ``id`` names the plane: the calibration or survey whose metres these are. What is not
understood in a line or a zone is refused, because one that is read wrongly accuses the wrong people.
"""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, cast, get_args

import msgspec

from enforcement.errors import RoadError
from enforcement.road import Line, LineKind, Point, Road, Zone, ZoneKind

_LINES = get_args(LineKind)
_ZONES = get_args(ZoneKind)
_PROPERTIES = ("id", "kind", "signal", "heading_deg")
_DEGREES_M = 0.05  # a whole road in degrees is smaller than this, and no line or zone in metres is
_FURTHEST_M = 100_000.0
_FLAT_DEG = 10.0
_MOST = 500


def load_road(path: Path) -> Road:
    """Read a road from a file.

    Raises:
        RoadError: naming the file, the line or zone, and what to do.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RoadError(f"the road {path} cannot be read ({error.strerror}); check the path.") from error
    try:
        return read_road(content)
    except RoadError as error:
        raise RoadError(f"{path}: {error}") from error


def write_road(path: Path, road: Road) -> None:
    """Write a road to a file that :func:`load_road` reads."""
    path.write_bytes(geojson_of(road))


def geojson_of(road: Road) -> bytes:
    """A road as GeoJSON, a line of text for each line and zone, in their order."""
    features = [_feature(line, "LineString", line.points, signal=line.signal) for line in road.lines] + [
        _feature(zone, "Polygon", [(*zone.ring, zone.ring[0])]) for zone in road.zones
    ]
    head = b'{"type": "FeatureCollection", "id": ' + msgspec.json.encode(road.id) + b', "features": ['
    lines = b",\n".join(msgspec.json.format(msgspec.json.encode(feature), indent=0) for feature in features)
    return head + b"\n" + lines + b"\n]}\n"


def read_road(content: bytes | str) -> Road:
    """A road from its GeoJSON.

    Raises:
        RoadError: naming the line or zone and what to do.
    """
    try:
        collection = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise RoadError(f"the road is not JSON ({error}); write it as GeoJSON.") from error
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise RoadError("the road is no GeoJSON FeatureCollection; put its lines and zones into one.")
    features, name = collection.get("features"), collection.get("id", "")
    if not isinstance(features, list):
        raise RoadError("the road has no list of features; add one, which may be empty.")
    if not isinstance(name, str):
        raise RoadError("the road's id is no text; write the id of the calibration whose metres these are.")
    if len(features) > _MOST:
        raise RoadError(f"the road has {len(features)} lines and zones; {_MOST} are the most, so split it.")
    read = [_read(feature, number) for number, feature in enumerate(features, 1)]
    seen: set[str] = set()
    for each in read:
        if each.id in seen:
            raise RoadError(f"the id '{each.id}' is given twice; every line and zone needs one of its own.")
        seen.add(each.id)
    return Road(
        name,
        tuple(each for each in read if isinstance(each, Line)),
        tuple(each for each in read if isinstance(each, Zone)),
    )


def _feature(of: Line | Zone, shape: str, coordinates: Any, signal: str | None = None) -> dict[str, Any]:
    properties = {"id": of.id, "kind": of.kind, "signal": signal, "heading_deg": of.heading_deg}
    return {
        "type": "Feature",
        "properties": {name: value for name, value in properties.items() if value is not None},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def _read(feature: Any, number: int) -> Line | Zone:
    properties, geometry = _parts(feature, number)
    name, kind = properties.get("id"), cast(Any, properties.get("kind"))
    if not isinstance(name, str) or not name.strip():
        raise RoadError(f"feature {number} has no id; give it one, such as 'stop-north'.")
    unknown = next((key for key in properties if key not in _PROPERTIES), None)
    if unknown is not None:
        raise RoadError(f"'{name}': the property '{unknown}' is unknown; known are {', '.join(_PROPERTIES)}.")
    if kind not in _LINES + _ZONES:
        known = ", ".join(_LINES + _ZONES)
        raise RoadError(f"'{name}': the kind '{kind}' is unknown; known are {known}.")
    shape = "LineString" if kind in _LINES else "Polygon"
    if geometry.get("type") != shape:
        raise RoadError(f"'{name}': a {kind} is a {shape}, not a {geometry.get('type')}; draw it as one.")
    heading = _heading(name, properties.get("heading_deg"))
    signal = properties.get("signal")
    if signal is not None and (not isinstance(signal, str) or not signal.strip()):
        raise RoadError(f"'{name}': the signal is no text; write the id of a signal.")
    if kind in _LINES:
        line = Line(name, kind, _line(name, geometry.get("coordinates")), signal, heading)
        _check_line(line)
        return line
    if signal is not None:
        raise RoadError(f"'{name}': only a stop line has a signal; remove it.")
    return Zone(name, kind, _ring(name, geometry.get("coordinates")), heading)


def _parts(feature: Any, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise RoadError(f"feature {number} is no GeoJSON Feature; remove it or correct its type.")
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise RoadError(f"feature {number} lacks properties or a geometry; add both.")
    return {key: value for key, value in properties.items() if value is not None}, geometry


def _heading(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 360.0:
        raise RoadError(f"'{name}': heading_deg is {value}; write degrees from 0 to 360, clockwise from +y.")
    return float(value)


def _points(name: str, coordinates: Any) -> tuple[Point, ...]:
    if not isinstance(coordinates, list):
        raise RoadError(f"'{name}' has no coordinates; add them as pairs of metres.")
    if len(coordinates) > _MOST:
        raise RoadError(f"'{name}' has {len(coordinates)} points; {_MOST} are the most, so draw it simpler.")
    points = []
    for pair in coordinates:
        if not isinstance(pair, list) or len(pair) != 2 or not all(_is_number(value) for value in pair):
            raise RoadError(f"'{name}': {pair} is no place; write two numbers, x and y in metres.")
        if max(abs(pair[0]), abs(pair[1])) > _FURTHEST_M:
            raise RoadError(f"'{name}': {pair} lies over 100 km away; write metres of the road plane.")
        points.append((float(pair[0]), float(pair[1])))
    if len(points) > 1 and all(
        max(values) - min(values) < _DEGREES_M for values in zip(*points, strict=True)
    ):
        raise RoadError(f"'{name}': its coordinates look like degrees; write metres of the road plane.")
    return tuple(points)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _line(name: str, coordinates: Any) -> tuple[Point, ...]:
    points = _points(name, coordinates)
    if len(points) < 2:
        raise RoadError(f"'{name}': a line needs two points or more; draw it again.")
    if any(a == b for a, b in pairwise(points)):
        raise RoadError(f"'{name}': two points that follow each other are the same; remove one.")
    if _crosses_itself(list(pairwise(points))):
        raise RoadError(f"'{name}': the line crosses itself; draw it again.")
    return points


def _check_line(line: Line) -> None:
    if line.kind != "stop":
        if line.signal is not None:
            raise RoadError(f"'{line.id}': only a stop line has a signal; remove it.")
    elif line.signal is None:
        raise RoadError(f"'{line.id}': a stop line needs the signal that it belongs to; add 'signal'.")
    elif line.heading_deg is None:
        raise RoadError(f"'{line.id}': a stop line needs the direction of its traffic; add 'heading_deg'.")
    if line.heading_deg is not None and line.kind != "solid":
        (ax, ay), (bx, by) = line.points[0], line.points[-1]
        along = math.degrees(math.atan2(bx - ax, by - ay)) - line.heading_deg
        if abs(math.sin(math.radians(along))) < math.sin(math.radians(_FLAT_DEG)):
            raise RoadError(f"'{line.id}': its heading runs along the line; write the one across it.")


def _ring(name: str, coordinates: Any) -> tuple[Point, ...]:
    if not isinstance(coordinates, list) or len(coordinates) != 1:
        raise RoadError(f"'{name}': a zone is a polygon of one ring without holes; draw it as one.")
    ring = _points(name, coordinates[0])
    if len(ring) < 2 or ring[0] != ring[-1]:
        raise RoadError(f"'{name}': the ring is not closed; repeat its first corner at the end.")
    ring = ring[:-1]
    if len(ring) < 3:
        raise RoadError(f"'{name}': a zone needs three corners or more; draw it again.")
    if len(set(ring)) < len(ring):
        raise RoadError(f"'{name}': two of its corners are the same; remove one.")
    sides = list(pairwise([*ring, ring[0]]))
    if _crosses_itself(sides, closed=True):
        raise RoadError(f"'{name}': the ring crosses itself; draw it again.")
    if abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in sides)) < 2.0 * _DEGREES_M:
        raise RoadError(f"'{name}': its corners lie on one line; draw it again.")
    return ring


def _crosses_itself(pieces: list[tuple[Point, Point]], closed: bool = False) -> bool:
    """Whether two pieces that are not neighbours meet, or neighbours fold back on each other."""
    for (i, one), (k, other) in combinations(enumerate(pieces), 2):
        if k == i + 1 or (closed and i == 0 and k == len(pieces) - 1):
            (a, b), (c, d) = (one, other) if k == i + 1 else (other, one)
            if _turn(a, b, d) == 0.0 and (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]) < 0:
                return True
        elif _meet(*one, *other):
            return True
    return False


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _turn(a, b, c) * _turn(a, b, d) <= 0.0 and _turn(c, d, a) * _turn(c, d, b) <= 0.0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
