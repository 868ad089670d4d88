"""The desk of a data folder: its file, opened for the pages or for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from dashboards.sign_in.desk import Desk
from dashboards.sign_in.settings import SignInSettings
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from roadwitness.data_folder import DataFolder


@contextmanager
def open_desk(folder: DataFolder, settings: SignInSettings | None = None) -> Iterator[Desk]:
    """The desk, while the context lasts.

    Raises:
        DeskError, BusUnavailable: when its file cannot be used.
    """
    with closing(DeskFile(folder.desk)) as file:
        yield Desk(file, AuditChain(file), settings, keys=folder.keys)
