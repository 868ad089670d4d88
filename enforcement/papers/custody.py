"""The chain of custody: through whose hands the evidence went, from the camera to this paper."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from enforcement.papers.records import moment
from enforcement.papers.sheet import Sheet


@dataclass(frozen=True)
class StatementFacts:
    """The unit's signed statement: its number in the camera's chain, digests, key; times in UTC ns.

    ``received_at_ns`` None: no receipt of the centre lies in the package. ``is_time_stamped``: an authority
    outside has stated the time too.
    """

    camera_id: str
    sequence: int
    digest: str
    previous: str
    signed_at_ns: int
    key_id: str
    software: str
    received_at_ns: int | None = None
    is_time_stamped: bool = False


@dataclass(frozen=True)
class CustodyStep:
    """One thing that happened to the case or its evidence: when (UTC ns), what, by whom, and why."""

    at_ns: int
    what: str
    who: str
    why: str = ""


def write_custody(
    sheet: Sheet, statement: StatementFacts | None, steps: Iterable[CustodyStep], zone: datetime.tzinfo
) -> None:
    """Write the unit's statement and all steps in the order of time."""
    sheet.heading("Chain of custody")
    if statement is None:
        sheet.paragraph("The roadside unit signed no statement for this passage.")
    else:
        sheet.paragraph(
            "The roadside unit signed what it saw and the digests of its pictures before they left it. Its "
            "statements are numbered, and each names the digest of the one before: one that were missing or "
            "replaced would show."
        )
        received = statement.received_at_ns
        stamped = ", time-stamped by an authority outside" if statement.is_time_stamped else ""
        sheet.facts(
            [
                ("Signed by", f"unit of camera {statement.camera_id}, key {statement.key_id}"),
                ("Signed at", f"{moment(statement.signed_at_ns, datetime.UTC):%d %B %Y, %H:%M:%S} UTC"),
                (
                    "Received and countersigned",
                    "no receipt of the centre is known"
                    if received is None
                    else f"{moment(received, datetime.UTC):%d %B %Y, %H:%M:%S} UTC by the centre{stamped}",
                ),
                ("Number in the chain", str(statement.sequence)),
                ("SHA-256 of the statement", statement.digest),
                ("SHA-256 of the one before", statement.previous),
                ("Software of the unit", statement.software),
            ]
        )
    rows = [
        (f"{moment(step.at_ns, zone):%Y-%m-%d %H:%M:%S %Z}", step.what, step.who, step.why)
        for step in sorted(steps, key=lambda step: step.at_ns)
    ]
    if rows:
        sheet.columns(("When", "What happened", "By whom", "Why"), rows, (44, 52, 32, 42))
