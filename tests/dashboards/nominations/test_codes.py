"""A letter's number and code: kept as a hash, for a time, for few tries, for one answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from enforcement.desk import nomination_codes
from enforcement.desk.audit_book import AuditBook
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from enforcement.desk.nominations import TRIES, VISIT_S, KeeperAnswer, Nominations
from enforcement.errors import PapersError

CASE = "7f0e3a52-0000-5000-8000-000000000001"
DAY_NS = 86_400 * 10**9
DROVE = KeeperAnswer("driver")
NAMED = KeeperAnswer("other", "Jana Wolfe", "7 Elm Street\n12345 Simford")


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now_ns = 1_777_881_600_000_000_000

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nomination_codes, "_COST", 2)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DeskFile]:
    file = DeskFile(tmp_path / "desk.sqlite")
    yield file
    file.close()


@pytest.fixture
def letters(file: DeskFile, clock: Clock) -> Nominations:
    return Nominations(AuditChain(file), clock)


def issue(
    letters: Nominations, clock: Clock, case_id: str = CASE, *, to_driver: bool = False
) -> tuple[str, str]:
    until_ns = clock.now_ns + DAY_NS
    return letters.issue(
        case_id, "en", "A. Moreau", "supervisor", expires_at_ns=until_ns, to_driver=to_driver
    )


def entered(letters: Nominations, number: str, code: str) -> str:
    token = letters.enter(number, code)
    assert token
    return token


def test_number_and_code_lead_to_the_letter(letters: Nominations, clock: Clock) -> None:
    letter = letters.visited(entered(letters, *issue(letters, clock)))
    assert letter is not None
    assert letter.case_id == CASE


def test_digits_may_be_typed_with_spaces_and_hyphens(letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    assert letters.enter(f" {number[:4]} {number[4:]}", f"{code[:4]}-{code[4:8]} {code[8:]} ")


@pytest.mark.parametrize("wrong", ["", "000000000000", "1", "x" * 12, "٣" * 12])
def test_a_wrong_code_leads_nowhere(wrong: str, letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    assert letters.enter(number, wrong if wrong != code else "1" * 12) is None


def test_an_unknown_number_leads_nowhere(letters: Nominations, clock: Clock) -> None:
    _, code = issue(letters, clock)
    assert letters.enter("0000000000", code) is None


def test_neither_code_nor_token_is_in_the_file(letters: Nominations, clock: Clock, file: DeskFile) -> None:
    number, code = issue(letters, clock)
    token = entered(letters, number, code)
    with file.reading() as database:
        held = "\n".join(database.iterdump())
    assert code not in held
    assert code.encode().hex() not in held.lower()
    assert token not in held


def test_after_too_many_wrong_codes_the_right_one_is_refused_too(letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    wrong = "0" * 12 if code != "0" * 12 else "1" * 12
    for _ in range(TRIES):
        assert letters.enter(number, wrong) is None
    assert letters.enter(number, code) is None


def test_a_code_ends_with_its_time(letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    clock.now_ns += DAY_NS
    assert letters.enter(number, code) is None


def test_a_visit_ends_with_its_time(letters: Nominations, clock: Clock) -> None:
    token = entered(letters, *issue(letters, clock))
    clock.now_ns += VISIT_S * 10**9
    assert letters.visited(token) is None
    assert letters.answer(token, DROVE) is None


def test_a_new_letter_ends_the_code_of_the_one_before(letters: Nominations, clock: Clock) -> None:
    first = issue(letters, clock)
    second = issue(letters, clock)
    assert letters.enter(*first) is None
    assert letters.enter(*second)


def test_an_answer_ends_the_code(letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    token = entered(letters, number, code)
    assert letters.answer(token, DROVE)
    assert letters.answer(token, DROVE) is None
    assert letters.enter(number, code) is None
    assert letters.visited(token) is None


def test_after_an_answer_no_letter_is_written(letters: Nominations, clock: Clock) -> None:
    letters.answer(entered(letters, *issue(letters, clock)), DROVE)
    with pytest.raises(PapersError, match="has answered already"):
        issue(letters, clock)
    assert issue(letters, clock, "another case")


class TestNamedDriver:
    """A letter to the driver whom the keeper named."""

    @pytest.mark.parametrize("answer", [None, DROVE, KeeperAnswer("dispute", words="Not mine.")])
    def test_there_is_none_while_nobody_is_named(
        self, letters: Nominations, clock: Clock, answer: KeeperAnswer | None
    ) -> None:
        number, code = issue(letters, clock)
        if answer is not None:
            letters.answer(entered(letters, number, code), answer)
        with pytest.raises(PapersError, match="has named no driver"):
            issue(letters, clock, to_driver=True)

    def test_it_knows_where_the_name_stands_and_has_a_code_of_its_own(
        self, letters: Nominations, clock: Clock
    ) -> None:
        first = issue(letters, clock)
        letters.answer(entered(letters, *first), NAMED)
        second = issue(letters, clock, to_driver=True)
        assert letters.enter(*first) is None
        letter = letters.visited(entered(letters, *second))
        assert letter is not None
        assert (letter.named_in, letter.who) == (first[0], "named driver")

    @pytest.mark.parametrize("answer", [DROVE, KeeperAnswer("denied", words="I was abroad.")])
    def test_they_answer_once(
        self, letters: Nominations, clock: Clock, file: DeskFile, answer: KeeperAnswer
    ) -> None:
        letters.answer(entered(letters, *issue(letters, clock)), NAMED)
        replaced = issue(letters, clock, to_driver=True)
        number, code = issue(letters, clock, to_driver=True)
        assert letters.enter(*replaced) is None
        token = entered(letters, number, code)
        assert letters.answer(token, answer)
        assert letters.answer(token, answer) is None
        with pytest.raises(PapersError, match="The named driver has answered already"):
            issue(letters, clock, to_driver=True)
        who, action, subject = [(one.who, one.action, one.subject) for one in AuditBook(file).story(CASE)][-1]
        assert (who, action, subject) == ("named driver", "answered", f"{CASE}/letter/{number}")

    @pytest.mark.parametrize(
        ("to_driver", "answer"),
        [(False, KeeperAnswer("denied")), (True, NAMED), (True, KeeperAnswer("dispute", words="No."))],
    )
    def test_each_has_answers_of_their_own(
        self, letters: Nominations, clock: Clock, to_driver: bool, answer: KeeperAnswer
    ) -> None:
        letter = issue(letters, clock)
        if to_driver:
            letters.answer(entered(letters, *letter), NAMED)
            letter = issue(letters, clock, to_driver=True)
        token = entered(letters, *letter)
        with pytest.raises(ValueError, match="does not answer"):
            letters.answer(token, answer)
        assert letters.answer(token, DROVE)


def test_many_browsers_at_once_answer_once(letters: Nominations, clock: Clock) -> None:
    number, code = issue(letters, clock)
    tokens = [entered(letters, number, code) for _ in range(8)]
    ready, answered = threading.Barrier(len(tokens)), []

    def send(token: str) -> None:
        ready.wait()
        answered.append(letters.answer(token, KeeperAnswer("other", token[:8], "1 Road, Town")))

    threads = [threading.Thread(target=send, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = [letter for letter in answered if letter is not None]
    assert len(counted) == 1
    assert letters.of_case(CASE)[0].answer == counted[0].answer


def test_letter_and_answer_are_in_the_audit_without_what_was_said(
    letters: Nominations, clock: Clock, file: DeskFile
) -> None:
    number, code = issue(letters, clock)
    letters.answer(entered(letters, number, code), KeeperAnswer("other", "Jana Wolfe", "1 Road, Town"))
    story = AuditBook(file).story(CASE)
    assert [(one.who, one.action, one.subject) for one in story] == [
        ("A. Moreau", "nominated", f"{CASE}/letter/{number}"),
        ("keeper", "answered", f"{CASE}/letter/{number}"),
    ]
    assert not any("Jana" in str(one) or code in str(one) for one in story)
