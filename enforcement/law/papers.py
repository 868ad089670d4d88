"""What the register and the plate itself tell of a vehicle."""

from __future__ import annotations

import datetime
from typing import Literal

from enforcement.law.table import Table

Paper = Literal["unregistered", "uninsured", "inspection_expired", "stolen"]


class RegisterChecks(Table, frozen=True):
    """Which faults of the papers are offences here.

    ``ask`` ``findings`` asks the register only about vehicles that broke another rule; ``every_passage``
    needs a ``legal_basis``, and a passage without a finding is still forgotten. ``grace_days`` are added to
    every date. ``countries`` (codes as in ``plates``) are those whose vehicles the register holds: only a
    plate of one of their formats can be unregistered.
    """

    offences: tuple[Paper, ...]
    ask: Literal["findings", "every_passage"] = "findings"
    legal_basis: str = ""
    grace_days: int = 0
    countries: tuple[str, ...] = ()
    least_plate_probability: float = 0.99


class ClonedPlate(Table, frozen=True):
    """The same plate at two places too far apart: faster than ``fastest_kmh`` between them is impossible.

    ``memory_s`` is how long a plate is remembered, in memory only.
    """

    fastest_kmh: float = 250.0
    least_match_probability: float = 0.995
    memory_s: float = 1800.0


class Exemption(Table, frozen=True):
    """Plates that a rule does not concern, until when (that day included) and why.

    ``offences`` empty means every rule.
    """

    plates: tuple[str, ...]
    reason: str
    offences: tuple[str, ...] = ()
    valid_until: datetime.date | None = None
