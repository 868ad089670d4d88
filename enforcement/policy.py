"""Policies: what the law of a place allows and what is subtracted, in a versioned file."""

from __future__ import annotations

import datetime
import difflib
import math
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from enforcement.errors import GrammarError, PolicyError
from enforcement.grammars import Prior
from enforcement.grammars.automata import shipped_automata
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
from enforcement.law.speeds import Section, Speeding, Tolerance

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Plates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the vehicles at a site come from: probabilities by country ('RO'), region ('US-CA') or 'any'.

    ``formless`` is the part whose plates are of no known format (vanity, old, diplomatic).
    """

    countries: dict[str, float]
    formless: float = 0.1


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One version of the law as it is applied at a site; from ``valid_until`` on it no longer holds.

    A rule whose table is missing is not applied. ``timezone`` (IANA) is that of all hours in it.
    """

    id: str
    version: str
    jurisdiction: str
    valid_from: datetime.datetime
    speeding: Speeding | None = None
    valid_until: datetime.datetime | None = None
    timezone: str = "UTC"
    plates: Plates | None = None
    sections: tuple[Section, ...] = ()
    red_light: RedLight | None = None
    stop_line: StopLine | None = None
    wrong_way: WrongWay | None = None
    reserved_lanes: tuple[ReservedLane, ...] = ()
    movements: tuple[Movement, ...] = ()
    stopping: tuple[Stopping, ...] = ()
    following: Following | None = None
    solid_lines: tuple[SolidLine, ...] = ()
    vehicle_bans: tuple[VehicleBan, ...] = ()
    register_checks: RegisterChecks | None = None
    cloned_plate: ClonedPlate | None = None
    exemptions: tuple[Exemption, ...] = ()

    def is_valid_at(self, at_ns: int) -> bool:
        """Whether the policy holds at this time (UTC nanoseconds); a date means midnight UTC."""
        return nanoseconds(self.valid_from) <= at_ns and (
            self.valid_until is None or at_ns < nanoseconds(self.valid_until)
        )

    @cached_property
    def needs_plate_always(self) -> bool:
        """Whether a rule compares plates of passages that by themselves break no rule."""
        every_passage = self.register_checks is not None and self.register_checks.ask == "every_passage"
        return bool(self.sections) or self.cloned_plate is not None or every_passage

    @cached_property
    def prior(self) -> Prior:
        """By what plate formats a read is weighed; without ``plates`` every country is as likely."""
        return Prior.of(self.plates.countries, self.plates.formless) if self.plates else Prior.of()

    @cached_property
    def trigger_kmh(self) -> float:
        """The lowest measured speed that can be a finding of speeding, km/h; infinite without that rule."""
        return self.speeding.trigger_kmh if self.speeding else math.inf


def load_policy(path: Path) -> Policy:
    """Read a policy file (TOML).

    Raises:
        PolicyError: naming the file, the field and what to do.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"the policy {path} cannot be read ({error.strerror}); check the path.") from error
    try:
        policy = msgspec.convert(_with_times(tomllib.loads(content.decode())), Policy)
    except msgspec.ValidationError as error:
        raise PolicyError(f"{path}: {_explain(str(error))}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is not TOML: {error}; correct the line.") from error
    _check(path, policy)
    return policy


def _check(path: Path, policy: Policy) -> None:
    ranges: list[tuple[str, float, float, float]] = []
    if policy.speeding is not None:
        tolerance = policy.speeding.tolerance
        ranges += [
            ("speeding.limit_kmh", policy.speeding.limit_kmh, 1.0, 400.0),
            ("speeding.tolerance.below_100_kmh", tolerance.below_100_kmh, 0.0, 50.0),
            ("speeding.tolerance.above_100_percent", tolerance.above_100_percent, 0.0, 50.0),
        ]
    for name, value, low, high in ranges:
        if not low <= value <= high:  # also refuses nan
            raise PolicyError(f"{path}: {name} is {value:g}; write a number from {low:g} to {high:g}.")
    for name, text in (("id", policy.id), ("version", policy.version)):
        if not text.strip():
            raise PolicyError(f"{path}: {name} is empty; findings name it, so give it one.")
    if policy.plates is not None:
        try:
            policy.prior.format_weights(shipped_automata())
        except GrammarError as error:
            raise PolicyError(f"{path}: [plates] cannot be used: {error}") from error
    if policy.valid_until is not None and nanoseconds(policy.valid_until) <= nanoseconds(policy.valid_from):
        raise PolicyError(f"{path}: valid_until is not after valid_from; the policy would never hold.")


_TABLES = {"": Policy, "speeding": Speeding, "speeding.tolerance": Tolerance, "plates": Plates}


def _explain(text: str) -> str:
    """msgspec's message with its path as a dotted name and, for an unknown field, the nearest valid one."""
    message, _, place = text.partition(" - at `$")
    table = place.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        fields = _TABLES[table].__struct_fields__
        near = difflib.get_close_matches(unknown.group(1), fields, n=1, cutoff=0.4)
        advice = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(fields)}."
        return f"the field '{unknown.group(1)}'{_within(table)} is unknown; {advice}"
    missing = re.search(r"missing required field `([^`]+)`", message)
    if missing:
        return f"the field '{missing.group(1)}'{_within(table)} is missing; add it."
    return f"the field '{table}' is wrong: {message[:1].lower()}{message[1:].replace('`', '')}; correct it."


def _within(table: str) -> str:
    return f" in [{table}]" if table else ""


def _with_times(content: dict[str, Any]) -> dict[str, Any]:
    """TOML's dates as times: a date is its midnight, a time without a zone is UTC."""
    for name in ("valid_from", "valid_until"):
        moment = content.get(name)
        if isinstance(moment, datetime.date) and not isinstance(moment, datetime.datetime):
            moment = datetime.datetime(moment.year, moment.month, moment.day)
        if isinstance(moment, datetime.datetime):
            content[name] = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return content


def nanoseconds(moment: datetime.datetime) -> int:
    """A time with a zone as UTC nanoseconds since the epoch."""
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1) * 1000
