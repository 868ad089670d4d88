"""``roadwitness retention``: what is erased when, what is kept beyond its time, and what is left."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict

from rich.table import Table

from dashboards.formatting import utc_text
from dashboards.sign_in.desk import Desk
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from enforcement.erasing.desk import DeskErasing
from enforcement.erasing.erasing import Erasing
from enforcement.erasing.marks import Mark, mark_case
from enforcement.erasing.tombstone import read_tombstones
from enforcement.evidence_index import EvidenceIndex
from enforcement.store import Store
from roadwitness.command_audit import enter
from roadwitness.json_lines import json_lines
from roadwitness.premises import Premises
from roadwitness.progress import results, say
from streams.errors import RoadwitnessError
from streams.events import Events

_EVERY_S = 600.0

_events = Events(__name__)


def run_retention(premises: Premises, *, dry: bool) -> None:
    """Erase every case whose time is over, or only say which those are."""
    with premises.kept_store() as store:
        erasing = Erasing(store, EvidenceIndex(store, premises.open_evidence()))
        if dry:
            due = erasing.due()
            for case in due:
                print("\t".join((case.case_id, case.rule, case.status, case.camera_id, case.offence)))
            return say(f"{len(due)} cases would be erased first; nothing was changed.")
        erased = erasing.run()
        if premises.folder.desk.exists():
            with closing(DeskFile(premises.folder.desk)) as desk:
                DeskErasing(store, AuditChain(desk)).run()
    say(f"{erased.cases} cases were erased, and {erased.pieces} pieces of evidence with them.")


def mark(premises: Premises, case_id: str, what: Mark, who: str, reason: str) -> None:
    """Set a mark on a case: a hold or its end, or that it is finished.

    Raises:
        RetentionError: when there is no such case, or it cannot have that mark.
    """
    with premises.kept_store() as store:
        enter(premises, who, what, case_id)
        mark_case(store, case_id, what, who, reason)
    say(f"The case {case_id} is marked: {what}.")


def list_tombstones(premises: Premises, camera: str | None, jsonl: str | None) -> None:
    """Print what is left of erased cases, as a table of counts or as one JSON line each."""
    condition = "1" if camera is None else "camera_id = {camera:String}"
    with premises.kept_store() as store:
        stones = read_tombstones(store, condition, **({"camera": camera} if camera else {}))
    if jsonl is not None:
        with json_lines(jsonl) as write:
            for stone in stones:
                write(asdict(stone))
        return
    counts = Counter((stone.camera_id, stone.rule) for stone in stones)
    newest = {(stone.camera_id, stone.rule): stone.begun_ms for stone in stones}
    table = Table("camera", "rule", "cases", "the last one")
    for key, number in sorted(counts.items()):
        table.add_row(*key, str(number), utc_text(newest[key] * 1_000_000))
    results.print(table)


@contextmanager
def desk_erased(desk: Desk, store: Store) -> Iterator[None]:
    """Let the desk follow what workers erase in the store, while the context lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(desk, store, stop), name="erasing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(desk: Desk, store: Store, stop: threading.Event) -> None:
    erasing = DeskErasing(store, desk.audit)
    while not stop.is_set():
        try:
            erasing.run()
        except RoadwitnessError as error:
            _events.warning("desk-not-erased", failure=type(error).__name__)
        stop.wait(_EVERY_S)
