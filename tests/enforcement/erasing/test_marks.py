"""A hold keeps a case from every way of being erased; a mark on what is no case is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enforcement.casebook import CaseBook
from enforcement.erasing import erasing
from enforcement.erasing.erasing import Erased, Erasing
from enforcement.erasing.marks import mark_case
from enforcement.errors import RetentionError
from enforcement.evidence import EvidenceFolder
from enforcement.law.review import Review
from enforcement.retention import HOLDABLE
from enforcement.store import Store
from tests.enforcement.erasing.sample_case import PLATE, REJECTED
from tests.enforcement.samples import (
    PICTURES,
    SPEEDER_ID,
    passage,
)
from tests.enforcement.store_search import holding


def test_a_hold_spares_a_case_from_the_tables_own_period_too(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    other = passage(2, 120.0, "ZX987YW", pictures=PICTURES)
    case(REJECTED)
    case(seen=other)
    mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.")
    erase(31)
    for table in HOLDABLE:
        grow_old(store, table)
    assert {case.case_id for case in CaseBook(store).queue(None)} == {SPEEDER_ID}
    assert CaseBook(store).case(SPEEDER_ID) is not None
    mark_case(store, SPEEDER_ID, "released", "B. Lund", "The court is done.")
    erase(31)
    assert holding(store, PLATE) == []


def test_what_comes_to_a_case_under_a_hold_is_spared_too(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(review=Review(offences=("speeding",)))
    mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.")
    erase(1)
    case(REJECTED)
    erase(2)
    for table in HOLDABLE:
        grow_old(store, table)
    kept = CaseBook(store).case(SPEEDER_ID)
    assert kept is not None
    assert [answer.outcome for answer in kept.answered.answers] == ["rejected"]
    assert kept.summary.status == "second review", "without its terms one officer would have been enough"


def test_a_row_that_was_written_again_while_its_case_was_erased_is_emptied_within_the_hour(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    tables = ("cases", "case_events")
    for table in tables:
        store.command(f"CREATE TABLE read_{table} ENGINE = Memory AS SELECT * FROM {table}")
    assert erase(31) == Erased(1, 3)
    for table in tables:
        store.command(f"INSERT INTO {table} SELECT * FROM read_{table}")
        store.command(f"DROP TABLE read_{table}")
    assert holding(store, PLATE) != []
    erase(31.05)
    assert holding(store, PLATE) == []
    assert erase(31.1) == Erased()


def test_a_hold_that_is_entered_while_a_case_is_about_to_be_erased_keeps_it(
    case: Callable[..., None],
    erase: Callable[[float], Erased],
    store: Store,
    evidence: EvidenceFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case(REJECTED)
    look = erasing.belongings_of

    def look_slowly(*arguments: Any) -> Any:
        mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked.")
        return look(*arguments)

    monkeypatch.setattr(erasing, "belongings_of", look_slowly)
    assert erase(31) == Erased()
    assert len(list(evidence.digests())) == 3
    assert CaseBook(store).case(SPEEDER_ID) is not None


def test_a_case_that_is_being_erased_takes_no_mark(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(REJECTED)
    monkeypatch.setattr(Erasing, "_finish", lambda self, begun: Erased())
    erase(31)
    with pytest.raises(RetentionError, match="was erased"):
        mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.")


def grow_old(store: Store, table: str) -> None:
    """Make the rows of a table four years older, and let the database forget what is too old."""
    older = f"SELECT * REPLACE (recorded_at - toIntervalYear(4) AS recorded_at) FROM {table}"
    store.command(f"INSERT INTO {table} {older} SETTINGS optimize_on_insert = 0")
    store.command(
        f"ALTER TABLE {table} DELETE WHERE recorded_at > now() - toIntervalYear(1)"
        " SETTINGS mutations_sync = 2"
    )
    store.command(f"OPTIMIZE TABLE {table} FINAL")


@pytest.mark.parametrize(
    ("case_id", "mark", "who", "reason", "says"),
    [
        ("00000000-0000-0000-0000-000000000000", "held", "B", "Court.", "there is no case"),
        ("nonsense", "held", "B", "Court.", "there is no case"),
        (SPEEDER_ID, "paid", "B", "Bank statement.", "only a confirmed one is finished"),
        (SPEEDER_ID, "held", " ", "Court.", "say who sets the mark, and why"),
        (SPEEDER_ID, "held", "B", "", "say who sets the mark, and why"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(
    case: Callable[..., None], store: Store, case_id: str, mark: Any, who: str, reason: str, says: str
) -> None:
    case(REJECTED)
    with pytest.raises(RetentionError, match=says):
        mark_case(store, case_id, mark, who, reason)
