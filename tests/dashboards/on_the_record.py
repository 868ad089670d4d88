"""Forms that are sent from a page, and what the audit has of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from httpx import Response

from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_entry import AuditEntry
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer


def send(officer: Officer, page: str, address: str, **fields: str) -> Response:
    """Send a form of a page to an address, with the page's token."""
    given = {"csrf_token": token_of(officer, page), **fields}
    return officer.client.post(address, data=given, headers=ORIGIN, follow_redirects=False)


def token_of(officer: Officer, page: str) -> str:
    """The token of the forms on a page."""
    token = re.search(r'name="csrf_token" value="([^"]*)"', officer.client.get(page).text)
    assert token
    return token[1]


def entries(office: BackOffice, **wanted: str) -> list[AuditEntry]:
    """What the audit has, oldest first."""
    return list(AuditBook(office.desk.file).walk(AuditFilter(**wanted)))  # type: ignore[arg-type]


@contextmanager
def nothing_entered(office: BackOffice) -> Iterator[None]:
    """Within it no entry can be written, as on a full disk."""
    with office.desk.file.transaction() as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    yield
    with office.desk.file.transaction() as database:
        database.execute("DROP TRIGGER full")
