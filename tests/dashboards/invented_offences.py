"""One invented scene of every offence: what the vehicle did, and what its rule would say of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.dashboards.invented_passages import MORNING_NS, SECOND_NS
from tests.dashboards.invented_roads import JUNCTION, LANE, STREET

#: Where the rear of the vehicle is (m) so many seconds after it came into view.
Way = Callable[[float], tuple[float, float]]

FRAME_S = 0.04
LENGTH_M = 4.4


@dataclass(frozen=True)
class Scene:
    """What to invent: ``after_s`` is the time of day, ``pictured_s`` when the evidence picture was taken.

    ``positions_s`` are the times of the two positions; ``lamps`` are (state, from, until) in seconds.
    """

    offence: str
    way: Way
    lasts_s: float
    after_s: float
    pictured_s: float = 0.3
    plate: str = "KFV482"
    camera: str = STREET
    vehicle: str = "car"
    length_m: float = LENGTH_M
    speed_kmh: float | None = 50.0
    acceleration_ms2: float = 0.0
    positions_s: tuple[float, float] | None = None
    lamps: tuple[tuple[str, float, float], ...] = ()
    leader_gap_m: float | None = None
    #: Of the finding: measured, unit, uncertainty, subtracted, allowed.
    measured: tuple[float, str, float | None, float, float] = (0.0, "", None, 0.0, 0.0)
    moments: tuple[tuple[str, float, float], ...] = ()
    places: tuple[str, ...] = ()
    other: tuple[str, float, float] | None = None
    says: str = ""
    seed: int = field(default=1)

    @property
    def started_ns(self) -> int:
        return MORNING_NS + round(self.after_s * SECOND_NS)


def _straight(x_m: float, from_m: float, speed_ms: float) -> Way:
    return lambda t: (x_m, from_m + speed_ms * t)


def _halting(x_m: float, from_m: float, until_m: float, speed_ms: float) -> Way:
    """Brakes evenly from ``speed_ms`` and stands at ``until_m``."""
    lasts_s = 2 * (until_m - from_m) / speed_ms

    def at(t: float) -> tuple[float, float]:
        u = min(t, lasts_s)
        return x_m, from_m + speed_ms * u * (1 - u / (2 * lasts_s))

    return at


def _turning_left(t: float) -> tuple[float, float]:
    """North at 8 m/s, a quarter circle of 7 m to the west, and on."""
    speed, straight, radius = 8.0, 15.0, 7.0
    gone = speed * t
    if gone <= straight:
        return 1.5, 9.0 + gone
    angle = (gone - straight) / radius
    if angle <= math.pi / 2:
        return 1.5 - radius * (1 - math.cos(angle)), 24.0 + radius * math.sin(angle)
    return 1.5 - radius - (gone - straight - radius * math.pi / 2), 31.0


def _changing(t: float) -> tuple[float, float]:
    """From the right of the centre line to its left while driving north at 14 m/s."""
    part = 1 / (1 + math.exp(-4 * (t - 1.5)))
    return 1.4 - 3.6 * part, 8.0 + 14 * t


_RED = (("green", -18.0, -4.2), ("amber", -4.2, -1.2), ("red", -1.2, 12.0))

OFFENCES = (
    Scene(
        "speeding",
        _straight(1.4, 8.0, 25.5),
        1.4,
        10,
        speed_kmh=91.8,
        measured=(91.8, "km/h", 1.21, 3.0, 80.0),
        says="Measured 91.8 km/h; 3 km/h subtracted; 88.8 km/h where 80 km/h is allowed: 8.8 km/h too fast",
    ),
    Scene(
        "average_speed",
        _straight(1.4, 8.0, 27.0),
        1.4,
        60,
        plate="TRD907",
        speed_kmh=97.1,
        measured=(96.4, "km/h", 0.2, 3.0, 80.0),
        moments=(("passed the entry", -93.352, 15), ("passed the exit", 0.4, 15)),
        other=("demo-s1-bridge", -93.352, 2510.4),
        says="Drove 2510.4 m in 93.75 s, on average 96.4 km/h; 3 km/h subtracted where 80 km/h is allowed",
    ),
    Scene(
        "red_light",
        _straight(1.6, 8.0, 13.0),
        2.8,
        120,
        plate="BMX135",
        camera=JUNCTION,
        speed_kmh=46.8,
        pictured_s=0.74,
        positions_s=(0.74, 1.36),
        lamps=_RED,
        measured=(1.94, "s", 0.06, 0.06, 0.5),
        moments=(("front passed the stop line", 0.738, 28), ("front was 8.0 m behind it", 1.354, 28)),
        places=("stop-south", "crossing"),
        says="The front passed the stop line 1.94 s into red and went on 8.0 m into the junction",
    ),
    Scene(
        "stop_line",
        _halting(1.6, 7.5, 19.5, 7.0),
        6.0,
        180,
        plate="QLT660",
        camera=JUNCTION,
        speed_kmh=None,
        pictured_s=4.0,
        positions_s=(2.2, 4.4),
        lamps=_RED,
        measured=(1.9, "m", 0.3, 0.3, 0.5),
        moments=(("front passed the stop line", 2.1, 60), ("stood with its front behind it", 3.6, 40)),
        places=("stop-south",),
        says="The vehicle stood with its front 1.9 m behind the stop line while the lamp was red",
    ),
    Scene(
        "wrong_way",
        _straight(-2.6, 8.0, 11.0),
        2.8,
        240,
        plate="HGA771",
        speed_kmh=39.6,
        measured=(29.7, "m", 0.4, 0.4, 12.0),
        moments=(("entered the lane", 0.04, 20), ("left the view", 2.76, 20)),
        places=("south",),
        says="Drove 29.7 m against the direction of lane south",
    ),
    Scene(
        "reserved_lane",
        _straight(4.05, 8.0, 12.5),
        3.2,
        300,
        plate="KFV482",
        speed_kmh=45.0,
        measured=(38.8, "m", 0.5, 0.5, 20.0),
        moments=(("entered the lane", 0.04, 20), ("left the view", 3.16, 20)),
        places=("bus",),
        says="A car drove 38.8 m in the lane bus, which is reserved for bus, bicycle",
    ),
    Scene(
        "forbidden_movement",
        _turning_left,
        4.4,
        360,
        plate="TRD907",
        camera=JUNCTION,
        speed_kmh=28.8,
        moments=(("passed from-south", 1.0, 18), ("passed to-west", 3.69, 18)),
        places=("from-south", "to-west"),
        says="The vehicle made a left turn, which is forbidden here",
    ),
    Scene(
        "stopping",
        _halting(4.0, 6.5, 12.5, 4.0),
        21.0,
        420,
        plate="BMX135",
        camera=LANE,
        speed_kmh=None,
        pictured_s=10.0,
        measured=(17.4, "s", 0.2, 1.4, 10.0),
        moments=(("stood still", 3.2, 100), ("was still standing", 20.6, 100)),
        places=("loading",),
        says="The vehicle stood for 17.4 s in the zone loading, where 10 s are allowed",
    ),
    Scene(
        "following",
        _straight(1.4, 8.0, 25.0),
        1.8,
        480,
        plate="QLT660",
        speed_kmh=90.0,
        leader_gap_m=10.5,
        measured=(0.42, "s", 0.05, -0.05, 0.9),
        moments=(("gap began to be too short", 0.2, 20), ("gap was still too short", 1.6, 20)),
        says="Drove 0.42 s behind the vehicle ahead over 35.0 m at 90.0 km/h, where 0.9 s are the least",
    ),
    Scene(
        "solid_line",
        _changing,
        3.2,
        540,
        plate="HGA771",
        speed_kmh=50.4,
        pictured_s=1.2,
        measured=(1.9, "m", 0.3, 0.3, 0.5),
        moments=(("passed the line", 1.39, 40), ("was farthest behind it", 3.0, 40)),
        places=("centre",),
        says="The vehicle crossed the solid line centre and got 1.9 m to its other side",
    ),
    Scene(
        "vehicle_ban",
        _straight(1.6, 14.0, 8.0),
        3.6,
        600,
        plate="HGA771",
        camera=LANE,
        vehicle="truck",
        length_m=9.0,
        speed_kmh=28.8,
        measured=(22.6, "m", 0.5, 0.5, 5.0),
        moments=(("entered the zone", 0.75, 25), ("left the view", 3.56, 25)),
        places=("old-town",),
        says="A truck drove 22.6 m in the zone old-town, which is closed to trucks",
    ),
    *(
        Scene(offence, _straight(1.4, 8.0, 13.0), 2.0, 660 + 60 * index, plate=plate, says=says, seed=index)
        for index, (offence, plate, says) in enumerate(
            [
                ("unregistered", "ZZT111", "The register has no vehicle with the plate ZZT111"),
                ("uninsured", "TRD907", "The insurance of the plate TRD907 ended on 2026-03-31"),
                ("inspection_expired", "BMX135", "The inspection of BMX135 expired on 2026-01-31"),
                ("stolen", "KFV482", "The register has the plate KFV482 as stolen"),
            ]
        )
    ),
    Scene(
        "cloned_plate",
        _straight(1.4, 8.0, 13.0),
        2.0,
        900,
        plate="QLT660",
        measured=(461.7, "km/h", 0.5, 0.5, 250.0),
        moments=(("seen at the other place", -321.25, 40), ("seen here", 0.0, 40)),
        other=("demo-c9-coast", -321.25, 41_200.0),
        says="The plate was seen 41.2 km away 321 s before: 461.7 km/h would have been needed",
    ),
)


def by_offence(offence: str) -> Scene:
    """The scene of an offence."""
    return next(scene for scene in OFFENCES if scene.offence == offence)
