"""Driving too close to the one ahead: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import Following
from enforcement.law.table import Scope
from tests.scenarios.motion import Drive, Hold, Path, Piece, Reach, Shift, Straight
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, policy

_REAR = Sight("rear")


def _law(least_s: float = 0.9, scope: Scope | None = None, **more: Any) -> Any:
    tables = {name: more.pop(name) for name in ("exemptions",) if name in more}
    return policy(following=Following(least_s, scope=scope or Scope(), **more), **tables)


_LAW = _law()


def _leads(
    gap_s: float, kmh: float = 100.0, *, kind: str = "car", length_m: float | None = None, lead_kmh: float | None = None,
    x: float = 1.75, pieces: tuple[Piece, ...] = (), then: tuple[Hold | Reach, ...] = (),
) -> Drive:  # fmt: skip
    """One whose rear passes y = 0 ``gap_s`` before the front of one who drives ``kmh`` from y = -60 at 0 s."""
    vehicle = Vehicle(kind, length_m)
    passes_s = 60.0 / (kmh / 3.6)
    speed = lead_kmh or kmh
    front_s = 60.0 + vehicle.length_m
    # Moved so that the pieces of its speed begin at 0 s.
    return Drive(Path(x, -60.0, 0.0, pieces), speed, front_s - (passes_s - gap_s) * speed / 3.6, 0.0, then)


def _behind(
    gap_s: float, name: str, kmh: float = 100.0, *, kind: str = "car", lead: str = "car", drive: Drive | None = None,
    lead_m: float | None = None, leader: Drive | None = None, lead_x: float = 1.75, own_m: float | None = None,
    lead_kmh: float | None = None, **changes: Any,
) -> Scene:  # fmt: skip
    ahead = leader or _leads(gap_s, kmh, kind=lead, length_m=lead_m, x=lead_x, lead_kmh=lead_kmh)
    scene = Scene(
        name,
        _LAW,
        drive or along(kmh),
        vehicle=Vehicle(kind, own_m),
        leader=ahead,
        leader_vehicle=Vehicle(lead, lead_m),
    )
    return dataclasses.replace(scene, **changes)


_CUTS_IN = _leads(0.5, pieces=(Straight(40.0), Shift(-3.5, 45.0)), x=5.25)
_CUT_IN_BEFORE = _leads(0.5, pieces=(Straight(30.0), Shift(-3.5, 30.0)), x=5.25)
_BRAKES = _leads(1.2, then=(Hold(0.5), Reach(50.0, 2.5)))
_BRAKES_HARD = _leads(1.0, then=(Reach(30.0, 2.6),))
_BRAKES_TOO = along(100.0, then=(Hold(0.8), Reach(50.0, 3.0)))
_OVERTAKES = along(120.0, 1.75, Straight(45.0), Shift(-3.5, 50.0))
_SLOW_BEHIND = along(58.0)

POSITIVES = positives("following", (
    _behind(0.5, "half a second at 100"),
    _behind(0.3, "0.3 s at 100"),
    _behind(0.6, "0.6 s at 100"),
    _behind(0.4, "0.4 s at 130", 130),
    _behind(0.2, "hardly a car's length at 80", 80),
    _behind(0.5, "half a second at 160", 160),
    _behind(0.5, "half a second at 70", 70),
    _behind(0.5, "behind a bus", 90, lead="bus"),
    _behind(0.4, "behind a truck", 85, lead="truck"),
    _behind(0.3, "behind a long truck", 85, lead="truck", lead_m=12.0),
    _behind(0.5, "behind a motorcycle", lead="motorcycle"),
    _behind(0.5, "a motorcycle behind a car", kind="motorcycle"),
    _behind(0.5, "a bus behind a car", 90, kind="bus"),
    _behind(0.5, "a truck behind a car", 85, kind="truck"),
    _behind(0.4, "seen from behind", sight=_REAR),
    _behind(0.4, "a motorcycle, seen from behind", kind="motorcycle", sight=_REAR),
    _behind(0.4, "a bus, seen from behind", 100, kind="bus", sight=_REAR),
    _behind(0.5, "a little to the side of its leader", lead_x=2.3),
    _behind(0.5, "in the left lane", drive=along(100.0, -1.75), lead_x=-1.75),
    _behind(0.5, "closes in slowly", 100, lead_kmh=96.0),
    _behind(0.5, "falls back slowly, too close all the way", 100, lead_kmh=103.0),
    _behind(1.0, "a second, where a second and a half is wanted", policy=_law(1.5)),
    _behind(0.5, "in the hours of the law", policy=_law(0.9, Scope(hours=("mo-fr 06:00-20:00",)))),
    _behind(0.5, "a truck where trucks are meant", 85, kind="truck", policy=_law(0.9, Scope(vehicles=("truck",)))),
    _behind(0.4, "a law that counts from 60 m", policy=_law(0.9, least_distance_m=60.0)),
))  # fmt: skip

LAWFUL = lawful("following", (
    _behind(0.9, "exactly as far as is wanted"),
    _behind(0.91, "a hair more than is wanted"),
    _behind(0.95, "0.95 s"),
    _behind(1.0, "a second"),
    _behind(1.8, "half the speedometer"),
    _behind(3.0, "three seconds"),
    _behind(0.9, "exactly as far, at 130", 130),
    _behind(0.9, "exactly as far, at 65", 65),
    _behind(0.9, "exactly as far, behind a truck", 85, lead="truck"),
    _behind(0.9, "exactly as far, behind a short truck", 85, lead="truck", lead_m=5.5),
    _behind(0.9, "exactly as far, behind a short bus", 85, lead="bus", lead_m=9.0),
    _behind(0.9, "exactly as far, behind a short car", lead_m=3.6),
    _behind(0.9, "exactly as far, behind a long car", lead_m=5.2),
    _behind(0.9, "exactly as far, behind a motorcycle", lead="motorcycle"),
    _behind(0.9, "exactly as far, seen from behind", sight=_REAR),
    _behind(0.9, "a short car, seen from behind", own_m=3.6, sight=_REAR),
    _behind(0.9, "a short truck, seen from behind", 85, kind="truck", own_m=5.0, sight=_REAR),
    _behind(0.9, "a short bus, seen from behind", 90, kind="bus", own_m=8.5, sight=_REAR),
    _behind(0.9, "exactly as far, not said what is tracked", sight=Sight("rear", "unknown")),
    _behind(0.9, "not said what is tracked, a long leader", lead="bus", sight=Sight("front", "unknown")),
    _behind(0.92, "a bus taken for a car, in doubt, seen from behind", 90, kind="bus", sight=Sight("rear", read_as=("car", 0.5))),
    _behind(0.5, "half a second at 55: not asked", 55),
    _behind(0.5, "half a second at exactly 60", 60),
    _behind(0.5, "half a second at 59, seen from behind", 59, sight=_REAR),
    _behind(0.4, "in a queue at 30", 30),
    _behind(0.3, "in a queue at 10", 10),
    _behind(0.2, "the other drives in the right lane", lead_x=5.25),
    _behind(0.2, "the other drives in the left lane", lead_x=-1.75),
    _behind(0.1, "overtakes a truck in the other lane", 100, lead="truck", lead_x=5.25, lead_kmh=85.0),
    _behind(0.0, "side by side", lead_x=5.25),
    _behind(-1.0, "the other is behind"),
    _behind(0.95, "falls back", lead_kmh=101.0, leader=_leads(1.1, lead_kmh=101.0)),
    _behind(0.5, "a car where trucks are meant", policy=_law(0.9, Scope(vehicles=("truck",)))),
    _behind(0.5, "a bus taken for a truck with 0.5", 85, kind="bus", sight=Sight(read_as=("truck", 0.5)), policy=_law(0.9, Scope(vehicles=("truck",)))),
    _behind(0.5, "at 20:00:01, the hours ended at 20:00", at=berlin("20:00:01"), policy=_law(0.9, Scope(hours=("mo-fr 06:00-20:00",)))),
    _behind(0.5, "on Sunday", at=berlin("12:00:00", day=10), policy=_law(0.9, Scope(hours=("mo-fr 06:00-20:00",)))),
    _behind(0.6, "dry, where the wet is meant", policy=_law(0.9, Scope(conditions=("wet",)))),
    _behind(0.6, "a law that wants half a second only", policy=_law(0.5)),
    _behind(0.7, "a law that asks from 110 on", policy=_law(0.9, least_speed_kmh=110.0)),
    dataclasses.replace(_behind(0.5, "nobody ahead"), leader=None),
    _behind(0.9, "brakes behind its leader, as far as is wanted", drive=_SLOW_BEHIND, leader=_leads(0.9, 58.0)),
))  # fmt: skip

UNPROVEN = unproven("following", (
    _behind(0.8, "hardly too close, behind a truck of unknown length", 85, lead="truck"),
    _behind(0.5, "the leader has just cut in", leader=_CUTS_IN),
    _behind(0.5, "the leader cut in a moment before", leader=_CUT_IN_BEFORE),
    _behind(0.5, "the leader cuts in and brakes", leader=dataclasses.replace(_CUTS_IN, pieces=(Hold(1.0), Reach(70.0, 2.5)))),
    _behind(0.5, "the leader brakes", leader=_BRAKES),
    _behind(0.5, "the leader brakes hard", leader=_BRAKES_HARD),
    _behind(0.5, "both brake", leader=_BRAKES, drive=_BRAKES_TOO),
    _behind(0.5, "swings out to overtake", drive=_OVERTAKES, leader=_leads(0.9, 120.0, lead_kmh=95.0)),
    _behind(0.5, "the camera has no calibration", sight=Sight(on_road=False)),
    _behind(0.8, "seen from behind, its length unknown", sight=Sight("rear", length_known=False)),
    _behind(0.5, "seen for fifteen metres", sight=Sight(window=(-45.0, 45.0, 0.0, 15.0))),
    _behind(0.5, "a police car", policy=_law(exemptions=(Exemption(("AB123CD",), "police"),))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
