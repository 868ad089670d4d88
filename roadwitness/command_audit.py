"""Entering into the desk's audit what somebody does on the command line."""

from __future__ import annotations

from contextlib import closing

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from roadwitness.desk_audit import COMMAND_LINE
from roadwitness.premises import Premises


def enter(premises: Premises, who: str, action: str, subject: str, reason: str = "") -> None:
    """Add an entry, before it is done; nothing where the desk is kept on another machine.

    Raises:
        AuditUnwritable: when it cannot be written; then it must not be done.
    """
    folder = premises.folder
    if premises.store_address is not None and not folder.desk.exists():
        return
    with closing(DeskFile(folder.desk)) as desk:
        AuditChain(desk).write(who, COMMAND_LINE, action, subject, reason=reason)
