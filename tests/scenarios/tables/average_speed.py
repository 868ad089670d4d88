"""Average speed over a section: positives and near misses."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.speeds import Section, SpecialLimit, Tolerance
from enforcement.law.table import Scope
from enforcement.road import Line, Road
from tests.scenarios.motion import Drive, Path
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Entered, Reading, Scene, Sight, Vehicle
from tests.scenarios.tables.shared import TOLERANCE, berlin, policy

_TRUCKS = SpecialLimit(80.0, Scope(vehicles=("truck",)))
_NIGHT = SpecialLimit(60.0, Scope(hours=("22:00-06:00",)))
_WET = SpecialLimit(80.0, Scope(conditions=("wet",)))
_EXIT = Road("exit", (Line("out", "gate", ((-10.0, 0.0), (10.0, 0.0))),))


def _over(
    kmh: float, limit: float, name: str, *special: SpecialLimit, length_m: float = 2000.0, sigma_m: float = 1.0,
    kind: str = "car", own_m: float | None = None, exit_kmh: float | None = None, longer_m: float = 0.0,
    section: dict[str, Any] | None = None, entered: dict[str, Any] | None = None, tables: dict[str, Any] | None = None,
    tolerance: Tolerance = TOLERANCE, **changes: Any,
) -> Scene:  # fmt: skip
    """One who took ``kmh`` on average from the entry to the front's passing of y = 0 at 0 s."""
    law = Section(
        **{"id": "a-b", "entry_camera": "entry", "exit_camera": "cam", "length_m": length_m, "length_sigma_m": sigma_m,
           "limit_kmh": limit, "tolerance": tolerance, "special": special, "entry_line": "in", "exit_line": "out"}
        | (section or {})
    )  # fmt: skip
    entry = Entered(
        **{"at_s": -(length_m + longer_m) / kmh * 3.6, "metres_longer": longer_m} | (entered or {})
    )
    drive = Drive(Path(1.75, -60.0), exit_kmh or kmh, 60.0)
    scene = Scene(
        name, policy(sections=(law,), **(tables or {})), drive, _EXIT, Vehicle(kind, own_m), entered=entry
    )
    return dataclasses.replace(scene, **changes)


_REAR = Sight("rear")
_FROM_BEHIND = {"part": "rear"}

POSITIVES = positives("average_speed", (
    _over(120, 100, "120 where 100 is allowed"),
    _over(110, 100, "110 where 100 is allowed"),
    _over(150, 130, "150 where 130 is allowed"),
    _over(65, 50, "65 in a tunnel for 50"),
    _over(90, 80, "90 where 80 is allowed"),
    _over(95, 80, "over 10 km", length_m=10_000.0, sigma_m=5.0),
    _over(95, 80, "over 500 m", length_m=500.0, sigma_m=0.3),
    _over(200, 120, "twice the limit nearly"),
    _over(95, 80, "slow where the camera stands", exit_kmh=70.0),
    _over(95, 80, "fast where the camera stands, too", exit_kmh=130.0),
    _over(95, 80, "seen from behind at both", sight=_REAR, entered=_FROM_BEHIND),
    _over(100, 80, "from the front at the entry, from behind at the exit", sight=_REAR),
    _over(100, 80, "from behind at the entry, from the front at the exit", entered=_FROM_BEHIND),
    _over(95, 80, "a bus", kind="bus"),
    _over(95, 80, "a motorcycle", kind="motorcycle"),
    _over(95, 100, "a truck over its own limit", _TRUCKS, kind="truck"),
    _over(75, 100, "at night", _NIGHT, at=berlin("23:30:00")),
    _over(100, 120, "in the wet", _WET, conditions=("wet",)),
    _over(95, 80, "a way twenty metres longer was driven", longer_m=20.0),
    _over(95, 80, "the section is a little shorter than surveyed", longer_m=-1.5),
    _over(95, 80, "poor clocks, 100 ms each", entered={"sigma_ms": 100.0}, sight=Sight(clock_sigma_ms=100.0)),
    _over(95, 80, "matched just well enough", entered={"probability": 0.992}),
    _over(85, 80, "nothing is subtracted", tolerance=Tolerance(0.0, 0.0)),
    _over(95, 80, "no lines, first and last sight count", length_m=5000.0, section={"entry_line": None, "exit_line": None}),
    _over(95, 80, "somebody else is exempt", tables={"exemptions": (Exemption(("XY999ZZ",), "police"),)}),
))  # fmt: skip

LAWFUL = lawful("average_speed", (
    _over(80, 80, "exactly the limit"),
    _over(79.9, 80, "a hair below the limit"),
    _over(100, 100, "exactly 100"),
    _over(130, 130, "exactly 130"),
    _over(50, 50, "exactly 50"),
    _over(80, 80, "exactly the limit over 10 km", length_m=10_000.0),
    _over(80, 80, "exactly the limit over 300 m", length_m=300.0),
    _over(80, 80, "the limit on average, 120 at the camera", exit_kmh=120.0),
    _over(75, 80, "below the limit on average, 160 at the camera", exit_kmh=160.0),
    _over(60, 80, "stood on the way"),
    _over(10, 80, "parked on the way"),
    _over(80, 80, "clock of the exit 2 s behind, and that is stated", length_m=1000.0,
          sight=Sight(clock_error_ms=-2000.0, clock_sigma_ms=1000.0)),
    _over(80, 80, "clock of the exit half a second behind", length_m=500.0,
          sight=Sight(clock_error_ms=-500.0, clock_sigma_ms=250.0)),
    _over(80, 80, "clock of the entry a second ahead, and that is stated", length_m=1000.0,
          entered={"error_ms": 1000.0, "sigma_ms": 500.0}),
    _over(80, 80, "clock of the exit unknown, 10 s behind", sight=Sight(clock_error_ms=-10_000.0, clock_sigma_ms=None)),
    _over(80, 80, "clock of the exit unknown, an hour behind", length_m=80_000.0,
          sight=Sight(clock_error_ms=-3.0e6, clock_sigma_ms=None)),
    _over(80, 80, "the section is shorter than surveyed, within its uncertainty", length_m=500.0, sigma_m=10.0, longer_m=-17.0),
    _over(80, 80, "a poor survey", length_m=300.0, sigma_m=10.0, longer_m=-17.0),
    _over(100, 100, "a poor survey and poor clocks", length_m=500.0, sigma_m=5.0, longer_m=-8.0,
          entered={"error_ms": 150.0, "sigma_ms": 100.0}, sight=Sight(clock_error_ms=-150.0, clock_sigma_ms=100.0)),
    _over(80, 80, "from behind at the entry, a long truck, from the front at the exit", length_m=200.0, kind="truck", own_m=15.0, entered=_FROM_BEHIND),
    _over(80, 80, "from behind at the entry, from the front at the exit, at the limit", length_m=150.0, entered=_FROM_BEHIND),
    _over(80, 80, "a bus, from behind at the entry, not said at the exit", length_m=200.0, kind="bus", entered=_FROM_BEHIND, sight=Sight("front", "unknown")),
    _over(80, 80, "seen from behind at both, at the limit", length_m=300.0, sight=_REAR, entered=_FROM_BEHIND),
    _over(95, 100, "a car where trucks may drive 80", _TRUCKS),
    _over(95, 100, "a bus taken for a truck with 0.55", _TRUCKS, kind="bus", sight=Sight(read_as=("truck", 0.55))),
    _over(80, 100, "a truck at its own limit", _TRUCKS, kind="truck"),
    _over(95, 100, "by day, where the night has a limit", _NIGHT),
    _over(95, 100, "at 06:00:10, where the night has a limit", _NIGHT, at=berlin("06:02:10")),
    _over(95, 100, "leaves at 21:59:50, where the night has a limit", _NIGHT, at=berlin("21:59:50")),
    _over(115, 120, "dry, where the wet has a limit", _WET),
    _over(80, 80, "no lines, exactly the limit", section={"entry_line": None, "exit_line": None},
          sight=Sight(window=(-45.0, 45.0, 0.0, 45.0))),
    _over(120, 80, "another section is meant", entered={"section": "b-c"}),
    _over(80, 80, "matched well, a bus at the limit", kind="bus"),
    _over(99, 99, "99, measured a little more than 100", tolerance=Tolerance(3.0, 3.0), longer_m=-1.7, length_m=300.0),
))  # fmt: skip

UNPROVEN = unproven("average_speed", (
    _over(120, 80, "two plates one character apart", entered={"probability": 0.6}),
    _over(120, 80, "matched not quite well enough", entered={"probability": 0.985}),
    _over(120, 80, "the entry was seen by another camera", entered={"camera": "elsewhere"}),
    _over(82.5, 80, "all that is too much is tolerance"),
    _over(350, 80, "faster than a vehicle drives: a wrong match"),
    _over(2000, 80, "ten times faster than a vehicle drives"),
    _over(90, 80, "entered before the law began",
          tables={"valid_from": datetime.datetime(2026, 5, 4, 9, 59, 30, tzinfo=datetime.UTC)}),
    _over(90, 80, "left after the law ended",
          tables={"valid_until": datetime.datetime(2026, 5, 4, 9, 59, 30, tzinfo=datetime.UTC)}),
    _over(90, 80, "a fire engine", tables={"exemptions": (Exemption(("AB123CD",), "fire brigade"),)}),
    _over(90, 80, "a fire engine's plate with one doubtful character", reading=Reading("AB128CD", 0.99, (4, "3", 0.3)),
          tables={"exemptions": (Exemption(("AB123CD",), "fire brigade"),)}),
    _over(120, 80, "the clock of the exit is not known", sight=Sight(clock_error_ms=0.0, clock_sigma_ms=None)),
    _over(75, 100, "night began while it was on the way", _NIGHT, at=berlin("22:00:30")),
    _over(100, 120, "wet at the exit, dry at the entry", _WET, conditions=("wet",), entered={"conditions": ()}),
    _over(100, 80, "the exit's line was not seen to be passed", sight=Sight(window=(-45.0, 45.0, 3.0, 45.0))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
