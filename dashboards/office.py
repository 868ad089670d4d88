"""What the pages work with: the case book they read, the evidence they show, the bus they answer on."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

from dashboards.failures import Refusal
from dashboards.formatting import utc_text
from dashboards.open_forms import OpenForms
from dashboards.rendering import Pages
from dashboards.settling import Settling
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Person, Right
from enforcement.casebook import Case, CaseBook
from enforcement.erasing.tombstone import Tombstone, read_tombstones
from enforcement.evidence_store import EvidenceStore
from enforcement.road import Road
from streams.bus import Bus

_ASIDE = 4


@dataclass(frozen=True)
class Office:
    """The parts behind the pages.

    ``desk`` knows who is signed in; ``wait_s`` is how long it is found out by itself
    what became of an answer; ``roads`` are the drawn roads by camera; ``forms`` are those
    that officers have open.
    """

    casebook: CaseBook
    evidence: EvidenceStore
    bus: Bus
    desk: Desk
    pages: Pages
    wait_s: float
    roads: Mapping[str, Road] = field(default_factory=dict)
    forms: OpenForms = field(default_factory=OpenForms)

    @cached_property
    def aside(self) -> ThreadPoolExecutor:
        """Threads for what a page asks while the rest of it is made."""
        return ThreadPoolExecutor(_ASIDE, thread_name_prefix="aside")

    @cached_property
    def settling(self) -> Settling:
        """What finds out what the worker made of the answers that were sent."""
        return Settling(self.casebook, self.desk)

    def find(self, case_id: str, person: Person | None = None) -> Case:
        """The case under this id, with what ``person`` may know of others' answers; without one, of none.

        Raises:
            Refusal: 404, when there is none; 410, when it was erased at its time.
        """
        name, settles = (person.name, person.may(Right.SETTLE)) if person else ("", False)
        case = self.casebook.case(case_id, name, settles=settles)
        if case is None:
            stones = read_tombstones(self.casebook.store, "case_id = toUUIDOrZero({id:String})", id=case_id)
            if stones:
                raise Refusal(410, _erased(stones[0]))
            raise Refusal(404, "There is no case under this address; check its id.")
        return case


def _erased(stone: Tombstone) -> str:
    when = f" on {utc_text(stone.finished_ms * 1_000_000)[:10]}" if stone.finished_ms else ""
    return (
        f"All that was personal in this case was erased{when}, as the period for {stone.rule} cases wants it."
        " Its place in the camera's chain is left."
    )
