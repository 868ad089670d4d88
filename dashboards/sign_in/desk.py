"""The desk behind the pages: its file, the audit, and who is signed in."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from dashboards.sign_in.accounts import Accounts
from dashboards.sign_in.passwords import Passwords
from dashboards.sign_in.sessions import Sessions
from dashboards.sign_in.settings import SignInSettings
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
    ) -> None:
        """``settings`` None: the strictest. ``keys``: the folder of the centre's private keys, if any."""
        self.file = file
        self.audit = audit
        self.settings = settings or SignInSettings()
        self.keys = keys
        self.accounts = Accounts(file)
        self.sessions = Sessions(file, self.settings)

    @cached_property
    def passwords(self) -> Passwords:
        """What keeps and compares passwords."""
        return Passwords(self.settings)
