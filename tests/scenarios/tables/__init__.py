"""The tables: at least twenty positives and forty near misses an offence, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from tests.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Tables:
    """All scenarios of one offence."""

    positives: tuple[Scenario, ...]
    near_misses: tuple[Scenario, ...]


_MODULES = (
    "speeding",
    "red_light",
    "stop_line",
    "wrong_way",
    "reserved_lane",
    "vehicle_ban",
    "forbidden_movement",
    "stopping",
    "following",
    "solid_line",
    "average_speed",
    "cloned_plate",
    "papers",
)


def _collected() -> dict[str, Tables]:
    tables: dict[str, Tables] = {}
    for name in _MODULES:
        module = import_module(f"{__name__}.{name}")
        for scenario in (*module.POSITIVES, *module.NEAR_MISSES):
            known = tables.get(scenario.offence, Tables((), ()))
            if scenario.found:
                tables[scenario.offence] = Tables((*known.positives, scenario), known.near_misses)
            else:
                tables[scenario.offence] = Tables(known.positives, (*known.near_misses, scenario))
    return tables


TABLES = _collected()
