"""The answer to a letter: checked, kept, and told to the history of its case exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.office import Office
from enforcement.casebook import Case
from enforcement.desk.nominations import DRIVER, KEEPER, KeeperAnswer, Nomination, Nominations
from streams.bus import BusFull, BusUnavailable
from streams.encoding import encode
from streams.events import Events
from streams.identity import identify
from streams.messages import Decision
from streams.topics import Topic

_events = Events(__name__)

#: What the history of a case says, by who answers; it names nobody, since the log of decisions is kept.
_SAID = {
    KEEPER: {
        "driver": "The keeper says that they were driving.",
        "other": "The keeper names another driver.",
        "dispute": "The keeper disputes the notice.",
    },
    DRIVER: {
        "driver": "The named driver says that they were driving.",
        "denied": "The named driver says that they were not driving.",
    },
}
#: Fields of the form that need a sentence of their own: what they hold at least and at most (characters).
_LIMITS = {
    "name": (2, 120),
    "address": (5, 300),
    "licence": (0, 40),
    "dispute": (5, 2000),
    "denied": (0, 2000),
}


def nominations_of(office: Office) -> Nominations:
    """The letters of this desk."""
    return Nominations(office.desk.audit)


def case_of(office: Office, letter: Nomination | None) -> Case | None:
    """The case of a letter, as long as it is confirmed: after an undo nobody has to answer."""
    case = office.casebook.case(letter.case_id) if letter is not None else None
    return case if case is not None and case.summary.status == "confirmed" else None


def said(letter: Nomination) -> str:
    """What was answered to a letter, in a sentence that names nobody; empty while there is no answer."""
    return _SAID[letter.who][letter.answer.kind] if letter.answer is not None else ""


def problems_with(letter: Nomination, kind: str, fields: dict[str, str]) -> list[str]:
    """Which fields keep an answer from being sent, as keys of the texts ``web.problem_…``."""
    asked: dict[str, Sequence[str]] = {
        "other": ("name", "address", "licence"),
        "dispute": ("dispute",),
        "denied": ("denied",),
    }
    if kind not in letter.kinds:
        return ["choice"]
    return [name for name in asked.get(kind, ()) if not _fits(name, fields[name])]


def answer_of(kind: str, fields: dict[str, str]) -> KeeperAnswer:
    """The answer in a form that has no problems; fields that belong to another answer are left out."""
    if kind == "other":
        return KeeperAnswer("other", fields["name"], fields["address"], fields["licence"])
    if kind == "dispute":
        return KeeperAnswer("dispute", words=fields["dispute"])
    return KeeperAnswer("denied", words=fields["denied"]) if kind == "denied" else KeeperAnswer("driver")


def tell(office: Office) -> None:
    """Put every answer that no history knows of onto the bus; what fails now is told next time.

    An answer that is told twice is one event, since its id follows from the letter's number.
    """
    letters = nominations_of(office)
    for letter in letters.untold():
        try:
            office.bus.publish(Topic.DECISIONS, letter.case_id, encode(_message(letter)))
        except (BusFull, BusUnavailable) as error:
            _events.warning("answer-not-told", failure=type(error).__name__)
            return
        letters.mark_told(letter.number)


def _message(letter: Nomination) -> Decision:
    assert letter.answered_at_ns is not None
    return Decision(
        decision_id=identify("keeper-answer", letter.number),
        case_id=letter.case_id,
        officer=letter.who,
        outcome="answered",
        decided_at_ns=letter.answered_at_ns,
        note=said(letter),
    )


def _fits(name: str, text: str) -> bool:
    least, most = _LIMITS[name]
    printable = all(character.isprintable() or character in "\r\n" for character in text)
    return least <= len(text) <= most and printable
