"""The chain of custody: through whose hands the evidence went, from the camera to this paper."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from enforcement.papers.records import moment
from enforcement.papers.sheet import Sheet
from enforcement.papers.texts import Texts


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
    sheet: Sheet,
    statement: StatementFacts | None,
    steps: Iterable[CustodyStep],
    zone: datetime.tzinfo,
    texts: Texts,
) -> None:
    """Write the unit's statement and all steps in the order of time."""
    sheet.heading(texts.say("court.custody_title"))
    if statement is None:
        sheet.paragraph(texts.say("court.no_statement"))
    else:
        sheet.paragraph(texts.say("court.statement"))
        sheet.facts(_rows(statement, texts))
    rows = [
        (f"{moment(step.at_ns, zone):%Y-%m-%d %H:%M:%S %Z}", step.what, step.who, step.why)
        for step in sorted(steps, key=lambda step: step.at_ns)
    ]
    if rows:
        heads = [texts.say(f"court.custody_{head}") for head in ("when", "what", "who", "why")]
        sheet.columns(heads, rows, (44, 52, 32, 42))


def _rows(statement: StatementFacts, texts: Texts) -> list[tuple[str, str]]:
    key = texts.say("court.unit_key", camera=statement.camera_id, key=statement.key_id)
    received = texts.say("court.no_receipt")
    if statement.received_at_ns is not None:
        how = "received_stamped" if statement.is_time_stamped else "received_at"
        at = texts.moment(moment(statement.received_at_ns, datetime.UTC))
        received = texts.say(f"court.{how}", at=at)
    return [
        (texts.say("court.signed_by"), key),
        (texts.say("court.signed_at"), texts.moment(moment(statement.signed_at_ns, datetime.UTC))),
        (texts.say("court.received"), received),
        (texts.say("court.number"), str(statement.sequence)),
        (texts.say("court.statement_digest"), statement.digest),
        (texts.say("court.previous_digest"), statement.previous),
        (texts.say("court.unit_software"), statement.software),
    ]
