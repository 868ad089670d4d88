"""A case that nobody decided in time lapses: it is counted before, closed then, and decided no more."""

from __future__ import annotations

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.erasing.changing import change
from enforcement.evidence import EvidenceFolder
from enforcement.lapsing import Waiting, close_lapsed, waiting
from enforcement.law.deadlines import Deadlines
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.events import NAME
from streams.local import LocalBus
from tests.enforcement.samples import (
    CAMERA,
    PICTURES,
    SPEEDER,
    SPEEDER_ID,
    T0,
    decision,
    items,
    policy,
    publish,
)

DAY = 24 * 3600 * 10**9
#: The sample passed at 8 in the morning; ten whole days follow the day on which it did.
DUE = T0 + 11 * DAY - 8 * 3600 * 10**9


@pytest.fixture
def centre(bus: LocalBus, embedded: Store, evidence: EvidenceFolder) -> Enforcer:
    law = msgspec.structs.replace(policy(), deadlines=Deadlines(10, warn_days=2))
    enforcer = Enforcer(bus, embedded, evidence, {CAMERA: law})
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    enforcer.drain(0.0)
    return enforcer


def status(store: Store) -> str:
    case = CaseBook(store).case(SPEEDER_ID)
    assert case is not None
    assert store.query("SELECT toString(status) FROM cases FINAL") == [(case.summary.status,)]
    return case.summary.status


@pytest.mark.parametrize(
    ("at_ns", "counted"),
    [
        (DUE - 2 * DAY - 10**6, Waiting(1, 0, 0)),
        (DUE - 2 * DAY, Waiting(0, 1, 0)),
        (DUE - 10**6, Waiting(0, 1, 0)),
        (DUE, Waiting(0, 0, 1)),
    ],
)
def test_it_is_counted_before_it_lapses(
    centre: Enforcer, embedded: Store, at_ns: int, counted: Waiting
) -> None:
    assert waiting(embedded, at_ns) == counted


def test_it_is_closed_when_its_time_is_over_and_once(centre: Enforcer, embedded: Store) -> None:
    assert close_lapsed(embedded, clock=lambda: DUE - 10**6) == 0
    assert status(embedded) == "open"
    assert [close_lapsed(embedded, clock=lambda: DUE) for _ in range(2)] == [1, 0]
    assert status(embedded) == "lapsed"
    assert waiting(embedded, DUE) == Waiting(0, 0, 0)
    case = CaseBook(embedded).case(SPEEDER_ID)
    assert case is not None
    assert [(event.kind, event.at_ns) for event in case.events if event.kind != "opened"] == [("lapsed", DUE)]


@pytest.mark.parametrize(("came", "is_told"), [(DUE - 1, False), (DUE + DAY, True)], ids=["in time", "late"])
def test_a_unit_whose_cases_had_lapsed_when_they_came_is_told_of(
    centre: Enforcer, embedded: Store, caplog: pytest.LogCaptureFixture, came: int, is_told: bool
) -> None:
    stored = f"fromUnixTimestamp64Nano({came}, 'UTC')"
    change(embedded, f"ALTER TABLE open_cases UPDATE recorded_at = {stored} WHERE 1")
    assert close_lapsed(embedded, clock=lambda: DUE + 2 * DAY) == 1
    told = ["cases-lapsed", "came-lapsed"] if is_told else ["cases-lapsed"]
    assert [getattr(record, NAME) for record in caplog.records] == told


def test_one_that_was_decided_and_looks_open_has_not_lapsed(
    centre: Enforcer, bus: LocalBus, embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr("enforcement.decisions.mark", lambda *_: None)
        publish(bus, msgspec.structs.replace(decision(SPEEDER_ID, 1, "rejected"), decided_at_ns=DUE - 1))
        centre.drain(0.0)
    assert waiting(embedded, DUE) == Waiting(0, 0, 1)
    assert close_lapsed(embedded, clock=lambda: DUE) == 0
    assert status(embedded) == "rejected"
    assert waiting(embedded, DUE) == Waiting(0, 0, 0)


@pytest.mark.parametrize("closed_first", [True, False])
@pytest.mark.parametrize("outcome", ["confirmed", "rejected"])
@pytest.mark.parametrize(("decided_ns", "counts"), [(DUE - 1, True), (DUE, False)])
def test_what_is_decided_in_time_counts_whenever_it_comes_and_nothing_else_does(
    centre: Enforcer,
    bus: LocalBus,
    embedded: Store,
    closed_first: bool,
    outcome: str,
    decided_ns: int,
    counts: bool,
) -> None:
    if closed_first:
        close_lapsed(embedded, clock=lambda: DUE)
    made = decision(SPEEDER_ID, 1, outcome)
    checked = ("plate", "vehicle", "measurement")
    publish(bus, msgspec.structs.replace(made, decided_at_ns=decided_ns, checked=checked))
    assert centre.drain(0.0).dead_letters == (0 if counts else 1)
    close_lapsed(embedded, clock=lambda: DUE)
    assert status(embedded) == (outcome if counts else "lapsed")
