"""One plate at two places: positives and near misses."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from enforcement.law.papers import ClonedPlate, Exemption
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Elsewhere, Reading, Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, policy

_LAW = policy(cloned_plate=ClonedPlate())
_MINUTE, _HOUR = 60.0, 3600.0


def _seen(
    km: float, ago_s: float, name: str, *, probability: float = 0.999, other: dict[str, Any] | None = None,
    kind: str = "car", **changes: Any,
) -> Scene:  # fmt: skip
    """The plate was ``km`` away ``ago_s`` before it was here."""
    elsewhere = Elsewhere(-ago_s, km * 1e3, probability, **(other or {}))
    scene = Scene(name, _LAW, along(50.0), vehicle=Vehicle(kind), elsewhere=elsewhere)
    return dataclasses.replace(scene, **changes)


def _at_kmh(kmh: float, km: float, name: str, **changes: Any) -> Scene:
    """As fast as ``kmh`` from there to just before the first sight here."""
    return _seen(km, km / kmh * _HOUR, name, **changes)


POSITIVES = positives("cloned_plate", (
    _seen(300, 10 * _MINUTE, "300 km in ten minutes"),
    _seen(50, 5 * _MINUTE, "50 km in five minutes"),
    _seen(20, 2 * _MINUTE, "20 km in two minutes"),
    _seen(5, 10, "5 km in ten seconds"),
    _seen(2, 8, "2 km in eight seconds"),
    _seen(1000, 29 * _MINUTE, "a thousand km in half an hour"),
    _seen(120, 20 * _MINUTE, "at 360 km/h on average"),
    _seen(100, 20 * _MINUTE, "at 300 km/h on average"),
    _seen(130, 29 * _MINUTE, "at 270 km/h on average"),
    _seen(50, 1, "at the same time in another town"),
    _seen(50, 5 * _MINUTE, "a truck", kind="truck"),
    _seen(50, 5 * _MINUTE, "a motorcycle", kind="motorcycle"),
    _seen(50, 5 * _MINUTE, "a bus", kind="bus"),
    _seen(50, 5 * _MINUTE, "the same class there", other={"kind": "car"}),
    _seen(50, 5 * _MINUTE, "another class there, and read very surely", probability=0.99999, other={"kind": "truck"}),
    _seen(50, 5 * _MINUTE, "matched just well enough", probability=0.9955),
    _seen(50, 5 * _MINUTE, "poor clocks, a second each", other={"sigma_ms": 1000.0}, sight=Sight(clock_sigma_ms=1000.0)),
    _seen(50, 5 * _MINUTE, "seen from behind", sight=Sight("rear")),
    _seen(50, 5 * _MINUTE, "no calibration is needed", sight=Sight(on_road=False)),
    _seen(50, 5 * _MINUTE, "its speed here is void", sight=Sight(void="two few points")),
    _seen(100, 30 * _MINUTE, "a law that thinks 150 impossible", policy=policy(cloned_plate=ClonedPlate(150.0))),
    _seen(50, 5 * _MINUTE, "somebody else is exempt", policy=policy(
        cloned_plate=ClonedPlate(), exemptions=(Exemption(("XY999ZZ",), "trade plate"),))),
))  # fmt: skip

LAWFUL = lawful("cloned_plate", (
    _at_kmh(250, 50, "exactly as fast as is thought possible"),
    _at_kmh(249, 50, "249 km/h on average"),
    _at_kmh(230, 50, "230 km/h on average"),
    _at_kmh(200, 100, "200 km/h on average, over 100 km"),
    _at_kmh(160, 10, "160 km/h on average"),
    _at_kmh(130, 60, "as fast as a motorway allows"),
    _at_kmh(100, 40, "100 km/h on average"),
    _at_kmh(50, 20, "50 km/h on average"),
    _at_kmh(30, 2, "in town"),
    _at_kmh(249, 2, "249 km/h over 2 km"),
    _at_kmh(249, 1, "249 km/h over a km"),
    _at_kmh(245, 0.5, "245 km/h over half a km"),
    _at_kmh(200, 0.3, "the next camera of the same road"),
    _at_kmh(250, 300, "exactly as fast, over 300 km"),
    _at_kmh(248, 100, "a truck, nearly as fast as is thought possible", kind="truck"),
    _at_kmh(248, 100, "a motorcycle, nearly as fast as is thought possible", kind="motorcycle"),
    _at_kmh(248, 20, "nearly as fast, seen from behind", sight=Sight("rear")),
    _at_kmh(248, 20, "nearly as fast, matched very surely", probability=0.999999),
    _at_kmh(248, 20, "nearly as fast, another class there", other={"kind": "truck"}),
    _at_kmh(248, 20, "nearly as fast, the same class there", other={"kind": "car"}),
    _seen(0, 30, "the same camera again"),
    _seen(0.05, 3, "two cameras of one gantry"),
    _seen(0, 0.5, "the same vehicle, cut into two passages"),
    _seen(0.1, 5, "the other side of the junction"),
    _at_kmh(245, 10, "clock here three seconds behind, and that is stated", sight=Sight(clock_error_ms=-3000.0, clock_sigma_ms=1500.0)),
    _at_kmh(245, 10, "clock there three seconds ahead, and that is stated", other={"error_ms": 3000.0, "sigma_ms": 1500.0}),
    _at_kmh(240, 20, "both clocks wrong, and that is stated", other={"error_ms": 4000.0, "sigma_ms": 2500.0},
            sight=Sight(clock_error_ms=-4000.0, clock_sigma_ms=2500.0)),
    _at_kmh(100, 100, "clock here unknown, half an hour behind", sight=Sight(clock_error_ms=-1.8e6, clock_sigma_ms=None)),
    _at_kmh(100, 50, "clock here unknown, twenty minutes behind", sight=Sight(clock_error_ms=-1.2e6, clock_sigma_ms=None)),
    _at_kmh(60, 5, "clock here unknown, four minutes behind", sight=Sight(clock_error_ms=-2.4e5, clock_sigma_ms=None)),
    _at_kmh(180, 50, "a law that thinks 200 impossible", policy=policy(cloned_plate=ClonedPlate(200.0))),
    _seen(50, 5 * _MINUTE, "no law against it", policy=policy()),
    dataclasses.replace(_seen(50, 5 * _MINUTE, "seen nowhere else"), elsewhere=None),
))  # fmt: skip

UNPROVEN = unproven("cloned_plate", (
    _seen(50, 5 * _MINUTE, "two plates one character apart", probability=0.5),
    _seen(50, 5 * _MINUTE, "two plates that look alike: 8 and B", probability=0.9),
    _seen(50, 5 * _MINUTE, "matched not quite well enough", probability=0.994),
    _seen(50, 5 * _MINUTE, "matched nearly well enough, another class there", probability=0.996, other={"kind": "truck"}),
    _seen(50, 5 * _MINUTE, "a car here and a bus there, one of them misread", probability=0.997, other={"kind": "bus"}),
    _seen(50, 5 * _MINUTE, "unreadable here", reading=Reading(None, 0.4)),
    _seen(50, 5 * _MINUTE, "no plate here", reading=None),
    _seen(50, 5 * _MINUTE, "the clock here is not known", sight=Sight(clock_error_ms=0.0, clock_sigma_ms=None)),
    _seen(50, 5 * _MINUTE, "before it was law", policy=policy(
        cloned_plate=ClonedPlate(), valid_from=datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC))),
    _seen(50, 5 * _MINUTE, "trade plates, which are carried from car to car", policy=policy(
        cloned_plate=ClonedPlate(), exemptions=(Exemption(("AB 123 CD",), "trade plate", ("cloned_plate",)),))),
    _seen(50, 5 * _MINUTE, "a law that wants a surer match", policy=policy(cloned_plate=ClonedPlate(least_match_probability=0.9995))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
