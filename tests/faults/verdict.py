"""After the faults: is the store what the truth says, no more and no less?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from enforcement.errors import EvidenceError, EvidenceMissing
from enforcement.evidence_store import open_evidence
from enforcement.store import Store
from streams.connect import open_bus
from streams.dead_letter_box import letters
from streams.messages import Decision
from tests.faults.stage import Stage
from tests.faults.truth import Outgoing, Seen


def faults_found(stage: Stage, sent: list[Decision], corrupted: list[Outgoing], shown: set[str]) -> list[str]:
    """Sentences on everything that is not as it must be; none means that all promises were kept.

    ``sent`` are the officers' decisions, ``corrupted`` the records that nobody can handle, ``shown`` all
    lines of metrics that were seen.
    """
    seen = [one for camera in stage.truth for one in camera]
    with closing(stage.open_store()) as store:
        return [
            *_violations(store, seen),
            *_passages(stage, store, seen),
            *_decisions(store, sent),
            *_evidence(stage, seen),
            *_plates(stage, store, seen, shown),
            *_dead_letters(stage, corrupted),
        ]


def _violations(store: Store, seen: list[Seen]) -> Iterator[str]:
    wanted = {case for one in seen for case in one.cases}
    for what, sql in {
        "violations": "SELECT violation_id FROM violations FINAL",
        "v_violations": "SELECT violation_id FROM v_violations",
        "opened events": "SELECT case_id FROM case_events FINAL WHERE kind = 'opened'",
    }.items():
        yield from _compare(what, wanted, _column(store, sql))


def _passages(stage: Stage, store: Store, seen: list[Seen]) -> Iterator[str]:
    found = _column(store, "SELECT passage_id FROM v_passages")
    wanted = {one.passage.passage_id for one in seen}
    if stage.may_give_up:  # statistics only, and only where a disk was full
        wanted -= {one.passage.passage_id for one in seen if one.kind == "statistics"} - set(found)
    yield from _compare("v_passages", wanted, found)
    for view in ("v_speeds_hourly", "v_traffic_hourly"):
        [[hourly]] = store.query(f"SELECT sum(passages) FROM {view}")
        if hourly != len(found):
            yield f"{view} counts {hourly} passages, v_passages {len(found)}"


def _decisions(store: Store, sent: list[Decision]) -> Iterator[str]:
    rows = store.query("SELECT decision_id, case_id, kind FROM case_events FINAL WHERE kind != 'opened'")
    wanted = {(each.decision_id, each.case_id, each.outcome) for each in sent}
    yield from _compare("decisions", wanted, rows)
    first: dict[str, Decision] = {}
    for each in sent:
        first.setdefault(each.case_id, each)
    status = dict(store.query("SELECT violation_id, status FROM v_violations WHERE status != 'open'"))
    if status != {case: each.outcome for case, each in first.items()}:
        yield f"the cases' states {status} are not those of the first decisions"


def _evidence(stage: Stage, seen: list[Seen]) -> Iterator[str]:
    wanted = {digest for one in seen for digest in one.keeps}
    place = open_evidence(stage.evidence())
    yield from _compare("the evidence", wanted, list(place.digests()))
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
    of_cases = _plates_of(one for one in seen if one.cases)
    innocent = _plates_of(seen) - of_cases
    tables = _column(
        store, "SELECT name FROM system.tables WHERE database = 'default' AND engine LIKE '%MergeTree'"
    )
    for table in tables:
        rows = store.answer(f"SELECT * FROM {table}", "TSV").decode(errors="replace")
        yield from (
            f"table {table} holds the plate {plate} of an innocent" for plate in innocent if plate in rows
        )
    for process in stage.own:
        said = process.said()
        yield from (
            f"{process.name} says the plate {plate}" for plate in innocent | of_cases if plate in said
        )


def _plates_of(seen: Iterable[Seen]) -> set[str]:
    return {one.passage.plate.text for one in seen if one.passage.plate and one.passage.plate.text}


def _dead_letters(stage: Stage, corrupted: list[Outgoing]) -> Iterator[str]:
    with closing(open_bus(stage.bus())) as bus:
        found = {(posted.letter.source_topic, posted.letter.content) for posted in letters(bus)}
        reasons = {posted.letter.content: posted.letter.reason for posted in letters(bus)}
    wanted = {(topic.value, value) for topic, _, value in corrupted}
    for topic, _ in wanted - found:
        yield f"a corrupted record of {topic} is not among the dead letters"
    for topic, content in found - wanted:
        yield f"a good record of {topic} is among the dead letters: {reasons[content]}"


def _compare(what: str, wanted: set[Any], found: list[Any]) -> Iterator[str]:
    """Each that is wanted once, and nothing else."""
    counted = Counter(found)
    if missing := wanted - set(counted):
        yield f"{what}: {len(missing)} of {len(wanted)} are missing, such as {min(missing)}"
    if extra := set(counted) - wanted:
        yield f"{what}: {len(extra)} should not be there, such as {min(extra)}"
    if twice := [each for each, times in counted.items() if times > 1]:
        yield f"{what}: {len(twice)} are there more than once, such as {min(twice)}"


def _column(store: Store, sql: str) -> list[Any]:
    return [row[0] for row in store.query(sql)]
