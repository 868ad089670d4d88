"""Policies: what the law of a place allows and what is subtracted, in a versioned file."""

from __future__ import annotations

import datetime
import math
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from enforcement.errors import GrammarError, PolicyError
from enforcement.grammars import Prior
from enforcement.grammars.automata import shipped_automata
from enforcement.law.deadlines import Deadlines, check_deadlines
from enforcement.law.driver import DriverChecks
from enforcement.law.matching import Matching
from enforcement.law.notices import NoticeTerms
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
from enforcement.law.places_known import check_places
from enforcement.law.quality import Quality, check_quality
from enforcement.law.reading import read_tables
from enforcement.law.review import Review
from enforcement.law.speeds import Section, Speeding
from enforcement.law.values import check_values
from enforcement.register import normalise
from enforcement.road import Road

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
    matching: Matching = Matching()
    driver: DriverChecks | None = None
    notice: NoticeTerms | None = None
    exemptions: tuple[Exemption, ...] = ()
    deadlines: Deadlines | None = None
    review: Review | None = None
    quality: Quality | None = None

    def is_valid_at(self, at_ns: int) -> bool:
        """Whether the policy holds at this time (UTC nanoseconds); a date means midnight UTC."""
        first_ns, end_ns = self._holds_ns
        return first_ns <= at_ns < end_ns

    @cached_property
    def _holds_ns(self) -> tuple[int, float]:
        """From when on, and until when; asked for every passage by every rule."""
        until = self.valid_until
        return nanoseconds(self.valid_from), math.inf if until is None else nanoseconds(until)

    def needs_plate_at(self, camera_id: str) -> bool:
        """Whether a rule compares the plates of this camera's passages that by themselves break no rule.

        So it is at both ends of a section, where cloned plates are looked for, and where the register is
        asked about every passage.
        """
        checks = self.register_checks
        return (
            any(camera_id in (section.entry_camera, section.exit_camera) for section in self.sections)
            or self.cloned_plate is not None
            or (checks is not None and checks.ask == "every_passage")
        )

    def check_against(self, *roads: Road) -> None:
        """Check that the lines and zones that this policy names are drawn on one of its cameras' roads.

        Raises:
            PolicyError: naming the field and what is drawn instead.
        """
        check_places(self, roads)

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
        content = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise PolicyError(f"the policy {path} cannot be read ({error.strerror}); check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is not TOML: {error}; correct the line.") from error
    try:
        policy = read_tables(_with_times(content), Policy)
        check_values(policy)
        _check(policy)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from error
    return policy


def _check(policy: Policy) -> None:
    """What no table can check by itself."""
    try:
        ZoneInfo(policy.timezone)
    except (KeyError, OSError, ValueError) as error:  # unknown, or no name of a zone at all
        raise PolicyError(
            f"the timezone '{policy.timezone}' is unknown; write one of the IANA database such as "
            "'Europe/Paris'."
        ) from error
    if policy.plates is not None:
        try:
            policy.prior.format_weights(shipped_automata())
        except GrammarError as error:
            raise PolicyError(f"[plates] cannot be used: {error}") from error
    if policy.valid_until is not None and nanoseconds(policy.valid_until) <= nanoseconds(policy.valid_from):
        raise PolicyError("valid_until is not after valid_from; the policy would never hold.")
    _check_sections(policy.sections)
    _check_papers(policy.register_checks)
    _check_countries("matching", policy.matching.countries)
    _check_exemptions(policy.exemptions)
    check_deadlines(policy.deadlines)
    check_quality(policy.quality)


def _check_sections(sections: tuple[Section, ...]) -> None:
    ids = [section.id for section in sections]
    for number, section in enumerate(sections, start=1):
        if ids.count(section.id) > 1:
            raise PolicyError(f"sections {number}.id is '{section.id}' twice; give each section its own.")
        if section.entry_camera == section.exit_camera:
            raise PolicyError(
                f"sections {number} enters and leaves at the camera '{section.exit_camera}'; name two."
            )


def _check_papers(checks: RegisterChecks | None) -> None:
    if checks is None:
        return
    if checks.ask == "every_passage" and not checks.legal_basis.strip():
        raise PolicyError(
            "register_checks.ask is 'every_passage' without a legal_basis; name the law that allows it, or "
            "write 'findings'."
        )
    if "unregistered" in checks.offences and not checks.countries:
        raise PolicyError(
            "register_checks.countries is missing; 'unregistered' needs the countries whose vehicles the "
            "register holds, so that no foreign vehicle is accused."
        )
    _check_countries("register_checks", checks.countries)


def _check_countries(table: str, countries: tuple[str, ...]) -> None:
    try:
        Prior.of(dict.fromkeys(countries, 1.0)).format_weights(shipped_automata())
    except GrammarError as error:
        raise PolicyError(f"{table}.countries cannot be used: {error}") from error


def _check_exemptions(exemptions: tuple[Exemption, ...]) -> None:
    for number, exemption in enumerate(exemptions, start=1):
        for plate in exemption.plates:
            if not normalise(plate):
                raise PolicyError(
                    f"exemptions {number}.plates: {plate!r} is no plate; it has neither letter nor digit."
                )


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
