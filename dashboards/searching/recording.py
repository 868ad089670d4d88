"""The record of plate searches, which is also what limits them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.failures import Refusal
from dashboards.searching.limits import SearchLimits
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Person, as_roles
from enforcement.desk.audit_chain import unwritable
from enforcement.desk.plate_digest import PlateDigests
from enforcement.errors import DeskError
from streams.events import Events

_events = Events(__name__)
_HOUR_NS = 3600 * 10**9
# The newest hour by its time: by the person it would be everything that they ever did.
_COUNT = """SELECT count(*) FROM audit_entries INDEXED BY audit_entries_by_time
    WHERE at_ns > ? AND who = ? AND action = 'searched'"""


@dataclass(frozen=True)
class Searched:
    """A search that is in the audit; ``digest`` is the keyed digest of its plate."""

    case_id: str
    purpose: str
    digest: str


class Searches:
    """Enters searches into the audit. A plate is there by a keyed digest alone."""

    def __init__(self, desk: Desk, limits: SearchLimits) -> None:
        self._desk = desk
        self._limits = limits

    def begin(self, person: Person, pattern: str, case_id: str, purpose: str) -> Searched:
        """Enter that a person searches for a plate, for a case and a purpose.

        Raises:
            Refusal: 429 when they have searched too often in the last hour, 503 where the key of plates'
                digests is not to be had.
            AuditUnwritable: when it cannot be entered; then nothing may be searched.
        """
        searched = Searched(case_id, purpose, self._digest(pattern))
        with unwritable(), self._desk.file.transaction() as database:
            since_ns = time.time_ns() - _HOUR_NS
            (count,) = database.execute(_COUNT, (since_ns, person.name)).fetchone()
            is_over = count >= self._limits.per_hour
            self._desk.audit.append(
                database,
                person.name,
                as_roles(person),
                "refused" if is_over else "searched",
                f"{case_id}/plate/{searched.digest}",
                purpose=purpose,
                reason=f"more than {self._limits.per_hour} searches in an hour" if is_over else "",
            )
        if is_over:
            raise Refusal(
                429,
                f"You have searched {count} times within an hour, which is the limit; try again later.",
            )
        return searched

    def end(self, person: Person, searched: Searched, found: Sequence[str]) -> None:
        """Enter which cases the search found, before they are shown.

        Raises:
            AuditUnwritable: when it cannot be entered; then they may not be shown.
        """
        with unwritable(), self._desk.file.transaction() as database:
            for case_id in found:
                self._desk.audit.append(
                    database,
                    person.name,
                    as_roles(person),
                    "found",
                    f"{case_id}/plate/{searched.digest}",
                    purpose=searched.purpose,
                    reason=f"for case {searched.case_id}",
                )

    def _digest(self, pattern: str) -> str:
        try:
            if self._desk.keys is None:
                raise DeskError("no folder of keys is known here")
            return PlateDigests.load(self._desk.keys).of(pattern)
        except DeskError as error:
            _events.warning("plate-not-searched", failure=type(error).__name__)
            raise Refusal(
                503,
                "The key under which searches are recorded is not here, so nothing is searched; tell your "
                "administrator.",
            ) from error
