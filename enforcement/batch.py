"""One batch of records from the bus, decoded and sorted by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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


@dataclass
class Batch:
    """Messages with the records they came in, each list in the log's order.

    ``refused`` collects records that cannot be handled, with the reason; later steps add to it.
    """

    passages: list[tuple[Record, Passage]] = field(default_factory=list)
    evidence: list[tuple[Record, EvidenceItem]] = field(default_factory=list)
    decisions: list[tuple[Record, Decision]] = field(default_factory=list)
    heartbeats: list[tuple[Record, Heartbeat]] = field(default_factory=list)
    refused: list[tuple[Record, str]] = field(default_factory=list)


def read_batch(records: Sequence[Record]) -> Batch:
    """Decode ``records``; what cannot be decoded or believed is refused."""
    batch = Batch()
    for record in records:
        unread = unreadable(record.headers)
        if unread is not None:
            batch.refused.append((record, unread))
            continue
        try:
            message = decode(record.value, _KINDS[record.topic])
        except UndecodableMessage as error:
            batch.refused.append((record, str(error)))
            continue
        fault = fault_of(message)
        if fault is not None:
            batch.refused.append((record, fault))
        elif isinstance(message, Passage):
            batch.passages.append((record, message))
        elif isinstance(message, EvidenceItem):
            batch.evidence.append((record, message))
        elif isinstance(message, Decision):
            batch.decisions.append((record, message))
        else:
            batch.heartbeats.append((record, message))
    return batch
