"""How far reviewers agree, how long a case takes, how often they are overturned, what they get right."""

from __future__ import annotations

import pytest

from enforcement.quality.reviews import Agreement, Reviews, Settling
from tests.enforcement.quality.conftest import Reviewed

YES, NO = "confirmed", "rejected"


@pytest.fixture
def reviews(reviewed: Reviewed) -> Reviews:
    """Ann and Ben answer, Sue settles; one case was answered once, and two are invented."""
    reviewed.answered(("ann", YES), ("ben", YES))
    reviewed.answered(("ann", NO), ("ben", NO))
    reviewed.answered(("ann", YES), ("ben", NO), ("sue", NO))
    reviewed.answered(("ben", YES), ("ann", NO), ("sue", YES))
    reviewed.answered(("ann", YES))
    reviewed.answered(("ann", YES), seeded=NO)
    reviewed.answered(("ben", NO), seeded=NO)
    return Reviews(reviewed.store, days=28)


def test_first_and_second_answers_agree_so_far(reviews: Reviews) -> None:
    agreement = reviews.agreement()
    assert agreement == Agreement(both_confirmed=1, only_first=2, only_second=0, both_rejected=1)
    assert (agreement.cases, agreement.agreed) == (4, 2)
    assert agreement.kappa == pytest.approx(0.2)


def test_supervisors_overturn_first_answers(reviews: Reviews) -> None:
    assert reviews.settlings() == [Settling("sue", settled=2, overturned=1)]


def test_an_officer_is_overturned_and_answers_what_is_known(reviews: Reviews) -> None:
    ann, ben = reviews.reviewers()
    assert (ann.officer, ann.answers, ann.confirmed, ann.settled, ann.overturned) == ("ann", 5, 3, 2, 2)
    assert (ben.officer, ben.answers, ben.confirmed, ben.settled, ben.overturned) == ("ben", 4, 2, 2, 0)
    assert (ann.known, ann.known_right) == (1, 0)
    assert (ben.known, ben.known_right) == (1, 1)
    assert reviews.known() == (2, 2, 1)


@pytest.mark.parametrize(("effect", "counted"), [("counted", 1), ("conflict", 2)])
def test_what_was_taken_back_in_time_is_no_answer(reviewed: Reviewed, effect: str, counted: int) -> None:
    reviewed.answered(("ann", YES))
    reviewed.taken_back(reviewed.answered(("ann", YES)), "ann", effect)
    reviewed.answered(("ben", YES), seeded=YES)
    reviewed.taken_back(reviewed.answered(("ben", YES), seeded=YES), "ben", effect)
    ann, ben = Reviews(reviewed.store, days=28).reviewers()
    assert (ann.answers, ben.known) == (counted, counted)


def test_the_time_of_a_case_runs_from_one_answer_to_the_next(reviewed: Reviewed) -> None:
    for _ in range(5):
        reviewed.answered(("ann", YES), after_s=40.0)
    [ann] = Reviews(reviewed.store, days=28).reviewers()
    assert (ann.median_s, ann.p90_s) == (40.0, 40.0)


def test_a_pause_is_no_case(reviewed: Reviewed) -> None:
    reviewed.answered(("ann", YES), after_s=4_000.0)
    reviewed.answered(("ann", YES), after_s=4_000.0)
    [ann] = Reviews(reviewed.store, days=28).reviewers()
    assert ann.median_s is None


def test_nothing_is_said_of_nothing(reviewed: Reviewed) -> None:
    reviews = Reviews(reviewed.store, days=28)
    assert reviews.agreement() == Agreement()
    assert reviews.agreement().kappa is None
    assert (reviews.reviewers(), reviews.settlings(), reviews.known()) == ([], [], (0, 0, 0))
