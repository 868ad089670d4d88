"""Letters to keepers, and to drivers whom they named: a letter's code lets one person answer once.

An answer and the end of its code are one transaction, so that no code answers twice, however many browsers
send it at once. What is said of a person stays in this file, from which it can be erased; that there
was an answer goes into the case's history over the bus, whose log is kept.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.nomination_codes import (
    CODE_DIGITS,
    as_typed,
    hash_of,
    hash_of_token,
    is_code,
    new_code,
    new_number,
    new_salt,
    new_token,
)
from enforcement.errors import PapersError

#: After so many wrong codes a letter is locked.
TRIES = 5
#: So long a browser may take for the answer.
VISIT_S = 45 * 60
_NANOSECONDS = 10**9
#: Who answers, in the audit and in the history of a case.
KEEPER, DRIVER = "keeper", "named driver"

Kind = Literal["driver", "other", "dispute", "denied"]
#: What a keeper may answer, and what a named driver: ``denied`` says that they did not drive.
KINDS: tuple[Kind, ...] = ("driver", "other", "dispute")
DRIVER_KINDS: tuple[Kind, ...] = ("driver", "denied")

_COLUMNS = (
    "number, case_id, language, issued_by, issued_at_ns, expires_at_ns, tries_left, answered_at_ns, kind, "
    "name, address, licence, words, told, named_in"
)


@dataclass(frozen=True)
class KeeperAnswer:
    """They drove, they did not, another did (``name``, ``address``, ``licence``), or the notice is wrong."""

    kind: Kind
    name: str = ""
    address: str = ""
    licence: str = ""
    words: str = ""


@dataclass(frozen=True)
class Nomination:
    """A letter, and the answer to it if there is one. Times are UTC ns.

    ``told``: the case's history knows of the answer. ``named_in`` is the number of the letter in whose answer
    the keeper named whom this one goes to; empty: it goes to the keeper.
    """

    number: str
    case_id: str
    language: str
    issued_by: str
    issued_at_ns: int
    expires_at_ns: int
    tries_left: int
    answered_at_ns: int | None
    answer: KeeperAnswer | None
    told: bool
    named_in: str = ""

    @property
    def to_driver(self) -> bool:
        """Whether it goes to a driver whom the keeper named."""
        return bool(self.named_in)

    @property
    def who(self) -> str:
        """Whom it goes to, as the audit has it."""
        return DRIVER if self.to_driver else KEEPER

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it may be answered."""
        return DRIVER_KINDS if self.to_driver else KINDS

    def is_open_at(self, at_ns: int) -> bool:
        """Whether its code can still be used at this time."""
        return self.answered_at_ns is None and self.tries_left > 0 and at_ns < self.expires_at_ns


class Nominations:
    """The letters in a desk file. Safe to use from several threads and processes."""

    def __init__(self, audit: AuditChain, clock_ns: Callable[[], int] = time.time_ns) -> None:
        """``audit`` is told of each letter and of each answer, in the same transaction."""
        self._file = audit.desk
        self._audit = audit
        self._clock_ns = clock_ns

    def issue(
        self, case_id: str, language: str, by: str, role: str, *, expires_at_ns: int, to_driver: bool = False
    ) -> tuple[str, str]:
        """A new letter's number and code; the codes of the case's letters to the same person before end.

        Raises:
            PapersError: when whom it goes to has answered already, or the keeper has named no driver.
        """
        number, code, salt = new_number(), new_code(), new_salt()
        kept = hash_of(code, salt)
        with self._file.transaction() as database:
            letters = _letters(database, "case_id = ?", case_id)
            named = naming(letters)
            if to_driver and named is None:
                raise PapersError("The keeper has named no driver, so there is nobody else to write to.")
            if answered(letters, to_driver=to_driver) is not None:
                raise PapersError(
                    f"The {DRIVER if to_driver else KEEPER} has answered already, so a new code would be of "
                    "no use: see the case's page."
                )
            database.execute(
                "UPDATE nominations SET tries_left = 0 WHERE case_id = ? AND (named_in != '') = ?",
                (case_id, to_driver),
            )
            database.execute(
                """INSERT INTO nominations (number, case_id, language, issued_by, issued_at_ns, expires_at_ns,
                    salt, code_hash, tries_left, named_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    number,
                    case_id,
                    language,
                    by,
                    self._clock_ns(),
                    expires_at_ns,
                    salt,
                    kept,
                    TRIES,
                    named.number if named is not None and to_driver else "",
                ),
            )
            self._audit.append(database, by, role, "nominated", f"{case_id}/letter/{number}")
        return number, code

    def enter(self, number: str, code: str) -> str | None:
        """A token for the answer to a letter, where number and code belong together; else None.

        A wrong code costs the letter one of its tries. Unknown numbers take as long as known ones.
        """
        typed, now_ns = as_typed(code), self._clock_ns()
        number = as_typed(number)
        with self._file.reading() as database:
            row = database.execute(
                "SELECT salt, code_hash FROM nominations WHERE number = ?", (number,)
            ).fetchone()
        salt, kept = row or (b"\0" * 16, b"\0" * 32)
        # Before the transaction: the file is not locked for as long as the hash takes.
        right = len(typed) == CODE_DIGITS and is_code(typed, salt, kept)
        with self._file.transaction() as database:
            letter = next(iter(_letters(database, "number = ?", number)), None)
            if letter is None or not letter.is_open_at(now_ns):
                return None
            if not right:
                database.execute(
                    "UPDATE nominations SET tries_left = tries_left - 1 WHERE number = ?", (number,)
                )
                return None
            token = new_token()
            database.execute("DELETE FROM nomination_visits WHERE expires_at_ns <= ?", (now_ns,))
            database.execute(
                "INSERT INTO nomination_visits VALUES (?, ?, ?)",
                (hash_of_token(token), number, now_ns + VISIT_S * _NANOSECONDS),
            )
            return token

    def visited(self, token: str) -> Nomination | None:
        """The letter that the holder of a token may answer now; None when that time is over."""
        with self._file.reading() as database:
            letter = self._of_token(database, token)
        return letter if letter is not None and letter.is_open_at(self._clock_ns()) else None

    def answer(self, token: str, answer: KeeperAnswer) -> Nomination | None:
        """Keep the answer and end the code; None when the token's time is over or there is an answer.

        Raises:
            ValueError: when whom the letter goes to may not answer so.
        """
        now_ns = self._clock_ns()
        with self._file.transaction() as database:
            letter = self._of_token(database, token)
            if letter is None or not letter.is_open_at(now_ns):
                return None
            if answer.kind not in letter.kinds:
                raise ValueError(f"a {letter.who} does not answer {answer.kind}")
            database.execute(
                """UPDATE nominations SET answered_at_ns = ?, kind = ?, name = ?, address = ?, licence = ?,
                    words = ?, tries_left = 0 WHERE number = ?""",
                (
                    now_ns,
                    answer.kind,
                    answer.name,
                    answer.address,
                    answer.licence,
                    answer.words,
                    letter.number,
                ),
            )
            database.execute("DELETE FROM nomination_visits WHERE number = ?", (letter.number,))
            self._audit.append(
                database, letter.who, "", "answered", f"{letter.case_id}/letter/{letter.number}"
            )
            return next(iter(_letters(database, "number = ?", letter.number)))

    def of_case(self, case_id: str) -> Sequence[Nomination]:
        """The letters about a case, the newest first."""
        with self._file.reading() as database:
            return _letters(database, "case_id = ?", case_id)

    def untold(self) -> Sequence[Nomination]:
        """Answers of which no case's history knows yet."""
        with self._file.reading() as database:
            return _letters(database, "answered_at_ns IS NOT NULL AND told = 0")

    def mark_told(self, number: str) -> None:
        """The answer to this letter is on the bus."""
        with self._file.transaction() as database:
            database.execute("UPDATE nominations SET told = 1 WHERE number = ?", (number,))

    def _of_token(self, database: sqlite3.Connection, token: str) -> Nomination | None:
        row = database.execute(
            "SELECT number FROM nomination_visits WHERE token_hash = ? AND expires_at_ns > ?",
            (hash_of_token(token), self._clock_ns()),
        ).fetchone()
        return next(iter(_letters(database, "number = ?", row[0])), None) if row else None


def answered(letters: Sequence[Nomination], *, to_driver: bool) -> Nomination | None:
    """The letter of a case that was answered by the keeper, or by the driver whom they named."""
    return next((one for one in letters if one.answer is not None and one.to_driver is to_driver), None)


def naming(letters: Sequence[Nomination]) -> Nomination | None:
    """The letter of a case in whose answer the keeper named a driver."""
    letter = answered(letters, to_driver=False)
    return letter if letter is not None and letter.answer and letter.answer.kind == "other" else None


def _letters(database: sqlite3.Connection, condition: str, *values: str) -> list[Nomination]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM nominations WHERE {condition} ORDER BY issued_at_ns DESC, number", values
    )
    return [_letter(*row) for row in rows]


def _letter(
    number: str,
    case_id: str,
    language: str,
    issued_by: str,
    issued_at_ns: int,
    expires_at_ns: int,
    tries_left: int,
    answered_at_ns: int | None,
    kind: Kind | None,
    name: str,
    address: str,
    licence: str,
    words: str,
    told: int,
    named_in: str,
) -> Nomination:
    answer = None if kind is None else KeeperAnswer(kind, name, address, licence, words)
    return Nomination(
        number,
        case_id,
        language,
        issued_by,
        issued_at_ns,
        expires_at_ns,
        tries_left,
        answered_at_ns,
        answer,
        bool(told),
        named_in,
    )
