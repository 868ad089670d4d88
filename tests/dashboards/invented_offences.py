"""One invented scene of every offence: what the vehicle did, and what the lamps showed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tests.dashboards.invented_passages import MORNING_NS, SECOND_NS
from tests.dashboards.invented_roads import JUNCTION, LANE, STREET

#: Where the rear of the vehicle is (m) so many seconds after it came into view.
Way = Callable[[float], tuple[float, float]]

FRAME_S = 0.04
LENGTH_M = 4.4


@dataclass(frozen=True)
class Scene:
    """What to invent: ``after_s`` is the time of day, ``pictured_s`` when the evidence picture was taken.

    ``positions_s`` are the times of the two positions, ``lamps`` (state, from, until) in seconds, and
    ``other`` the other camera, when the plate was there, and how far that is.
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
    speed_kmh: float | None = 46.8
    positions_s: tuple[float, float] | None = None
    lamps: tuple[tuple[str, float, float], ...] = ()
    leader_gap_m: float | None = None
    other: tuple[str, float, float] | None = None
    seed: int = 1

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


_RED = (("green", -18.0, -4.2), ("amber", -4.2, -1.2), ("red", -1.2, 14.0))

OFFENCES = (
    Scene(
        "speeding",
        _straight(1.4, 8.0, 25.5),
        1.4,
        10,
        speed_kmh=91.8,
    ),
    Scene(
        "average_speed",
        _straight(1.4, 8.0, 27.0),
        1.4,
        60,
        plate="TRD907",
        speed_kmh=97.1,
        other=("demo-s1-bridge", -93.352, 2510.4),
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
    ),
    Scene(
        "stop_line",
        _halting(1.6, 7.5, 19.5, 7.0),
        9.0,
        180,
        plate="QLT660",
        camera=JUNCTION,
        speed_kmh=None,
        pictured_s=5.0,
        positions_s=(2.2, 6.5),
        lamps=_RED,
    ),
    Scene(
        "wrong_way",
        _straight(-2.6, 8.0, 11.0),
        2.8,
        240,
        plate="HGA771",
        speed_kmh=39.6,
    ),
    Scene(
        "reserved_lane",
        _straight(4.05, 8.0, 12.5),
        3.2,
        300,
        plate="KFV482",
        speed_kmh=45.0,
    ),
    Scene(
        "forbidden_movement",
        _turning_left,
        4.4,
        360,
        plate="TRD907",
        camera=JUNCTION,
        speed_kmh=28.8,
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
    ),
    Scene(
        "following",
        _straight(1.4, 8.0, 25.0),
        1.8,
        480,
        plate="QLT660",
        speed_kmh=90.0,
        leader_gap_m=10.5,
    ),
    Scene(
        "solid_line",
        _changing,
        3.2,
        540,
        plate="HGA771",
        speed_kmh=50.4,
        pictured_s=1.2,
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
    ),
    *(
        Scene(offence, _straight(1.4, 8.0, 13.0), 2.0, 660 + 60 * index, plate=plate, seed=index)
        for index, (offence, plate) in enumerate(
            (
                ("unregistered", "ZZT111"),
                ("uninsured", "TRD907"),
                ("inspection_expired", "BMX135"),
                ("stolen", "KFV482"),
            )
        )
    ),
    Scene(
        "cloned_plate",
        _straight(1.4, 8.0, 13.0),
        2.0,
        900,
        plate="QLT660",
        other=("demo-c9-coast", -321.25, 41_200.0),
    ),
)


def by_offence(offence: str) -> Scene:
    """The scene of an offence."""
    return next(scene for scene in OFFENCES if scene.offence == offence)
