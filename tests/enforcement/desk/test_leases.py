"""Leases: one officer a case, for a while, however many ask at once."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from enforcement.desk.desk_file import DeskFile
from enforcement.desk.leases import Lease, Leases

S = 10**9
A_CASE, ANOTHER, THIRD = (f"0000000{n}-0000-5000-8000-000000000000" for n in (1, 2, 3))


class Clock:
    """A clock that stands until it is moved, in seconds."""

    def __init__(self) -> None:
        self.at_s = 1_000.0

    def __call__(self) -> int:
        return round(self.at_s * S)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def leases(tmp_path: Path, clock: Clock) -> Iterator[Leases]:
    file = DeskFile(tmp_path / "desk.sqlite")
    yield Leases(file, clock)
    file.close()


def test_who_takes_a_case_holds_it_and_the_next_is_told_who(leases: Leases) -> None:
    mine = leases.take(A_CASE, "lund", 60.0)
    assert mine == Lease(A_CASE, "lund", 1_060 * S)
    assert leases.take(A_CASE, "moreau", 60.0) == mine
    assert leases.holders([A_CASE, ANOTHER]) == {A_CASE: mine}


def test_who_takes_a_free_case_is_told_that_what_they_read_of_it_may_be_old(leases: Leases) -> None:
    assert leases.take(A_CASE, "lund", 60.0).is_new
    assert not leases.take(A_CASE, "lund", 60.0).is_new
    assert not leases.take(A_CASE, "moreau", 60.0).is_new


def test_a_lease_that_has_run_out_is_free(leases: Leases, clock: Clock) -> None:
    leases.take(A_CASE, "lund", 60.0)
    clock.at_s += 60.0
    assert leases.holders([A_CASE]) == {}
    assert leases.take(A_CASE, "moreau", 60.0).officer == "moreau"
    assert leases.renew(A_CASE, "lund", 60.0) is None


def test_an_open_page_renews_it(leases: Leases, clock: Clock) -> None:
    leases.take(A_CASE, "lund", 60.0)
    clock.at_s += 59.0
    assert leases.renew(A_CASE, "lund", 60.0) == Lease(A_CASE, "lund", 1_119 * S)
    clock.at_s += 59.0
    assert leases.take(A_CASE, "moreau", 60.0).officer == "lund"


def test_only_the_holder_renews_or_releases(leases: Leases) -> None:
    leases.take(A_CASE, "lund", 60.0)
    assert leases.renew(A_CASE, "moreau", 60.0) is None
    leases.release(A_CASE, "moreau")
    assert leases.holders([A_CASE])[A_CASE].officer == "lund"
    leases.release(A_CASE, "lund")
    assert leases.take(A_CASE, "moreau", 60.0).officer == "moreau"


def test_leaving_a_page_releases_no_lease_that_was_taken_after_it(leases: Leases, clock: Clock) -> None:
    left = leases.take(A_CASE, "lund", 60.0)
    clock.at_s += 1.0
    again = leases.take(A_CASE, "lund", 60.0)  # the page is loaded again
    leases.release(A_CASE, "lund", until_ns=left.until_ns)
    assert leases.holders([A_CASE]) == {A_CASE: again}
    leases.release(A_CASE, "lund", until_ns=again.until_ns)
    assert leases.holders([A_CASE]) == {}


def test_the_first_free_case_is_taken(leases: Leases) -> None:
    leases.take(A_CASE, "lund", 60.0)
    assert leases.take_first([A_CASE, ANOTHER, THIRD], "moreau", 60.0) == ANOTHER
    assert leases.take_first([A_CASE, ANOTHER], "berg", 60.0) is None
    assert leases.unavailable_to("berg") == {A_CASE, ANOTHER}
    assert leases.unavailable_to("lund") == {ANOTHER}


def test_a_supervisor_takes_over(leases: Leases) -> None:
    held = leases.take(A_CASE, "lund", 60.0)
    assert leases.take_over(A_CASE, "chief", 60.0) == held
    assert leases.renew(A_CASE, "lund", 60.0) is None
    assert leases.take_over(A_CASE, "chief", 60.0) is None  # it was the chief's own


class Desk(RuleBasedStateMachine):
    """Whatever officers do in whatever order, a lease is broken by its end or by a supervisor alone."""

    cases = st.sampled_from((A_CASE, ANOTHER))
    officers = st.sampled_from(("lund", "moreau", "berg"))

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.clock = Clock()
        self.file = DeskFile(Path(self.folder.name) / "desk.sqlite")
        self.leases = Leases(self.file, self.clock)
        self.held: dict[str, tuple[str, float]] = {}

    def teardown(self) -> None:
        self.file.close()
        self.folder.cleanup()

    @rule(case=cases, officer=officers, seconds=st.integers(1, 5))
    def take(self, case: str, officer: str, seconds: int) -> None:
        given = self.leases.take(case, officer, seconds).officer
        assert given == (self._holder(case) or officer)
        if given == officer:
            self.held[case] = (officer, self.clock.at_s + seconds)

    @rule(case=cases, officer=officers)
    def release(self, case: str, officer: str) -> None:
        self.leases.release(case, officer)
        if self._holder(case) == officer:
            del self.held[case]

    @rule(case=cases)
    def take_over(self, case: str) -> None:
        self.leases.take_over(case, "chief", 3)
        self.held[case] = ("chief", self.clock.at_s + 3)

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        self.clock.at_s += seconds

    def _holder(self, case: str) -> str | None:
        officer, until_s = self.held.get(case, (None, 0.0))
        return officer if until_s > self.clock.at_s else None


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_officers_in_several_processes_are_never_given_one_case(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    DeskFile(path).close()
    wanted = [f"{number:08d}-0000-5000-8000-000000000000" for number in range(24)]
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(3) as officers:
        given = officers.starmap(take_all, [(path, f"officer-{n}", wanted) for n in range(3)])
    assert Counter(case_id for each in given for case_id in each) == Counter(wanted)


def take_all(path: Path, officer: str, wanted: list[str]) -> list[str]:
    """What an officer is given who asks again and again, always for the first that is free."""
    file = DeskFile(path)
    leases = Leases(file)
    mine: list[str] = []
    while case_id := leases.take_first([each for each in wanted if each not in mine], officer, 600.0):
        mine.append(case_id)
    file.close()
    return mine
