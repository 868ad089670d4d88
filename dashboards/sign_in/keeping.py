"""What whoever keeps accounts may do to them: each is in the audit, and ends the account's sessions."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from dashboards.sign_in.accounts import Account
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.rights import RIGHTS, Right, Role, audits_themselves
from dashboards.sign_in.second_factor import remove_second_factor
from enforcement.desk.audit_chain import unwritable

#: Letters and digits that nobody mistakes for another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Keeper:
    """Who changes accounts: the name and the roles that the audit keeps."""

    name: str
    role: str


class Keeping:
    """Changes to the accounts of a desk, made by ``by``."""

    def __init__(self, desk: Desk, by: Keeper) -> None:
        self._desk = desk
        self._by = by

    def add(self, name: str, roles: Collection[Role], shown_as: str = "") -> tuple[Account, str]:
        """Make an account; with it the one-time password that has to be changed at its first use.

        Raises:
            AccountError: when the name cannot be used or is taken, or the roles are not for one person.
            AuditUnwritable: when it cannot be entered; no account was made then.
        """
        check_apart(roles)
        password = one_time_password()
        kept = self._desk.passwords.keep(password)

        def enter(database: sqlite3.Connection, made: str) -> None:
            by, chain = self._by, self._desk.audit
            chain.append(database, by.name, by.role, "added", f"account/{made}", reason=_in_words(roles))

        with unwritable():
            account = self._desk.accounts.add(
                name, roles, shown_as=shown_as, password=kept, must_change=True, enter=enter
            )
        return account, password

    def set_roles(self, name: str, roles: Collection[Role], reason: str = "") -> None:
        """Give an account these roles and no others; whoever changes their own has to say why.

        Raises:
            AccountError: when there is no such account, the roles are not for one person, nobody would be
                left to keep accounts, or it lacks why.
        """
        account = self._desk.accounts.get(name)
        check_apart(roles)
        gained = frozenset(roles) - account.roles
        if gained and account.name == self._by.name and not reason.strip():
            raise AccountError("Say why you give yourself another role: it stands in the audit.")
        self._leave_a_keeper(account, roles)
        action = "gave themselves" if gained and account.name == self._by.name else "changed"
        self._note(action, account.name, f"{_in_words(roles)} {reason}".strip())
        self._desk.accounts.set_roles(account.name, roles)
        self._desk.sessions.end_all(account.name)

    def reset(self, name: str) -> str:
        """Take password and second factor away; a new one-time password.

        Raises:
            AccountError: when there is no such account, or it signs in elsewhere.
        """
        account = self._desk.accounts.get(name)
        if account.issuer:
            raise AccountError(f"{account.name} signs in at {account.issuer}: reset the password there.")
        password = one_time_password()
        self._note("reset", account.name)
        self._desk.accounts.set_password(account.name, self._desk.passwords.keep(password), must_change=True)
        with self._desk.file.transaction() as database:
            remove_second_factor(database, account.name)
        self._desk.tries.succeeded(account.name)
        self._desk.sessions.end_all(account.name)
        return password

    def set_locked(self, name: str, is_locked: bool) -> None:
        """Lock an account and sign it out everywhere, or open it again.

        Raises:
            AccountError: when there is no such account, or nobody would be left to keep accounts.
        """
        account = self._desk.accounts.get(name)
        if is_locked:
            self._leave_a_keeper(account, ())
        self._note("locked" if is_locked else "unlocked", account.name)
        self._desk.accounts.set_locked(account.name, is_locked)
        self._desk.sessions.end_all(account.name)

    def _leave_a_keeper(self, account: Account, roles: Collection[Role]) -> None:
        keepers = {
            other.name
            for other in self._desk.accounts.all()
            if _keeps_accounts(other.roles) and not other.is_locked
        }
        if keepers == {account.name} and not _keeps_accounts(roles):
            raise AccountError(
                f"{account.name} is the last who keeps accounts: make somebody else administrator first."
            )

    def _note(self, action: str, name: str, reason: str = "") -> None:
        self._desk.audit.write(self._by.name, self._by.role, action, f"account/{name}", reason=reason)


def check_apart(roles: Collection[Role]) -> None:
    """Check that one person may have these roles together.

    Raises:
        AccountError: saying which are not for one person.
    """
    if audits_themselves(roles):
        raise AccountError(
            "Nobody audits their own decisions: an auditor is neither reviewer nor supervisor; give one of "
            "these roles to somebody else."
        )


def one_time_password() -> str:
    """Sixteen letters and digits in four groups: 79 bits, to be typed once."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _keeps_accounts(roles: Collection[Role]) -> bool:
    return any(Right.KEEP_ACCOUNTS in RIGHTS[role] for role in roles)


def _in_words(roles: Collection[Role]) -> str:
    return f"roles: {', '.join(sorted(roles)) or 'none'}."
