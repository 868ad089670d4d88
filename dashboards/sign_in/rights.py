"""Roles and what each may do. A right is asked for, never a role: who holds it is settled here alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is at the desk; one person may be several."""

    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that a person may do."""

    SEE_CASES = "see cases"
    DECIDE = "decide cases"
    SETTLE = "settle disagreements"
    ASSIGN = "assign cases to officers"
    SEE_DRIVER = "see the driver"
    OPEN_ORIGINALS = "open sealed originals"
    SEARCH_PLATES = "search for a plate"
    EXPORT_CASES = "export case packages and notices"
    SEE_NUMBERS = "see numbers"
    SEE_QUALITY = "see the quality of reviews"
    SUSPEND = "suspend a rule at a camera"
    READ_AUDIT = "read the audit"
    KEEP_REGISTER = "keep the register"
    KEEP_EXEMPTIONS = "keep exemptions"
    KEEP_CASES = "hold cases and finish them"
    KEEP_ACCOUNTS = "keep accounts"


_REVIEWER = frozenset({Right.SEE_CASES, Right.DECIDE, Right.SEE_DRIVER, Right.SEE_NUMBERS})

#: The least that each role needs. Who decides cases keeps no accounts; who reads the audit decides nothing.
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.REVIEWER: _REVIEWER,
        Role.SUPERVISOR: _REVIEWER
        | {
            Right.SETTLE,
            Right.ASSIGN,
            Right.OPEN_ORIGINALS,
            Right.SEARCH_PLATES,
            Right.EXPORT_CASES,
            Right.SEE_QUALITY,
            Right.SUSPEND,
            Right.KEEP_EXEMPTIONS,
            Right.KEEP_CASES,
        },
        Role.ANALYST: frozenset({Right.SEE_NUMBERS}),
        Role.AUDITOR: frozenset({Right.READ_AUDIT, Right.SEE_NUMBERS, Right.SEE_QUALITY}),
        Role.REGISTRAR: frozenset({Right.KEEP_REGISTER}),
        Role.ADMINISTRATOR: frozenset({Right.KEEP_ACCOUNTS}),
    }
)


def audits_themselves(roles: Collection[Role]) -> bool:
    """Whether who has these roles would read in the audit what they did themselves as an officer."""
    return Role.AUDITOR in roles and any(Right.DECIDE in RIGHTS[role] for role in roles)


@dataclass(frozen=True)
class Person:
    """Who is signed in. ``name`` is the account's, and what decisions and the audit are kept under."""

    name: str
    shown_as: str
    roles: frozenset[Role]

    def may(self, right: Right) -> bool:
        """Whether any of the person's roles has this right."""
        return any(right in RIGHTS[role] for role in self.roles)


def as_roles(person: Person) -> str:
    """A person's roles as the audit keeps them: by name, joined by commas."""
    return ",".join(sorted(person.roles))
