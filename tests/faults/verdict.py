"""After the faults: is the store what the truth says, no more and no less?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from enforcement.errors import EvidenceError, EvidenceMissing
from enforcement.evidence_store import open_evidence
from enforcement.store import Store
from streams.connect import open_bus
from streams.dead_letter_box import letters
from streams.messages import Decision
from tests.faults.comparing import column, compare, plates_of, tables_holding
from tests.faults.erasing import erased_too_soon, not_erased_in_time
from tests.faults.stage import Stage
from tests.faults.truth import Outgoing, Seen


def faults_found(stage: Stage, sent: list[Decision], corrupted: list[Outgoing], shown: set[str]) -> list[str]:
    """Sentences on everything that is not as it must be; none means that all promises were kept.

    ``sent`` are the officers' decisions, ``corrupted`` the records that nobody can handle, ``shown`` all
    lines of metrics that were seen.
    """
    seen = [one for camera in stage.truth for one in camera]
    with closing(stage.open_store()) as store:
        wrong = [
            *_violations(store, seen),
            *_passages(stage, store, seen),
            *_decisions(store, sent),
            *_evidence(stage, seen),
            *_plates(stage, store, seen, shown),
            *_dead_letters(stage, corrupted),
            *erased_too_soon(store),
        ]
        rejected = {case for case, each in _first_of(sent).items() if each.outcome == "rejected"}
        return wrong or list(not_erased_in_time(store, open_evidence(stage.evidence()), seen, rejected))


def _violations(store: Store, seen: list[Seen]) -> Iterator[str]:
    wanted = {case for one in seen for case in one.cases}
    for what, sql in {
        "violations": "SELECT violation_id FROM violations FINAL",
        "v_violations": "SELECT violation_id FROM v_violations",
        "opened events": "SELECT case_id FROM case_events FINAL WHERE kind = 'opened'",
    }.items():
        yield from compare(what, wanted, column(store, sql))


def _passages(stage: Stage, store: Store, seen: list[Seen]) -> Iterator[str]:
    found = column(store, "SELECT passage_id FROM v_passages")
    wanted = {one.passage.passage_id for one in seen}
    if stage.may_give_up:  # statistics only, and only where a disk was full
        wanted -= {one.passage.passage_id for one in seen if one.kind == "statistics"} - set(found)
    yield from compare("v_passages", wanted, found)
    for view in ("v_speeds_hourly", "v_traffic_hourly"):
        [[hourly]] = store.query(f"SELECT sum(passages) FROM {view}")
        if hourly != len(found):
            yield f"{view} counts {hourly} passages, v_passages {len(found)}"


def _decisions(store: Store, sent: list[Decision]) -> Iterator[str]:
    rows = store.query("SELECT decision_id, case_id, kind FROM case_events FINAL WHERE kind != 'opened'")
    wanted = {(each.decision_id, each.case_id, each.outcome) for each in sent}
    yield from compare("decisions", wanted, rows)
    status = dict(store.query("SELECT violation_id, status FROM v_violations WHERE status != 'open'"))
    if status != {case: each.outcome for case, each in _first_of(sent).items()}:
        yield f"the cases' states {status} are not those of the first decisions"


def _first_of(sent: list[Decision]) -> dict[str, Decision]:
    """By case: the decision that counts."""
    first: dict[str, Decision] = {}
    for each in sent:
        first.setdefault(each.case_id, each)
    return first


def _evidence(stage: Stage, seen: list[Seen]) -> Iterator[str]:
    wanted = {digest for one in seen for digest in one.keeps}
    place = open_evidence(stage.evidence())
    yield from compare("the evidence", wanted, list(place.digests()))
    for digest in wanted:
        try:
            place.get(digest)  # which compares the bytes with the digest
        except EvidenceMissing:
            continue
        except EvidenceError as error:
            yield str(error)
    # A folder may hold more than pieces: what was half written when a worker was killed, say.
    names = [path.name for path in stage.folder_of_evidence.rglob("*") if path.is_file()]
    if others := [name for name in names if name not in wanted]:
        yield f"the evidence folder holds {len(others)} other files, such as {min(others)}"


def _plates(stage: Stage, store: Store, seen: list[Seen], shown: set[str]) -> Iterator[str]:
    """No plate of somebody who broke no rule in any table, and nobody's in what a process says."""
    of_cases = plates_of(one for one in seen if one.cases)
    innocent = plates_of(seen) - of_cases
    for table, plate in tables_holding(store, innocent):
        yield f"table {table} holds the plate {plate} of an innocent"
    for process in stage.own:
        said = process.said()
        yield from (
            f"{process.name} says the plate {plate}" for plate in innocent | of_cases if plate in said
        )


def _dead_letters(stage: Stage, corrupted: list[Outgoing]) -> Iterator[str]:
    with closing(open_bus(stage.bus())) as bus:
        found = {(posted.letter.source_topic, posted.letter.content) for posted in letters(bus)}
        reasons = {posted.letter.content: posted.letter.reason for posted in letters(bus)}
    wanted = {(topic.value, value) for topic, _, value in corrupted}
    for topic, _ in wanted - found:
        yield f"a corrupted record of {topic} is not among the dead letters"
    for topic, content in found - wanted:
        yield f"a good record of {topic} is among the dead letters: {reasons[content]}"
