"""What the case page tells of the driver: the letters, what the keeper said, and who may look."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from fastapi import Request

from dashboards.nominations.answering import nominations_of, said, tell
from dashboards.office import Office
from dashboards.papers.notice_file import refuse_unfit
from dashboards.sign_in.asking import person_of
from dashboards.sign_in.rights import Right
from enforcement.casebook import Case
from enforcement.desk.nominations import KeeperAnswer, Nomination, answered, naming
from enforcement.errors import PapersError
from enforcement.papers.texts import languages, load_texts
from enforcement.unsealing import MAX_REASON
from streams.messages import EvidenceReference

#: Sealed pieces that show the driver, the better first.
_SHOWING = ("driver", "original")


@dataclass(frozen=True)
class LetterLine:
    """A letter in the list; ``who`` it goes to; ``state`` says in words what became of it."""

    number: str
    who: str
    issued_at_ns: int
    issued_by: str
    language: str
    state: str


@dataclass(frozen=True)
class Said:
    """What somebody answered, and that in a sentence."""

    answer: KeeperAnswer
    sentence: str
    at_ns: int


@dataclass(frozen=True)
class DriverView:
    """What the case page shows. ``keeper`` None: the keeper has not answered; ``driver`` whom they named.

    ``write_to`` is whom the next notice goes to: the keeper, or the driver whom they named. ``languages``
    (code, name): none for who may not export. ``cannot_write`` says why no notice may be made now;
    ``may_look`` whether there is a picture of the driver that this person may open.
    """

    letters: tuple[LetterLine, ...]
    keeper: Said | None
    driver: Said | None
    write_to: Literal["keeper", "driver"]
    languages: tuple[tuple[str, str], ...]
    cannot_write: str
    may_look: bool
    max_reason: int = MAX_REASON


def view_driver(office: Office, request: Request, case: Case) -> DriverView:
    """What this person is shown of the driver of a case."""
    tell(office)
    person, now_ns = person_of(request), time.time_ns()
    letters = nominations_of(office).of_case(case.summary.case_id)
    named = naming(letters)
    keeper, driver = (_said(answered(letters, to_driver=to_driver)) for to_driver in (False, True))
    return DriverView(
        letters=tuple(
            LetterLine(
                letter.number,
                letter.who,
                letter.issued_at_ns,
                letter.issued_by,
                letter.language,
                _state(letter, now_ns),
            )
            for letter in letters
        ),
        keeper=keeper,
        driver=driver,
        write_to="driver" if named is not None else "keeper",
        languages=_choices() if person.may(Right.EXPORT_CASES) else (),
        cannot_write=_why_not(case, keeper, driver),
        may_look=person.may(Right.SEE_DRIVER) and sealed_driver(case) is not None,
    )


def sealed_driver(case: Case) -> EvidenceReference | None:
    """The sealed piece that shows the driver best and is here; None where there is none."""
    here = [piece for piece in case.passage.evidence if piece.sealed and _is_here(case, piece)]
    return next((piece for kind in _SHOWING for piece in here if piece.kind == kind), None)


def _is_here(case: Case, piece: EvidenceReference) -> bool:
    return case.whereabouts[piece.digest].state == "here"


def _choices() -> tuple[tuple[str, str], ...]:
    return tuple((code, load_texts(code).say("language.name")) for code in languages())


def _said(letter: Nomination | None) -> Said | None:
    if letter is None or letter.answer is None:
        return None
    return Said(letter.answer, said(letter), letter.answered_at_ns or 0)


def _why_not(case: Case, keeper: Said | None, driver: Said | None) -> str:
    if driver is not None:
        return "The named driver has answered; there is nothing more to ask by letter."
    if keeper is not None and keeper.answer.kind != "other":
        return "The keeper has answered; there is nothing more to ask by letter."
    try:
        refuse_unfit(case)
    except PapersError as error:
        return str(error)
    return ""


def _state(letter: Nomination, now_ns: int) -> str:
    if letter.answer is not None:
        return "answered"
    if letter.is_open_at(now_ns):
        return "waits for an answer"
    if now_ns >= letter.expires_at_ns:
        return "its time is over"
    return "locked or replaced: its code can no longer be used"
