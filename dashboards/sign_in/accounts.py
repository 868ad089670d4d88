"""The accounts: who may sign in, as what. They lie in the desk's file and are never removed, only locked."""

from __future__ import annotations

import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.rights import Person, Role
from enforcement.desk.desk_file import DeskFile

_COLUMNS = "name, shown_as, issuer, password, must_change_password, second_factor IS NOT NULL, is_locked"
_LONGEST = 80
#: What the audit and the history of a case call those who have no account: nobody may pass for one of them.
_NOBODYS = frozenset({"nobody", "provider", "policy", "keeper", "named driver", "first start"})


@dataclass(frozen=True)
class Account:
    """One account. ``issuer``: the provider that answers for it, empty where it signs in here.

    ``password`` is Argon2id's text, or empty.
    """

    name: str
    shown_as: str
    issuer: str
    password: str = field(repr=False)
    must_change_password: bool
    has_second_factor: bool
    is_locked: bool
    roles: frozenset[Role]

    @property
    def person(self) -> Person:
        """Who that is at the desk."""
        return Person(self.name, self.shown_as, self.roles)


class Accounts:
    """The accounts of a desk."""

    def __init__(self, file: DeskFile) -> None:
        self._file = file

    def add(
        self,
        name: str,
        roles: Iterable[Role],
        *,
        shown_as: str = "",
        password: str = "",
        must_change: bool = False,
        issuer: str = "",
        subject: str = "",
        enter: Callable[[sqlite3.Connection, str], object] = lambda _database, _name: None,
    ) -> Account:
        """Make an account; ``password`` is Argon2id's text. It is shown as ``shown_as``, else as its name.

        ``enter`` puts what the audit says of it, under the name it gets, into the same transaction: there is
        no account without its entry.

        Raises:
            AccountError: when the name cannot be used or is taken.
        """
        name = _usable(name)
        if as_typed(name) in _NOBODYS:
            raise AccountError(f"The audit calls something else {name}: choose another name.")
        with self._file.transaction() as database:
            # Within the transaction: two who add the same name at once are told like one after the other.
            if database.execute("SELECT 1 FROM accounts WHERE typed_as = ?", (as_typed(name),)).fetchone():
                raise AccountError(f"There is an account {name} already: choose another name.")
            database.execute(
                "INSERT INTO accounts (name, typed_as, shown_as, issuer, subject, password,"
                " must_change_password, made_at_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    name,
                    as_typed(name),
                    _usable(shown_as or name),
                    issuer,
                    subject,
                    password,
                    must_change,
                    time.time_ns(),
                ),
            )
            _give(database, name, roles)
            enter(database, name)
        return self.get(name)

    def find(self, typed: str) -> Account | None:
        """The account whose name somebody typed, in any case; None where there is none."""
        return self._one("typed_as = ?", as_typed(typed))

    def of_subject(self, issuer: str, subject: str) -> Account | None:
        """The account for which a provider answers under ``subject``; None where there is none."""
        return self._one("issuer = ? AND subject = ?", issuer, subject)

    def get(self, name: str) -> Account:
        """The account of this name.

        Raises:
            AccountError: when there is none.
        """
        account = self.find(name)
        if account is None:
            raise AccountError(f"There is no account {name}: `roadwitness accounts list` names them all.")
        return account

    def all(self) -> Sequence[Account]:
        """Every account, by name."""
        with self._file.reading() as database:
            rows = database.execute(f"SELECT {_COLUMNS} FROM accounts ORDER BY typed_as").fetchall()
            return [_account(database, row) for row in rows]

    def set_roles(self, name: str, roles: Iterable[Role]) -> None:
        """Give an account these roles and no others."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM account_roles WHERE name = ?", (name,))
            _give(database, name, roles)

    def set_password(self, name: str, password: str, *, must_change: bool = False) -> None:
        """Keep another password, as Argon2id's text."""
        with self._file.transaction() as database:
            database.execute(
                "UPDATE accounts SET password = ?, must_change_password = ? WHERE name = ?",
                (password, must_change, name),
            )

    def set_locked(self, name: str, is_locked: bool) -> None:
        """Lock an account, or open it again."""
        with self._file.transaction() as database:
            database.execute("UPDATE accounts SET is_locked = ? WHERE name = ?", (is_locked, name))

    def _one(self, condition: str, *values: str) -> Account | None:
        with self._file.reading() as database:
            row = database.execute(f"SELECT {_COLUMNS} FROM accounts WHERE {condition}", values).fetchone()
            return None if row is None else _account(database, row)


def as_typed(name: str) -> str:
    """A name as it is compared: without case, and the same however its letters are composed."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def _usable(name: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 2 <= len(name) <= _LONGEST or not name.isprintable():
        raise AccountError(f"A name has 2 to {_LONGEST} printable characters: choose another.")
    return name


def _give(database: sqlite3.Connection, name: str, roles: Iterable[Role]) -> None:
    database.executemany(
        "INSERT INTO account_roles VALUES (?, ?)", [(name, role.value) for role in sorted(set(roles))]
    )


def _account(database: sqlite3.Connection, row: Sequence[object]) -> Account:
    name = str(row[0])
    roles = database.execute("SELECT role FROM account_roles WHERE name = ?", (name,)).fetchall()
    return Account(
        name=name,
        shown_as=str(row[1]),
        issuer=str(row[2]),
        password=str(row[3]),
        must_change_password=bool(row[4]),
        has_second_factor=bool(row[5]),
        is_locked=bool(row[6]),
        roles=frozenset(Role(role) for (role,) in roles),
    )
