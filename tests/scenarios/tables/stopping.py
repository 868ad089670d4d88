"""Standing where none may stand, and standing in a box junction: positives and near misses of both."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import Stopping
from enforcement.law.table import Scope
from enforcement.road import Road, Zone, ZoneKind
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import Scenario, lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, box, halting, policy

_REAR = Sight("rear")


def _tables(
    kind: ZoneKind, offence: str, allowed_s: float
) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...]]:
    """Positives and near misses for a zone of ``kind`` (x 0 to 4, y -10 to 12) and ``allowed_s`` of standing."""
    road = Road(kind, zones=(Zone("yellow", kind, box(0.0, 4.0, -10.0, 12.0)),))
    over, under = allowed_s + 4.0, allowed_s - 0.5

    def law(
        scope: Scope | None = None, longest_s: float = allowed_s, zone: str = "yellow", **more: Any
    ) -> Any:
        return policy(stopping=(Stopping(zone, longest_s, scope or Scope()),), **more)

    usual = law()

    def stands(
        name: str, wait_s: float = over, y: float = 4.0, *, x: float = 1.75, kmh: float = 30.0, brake: float = 2.5,
        go: float = 1.5, onto: float = 30.0, kind: str = "car", drive: Drive | None = None, **changes: Any,
    ) -> Scene:  # fmt: skip
        """Halts with its front at ``y``, stands for ``wait_s`` and drives off, speeding up by ``go`` m/s²."""
        starts = (Reach(onto, onto / 3.6 / go),)
        moving = drive or halting(kmh, y, x, brake_ms2=brake, wait_s=wait_s, then=starts)
        return dataclasses.replace(Scene(name, usual, moving, road, Vehicle(kind)), **changes)

    def twice(first_s: float, second_s: float, between_m: float) -> Drive:
        """Stands, rolls on by ``between_m``, and stands again."""
        top = 5.0
        roll = max(between_m / (top / 3.6) - 1.5, 0.0)
        return halting(30.0, 2.0, wait_s=first_s, then=(
            Reach(top, 1.5), Hold(roll), Reach(0.0, 1.5), Hold(second_s), Reach(30.0, 5.0)
        ))  # fmt: skip

    crawl = Drive(Path(1.75, -60.0), 30.0, 45.0, 0.0, (Reach(2.5, 3.0), Hold(over + 12.0), Reach(30.0, 4.0)))
    never = along(30.0)
    found = positives(offence, (
        stands("stands four seconds too long"),
        stands("stands a minute too long", allowed_s + 60.0),
        stands("stands three seconds too long", allowed_s + 3.0),
        stands("stands at the zone's far end", y=11.0),
        stands("stands at its near end", y=-3.0),
        stands("brakes hard", brake=6.0),
        stands("comes at 60", kmh=60.0),
        stands("comes at 10", kmh=10.0),
        stands("does not drive off while it is seen", wait_s=allowed_s + 30.0),
        stands("drives off with a jerk", go=3.0),
        stands("a bus", kind="bus", y=10.0),
        stands("a truck", kind="truck", y=10.0),
        stands("a motorcycle", kind="motorcycle"),
        stands("a bicycle", kind="bicycle", kmh=15.0),
        stands("seen from behind", sight=_REAR),
        stands("a motorcycle seen from behind", kind="motorcycle", sight=_REAR),
        stands("not said which end is tracked", sight=Sight("front", "unknown")),
        stands("at the right of the zone", x=2.4),
        stands("stands twice, once too long", drive=twice(over, 3.0, 4.0)),
        stands("hidden for half a second", allowed_s + 8.0, sight=Sight(hidden=((6.0, 6.5),))),
        stands("in the hours", policy=law(Scope(hours=("mo-fr 08:00-18:00",)))),
        stands("a truck where trucks may not", kind="truck", y=10.0, policy=law(Scope(vehicles=("truck",)))),
        stands("no time is allowed at all", 8.0, policy=law(longest_s=0.0)),
        stands("a car behind it waits too", allowed_s + 10.0, y=6.0),
    ))  # fmt: skip
    innocent = lawful(offence, (
        stands("drives through", drive=never),
        stands("drives through at 5", drive=along(5.0)),
        stands("drives through at 100", drive=along(100.0)),
        stands("stands half a second shorter than is allowed", under),
        stands("stands exactly as long as is allowed", allowed_s),
        stands("stands a tenth of a second shorter, at the zone's end", allowed_s - 0.1, y=11.0),
        stands("stands as long as is allowed, seen from behind", allowed_s, sight=_REAR),
        stands("stands as long as is allowed, a bus", allowed_s, kind="bus", y=10.0),
        stands("stands half as long", allowed_s / 2),
        stands("stands for a second", 1.0),
        stands("comes to its halt very gently", allowed_s - 0.2, brake=0.3, kmh=15.0),
        stands("drives off very gently", allowed_s - 0.2, go=0.3, onto=10.0),
        stands("halts and drives off gently", allowed_s - 0.2, brake=0.4, kmh=15.0, go=0.4, onto=10.0),
        stands("creeps on all the time", drive=crawl),
        stands("creeps on at 1 km/h", drive=Drive(Path(1.75, -60.0), 30.0, 45.0, 0.0, (Reach(1.0, 3.0), Hold(over + 20.0), Reach(30.0, 4.0)))),
        stands("stands twice, each time as long as is allowed", drive=twice(under, under, 4.0)),
        stands("stands twice, two metres apart", drive=twice(under, under, 2.0)),
        stands("stands twice, and was hidden as it rolled on", drive=twice(under, under, 3.0),
               sight=Sight(hidden=((under + 3.0, under + 7.0),))),
        stands("stands twice, a metre apart", drive=twice(under, under, 1.0)),
        stands("stands before the zone", y=-11.0),
        stands("stands with the bumper at the zone's edge", y=-10.0),
        stands("stands with the bumper at its edge, seen from behind", y=-10.1, sight=_REAR),
        stands("stands behind the zone, its rear just out", y=16.6),
        stands("stands behind the zone, its rear just out, seen from behind", y=16.5, sight=_REAR),
        stands("a short car behind the zone", y=15.9, vehicle=Vehicle("car", 3.7)),
        stands("a motorcycle behind the zone", y=14.3, kind="motorcycle"),
        stands("a long car before the zone, seen from behind", y=-10.1, vehicle=Vehicle("car", 5.2), sight=_REAR),
        stands("stands beside the zone", x=4.3),
        stands("stands beside the zone, its wheels on the paint", x=4.1),
        stands("stands to the left of it", x=-0.3),
        stands("stands beside the zone, seen from behind", x=4.4, sight=_REAR),
        stands("parks at the kerb before it", y=-14.0, x=5.0),
        stands("turns across the zone", drive=along(15.0, 1.75, Straight(62.0), Turn(90.0, 6.0), Straight(40.0))),
        stands("changes lane in the zone", drive=along(30.0, 1.75, Straight(50.0), Shift(-3.5, 25.0))),
        stands("at 07:59:40, the hours begin at 08:00", at=berlin("07:59:20"), policy=law(Scope(hours=("mo-fr 08:00-18:00",)))),
        stands("at 18:00:01, the hours ended at 18:00", at=berlin("18:00:01"), policy=law(Scope(hours=("mo-fr 08:00-18:00",)))),
        stands("on Sunday", at=berlin("12:00:00", day=10), policy=law(Scope(hours=("mo-fr 08:00-18:00",)))),
        stands("a car where trucks may not", policy=law(Scope(vehicles=("truck",)))),
        stands("a bus taken for a truck with 0.5", kind="bus", y=10.0, sight=Sight(read_as=("truck", 0.5)), policy=law(Scope(vehicles=("truck",)))),
        stands("another zone is meant", policy=law(zone="elsewhere")),
        stands("no zone is drawn", road=Road()),
        stands("a law that allows ten seconds more", policy=law(longest_s=allowed_s + 10.0)),
        stands("stood before the zone when it was first seen, and backs away", drive=Drive(
            Path(1.75, -60.0), 0.0, 49.0, 0.0, (Hold(over), Reach(-9.0, 2.0), Hold(4.0), Reach(0.0, 2.0))), sight=Sight(seen=(0.5, 99.0))),
        stands("backs to a halt just behind the zone, seen from behind", drive=Drive(
            Path(1.75, -60.0), -9.0, 90.0, 0.0, (Hold(3.0), Reach(0.0, 4.4), Hold(over))), sight=_REAR),
        stands("backs to a halt just behind the zone", drive=Drive(
            Path(1.75, -60.0), -9.0, 90.0, 0.0, (Hold(3.0), Reach(0.0, 4.4), Hold(over)))),
        stands("rolls back a little twice", drive=halting(20.0, 3.0, wait_s=under, then=(
            Reach(-3.0, 1.0), Hold(1.0), Reach(0.0, 1.0), Hold(under), Reach(20.0, 4.0)))),
    ))  # fmt: skip
    doubtful = unproven(offence, (
        stands("stands hardly longer than is allowed", allowed_s + 0.1),
        stands("seen for as long as is allowed", allowed_s + 20.0, sight=Sight(seen=(4.0, 4.0 + allowed_s))),
        stands("hidden for most of the time", over, sight=Sight(hidden=((4.0, 3.0 + over),))),
        stands("the hours begin as it stands there", at=berlin("07:59:58"), policy=law(Scope(hours=("mo-fr 08:00-18:00",)))),
        stands("the camera has no calibration", sight=Sight(on_road=False)),
        stands("an ambulance", policy=law(exemptions=(Exemption(("AB123CD",), "ambulance"),))),
        stands("a truck, in doubt", kind="truck", y=10.0, sight=Sight(read_as=("truck", 0.5)), policy=law(Scope(vehicles=("truck",)))),
    ))  # fmt: skip
    return found, innocent + doubtful


_PARKED, _NEARLY_PARKED = _tables("no_stopping", "stopping", 10.0)
_BLOCKED, _NEARLY_BLOCKED = _tables("box", "box_junction", 5.0)
POSITIVES = _PARKED + _BLOCKED
NEAR_MISSES = _NEARLY_PARKED + _NEARLY_BLOCKED
