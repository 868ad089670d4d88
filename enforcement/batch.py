"""One batch of records from the bus, decoded and sorted by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from enforcement.checking import fault_of
from streams.bus import Record
from streams.encoding import UndecodableMessage, decode
from streams.messages import Decision, EvidenceItem, Heartbeat, Passage
from streams.schema_header import unreadable
from streams.topics import Topic

_KINDS: dict[Topic, type[Passage] | type[EvidenceItem] | type[Decision] | type[Heartbeat]] = {
    Topic.PASSAGES: Passage,
    Topic.EVIDENCE: EvidenceItem,
    Topic.DECISIONS: Decision,
    Topic.HEARTBEATS: Heartbeat,
}


class Refusal(NamedTuple):
    """A record that cannot be handled. ``reason`` may quote it; ``kind``, one of ``REFUSALS``, does not."""

    record: Record
    kind: str
    reason: str


@dataclass
class Batch:
    """Messages with the records they came in, each list in the log's order.

    ``refused`` collects what cannot be handled; later steps add to it.
    """

    passages: list[tuple[Record, Passage]] = field(default_factory=list)
    evidence: list[tuple[Record, EvidenceItem]] = field(default_factory=list)
    decisions: list[tuple[Record, Decision]] = field(default_factory=list)
    heartbeats: list[tuple[Record, Heartbeat]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_batch(records: Sequence[Record]) -> Batch:
    """Decode ``records``; what cannot be decoded or believed is refused."""
    batch = Batch()
    for record in records:
        unread = unreadable(record.headers)
        if unread is not None:
            batch.refused.append(Refusal(record, "unreadable", unread))
            continue
        try:
            message = decode(record.value, _KINDS[record.topic])
        except UndecodableMessage as error:
            batch.refused.append(Refusal(record, "undecodable", str(error)))
            continue
        fault = fault_of(message)
        if fault is not None:
            batch.refused.append(Refusal(record, "implausible", fault))
        elif isinstance(message, Passage):
            batch.passages.append((record, message))
        elif isinstance(message, EvidenceItem):
            batch.evidence.append((record, message))
        elif isinstance(message, Decision):
            batch.decisions.append((record, message))
        else:
            batch.heartbeats.append((record, message))
    return batch
