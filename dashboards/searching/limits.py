"""How far back who may search for a plate, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.sign_in.rights import RIGHTS, Person, Right, Role


@dataclass(frozen=True)
class SearchLimits:
    """``reach_days``: how old a record may be that each role finds; ``other_days`` for roles not named.

    ``per_hour`` searches a person; ``most`` results a search.
    """

    reach_days: Mapping[Role, int] = field(default_factory=lambda: {Role.SUPERVISOR: 365})
    other_days: int = 90
    per_hour: int = 30
    most: int = 10

    def days_for(self, person: Person) -> int:
        """How many days back this person may search: by the farthest of their roles that may at all."""
        searching = [role for role in person.roles if Right.SEARCH_PLATES in RIGHTS[role]]
        return max((self.reach_days.get(role, self.other_days) for role in searching), default=0)
