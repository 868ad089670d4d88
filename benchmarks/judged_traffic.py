"""What benchmarks/judging.py judges: an open road and a junction, with their laws and what passes there."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from msgspec.structs import replace

from enforcement.circumstances import Circumstances, RegisterStatus, SectionEntry
from enforcement.judging import findings_of
from enforcement.law.papers import ClonedPlate, Exemption, RegisterChecks
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
from enforcement.law.speeds import Section, SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.road import Line, Point, Road, Zone
from streams.encoding import decode, encode
from streams.messages import (
    Box,
    CharacterCandidate,
    LampPhase,
    Leader,
    Passage,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)

SECOND = 10**9
MONDAY_NS = 1_777_881_600 * SECOND  # 2026-05-04T08:00:00Z
LOOKS_A_SECOND = 12
FROM_M, UNTIL_M, STOP_AT_M = -30.0, 25.0, 0.0
#: What passes on the road and at the junction, and how much of it.
ROAD_MIX = {
    "through": 0.86,
    "no speed": 0.05,
    "truck": 0.04,
    "too fast": 0.03,
    "too close": 0.01,
    "over the line": 0.005,
    "wrong way": 0.005,
}
JUNCTION_MIX = {
    "through": 0.72,
    "waits": 0.13,
    "no speed": 0.05,
    "truck": 0.04,
    "bus lane": 0.01,
    "too fast": 0.02,
    "at red": 0.01,
    "too close": 0.01,
    "over the line": 0.005,
    "wrong way": 0.005,
}


def box(left: float, near: float, right: float, far: float) -> tuple[Point, ...]:
    """A rectangle on the road."""
    return ((left, near), (right, near), (right, far), (left, far))


JUNCTION = Road(
    "junction",
    (
        Line("stop", "stop", ((0.0, STOP_AT_M), (10.5, STOP_AT_M)), "main", 0.0),
        Line("middle", "solid", ((0.0, FROM_M), (0.0, -1.0))),
        Line("south", "gate", ((0.0, -5.0), (10.5, -5.0)), heading_deg=0.0),
        Line("west", "gate", ((-6.0, 5.0), (-6.0, 20.0)), heading_deg=270.0),
    ),
    (
        Zone("lane-1", "lane", box(0.0, FROM_M, 3.5, 0.0), 0.0),
        Zone("lane-2", "lane", box(3.5, FROM_M, 7.0, 0.0), 0.0),
        Zone("bus-lane", "reserved", box(7.0, FROM_M, 10.5, 0.0)),
        Zone("oncoming", "lane", box(-3.5, FROM_M, 0.0, UNTIL_M), 180.0),
        Zone("box", "box", box(0.0, 3.0, 10.5, 20.0)),
        Zone("crossing", "junction", box(-6.0, 2.0, 10.5, 22.0)),
        Zone("old-town", "ban", box(-6.0, 22.0, 10.5, UNTIL_M)),
        Zone("stand", "no_stopping", box(7.0, -28.0, 10.5, -12.0)),
    ),
)
OPEN_ROAD = Road(
    "road",
    (Line("middle", "solid", ((0.0, FROM_M), (0.0, UNTIL_M))),),
    (
        Zone("lane-1", "lane", box(0.0, FROM_M, 3.5, UNTIL_M), 0.0),
        Zone("lane-2", "lane", box(3.5, FROM_M, 7.0, UNTIL_M), 0.0),
        Zone("bus-lane", "reserved", box(7.0, FROM_M, 10.5, UNTIL_M)),
        Zone("oncoming", "lane", box(-3.5, FROM_M, 0.0, UNTIL_M), 180.0),
        Zone("stand", "no_stopping", box(0.0, FROM_M, 10.5, UNTIL_M)),
        Zone("old-town", "ban", box(7.0, FROM_M, 10.5, UNTIL_M)),
    ),
)
JUNCTION_LAW = Policy(
    id="benchmark",
    version="1",
    jurisdiction="Invented",
    valid_from=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    timezone="Europe/Berlin",
    speeding=Speeding(
        50.0,
        Tolerance(3.0, 3.0),
        (
            SpecialLimit(30.0, Scope(hours=("22:00-06:00",))),
            SpecialLimit(40.0, Scope(("truck",), conditions=("wet",))),
        ),
    ),
    sections=(Section("A", "entry", "cam", 2_000.0, 0.5, 50.0, Tolerance(3.0, 3.0)),),
    red_light=RedLight(),
    stop_line=StopLine(),
    wrong_way=WrongWay(),
    reserved_lanes=(ReservedLane("bus-lane", ("bus", "bicycle"), hours=("mo-fr 06:00-20:00",)),),
    movements=(Movement("south", "west", "left turn"),),
    stopping=(Stopping("box", 5.0), Stopping("stand", 30.0)),
    following=Following(0.9, 40.0),
    solid_lines=(SolidLine("middle"),),
    vehicle_bans=(VehicleBan("old-town", Scope(("truck",), ("mo-fr 06:00-20:00",))),),
    register_checks=RegisterChecks(("uninsured", "stolen")),
    cloned_plate=ClonedPlate(),
    exemptions=(Exemption(("SP112",), "fire brigade"),),
)
ROAD_LAW = replace(
    JUNCTION_LAW,
    speeding=Speeding(
        100.0,
        Tolerance(3.0, 3.0),
        (
            SpecialLimit(80.0, Scope(("truck", "bus"))),
            SpecialLimit(60.0, Scope(hours=("22:00-06:00",), conditions=("wet",))),
        ),
    ),
)


def passage(
    number: int, kind: str, chance: random.Random, *, junction: bool, start_ns: int | None = None
) -> Passage:
    """One vehicle that passes the junction, or drives on the open road; one a second if no start is given."""
    if start_ns is None:
        start_ns = MONDAY_NS + number * SECOND
    usual, fast = ((32.0, 49.0), (60.0, 80.0)) if junction else ((70.0, 79.0), (110.0, 140.0))
    speed = chance.uniform(*(fast if kind == "too fast" else usual)) / 3.6
    lane_x = 8.7 if kind == "bus lane" else chance.choice((1.75, 5.25))
    wait_s = chance.uniform(8.0, 30.0) if kind == "waits" else 0.0
    track, at_s, y = [], 0.0, FROM_M
    while y < UNTIL_M:
        x = lane_x + chance.gauss(0.0, 0.04)
        if kind == "over the line":
            x -= 0.06 * (y - FROM_M)
        place = UNTIL_M + FROM_M - y if kind == "wrong way" else y
        sigma = 0.04 + 0.003 * abs(y)
        at_ns = start_ns + round(at_s * SECOND)
        # With as many digits as a unit tells.
        pixel = round(900 + 20 * x, 2), round(500 - 9 * y, 2)
        metres = round(x, 3), round(place + chance.gauss(0.0, sigma), 3), round(sigma, 3)
        track.append(TrackPoint(at_ns, *pixel, *metres))
        at_s += 1 / LOOKS_A_SECOND
        if wait_s > 0.0 and y > STOP_AT_M - 4.0:
            wait_s -= 1 / LOOKS_A_SECOND
        else:
            y += speed / LOOKS_A_SECOND
    found = kind in ("too fast", "at red", "bus lane", "wrong way", "over the line")
    end_ns = track[-1].captured_at_ns
    return Passage(
        passage_id=f"{number:032x}",
        camera_id="cam",
        site_id="site",
        vehicle="truck" if kind == "truck" else "car",
        vehicle_confidence=0.95,
        started_at_ns=start_ns,
        ended_at_ns=end_ns,
        frames=len(track),
        box=Box(100.0, 100.0, 300.0, 200.0),
        track=tuple(track),
        speed=SpeedMeasurement(None, void_reason="too few points")
        if kind in ("no speed", "waits")
        else SpeedMeasurement(speed * 3.6, 1.2, base_m=30.0, duration_s=2.0, points=24, at_ns=start_ns),
        plate=a_plate(chance) if found else None,
        calibration_id="survey",
        tracked_part="front",
        length_m=4.4,
        length_sigma_m=0.45,
        lamps=_lamps(start_ns, end_ns, red=kind == "at red") if junction else (),
        leader=_leader(track, speed, chance.uniform(0.4, 0.6) if kind == "too close" else 2.4)
        if kind in ("too close", "through") and number % 3 == 0
        else None,
        clock_sigma_ms=5.0,
    )


#: What a reader takes each character of :func:`a_plate` for, if for another.
_ALIKE = dict(zip("ABCDEFGHJK0123456789", "48G0FE6NIXOIZBASGTB0", strict=True))


def a_plate(chance: random.Random) -> PlateReading:
    """A plate that was read well."""
    text = "".join(chance.choice("ABCDEFGHJK") for _ in range(4)) + f"{chance.randrange(1000):03}"
    lattice = tuple((CharacterCandidate(c, 0.99), CharacterCandidate(_ALIKE[c], 0.01)) for c in text)
    return PlateReading(text, 0.93, lattice)


def _lamps(start_ns: int, end_ns: int, *, red: bool) -> tuple[LampPhase, ...]:
    states = ("red", "green") if red else ("green", "green")
    before = start_ns - 10 * SECOND
    return (
        LampPhase("main", states[0], before, end_ns + SECOND, 60.0),
        LampPhase("main", states[1], end_ns + SECOND, end_ns + 20 * SECOND, 60.0),
    )


def _leader(track: list[TrackPoint], speed_ms: float, gap_s: float) -> Leader:
    """Another car on the same way, so much before."""
    before_ns = round((gap_s + 4.4 / speed_ms) * SECOND)
    moved = tuple(replace(point, captured_at_ns=point.captured_at_ns - before_ns) for point in track)
    return Leader("leader", "car", moved, "front", 4.4, 0.45)


@dataclass(frozen=True)
class Site:
    """A camera: its passages, as messages and decoded, its road and its law."""

    name: str
    messages: list[bytes]
    passages: list[Passage]
    road: Road
    law: Policy

    @classmethod
    def invented(cls, count: int, *, junction: bool) -> Site:
        """A site with so many passages."""
        chance = random.Random(4)
        mix = JUNCTION_MIX if junction else ROAD_MIX
        kinds = chance.choices(list(mix), list(mix.values()), k=count)
        messages = [
            encode(passage(number, kind, chance, junction=junction)) for number, kind in enumerate(kinds)
        ]
        decoded = [decode(each, Passage) for each in messages]
        if junction:
            return cls("junction", messages, decoded, JUNCTION, JUNCTION_LAW)
        return cls("open road", messages, decoded, OPEN_ROAD, ROAD_LAW)

    def judge(self) -> list[str]:
        """The offences found in all passages."""
        return [
            finding.offence
            for number, seen in enumerate(self.passages)
            for finding in findings_of(self.told(seen, number), self.law)
        ]

    def decode(self) -> list[Passage]:
        """All messages as passages, as they come from the bus."""
        return [decode(each, Passage) for each in self.messages]

    def told(self, seen: Passage, number: int) -> Circumstances:
        """A tenth of all passages leave a section, a hundredth are asked about in the register."""
        section = registered = None
        if number % 10 == 0:
            entered = seen.ended_at_ns - 160 * SECOND
            section = SectionEntry("A", "entry", "e", entered, 5.0, 0.999, "front")
        if number % 100 == 0:
            registered = RegisterStatus(True, datetime.date(2027, 1, 1))
        return Circumstances(seen, self.road, section, None, registered)

    @property
    def points(self) -> float:
        """How many points a track has, on average."""
        return sum(len(each.track) for each in self.passages) / len(self.passages)
