"""What the policy suspended is entered in the audit too, by the first page that shows it.

Workers suspend, and have no audit of their own: the chain lies at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.office import Office
from enforcement.quality.suspensions import BY_POLICY, Change

_ROLE = "worker"


def note_policy(office: Office, changes: Iterable[Change]) -> None:
    """Enter what the policy suspended and nobody has entered yet.

    The worker's clock and the desk's may differ, so the entries' order counts and no time.
    """
    for change in changes:
        if change.by != BY_POLICY or not change.is_suspended:
            continue
        subject = f"rule/{change.offence}/{change.camera_id}"
        with office.desk.file.transaction() as database:
            last = database.execute(
                "SELECT action, reason FROM audit_entries"
                " WHERE subject = ? AND (who = ? OR action = 'allowed') ORDER BY sequence DESC LIMIT 1",
                (subject, BY_POLICY),
            ).fetchone()
            if last != ("suspended", change.reason):
                office.desk.audit.append(
                    database, BY_POLICY, _ROLE, "suspended", subject, reason=change.reason
                )
