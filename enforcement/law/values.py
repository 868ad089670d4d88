"""What the values of a policy's tables may be; checked by one walk over all of them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

import msgspec

from enforcement.errors import PolicyError
from enforcement.law.offences import OFFENCES
from enforcement.law.reading import place_in_words
from enforcement.law.table import VEHICLES
from enforcement.law.week import week_of

#: From where to where a number may lie, by the name of its field, which means the same in every table.
RANGES: dict[str, tuple[float, float]] = {
    "limit_kmh": (1.0, 400.0),
    "below_100_kmh": (0.0, 50.0),
    "above_100_percent": (0.0, 50.0),
    "length_m": (50.0, 200_000.0),
    "length_sigma_m": (0.0, 1_000.0),
    "longest_s": (0.0, 86_400.0),
    "memory_s": (1.0, 86_400.0),
    "grace_s": (0.0, 30.0),
    "grace_days": (0, 3_650),
    "days": (1, 3_650),
    "warn_days": (0, 365),
    "least_beyond_m": (0.0, 100.0),
    "least_distance_m": (0.0, 1_000.0),
    "least_speed_kmh": (0.0, 250.0),
    "least_gap_s": (0.1, 10.0),
    "least_match_probability": (0.9, 1.0),
    "least_plate_probability": (0.9, 1.0),
    "least_probability": (0.9, 1.0),
    "fastest_kmh": (100.0, 1_000.0),
    "formless": (0.0, 1.0),
    "foreign": (0.0001, 0.99),
    "unregistered": (0.0001, 0.99),
    "certain": (0.9, 0.999999),
    "offered": (0.0001, 0.5),
    "most": (1, 20),
    "answer_days": (1, 365),
    "share": (0.0, 1.0),
    "alarm_above": (0.0, 1.0),
    "suspend_above": (0.0, 1.0),
    "least_decided": (1, 100_000),
    "window_days": (1, 366),
    "known_share": (0.0, 0.5),
    "above_severity": (0.0, 100.0),
    "below_confidence": (0.0, 1.0),
    "undo_minutes": (0.0, 1_440.0),
    "lease_minutes": (1.0, 120.0),
}


def check_values(table: msgspec.Struct, path: str = "") -> None:
    """Check every number, name and hour in ``table`` and in the tables in it.

    Raises:
        PolicyError: naming the field and what may stand there.
    """
    for field in msgspec.structs.fields(table):
        place = f"{path}.{field.name}" if path else field.name
        value = getattr(table, field.name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            _check_number(field.name, value, place)
        elif isinstance(value, str) and field.required and not value.strip():
            raise PolicyError(f"{place_in_words(place)} is empty; write what it is.")
        for name, check in _CHECKS.items():
            if field.name == name:
                check(value, place_in_words(place))
        for inner, inner_place in _tables_in(value, place):
            check_values(inner, inner_place)


def _tables_in(value: object, place: str) -> Iterator[tuple[msgspec.Struct, str]]:
    if isinstance(value, msgspec.Struct):
        yield value, place
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            if isinstance(one, msgspec.Struct):
                yield one, f"{place}[{number}]"


def _check_number(name: str, value: float, place: str) -> None:
    low, high = RANGES[name]
    if not low <= value <= high:  # also refuses nan
        shown = place_in_words(place)
        raise PolicyError(f"{shown} is {value:g}; write a number from {low:g} to {high:g}.")


def _check_vehicles(names: tuple[str, ...], place: str) -> None:
    _check_known(names, VEHICLES, "no class of vehicle", place)


def _check_offences(names: tuple[str, ...], place: str) -> None:
    _check_known(names, OFFENCES, "no offence", place)


def _check_known(names: tuple[str, ...], known: tuple[str, ...], what: str, place: str) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            advice = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}."
            raise PolicyError(f"'{name}' in {place} is {what}; {advice}")


def _check_hours(hours: tuple[str, ...], place: str) -> None:
    try:
        week_of(hours)
    except PolicyError as error:
        raise PolicyError(f"{place}: {error}") from error


_CHECKS: dict[str, Callable[[tuple[str, ...], str], None]] = {
    "hours": _check_hours,
    "vehicles": _check_vehicles,
    "allowed": _check_vehicles,
    "offences": _check_offences,
    "fines": _check_offences,
}
