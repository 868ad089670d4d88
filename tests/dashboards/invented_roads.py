"""Invented roads with lines and zones, as a traffic engineer would have drawn them, and their paint."""

from __future__ import annotations

from enforcement.road import Line, Road, Zone
from tests.dashboards.invented_scene import Mark

STREET, JUNCTION, LANE = "demo-s2-street", "demo-x3-junction", "demo-l4-old-town"

_WHITE, _RED_PAINT, _YELLOW = (226, 226, 220), (138, 70, 62), (212, 176, 60)


def _strip(x0: float, x1: float, y0: float, y1: float) -> tuple[tuple[float, float], ...]:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


ROADS = {
    STREET: Road(
        id="demo-s2-survey-2026-05",
        lines=(Line("centre", "solid", ((0.0, 6.0), (0.0, 64.0))),),
        zones=(
            Zone("south", "lane", _strip(-5.4, 0.0, 6.0, 80.0), 180.0),
            Zone("north", "lane", _strip(0.0, 2.7, 6.0, 80.0), 0.0),
            Zone("bus", "reserved", _strip(2.7, 5.4, 6.0, 80.0), 0.0),
        ),
    ),
    JUNCTION: Road(
        id="demo-x3-survey-2026-05",
        lines=(
            Line("stop-south", "stop", ((0.2, 22.0), (5.2, 22.0)), "K1", 0.0),
            Line("from-south", "gate", ((0.0, 17.0), (5.4, 17.0))),
            Line("to-west", "gate", ((-9.0, 27.0), (-9.0, 34.0))),
        ),
        zones=(
            Zone("south-arm", "lane", _strip(0.0, 5.4, 6.0, 26.0), 0.0),
            Zone("crossing", "junction", _strip(-6.5, 6.5, 26.0, 42.0)),
        ),
    ),
    LANE: Road(
        id="demo-l4-survey-2026-05",
        zones=(
            Zone("old-town", "ban", _strip(-5.4, 5.4, 20.0, 60.0)),
            Zone("loading", "no_stopping", _strip(2.6, 5.4, 10.0, 19.0)),
        ),
    ),
}

PAINT: dict[str, tuple[Mark, ...]] = {
    STREET: (
        (_strip(-0.08, 0.08, 5.0, 64.0), _WHITE),
        (_strip(2.62, 2.78, 5.0, 80.0), _WHITE),
        (_strip(2.78, 5.3, 5.0, 80.0), _RED_PAINT),
    ),
    JUNCTION: (
        (_strip(-60.0, 60.0, 26.0, 42.0), (88, 90, 93)),
        (_strip(0.2, 5.2, 21.8, 22.2), _WHITE),
    ),
    LANE: ((_strip(2.6, 2.72, 10.0, 19.0), _YELLOW), (_strip(5.2, 5.32, 10.0, 19.0), _YELLOW)),
}
