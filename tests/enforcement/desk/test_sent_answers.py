"""Answers that were sent: their cases are nobody's until they are settled, and their officers hear of all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from enforcement.desk.desk_file import DeskFile
from enforcement.desk.leases import Leases
from enforcement.desk.sent_answers import SentAnswer, SentAnswers

A_CASE, ANOTHER = "a-case", "another-case"
AN_ANSWER = SentAnswer("d-1", A_CASE, "lund", "confirmed", "KFV482", 1_000)


@pytest.fixture
def file(tmp_path: Path) -> DeskFile:
    return DeskFile(tmp_path / "desk.sqlite")


@pytest.fixture
def sent(file: DeskFile) -> SentAnswers:
    return SentAnswers(file)


def test_an_answered_case_is_given_to_nobody_however_long_the_worker_takes(
    file: DeskFile, sent: SentAnswers
) -> None:
    leases, in_a_year = Leases(file), Leases(file, clock=lambda: 365 * 24 * 3600 * 10**9)
    leases.take(A_CASE, "lund", 60.0)
    sent.send(AN_ANSWER)
    leases.release(A_CASE, "lund")  # the page is left
    for then in (leases, in_a_year):
        assert then.take(A_CASE, "moreau", 60.0).is_answered
        assert then.take_first([A_CASE], "lund", 60.0) is None
        assert A_CASE in then.unavailable_to("lund")
    assert sent.case_ids() == {A_CASE}
    sent.settle("d-1", "done", "confirmed")
    assert leases.take_first([A_CASE], "moreau", 60.0) == A_CASE
    assert sent.case_ids() == set()


def test_a_lease_that_is_somebody_elses_by_now_is_left_alone(file: DeskFile, sent: SentAnswers) -> None:
    leases = Leases(file)
    leases.take(A_CASE, "lund", 60.0)
    sent.send(AN_ANSWER)
    leases.take_over(A_CASE, "chief", 60.0)
    sent.settle("d-1", "done", "confirmed")
    assert leases.holders([A_CASE])[A_CASE].officer == "chief"


@pytest.mark.parametrize("became", ["done", "refused"])
def test_what_became_of_an_answer_is_kept_until_its_officer_has_seen_it(
    sent: SentAnswers, became: str
) -> None:
    sent.send(AN_ANSWER)
    sent.seen("lund", ["d-1"])
    assert sent.of("lund") == [AN_ANSWER], "what is not settled cannot have been seen"
    sent.settle("d-1", became, "said")
    sent.settle("d-1", "done", "said again")
    assert sent.of("lund") == [replace(AN_ANSWER, became=became, said="said")]
    sent.seen("moreau", ["d-1"])
    assert sent.of("lund"), "only the officer says so"
    sent.seen("lund", ["d-1"])
    assert sent.of("lund") == []


def test_one_answer_that_is_sent_twice_is_one(sent: SentAnswers) -> None:
    assert not sent.is_sent("d-1")
    for _ in range(2):
        sent.send(AN_ANSWER)
        assert sent.is_sent("d-1")
    assert sent.waiting() == [AN_ANSWER]


def test_everybodys_answers_wait_together_and_are_told_apart(sent: SentAnswers) -> None:
    other = SentAnswer("d-2", ANOTHER, "moreau", "rejected", "", 900)
    sent.send(AN_ANSWER)
    sent.send(other)
    assert sent.waiting() == [other, AN_ANSWER]
    assert (sent.of("lund"), sent.of("moreau")) == ([AN_ANSWER], [other])
