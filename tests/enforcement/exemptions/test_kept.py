"""Exemptions kept as data: whom they concern, when, and that judging again gives the same."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.casebook import CaseBook
from enforcement.errors import ExemptionError
from enforcement.evidence import EvidenceFolder
from enforcement.exempting import ground_for
from enforcement.exemptions.book import ExemptionBook
from enforcement.exemptions.exemption import NO_END, KeptExemption, checked
from enforcement.exemptions.lookup import ExemptionList
from enforcement.grammars.lattice import optics_of
from enforcement.rules.finding import Finding
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import CharacterCandidate, PlateReading
from tests.enforcement.conftest import files
from tests.enforcement.samples import CAMERA, PICTURES, SPEEDER, items, passage, policy, publish
from tests.enforcement.store_search import holding

DAY = datetime.timedelta(days=1)
#: When the sample's vehicle passed, and some time after which somebody enters an exemption.
PASSED = datetime.datetime(2026, 5, 4, 8, 1, tzinfo=datetime.UTC)
NOW = PASSED + DAY
FINDING = Finding("speeding", 93.4, "km/h", 1.2, 3.0, 90.4, 80.0, "rural", "1", "Too fast.")
AMBULANCE = KeptExemption("emergency", ("AB 123-CD",), PASSED - DAY, PASSED + DAY, "On duty.", "B. Lund")


def ground(exemption: KeptExemption, plate: str = "AB-123-CD", **changes: Any) -> str | None:
    seen = msgspec.structs.replace(passage(1, plate=plate), clock_sigma_ms=1000.0, **changes)
    found = ground_for(FINDING, seen, policy(), ExemptionList([checked(exemption)]))
    return found.kind if found else None


@pytest.mark.parametrize(
    ("exempt", "changes"),
    [
        (True, {}),
        (True, {"offences": ("red_light", "speeding")}),
        (False, {"offences": ("red_light",)}),
        (True, {"cameras": (CAMERA, "cam-9")}),
        (False, {"cameras": ("cam-9",)}),
        (False, {"plates": ("AB124CD",)}),
        (True, {"valid_from": PASSED}),
        (True, {"valid_from": PASSED + datetime.timedelta(seconds=3)}),  # its clock may be off by 2 s
        (False, {"valid_from": PASSED + datetime.timedelta(seconds=5)}),
        (True, {"valid_until": PASSED - datetime.timedelta(seconds=1)}),
        (False, {"valid_until": PASSED - datetime.timedelta(seconds=3)}),
        (True, {"valid_until": NO_END}),
    ],
    ids=str,
)
def test_it_holds_for_what_it_names_at_the_time_of_the_offence(exempt: bool, changes: dict[str, Any]) -> None:
    assert ground(replace(AMBULANCE, **changes)) == ("emergency" if exempt else None)


def test_what_may_be_an_exempt_plate_is_exempt() -> None:
    slots = [[CharacterCandidate(character, 1.0)] for character in "AB123CD"]
    doubtful = [CharacterCandidate("8", 0.98), CharacterCandidate("3", 0.02)]
    reading = PlateReading("AB128CD", 0.98, tuple(map(tuple, [*slots[:4], doubtful, *slots[5:]])))
    seen = msgspec.structs.replace(passage(1), plate=reading)
    assert ground_for(FINDING, seen, policy(), ExemptionList([checked(AMBULANCE)])) is not None


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("ABC12"), st.floats(0.0, 1.0)), max_size=3), max_size=5),
    st.sets(st.text("ABC12", min_size=1, max_size=4), max_size=12),
)
def test_a_long_list_is_searched_as_each_plate_would_be(
    slots: list[list[tuple[str, float]]], plates: set[str]
) -> None:
    seen = optics_of([[CharacterCandidate(*candidate) for candidate in slot] for slot in slots])
    exemptions = ExemptionList(checked(replace(AMBULANCE, plates=(plate,))) for plate in plates)
    likely = {plate for plate in plates if seen.probability_of(plate) >= 0.01}
    assert set(exemptions.possible(seen, 0.01)) == likely


@pytest.fixture
def store(embedded: Store) -> Store:
    """One way to the engine is enough here: what travels is plain SQL."""
    return embedded


def judge(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> None:
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)


def test_what_it_sets_aside_is_counted_by_kind_and_leaves_no_plate(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    ExemptionBook(store).add([replace(AMBULANCE, reason="AB123CD of the hospital")], NOW)
    judge(bus, store, evidence)
    assert store.query("SELECT offence, exemption, reason, findings FROM v_suppressed") == [
        ("speeding", "emergency", "An emergency vehicle on duty.", 1)
    ]
    assert CaseBook(store).queue() == []
    assert files(evidence.path) == []
    assert holding(store, "AB123CD", leaving_out=["exemptions"]) == []


def test_a_case_stays_one_whatever_is_entered_later(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    judge(bus, store, evidence)
    ExemptionBook(store).add([AMBULANCE], NOW)
    judge(bus, store, evidence)
    assert [case.plate for case in CaseBook(store).queue()] == ["AB123CD"]
    assert store.query("SELECT became FROM findings FINAL") == [("case",)]
    assert len(list(evidence.digests())) == len(PICTURES)
    assert store.query("SELECT * FROM v_suppressed") == []


def test_one_that_was_ended_still_holds_for_the_time_before(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    book = ExemptionBook(store)
    book.add([replace(AMBULANCE, valid_until=NO_END)], NOW)
    [entered] = book.all()
    ended = book.end(entered.exemption_id, "C. Ek", "Sold.", NOW)
    assert (ended.valid_until, ended.ended_by, ended.author) == (NOW, "C. Ek", "B. Lund")
    assert book.all() == [ended]
    assert book.all(at=NOW) == [], "it is over"
    judge(bus, store, evidence)
    assert CaseBook(store).queue() == []


def test_one_that_has_not_begun_never_holds_once_it_is_ended(store: Store) -> None:
    book = ExemptionBook(store)
    book.add([replace(AMBULANCE, valid_from=NOW + DAY, valid_until=NO_END)], NOW)
    ended = book.end(book.all()[0].exemption_id, "C. Ek", "Entered by mistake.", NOW)
    assert ended.valid_from == ended.valid_until


def test_a_list_that_is_entered_twice_is_there_once(store: Store) -> None:
    book = ExemptionBook(store)
    assert (
        book.add([AMBULANCE, replace(AMBULANCE, plates=("AB123CD",)), replace(AMBULANCE, kind="permit")], NOW)
        == 2
    )
    assert book.add([AMBULANCE], NOW + DAY) == 0
    assert {one.added_at for one in book.all()} == {NOW}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "friend"}, "'friend' is no kind of exemption; write one of emergency, permit, grace"),
        ({"plates": ("- ",)}, "needs a plate with letters or digits"),
        ({"reason": " "}, "the reason is missing"),
        ({"author": ""}, "the author is missing"),
        ({"offences": ("speding",)}, "'speding' is no offence; known are speeding"),
        ({"valid_until": PASSED - 2 * DAY}, "ends before it begins"),
        ({"valid_until": NO_END + DAY}, "not in this century"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_and_nothing_kept(
    store: Store, changes: dict[str, Any], says: str
) -> None:
    book = ExemptionBook(store)
    with pytest.raises(ExemptionError, match=says):
        book.add([AMBULANCE, replace(AMBULANCE, **changes)], NOW)
    assert book.all() == []


def test_what_is_over_or_not_there_cannot_be_ended(store: Store) -> None:
    book = ExemptionBook(store)
    book.add([AMBULANCE], NOW)
    [entered] = book.all()
    with pytest.raises(ExemptionError, match="is over already"):
        book.end(entered.exemption_id, "C. Ek", "Sold.", NOW + DAY)
    with pytest.raises(ExemptionError, match="there is no exemption"):
        book.end("x", "C. Ek", "Sold.", NOW)
    with pytest.raises(ExemptionError, match="who ends it and why"):
        book.end(entered.exemption_id, "C. Ek", " ", NOW - DAY)
