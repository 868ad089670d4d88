"""Decisions on the bus: the first one counts, and the pages can wait for it."""

from __future__ import annotations

import threading
import time

from enforcement.casebook import CaseBook
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import PICTURES, SPEEDER, SPEEDER_ID, decision, items, publish


def test_the_first_decision_in_the_log_counts(bus: LocalBus, store: Store, enforcer: Enforcer) -> None:
    publish(
        bus,
        *items(SPEEDER, PICTURES),
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
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
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
