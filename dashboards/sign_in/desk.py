"""The desk behind the pages: its file, the audit, and who is signed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from dashboards.sign_in.accounts import Accounts
from dashboards.sign_in.limits import Limits
from dashboards.sign_in.links import Links
from dashboards.sign_in.passwords import Passwords
from dashboards.sign_in.rights import Person, as_roles
from dashboards.sign_in.second_factor import SecondFactor
from dashboards.sign_in.secrets_box import Secrets
from dashboards.sign_in.sessions import Sessions
from dashboards.sign_in.settings import SignInSettings
from dashboards.sign_in.tries import Tries
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile


class Desk:
    """What officers share and what recognises them. Safe to use from several threads."""

    def __init__(
        self,
        file: DeskFile,
        audit: AuditChain,
        settings: SignInSettings | None = None,
        *,
        keys: Path | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """``settings`` None: the strictest. ``keys``: the folder of the centre's private keys, if any.

        ``clock`` tells the time in nanoseconds since 1970.
        """
        self.file = file
        self.audit = audit
        self.settings = settings or SignInSettings()
        self.keys = keys
        self.accounts = Accounts(file)
        self.sessions = Sessions(file, self.settings, clock)
        self.tries = Tries(file, clock)
        self.links = Links(file, clock)
        self.limits = Limits()
        self._clock = clock

    def note(self, person: Person, action: str, subject: str, *, purpose: str = "", reason: str = "") -> None:
        """Enter into the audit that ``person`` did ``action`` to ``subject``; as ``AuditChain.write``."""
        self.audit.write(person.name, as_roles(person), action, subject, purpose=purpose, reason=reason)

    @cached_property
    def passwords(self) -> Passwords:
        """What keeps and compares passwords."""
        return Passwords(self.settings)

    @cached_property
    def secrets(self) -> Secrets:
        """What keeps what has to be given back.

        Raises:
            DeskError: without a folder for keys, or when its key cannot be used.
        """
        return Secrets(self.keys)

    @cached_property
    def second_factor(self) -> SecondFactor:
        """The accounts' second factors; raises as :attr:`secrets` does."""
        return SecondFactor(self.file, self.secrets, self._clock)
