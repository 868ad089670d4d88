"""One batch of records from the bus, decoded and sorted by what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from enforcement.checking import fault_of
from streams.bus import Record
from streams.encoding import UndecodableMessage, decode
from streams.messages import Decision, EvidenceItem, Heartbeat, Passage
from streams.schema_header import unreadable
from streams.topics import Topic

_Message = TypeVar("_Message", bound=Passage | EvidenceItem | Decision | Heartbeat)

_KINDS: dict[Topic, type[EvidenceItem] | type[Decision] | type[Heartbeat]] = {
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

    passage_records: list[Record] = field(default_factory=list)
    evidence: list[tuple[Record, EvidenceItem]] = field(default_factory=list)
    decisions: list[tuple[Record, Decision]] = field(default_factory=list)
    heartbeats: list[tuple[Record, Heartbeat]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def passages(self) -> Iterator[tuple[Record, Passage]]:
        """Its passages, each decoded as it is asked for, so that a batch never has all of them in memory.

        What cannot be decoded or believed is refused: ask once.
        """
        for record in self.passage_records:
            passage = _read(record, Passage, self.refused)
            if passage is not None:
                yield record, passage


def read_batch(records: Sequence[Record]) -> Batch:
    """Sort ``records`` and decode all but the passages; what cannot be decoded or believed is refused."""
    batch = Batch()
    for record in records:
        if record.topic is Topic.PASSAGES:
            batch.passage_records.append(record)
            continue
        message = _read(record, _KINDS[record.topic], batch.refused)
        if message is None:
            continue
        if isinstance(message, EvidenceItem):
            batch.evidence.append((record, message))
        elif isinstance(message, Decision):
            batch.decisions.append((record, message))
        else:
            batch.heartbeats.append((record, message))
    return batch


def _read(record: Record, kind: type[_Message], refused: list[Refusal]) -> _Message | None:
    unread = unreadable(record.headers)
    if unread is not None:
        refused.append(Refusal(record, "unreadable", unread))
        return None
    try:
        message = decode(record.value, kind)
    except UndecodableMessage as error:
        refused.append(Refusal(record, "undecodable", str(error)))
        return None
    fault = fault_of(message)
    if fault is not None:
        refused.append(Refusal(record, "implausible", fault))
        return None
    return message
