"""Entering into the audit what a person does on the pages, before anything of it is shown."""

from __future__ import annotations

from fastapi import Request

from dashboards.office import Office
from dashboards.sign_in.asking import person_of


def note(
    request: Request, office: Office, action: str, subject: str, reason: str = "", purpose: str = ""
) -> None:
    """Enter that whoever is signed in did ``action`` to ``subject``; as ``AuditChain.write``.

    Raises:
        AuditUnwritable: when it cannot be entered; the page then shows nothing but that, with status 503.
    """
    person = person_of(request)
    office.desk.note(person, action, subject, purpose=purpose, reason=reason)
