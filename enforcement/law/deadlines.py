"""Within what time the law wants a case decided."""

from __future__ import annotations

import msgspec

from enforcement.errors import PolicyError
from enforcement.law.table import Table

LONGEST_DAYS = 3_650


class Deadlines(Table, frozen=True):
    """How many days after the day of the offence a case lapses, unless it was decided by then.

    The last day counts as a whole, in the policy's timezone. ``offences`` have periods of their own;
    ``warn_days`` before the end a case is shown as due soon.
    """

    days: int
    offences: dict[str, int] = msgspec.field(default_factory=dict)
    warn_days: int = 7

    def days_for(self, offence: str) -> int:
        """The period of an offence, in days."""
        return self.offences.get(offence, self.days)


def check_deadlines(deadlines: Deadlines | None) -> None:
    """Check what the walk over all values cannot: the periods of single offences.

    Raises:
        PolicyError: naming the offence and what may stand there.
    """
    for offence, days in (deadlines.offences if deadlines else {}).items():
        if not 1 <= days <= LONGEST_DAYS:
            raise PolicyError(
                f"deadlines.offences.{offence} is {days}; write whole days from 1 to {LONGEST_DAYS}."
            )
