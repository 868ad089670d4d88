"""The case book: what pages read."""

from __future__ import annotations

import pytest

from enforcement.case_filter import CaseFilter
from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.rows import violation_id
from enforcement.statistics import CameraCount, HourCount, OffenceCount, SpeedBin
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import T0, decision, passage, policy, publish

HOUR = 3600 * 10**9
SEEN = [
    passage(0, 93.4),
    passage(1, 60.0),
    passage(2, 101.0, camera="cam-2"),
    passage(3, 120.0, at_ns=T0 + HOUR),
    passage(4, None),
    passage(5, 84.9, plate=None),
]
IDS = {number: violation_id(seen.passage_id, "speeding") for number, seen in enumerate(SEEN)}


@pytest.fixture
def book(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> CaseBook:
    publish(bus, *SEEN, decision(IDS[0], 1), decision(IDS[2], 2, "rejected"))
    Enforcer(bus, store, evidence, {"cam-1": policy(), "cam-2": policy()}).drain(0.0)
    return CaseBook(store)


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ({}, [5, 3]),
        ({"status": "confirmed"}, [0]),
        ({"status": "rejected"}, [2]),
        ({"status": None}, [0, 2, 5, 3]),
        ({"status": None, "camera": "cam-2"}, [2]),
        ({"status": None, "camera": "cam-3"}, []),
        ({"status": None, "offence": "speeding"}, [0, 2, 5, 3]),
        ({"status": None, "offence": "red_light"}, []),
        ({"status": None, "limit": 2}, [0, 2]),
        ({"status": None, "limit": 2, "offset": 1}, [2, 5]),
    ],
)
def test_the_queue_is_in_the_order_of_time(
    book: CaseBook, choice: dict[str, object], numbers: list[int]
) -> None:
    assert [case.case_id for case in book.queue(**choice)] == [IDS[n] for n in numbers]  # type: ignore[arg-type]


def test_cases_are_counted_by_status(book: CaseBook) -> None:
    assert book.count() == {"open": 2, "confirmed": 1, "rejected": 1}


@pytest.mark.parametrize(("after", "number"), [(None, 5), (0, 5), (5, 3), (3, 5)])
def test_the_next_open_case_follows_and_then_starts_again(
    book: CaseBook, after: int | None, number: int
) -> None:
    assert book.followers("" if after is None else IDS[after], CaseFilter()) == [IDS[number]]


def test_there_is_no_next_case_when_all_are_decided(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    publish(bus, SEEN[0])
    Enforcer(bus, store, evidence, {"cam-1": policy()}).drain(0.0)
    assert CaseBook(store).followers(IDS[0], CaseFilter()) == []


@pytest.mark.parametrize("case_id", ["", "nothing", "'; DROP TABLE violations; --"])
def test_a_case_that_does_not_exist(book: CaseBook, case_id: str) -> None:
    assert book.case(case_id) is None
    assert book.events(case_id) == ()
    assert book.wait_for_decision(case_id, "d-1", 0.0) is None


def test_the_numbers(book: CaseBook) -> None:
    assert book.violations_by_hour() == [HourCount(T0, 3), HourCount(T0 + HOUR, 1)]
    assert book.by_camera() == [
        CameraCount("cam-1", 5, 4, 3, 2, 1, 0),
        CameraCount("cam-2", 1, 1, 1, 0, 0, 1),
    ]
    assert book.by_offence() == [OffenceCount("speeding", 4)]
    assert book.newest_hour_ns() == T0 + HOUR


def test_the_numbers_since_an_hour(book: CaseBook) -> None:
    since = T0 + HOUR
    assert book.violations_by_hour(since) == [HourCount(since, 1)]
    assert book.by_camera(since) == [CameraCount("cam-1", 1, 1, 1, 1, 0, 0)]
    assert book.by_offence(since) == [OffenceCount("speeding", 1)]
    assert [(found.from_kmh, found.passages) for found in book.speeds_histogram(since_ns=since)] == [(120, 1)]


def test_before_the_first_passage_there_is_no_newest_hour(store: Store) -> None:
    assert CaseBook(store).newest_hour_ns() is None


def test_the_histogram_has_no_gaps(book: CaseBook) -> None:
    bins = book.speeds_histogram("cam-1", width_kmh=10)
    assert [(found.from_kmh, found.passages) for found in bins] == [
        (60, 1), (70, 0), (80, 1), (90, 1), (100, 0), (110, 0), (120, 1),
    ]  # fmt: skip
    assert bins[0] == SpeedBin(60.0, 70.0, 1)
    assert sum(found.passages for found in book.speeds_histogram()) == 5
    assert book.speeds_histogram("cam-9") == []
