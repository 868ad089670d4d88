"""Random drives over one road that has everything, close to the edge of every law."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

from enforcement.circumstances import RegisterStatus
from enforcement.law.papers import ClonedPlate, RegisterChecks
from enforcement.law.places import (
    Following,
    Movement,
    RedLight,
    ReservedLane,
    SolidLine,
    StopLine,
    Stopping,
    VehicleBan,
    WrongWay,
)
from enforcement.law.speeds import Section, SpecialLimit, Speeding
from enforcement.law.table import Scope
from enforcement.policy import Plates
from enforcement.road import Line, Road, Zone
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scene import LENGTHS_M, Elsewhere, Entered, Lamp, Reading, Scene, Sight, Vehicle
from tests.scenarios.tables.junction import GATES
from tests.scenarios.tables.shared import TOLERANCE, berlin, box, policy

_WORKDAY = "mo-fr 07:00-19:00"
_LIMIT_KMH = 50.0
ROAD = Road(
    "everything",
    (
        *GATES,
        Line("stop", "stop", ((0.0, 0.0), (3.5, 0.0)), "main", 0.0),
        Line("stop-left", "stop", ((-3.5, 0.0), (0.0, 0.0)), "left", 0.0),
        Line("solid", "solid", ((0.0, -40.0), (0.0, -2.0))),
        Line("out", "gate", ((-20.0, 0.0), (20.0, 0.0))),
    ),
    (
        Zone("right", "lane", box(0.0, 3.5, -50.0, 3.0), 0.0),
        Zone("left", "lane", box(-3.5, 0.0, -50.0, 3.0), 0.0),
        Zone("back", "lane", box(-7.0, -3.5, -50.0, 50.0), 180.0),
        Zone("bus", "reserved", box(3.5, 7.0, -50.0, 50.0)),
        Zone("kerb", "no_stopping", box(0.0, 7.0, -35.0, -5.0)),
        Zone("yellow", "box", box(-7.0, 7.0, 6.0, 18.0)),
        Zone("conflict", "junction", box(-14.0, 14.0, 4.0, 26.0)),
        Zone("town", "ban", box(-4.0, 8.0, 26.0, 60.0)),
    ),
)
_NIGHT = "22:00-06:00"
_SPECIAL = (
    SpecialLimit(30.0, Scope(hours=(_NIGHT,))),
    SpecialLimit(40.0, Scope(vehicles=("truck", "bus"))),
    SpecialLimit(45.0, Scope(conditions=("wet",))),
)
_SECTION = Section(
    "a-b", "entry", "cam", 1000.0, 1.0, _LIMIT_KMH, TOLERANCE, entry_line="in", exit_line="out"
)
POLICY = policy(
    speeding=Speeding(_LIMIT_KMH, TOLERANCE, _SPECIAL),
    sections=(_SECTION,),
    red_light=RedLight(),
    stop_line=StopLine(),
    wrong_way=WrongWay(),
    reserved_lanes=(ReservedLane("bus", ("bus", "bicycle"), hours=(_WORKDAY,)),),
    movements=(
        Movement("south", "west", "left turn"),
        Movement("south", "east", "right turn", Scope(vehicles=("truck",))),
    ),
    stopping=(Stopping("kerb", 6.0, Scope(hours=(_WORKDAY,))), Stopping("yellow", 3.0)),
    following=Following(0.9, 40.0),
    solid_lines=(SolidLine("solid"),),
    vehicle_bans=(VehicleBan("town", Scope(vehicles=("truck",), hours=(_NIGHT,))),),
    register_checks=RegisterChecks(
        ("unregistered", "uninsured", "inspection_expired", "stolen"), countries=("GB",)
    ),
    cloned_plate=ClonedPlate(),
    plates=Plates({"GB": 0.97, "any": 0.03}, 0.02),
)


_HOURS = ("06:00:00", "07:00:00", "12:00:00", "12:00:00", "19:00:00", "22:00:00", "23:59:59")
_KINDS = ("car", "car", "car", "truck", "bus", "motorcycle", "bicycle")


def _hour(rng: Random) -> datetime.datetime:
    """Near the edges of the hours, on a Monday, a Friday or at the weekend."""
    return berlin(rng.choice(_HOURS), day=rng.choice((4, 4, 8, 9, 10))) + datetime.timedelta(
        seconds=rng.choice((0.0, rng.uniform(-20, 20), 3600.0))
    )


def _vehicle(rng: Random) -> Vehicle:
    """Of any class, as long as the class may be."""
    kind = rng.choice(_KINDS)
    length, sigma = LENGTHS_M[kind]
    return Vehicle(kind, max(length + rng.uniform(-1.9, 1.9) * sigma, 1.5))


def _sight(rng: Random) -> Sight:
    """From the front or behind; now and then with a doubtful class, a gap or a poor clock."""
    gap = rng.uniform(0.0, 9.0)
    poor_clock = rng.random() < 0.2
    return Sight(
        rng.choice(("front", "rear")),
        rng.choice((None, None, None, "unknown")),
        hidden=rng.choice(((), (), ((gap, gap + 0.8),), ((gap, gap + 2.5),))),
        read_as=(rng.choice(_KINDS), 0.5) if rng.random() < 0.15 else None,
        clock_error_ms=rng.uniform(-400, 400) if poor_clock else None,
        clock_sigma_ms=rng.choice((200.0, None)) if poor_clock else 5.0,
        lamps_from=rng.choice(("camera", "controller")),
    )


def _lamps(rng: Random, drive: Drive) -> tuple[Lamp, ...]:
    """Both signals turn red, or green, about when the front passes y = 0."""
    passes = drive.when(60.0)
    passes = passes if -100 < passes < 100 else 3.0
    shown: list[Lamp] = []
    for signal in ("main", "left"):
        red = passes - rng.choice((rng.uniform(-0.5, 1.0), rng.uniform(-4.0, 8.0)))
        lasts = rng.choice((rng.uniform(0.5, 4.0), 60.0))
        shown += [
            Lamp("green", red - 60.0, red - 3.0, signal),
            Lamp("amber", red - 3.0, red, signal),
            Lamp("red", red, red + lasts, signal),
            Lamp("green", red + lasts, red + lasts + 60.0, signal),
        ]
    return tuple(shown)


def _over_the_road(
    rng: Random, drive: Drive, leader: Drive | None = None, ahead: Vehicle | None = None
) -> Scene:
    wet = ("wet",) if rng.random() < 0.3 else ()
    return Scene(
        "random", POLICY, drive, ROAD, _vehicle(rng), _sight(rng), _hour(rng), _lamps(rng, drive), wet,
        Reading("GT57XYZ"), leader, ahead or Vehicle(),
    )  # fmt: skip


def crossing(rng: Random) -> Scene:
    """Into the junction from the south about when the lamp changes, and on in any direction."""
    turn = rng.choice((0.0, 0.0, -90.0, 90.0, -180.0, rng.uniform(-120, 120)))
    on = (Straight(56.0 + rng.uniform(0, 14)), Turn(turn, rng.uniform(4, 12))) if turn else ()
    change = rng.choice(((), (), (Hold(rng.uniform(0.5, 5)), Reach(rng.uniform(5, 70), 3.0))))
    path = Path(rng.uniform(-3.4, 3.4), -60.0, 0.0, (*on, Straight(40.0)))
    return _over_the_road(
        rng, Drive(path, rng.uniform(8, 35) if turn else rng.uniform(10, 110), 0.0, 0.0, change)
    )


def halting(rng: Random) -> Scene:
    """To a halt near the line, at the zones' edges or in the box, perhaps on, and perhaps to another halt."""
    kmh, brake = rng.uniform(8, 50), rng.uniform(0.3, 5)
    stop_y, seconds = rng.choice((rng.uniform(-1, 5), rng.uniform(-38, 20))), kmh / 3.6 / brake
    away = Reach(rng.uniform(3, 30), rng.uniform(2, 6))
    again = (
        Reach(rng.uniform(2, 10), 2.0),
        Hold(rng.uniform(0.2, 3)),
        Reach(0.0, 2.0),
        Hold(rng.uniform(1, 8)),
        away,
    )
    then = rng.choice(((), (away,), again, (Reach(-4.0, 1.5), Hold(2.0), Reach(0.0, 1.5), Hold(4.0))))
    pieces = (Reach(0.0, seconds), Hold(rng.uniform(0.3, 12)), *then)
    start = stop_y + 60.0 - kmh / 3.6 * seconds / 2
    return _over_the_road(rng, Drive(Path(rng.uniform(-3, 6.5), -60.0), kmh, start, 0.0, pieces))


def lanes(rng: Random) -> Scene:
    """Along the road in either direction, changing lane; now and then across it, round or backwards."""
    kind = rng.choice(("along", "along", "against", "across", "round", "back"))
    shifts = []
    for _ in range(rng.randint(0, 3)):
        shifts += [Straight(rng.uniform(1, 40)), Shift(rng.uniform(-4.5, 4.5), rng.uniform(12, 40))]
    kmh = rng.choice((rng.uniform(3, 15), rng.uniform(10, 60), rng.uniform(30, 130)))
    if kind == "across":
        return _over_the_road(rng, Drive(Path(-40.0, rng.uniform(-40, 30), rng.uniform(50, 130)), kmh))
    if kind == "back":
        speed = rng.uniform(3, 12)
        pieces = (Hold(2.0), Reach(-speed, 1.0), Hold(rng.uniform(0.5, 12)), Reach(0.0, 1.0))
        return _over_the_road(
            rng, Drive(Path(rng.uniform(-7, 7), -60.0), 0.0, rng.uniform(20, 80), 0.0, pieces)
        )
    if kind == "round":
        shifts = [Straight(rng.uniform(20, 60)), Turn(-180.0, rng.uniform(3, 6))]
        kmh = min(kmh, 25.0)
    start = (60.0, 180.0) if kind == "against" else (-60.0, 0.0)
    return _over_the_road(rng, Drive(Path(rng.uniform(-6.8, 6.8), *start, tuple(shifts)), kmh))


def close_behind(rng: Random) -> Scene:
    """Behind another about as close as may be; either may brake, and the other may drive beside or cut in."""
    kmh, ahead = rng.uniform(35, 140), _vehicle(rng)
    gap_s, faster = rng.uniform(0.5, 1.3), rng.choice((0.0, 0.0, rng.uniform(-8, 8)))
    x = rng.uniform(-1.5, 2.5)
    passes_s, speed = 60.0 / (kmh / 3.6), kmh + faster
    cuts_in = (Straight(rng.uniform(10, 60)), Shift(-3.5, 35.0)) if rng.random() < 0.2 else ()
    beside = rng.choice((0.0, 0.0, 3.5, -3.5)) if not cuts_in else 3.5
    brakes = (Hold(rng.uniform(0, 2)), Reach(speed * 0.6, 2.0)) if rng.random() < 0.2 else ()
    front = 60.0 + ahead.length_m - (passes_s - gap_s) * speed / 3.6
    leader = Drive(Path(x + beside, -60.0, 0.0, cuts_in), speed, front, 0.0, brakes)
    own = (Hold(rng.uniform(0, 2)), Reach(kmh * 0.7, 2.5)) if rng.random() < 0.2 else ()
    return _over_the_road(rng, Drive(Path(x, -60.0), kmh, 0.0, 0.0, own), leader, ahead)


def measured(rng: Random) -> Scene:
    """Even drives about the limits, with what the section, another camera and the register say."""
    kmh = rng.choice((rng.uniform(27, 34), rng.uniform(38, 56), rng.uniform(20, 120)))
    average = rng.choice((rng.uniform(45, 58), rng.uniform(20, 150)))
    km, at, day = rng.choice((0.0, 2.0, 50.0)), _hour(rng), datetime.timedelta(days=1)
    status = RegisterStatus(
        known=rng.random() < 0.5,
        insured_until=at.date() + rng.choice((-1, 0, 1)) * day,
        inspected_until=at.date() + rng.choice((-1, 0, 1)) * day,
        stolen=rng.random() < 0.3,
        vehicle_class=rng.choice((None, "car", "truck")),
    )
    entry_s = -1000.0 / average * 3.6
    there_s = -max(km, 0.01) / rng.uniform(200.0, 300.0) * 3600.0 - 15.0
    return Scene(
        "random",
        POLICY,
        Drive(Path(rng.uniform(-3, 3), -60.0), kmh, 60.0),
        ROAD,
        _vehicle(rng),
        _sight(rng),
        at,
        conditions=("wet",) if rng.random() < 0.3 else (),
        reading=Reading("GT57XYZ", rng.choice((0.9, 0.985, 0.991, 0.999))),
        entered=Entered(entry_s, probability=rng.choice((0.9, 0.999)), part=rng.choice(("front", "rear"))),
        elsewhere=Elsewhere(there_s, km * 1e3, rng.choice((0.99, 0.999))),
        registered=rng.choice((None, status, status)),
    )


SCENES: dict[str, Callable[[Random], Scene]] = {
    made.__name__: made for made in (crossing, halting, lanes, close_behind, measured)
}
