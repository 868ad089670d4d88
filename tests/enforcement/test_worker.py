"""The worker: from messages on the bus to rows in the store, each once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.register import import_register
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Passage
from tests.enforcement.conftest import drain_one_by_one, files
from tests.enforcement.samples import (
    PICTURES,
    SPEEDER,
    SPEEDER_ID,
    T0,
    decision,
    digest,
    items,
    passage,
    publish,
)


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


def test_an_unreadable_plate_is_a_case_without_keeper(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, passage(1, 120.0, plate=None))
    enforcer.drain(0.0)
    [case] = CaseBook(store).queue()
    assert (case.plate, case.keeper_id, case.enforced_speed_kmh) == (None, None, 116.0)


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


def test_a_policy_that_does_not_hold_yet_finds_nothing_and_says_so(
    bus: LocalBus, store: Store, enforcer: Enforcer, caplog: pytest.LogCaptureFixture
) -> None:
    publish(bus, passage(1, 150.0, at_ns=T0 - 365 * 24 * 3600 * 10**9))
    with caplog.at_level(logging.WARNING):
        report = enforcer.drain(0.0)
    assert (report.passages, report.violations) == (1, 0)
    assert "does not hold at its time" in caplog.text
