"""What the pages work with: the case book they read, the evidence they show, the bus they answer on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.failures import Refusal
from dashboards.rendering import Pages
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Person, Right
from enforcement.casebook import Case, CaseBook
from enforcement.evidence_store import EvidenceStore
from enforcement.road import Road
from streams.bus import Bus


@dataclass(frozen=True)
class Office:
    """The parts behind the pages.

    ``desk`` knows who is signed in; ``wait_s`` is how long a page waits for a decision to be
    applied; ``roads`` are the drawn roads by camera.
    """

    casebook: CaseBook
    evidence: EvidenceStore
    bus: Bus
    desk: Desk
    pages: Pages
    wait_s: float
    roads: Mapping[str, Road] = field(default_factory=dict)

    def find(self, case_id: str, person: Person | None = None) -> Case:
        """The case under this id, with what ``person`` may know of others' answers; without one, of none.

        Raises:
            Refusal: 404, when there is none.
        """
        name, settles = (person.name, person.may(Right.SETTLE)) if person else ("", False)
        case = self.casebook.case(case_id, name, settles=settles)
        if case is None:
            raise Refusal(
                404, "There is no case under this address; it may have been erased when its time was up."
            )
        return case
