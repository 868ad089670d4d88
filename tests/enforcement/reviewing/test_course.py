"""What answers make of a case: one officer or two who know nothing of each other, and a supervisor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.reviewing.course import (
    UNDECIDED,
    Answer,
    Course,
    Effect,
    Status,
    follow,
    may_answer,
    may_withdraw,
)
from enforcement.reviewing.terms import ReviewTerms

MINUTE = 60 * 10**9
ONE = ReviewTerms(undo_s=600.0)
TWO = ReviewTerms(("offence",), undo_s=600.0)


def course(terms: ReviewTerms, *said: str, has_lapsed: bool = False) -> Course:
    return follow(answers(*said), terms, has_lapsed=has_lapsed)


def answers(*said: str) -> list[Answer]:
    """``"lund confirms"``, ``"second berg confirms AB1"``, ``"5 lund withdraws 1"`` (after 5 minutes)."""
    return [one_answer(number, words.split()) for number, words in enumerate(said, start=1)]


def one_answer(number: int, words: list[str]) -> Answer:
    minutes = int(words.pop(0)) if words[0].isdigit() else number / 60
    review = words.pop(0) if words[0] in ("second", "supervisor") else "first"
    officer, verb, *what = words
    outcome = {"confirms": "confirmed", "rejects": "rejected", "withdraws": "withdrawn"}.get(verb, verb)
    return Answer(
        number,
        f"d-{number}",
        officer,
        outcome,
        round(minutes * MINUTE),
        review,
        what[0] if what and verb == "confirms" else None,
        withdraws=f"d-{what[0]}" if verb == "withdraws" else "",
    )


@pytest.mark.parametrize(
    ("terms", "said", "status", "effects"),
    [
        (ONE, [], "open", ""),
        (ONE, ["lund confirms"], "confirmed", "+"),
        (ONE, ["lund rejects"], "rejected", "+"),
        (ONE, ["lund rejects", "berg confirms"], "rejected", "+-"),
        (ONE, ["second lund confirms"], "open", "-"),
        (TWO, ["lund confirms"], "second review", "+"),
        (TWO, ["lund confirms", "berg confirms"], "second review", "+-"),
        (TWO, ["lund confirms", "second lund confirms"], "second review", "+-"),
        (TWO, ["lund confirms", "second berg confirms"], "confirmed", "++"),
        (TWO, ["lund rejects", "second berg rejects"], "rejected", "++"),
        (TWO, ["lund confirms", "second berg rejects"], "disputed", "++"),
        (TWO, ["lund confirms AB1", "second berg confirms AB1"], "confirmed", "++"),
        (TWO, ["lund confirms AB1", "second berg confirms AB7"], "disputed", "++"),
        (TWO, ["lund confirms", "second berg rejects", "second cole rejects"], "disputed", "++-"),
        (TWO, ["lund confirms", "second berg rejects", "supervisor lund confirms"], "disputed", "++-"),
        (TWO, ["lund confirms", "second berg rejects", "supervisor berg rejects"], "disputed", "++-"),
        (TWO, ["lund confirms", "second berg rejects", "supervisor chief rejects"], "rejected", "+++"),
        (TWO, ["lund confirms", "supervisor chief rejects"], "second review", "+-"),
    ],
)
def test_who_decides(terms: ReviewTerms, said: list[str], status: str, effects: str) -> None:
    come = course(terms, *said)
    assert come.status == status
    assert [effect for effect, _ in come.effects] == [
        {"+": "counted", "-": "conflict"}[sign] for sign in effects
    ]


@pytest.mark.parametrize(
    ("terms", "said", "status"),
    [
        pytest.param(ONE, ["0 lund confirms", "9 lund withdraws 1"], "open", id="in time"),
        pytest.param(ONE, ["0 lund confirms", "10 lund withdraws 1"], "open", id="at the last moment"),
        pytest.param(ONE, ["0 lund confirms", "11 lund withdraws 1"], "confirmed", id="too late"),
        pytest.param(ONE, ["0 lund confirms", "1 berg withdraws 1"], "confirmed", id="not one's own"),
        pytest.param(ONE, ["0 lund confirms", "1 lund withdraws 7"], "confirmed", id="another answer"),
        pytest.param(
            ONE, ["0 lund confirms", "1 lund withdraws 1", "1 lund withdraws 1"], "open", id="twice"
        ),
        pytest.param(
            ONE, ["0 lund confirms", "1 lund withdraws 1", "2 berg rejects"], "rejected", id="and another"
        ),
        pytest.param(
            ONE,
            ["0 lund confirms", "1 lund withdraws 1", "2 lund rejects", "3 lund withdraws 1"],
            "rejected",
            id="what was taken back already",
        ),
        pytest.param(TWO, ["0 lund confirms", "1 lund withdraws 1"], "open", id="before the second"),
        pytest.param(
            TWO, ["0 lund confirms", "1 second berg confirms", "2 lund withdraws 1"], "confirmed", id="after"
        ),
        pytest.param(
            TWO, ["0 lund confirms", "1 second berg rejects", "2 berg withdraws 2"], "disputed", id="second's"
        ),
        pytest.param(
            TWO,
            ["0 lund confirms", "1 lund withdraws 1", "2 second berg confirms", "3 berg confirms"],
            "second review",
            id="a second answer to what was taken back is none",
        ),
    ],
)
def test_an_answer_is_taken_back(terms: ReviewTerms, said: list[str], status: str) -> None:
    assert course(terms, *said).status == status


def test_without_a_policy_nothing_is_taken_back() -> None:
    assert course(ReviewTerms(), "0 lund confirms", "1 lund withdraws 1").status == "confirmed"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([], "lapsed"),
        (["lund confirms"], "lapsed"),
        (["lund confirms", "second berg rejects"], "lapsed"),
        (["lund confirms", "second berg confirms"], "confirmed"),
    ],
)
def test_what_was_decided_in_time_has_not_lapsed(said: list[str], status: str) -> None:
    assert course(TWO, *said, has_lapsed=True).status == status


def test_what_a_keeper_answers_decides_nothing() -> None:
    come = course(ONE, "keeper answered", "lund confirms", "keeper answered")
    assert come.effects == (("aside", "open"), ("counted", "confirmed"), ("aside", "confirmed"))


officers = st.sampled_from(["lund", "berg", "cole"])
anything = st.lists(
    st.one_of(
        st.builds(
            "{} {} {}".format,
            st.sampled_from(["", "second", "supervisor"]),
            officers,
            st.sampled_from(["confirms", "rejects", "confirms AB1"]),
        ),
        st.builds("{} withdraws {}".format, officers, st.integers(1, 5)),
    ).map(str.strip),
    max_size=8,
)


@given(said=anything, terms=st.sampled_from([ONE, TWO]))
def test_what_an_answer_did_never_changes_with_what_comes_after_it(
    said: list[str], terms: ReviewTerms
) -> None:
    whole = course(terms, *said).effects
    for length in range(len(said)):
        before = course(terms, *said[:length])
        assert whole[:length] == before.effects
        assert before.status == (whole[length - 1][1] if length else "open")


@given(said=anything, terms=st.sampled_from([ONE, TWO]))
def test_nobody_answers_one_case_twice_and_nobody_is_overwritten(said: list[str], terms: ReviewTerms) -> None:
    come = course(terms, *said)
    given_by = [answer.officer for answer in (come.first, come.second) if answer is not None]
    if come.ruling is not None and come.ruling not in (come.first, come.second):
        given_by.append(come.ruling.officer)
    assert len(given_by) == len(set(given_by))
    assert (come.ruling is None) == (come.status in UNDECIDED)
    counted = [
        answer
        for answer, (effect, _) in zip(answers(*said), come.effects, strict=True)
        if effect == "counted" and answer.outcome != "withdrawn"
    ]
    withdrawn = [effect for effect in zip(answers(*said), come.effects, strict=True) if took_back(*effect)]
    standing = 0 if come.first is None else 1 if come.second is None else 2
    settled = come.ruling is not None and standing == 2 and come.ruling != come.second
    assert len(counted) == len(withdrawn) + standing + settled


def took_back(answer: Answer, did: tuple[Effect, Status]) -> bool:
    return answer.outcome == "withdrawn" and did[0] == "counted"


def test_who_may_do_what_next() -> None:
    asked_again = course(TWO, "0 lund confirms")
    assert may_answer(asked_again, "berg")
    assert not may_answer(asked_again, "lund")
    assert may_withdraw(asked_again, "lund", TWO, 10 * MINUTE)
    assert not may_withdraw(asked_again, "lund", TWO, 11 * MINUTE)
    assert not may_withdraw(asked_again, "berg", TWO, 1 * MINUTE)
    assert not may_answer(course(ONE, "lund confirms"), "berg")
