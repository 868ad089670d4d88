"""The simulated junction itself: its ways, marks, lines and zones, signals and the camera's place.

The watched approach drives along +y: lane 1 (x 0 to 3.5) goes ahead or turns left, lane 2 (3.5 to 7) goes
ahead or turns right. The crossing road runs along x.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from enforcement.road import Line, Road, Zone
from roadwitness.simulator.camera import Camera, aim
from roadwitness.simulator.layouts import Area, Layout, Stripe, arrow, hatching, rectangle, zebra
from roadwitness.simulator.paths import Path, rounded, straight
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.signals import Programme

LANE_M = 3.5
STOP_Y = 22.0
CROSSING_FROM, CROSSING_TO = 30.0, 44.0
START_Y, END_Y = -70.0, 150.0
LEFT_Y, RIGHT_Y = CROSSING_TO - LANE_M / 2 - LANE_M, CROSSING_FROM + LANE_M / 2
GATE_SOUTH_Y, GATE_NORTH_Y, GATE_WEST_X, GATE_EAST_X = 25.0, 48.0, -6.0, 12.5
SIGNAL = "north"
LANE_X = {1: LANE_M / 2, 2: 1.5 * LANE_M}


def ways() -> dict[tuple[int, str], Path]:
    """Each lane's ways through the junction."""
    one, two = LANE_X[1], LANE_X[2]
    return {
        (1, "ahead"): straight(one, START_Y, END_Y),
        (2, "ahead"): straight(two, START_Y, END_Y),
        (1, "left"): rounded([(one, START_Y), (one, LEFT_Y), (-70.0, LEFT_Y)], 8.5),
        (2, "right"): rounded([(two, START_Y), (two, RIGHT_Y), (80.0, RIGHT_Y)], 6.0),
    }


def camera_of(request: SceneRequest) -> Camera:
    """Above and beside the approach, looking along it over the whole junction."""
    return aim(
        x_m=1.6,
        height_m=6.6,
        near_y_m=9.3,
        at_x_m=2.6,
        focal_px=1230.0 * request.width / 1280,
        width=request.width,
        height=request.height,
    )


def layout() -> Layout:
    """Both roads with their marks."""
    low, high = CROSSING_FROM, CROSSING_TO
    middle = (low + high) / 2
    areas = (
        Area(rectangle(-10.6, 10.6, -30, 220), "pavement"),
        Area(rectangle(-90, 110, low - 3.6, high + 3.6), "pavement"),
        *(Area(ring, "pavement") for ring in _corners(10.6, 3.6, 3.0)),
        Area(rectangle(-7.0, 7.0, -30, 220)),
        Area(rectangle(-90, 110, low, high)),
        *(Area(ring) for ring in _corners(7.0, 0.0, 5.0)),
    )
    stripes = [
        Stripe(((0, -20), (0, STOP_Y)), 0.15),
        Stripe(((LANE_M, -8), (LANE_M, STOP_Y)), 0.15),
        Stripe(((-LANE_M, -8), (-LANE_M, 24)), 0.12, 3.0, 6.0),
        Stripe(((0, high + 6), (0, 150)), 0.15),
        Stripe(((LANE_M, high + 5), (LANE_M, 150)), 0.12, 3.0, 6.0),
        Stripe(((-LANE_M, high + 8), (-LANE_M, 150)), 0.12, 3.0, 6.0),
        Stripe(((0, STOP_Y + 0.2), (2 * LANE_M, STOP_Y + 0.2)), 0.4),
        Stripe(((-2 * LANE_M, high + 6), (0, high + 6)), 0.4),
        Stripe(((-80, middle), (-12, middle)), 0.15),
        Stripe(((12, middle), (90, middle)), 0.15),
        *(
            Stripe(((a, y), (b, y)), 0.12, 3.0, 6.0)
            for y in (low + LANE_M, high - LANE_M)
            for a, b in ((-80, -12), (12, 90))
        ),
        *hatching(0.0, 2 * LANE_M, low, high),
    ]
    patches = list(zebra(-6.9, 6.9, STOP_Y + 2.0, STOP_Y + 5.0))
    for mark in (
        *arrow(LANE_X[1], 16.0, 1),
        *arrow(LANE_X[2], 16.0, 1),
        *arrow(LANE_X[2] + 0.1, 12.5, 1, "right"),
    ):
        (stripes if isinstance(mark, Stripe) else patches).append(mark)  # type: ignore[arg-type]
    return Layout(
        areas, tuple(stripes), tuple(patches), lamps=((9.6, 15.0), (-9.6, 26.0), (9.6, 49.0), (-9.6, 60.0))
    )


def _corners(half_m: float, wider_m: float, radius: float) -> list[tuple[tuple[float, float], ...]]:
    """What rounds the four corners of two roads, as fans of triangles."""
    rings: list[tuple[tuple[float, float], ...]] = []
    low, high = CROSSING_FROM - wider_m, CROSSING_TO + wider_m
    for x, y in ((half_m, low), (-half_m, low), (half_m, high), (-half_m, high)):
        out_x, out_y = np.sign(x), -1.0 if y == low else 1.0
        turns = np.linspace(0, np.pi / 2, 9)
        arc = [
            (float(x + out_x * radius * (1 - np.sin(t))), float(y + out_y * radius * (1 - np.cos(t))))
            for t in turns
        ]
        rings += [((float(x), float(y)), a, b) for a, b in pairwise(arc)]
    return rings


def road() -> Road:
    """Lines and zones as the engineer draws them."""
    low, high, right = CROSSING_FROM, CROSSING_TO, 2 * LANE_M
    return Road(
        "sim-junction-north-2026-05",
        (
            Line("stop-north", "stop", ((0.0, STOP_Y), (right, STOP_Y)), SIGNAL, 0.0),
            Line("gate-south", "gate", ((0.0, GATE_SOUTH_Y), (right, GATE_SOUTH_Y)), heading_deg=0.0),
            Line("gate-north", "gate", ((0.0, GATE_NORTH_Y), (right, GATE_NORTH_Y)), heading_deg=0.0),
            Line("gate-west", "gate", ((GATE_WEST_X, low + 7.0), (GATE_WEST_X, high)), heading_deg=270.0),
            Line("gate-east", "gate", ((GATE_EAST_X, low), (GATE_EAST_X, low + 7.0)), heading_deg=90.0),
        ),
        (
            Zone("junction", "junction", rectangle(-7.0, 7.0, low, high)),
            Zone("box", "box", rectangle(0.0, right, low, high)),
            Zone("lane-1", "lane", rectangle(0.0, LANE_M, -10.0, STOP_Y), 0.0),
            Zone("lane-2", "lane", rectangle(LANE_M, right, -10.0, STOP_Y), 0.0),
        ),
    )


def programme() -> Programme:
    """The watched approach's signal."""
    return Programme(green_at_s=-8.0, green_s=12.0, red_s=12.0)


def crossing_programme() -> Programme:
    """The crossing road's: green while the watched approach has red."""
    own = programme()
    return Programme(own.green_at_s + own.green_s + own.amber_s + 4.0, 4.0, own.cycle_s - 8.0)
