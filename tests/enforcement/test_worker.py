"""The worker: from messages on the bus to rows in the store, each once."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.errors import EvidenceFull, StoreFull
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.register import import_register
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.encoding import decode
from streams.local import LocalBus
from streams.messages import DeadLetter, Passage
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, T0, decision, digest, items, passage, policy, publish

PICTURES = (b"frame", b"plate crop", b"sealed original")
SPEEDER = passage(1, 93.4, pictures=PICTURES)
SPEEDER_ID = violation_id(SPEEDER.passage_id, "speeding")


@pytest.fixture
def enforcer(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> Enforcer:
    return Enforcer(bus, store, evidence, {CAMERA: policy()})


def dead_letters(bus: LocalBus) -> list[DeadLetter]:
    records = bus.subscribe([Topic.DEAD_LETTERS], "test").poll(0.0)
    return [decode(record.value, DeadLetter) for record in records]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Everything that must be the same however often a message was delivered."""
    tables = ("passages", "violations", "case_events")
    return {
        table: store.query(f"SELECT * EXCEPT recorded_at FROM {table} FINAL ORDER BY ALL") for table in tables
    } | {"evidence": store.query("SELECT digest, passage_id, fact FROM evidence_index FINAL ORDER BY ALL")}


def test_a_speeder_becomes_a_case_with_its_keeper(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    register.write_text("plate,keeper_id,keeper_name\nab 123 cd,k-7,Invented Person\n")
    import_register(store, register)
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    report = enforcer.drain(0.0)
    assert (report.passages, report.violations, report.evidence_stored, report.dead_letters) == (1, 1, 3, 0)

    case = CaseBook(store).case(SPEEDER_ID)
    assert case is not None
    assert case.passage == SPEEDER
    assert case.keeper is not None
    assert (case.keeper.keeper_id, case.keeper.name) == ("k-7", "Invented Person")
    assert case.missing_evidence == ()
    assert case.summary.plate == "AB123CD"
    assert (case.summary.thumbnail_digest, case.summary.plate_digest) == (
        digest(b"frame"),
        digest(b"plate crop"),
    )
    assert [(event.kind, event.at_ns) for event in case.events] == [("opened", SPEEDER.ended_at_ns)]
    assert store.query("SELECT * FROM v_violations")[0][3:9] == (
        "speeding",
        "AB123CD",
        93.4,
        80.0,
        "k-7",
        "open",
    )
    assert evidence.get(digest(b"sealed original")) == b"sealed original"


@pytest.mark.parametrize(
    ("seen", "speed_row"),
    [
        (passage(2, 82.9, pictures=PICTURES), 82.9),
        (passage(3, None, pictures=PICTURES), None),
        (passage(4, 150.0, void="two vehicles merged", pictures=PICTURES), None),
    ],
)
@pytest.mark.parametrize("order", ["evidence first", "passage first", "in two batches", "late evidence"])
def test_a_passage_without_a_finding_leaves_a_count_and_nothing_else(
    bus: LocalBus,
    store: Store,
    evidence: EvidenceFolder,
    enforcer: Enforcer,
    seen: Passage,
    speed_row: float,
    order: str,
) -> None:
    pictures = items(seen, PICTURES)
    publish(bus, *([seen, *pictures] if order in ("passage first", "late evidence") else [*pictures, seen]))
    if order == "in two batches" or order == "late evidence":
        drain_one_by_one(bus, enforcer)
    enforcer.drain(0.0)
    assert store.query("SELECT passage_id FROM v_passages") == [(seen.passage_id,)]
    assert store.query("SELECT round(speed_kmh, 1) FROM v_passages")[0][0] == (
        pytest.approx(speed_row, abs=0.01) if speed_row else None
    )
    assert store.query("SELECT count() FROM violations") == [(0,)]
    assert files(evidence.path) == []
    for table in ("passages", "evidence_index"):
        assert "AB123CD" not in str(store.query(f"SELECT * FROM {table}")).replace("-", "")


def drain_one_by_one(bus: LocalBus, enforcer: Enforcer) -> None:
    subscription = bus.subscribe([Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS], "enforcement")
    while records := subscription.poll(0.0, max_records=1):
        enforcer.handle(records)
        subscription.commit()


def test_an_unreadable_plate_is_a_case_without_keeper(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, passage(1, 120.0, plate=None))
    enforcer.drain(0.0)
    [case] = CaseBook(store).queue()
    assert (case.plate, case.keeper_id, case.enforced_speed_kmh) == (None, None, 116.0)


def test_evidence_that_comes_later_completes_the_case(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    book = CaseBook(store)
    case = book.case(SPEEDER_ID)
    assert case is not None
    assert case.missing_evidence == tuple(sorted(map(digest, PICTURES)))
    publish(bus, *items(SPEEDER, PICTURES))
    enforcer.drain(0.0)
    case = book.case(SPEEDER_ID)
    assert case is not None
    assert case.missing_evidence == ()


@pytest.mark.parametrize("slow_first", [True, False])
def test_a_picture_of_two_vehicles_is_kept_for_the_one_that_broke_a_rule(
    bus: LocalBus, evidence: EvidenceFolder, enforcer: Enforcer, slow_first: bool
) -> None:
    slow = passage(2, 60.0, pictures=(b"frame",))
    publish(bus, *items(SPEEDER, PICTURES), *items(slow, (b"frame",)))
    publish(bus, *([slow, SPEEDER] if slow_first else [SPEEDER, slow]))
    drain_one_by_one(bus, enforcer)
    assert evidence.get(digest(b"frame")) == b"frame"


def test_messages_delivered_again_change_nothing(bus: LocalBus, store: Store, enforcer: Enforcer) -> None:
    everything = [*items(SPEEDER, PICTURES), SPEEDER, passage(2, 50.0)]
    publish(bus, *everything)
    enforcer.drain(0.0)
    ruling = decision(SPEEDER_ID, 1)
    publish(bus, ruling)
    enforcer.drain(0.0)
    before = rows(store)
    publish(bus, *everything, ruling)
    enforcer.drain(0.0)
    assert rows(store) == before
    assert CaseBook(store).count() == {"open": 0, "confirmed": 1, "rejected": 0}


def test_the_first_decision_in_the_log_counts(bus: LocalBus, store: Store, enforcer: Enforcer) -> None:
    publish(
        bus,
        SPEEDER,
        decision(SPEEDER_ID, 9, "rejected", "officer-2"),
        decision(SPEEDER_ID, 1, officer="officer-1"),
    )
    enforcer.drain(0.0)
    book = CaseBook(store)
    case = book.case(SPEEDER_ID)
    assert case is not None
    assert case.summary.status == "rejected"
    assert [(event.kind, event.officer, event.reason_code) for event in case.events] == [
        ("opened", None, None),
        ("rejected", "officer-2", "plate_wrong"),
        ("conflict", "officer-1", None),
    ]
    won, lost = (book.wait_for_decision(SPEEDER_ID, f"d-{number}", 0.0) for number in (9, 1))
    assert won is not None
    assert lost is not None
    assert (won.kind, lost.kind) == ("rejected", "conflict")


def test_a_decision_that_is_not_there_yet_is_waited_for(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, SPEEDER)
    stop = threading.Event()
    worker = threading.Thread(target=enforcer.run, args=(stop,))
    worker.start()
    try:
        book = CaseBook(store)
        wait_until(lambda: book.count()["open"] == 1)
        assert book.wait_for_decision(SPEEDER_ID, "d-1", 0.1) is None
        publish(bus, decision(SPEEDER_ID, 1))
        event = book.wait_for_decision(SPEEDER_ID, "d-1", 5.0)
        assert event is not None
        assert event.kind == "confirmed"
    finally:
        stop.set()
        worker.join(10)
    assert not worker.is_alive()


def wait_until(condition: object, patience_s: float = 10.0) -> None:
    until = time.monotonic() + patience_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("topic", "content", "reason"),
    [
        (Topic.PASSAGES, b"not json", "not a Passage"),
        (Topic.PASSAGES, b'{"passage_id": 5}', "not a Passage"),
        (Topic.PASSAGES, msgspec.json.encode(passage(5, camera="unknown")), "no policy for camera 'unknown'"),
        (Topic.PASSAGES, msgspec.json.encode(passage(5, at_ns=2**70)), "are out of range"),
        (Topic.PASSAGES, msgspec.json.encode(passage(5, speed=1536.0)), "1536 km/h is no measurement"),
        (Topic.PASSAGES, msgspec.json.encode(passage(5, at_ns=2**63 - 10)), "are out of range"),
        (Topic.EVIDENCE, b"\xff\xfe", "not a EvidenceItem"),
        (
            Topic.EVIDENCE,
            msgspec.json.encode(msgspec.structs.replace(items(SPEEDER, PICTURES)[0], content=b"forged")),
            "does not have the digest",
        ),
        (Topic.DECISIONS, b"[]", "not a Decision"),
        (
            Topic.DECISIONS,
            msgspec.json.encode(decision("no-such-case", 1)),
            "there is no case 'no-such-case'",
        ),
        (
            Topic.DECISIONS,
            msgspec.json.encode(decision(SPEEDER_ID, 1, "maybe")),
            "neither confirmed nor rejected",
        ),
        (
            Topic.DECISIONS,
            msgspec.json.encode(decision(SPEEDER_ID, 1, "rejected", reason="tired")),
            "a reason code",
        ),
        (Topic.DECISIONS, msgspec.json.encode(decision(SPEEDER_ID, 1, officer=" ")), "an officer"),
    ],
)
def test_what_cannot_be_handled_is_set_aside_and_the_flow_goes_on(
    bus: LocalBus, store: Store, enforcer: Enforcer, topic: Topic, content: bytes, reason: str
) -> None:
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    bus.publish(topic, "key", content)
    publish(bus, passage(7, 99.0))
    report = enforcer.drain(0.0)
    assert (report.dead_letters, report.violations) == (1, 1)
    [letter] = dead_letters(bus)
    assert (letter.source_topic, letter.content) == (topic.value, content)
    assert reason in letter.reason
    assert CaseBook(store).count() == {"open": 2, "confirmed": 0, "rejected": 0}


def test_a_policy_that_does_not_hold_yet_finds_nothing_and_says_so(
    bus: LocalBus, store: Store, enforcer: Enforcer, caplog: pytest.LogCaptureFixture
) -> None:
    publish(bus, passage(1, 150.0, at_ns=T0 - 365 * 24 * 3600 * 10**9))
    with caplog.at_level(logging.WARNING):
        report = enforcer.drain(0.0)
    assert (report.passages, report.violations) == (1, 0)
    assert "does not hold at its time" in caplog.text


@pytest.mark.parametrize("full", [EvidenceFull("the disk is full."), StoreFull("the disk is full.")])
def test_nothing_is_lost_when_a_disk_is_full(
    bus: LocalBus,
    store: Store,
    evidence: EvidenceFolder,
    enforcer: Enforcer,
    monkeypatch: pytest.MonkeyPatch,
    full: Exception,
) -> None:
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)

    def refuse(*_: object, **__: object) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(*((evidence, "put") if isinstance(full, EvidenceFull) else (store, "insert")), refuse)
        with pytest.raises(type(full)):
            enforcer.run(threading.Event())
    enforcer.drain(0.0)
    case = CaseBook(store).case(SPEEDER_ID)
    assert case is not None
    assert case.missing_evidence == ()


def test_evidence_whose_passage_never_came_is_erased_after_a_while(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer
) -> None:
    publish(bus, *items(passage(5, pictures=PICTURES), PICTURES))
    enforcer.drain(0.0)
    index = EvidenceIndex(store, evidence)
    assert index.discard_orphans(time.time_ns() - 3600 * 10**9) == 0
    assert index.discard_orphans(time.time_ns() + 10**9) == 3
    assert files(evidence.path) == []


def test_evidence_of_a_case_is_never_an_orphan(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer
) -> None:
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    enforcer.drain(0.0)
    assert EvidenceIndex(store, evidence).discard_orphans(time.time_ns() + 10**9) == 0
    assert len(files(evidence.path)) == 3
