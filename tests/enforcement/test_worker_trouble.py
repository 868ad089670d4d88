"""What the worker cannot handle or write: it is set aside or kept, and the flow goes on."""

from __future__ import annotations

import threading

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.errors import EvidenceFull, StoreFull
from enforcement.evidence import EvidenceFolder
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.encoding import decode
from streams.local import LocalBus
from streams.messages import DeadLetter
from streams.topics import Topic
from tests.enforcement.samples import PICTURES, SPEEDER, SPEEDER_ID, decision, items, passage, publish


def dead_letters(bus: LocalBus) -> list[DeadLetter]:
    records = bus.subscribe([Topic.DEAD_LETTERS], "test").poll(0.0)
    return [decode(record.value, DeadLetter) for record in records]


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
            "the outcome 'maybe' is unknown",
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
