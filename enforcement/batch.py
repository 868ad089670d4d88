"""One batch of records from the bus, decoded and sorted by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.bus import Record
from streams.encoding import UndecodableMessage, decode
from streams.messages import Decision, EvidenceItem, Passage
from streams.topics import Topic


@dataclass
class Batch:
    """Messages with the records they came in, each list in the log's order.

    ``refused`` collects records that cannot be handled, with the reason; later steps add to it.
    """

    passages: list[tuple[Record, Passage]] = field(default_factory=list)
    evidence: list[tuple[Record, EvidenceItem]] = field(default_factory=list)
    decisions: list[tuple[Record, Decision]] = field(default_factory=list)
    refused: list[tuple[Record, str]] = field(default_factory=list)


def read_batch(records: Sequence[Record]) -> Batch:
    """Decode ``records``; what cannot be decoded is refused."""
    batch = Batch()
    for record in records:
        try:
            if record.topic is Topic.PASSAGES:
                batch.passages.append((record, decode(record.value, Passage)))
            elif record.topic is Topic.EVIDENCE:
                batch.evidence.append((record, decode(record.value, EvidenceItem)))
            else:
                batch.decisions.append((record, decode(record.value, Decision)))
        except UndecodableMessage as error:
            batch.refused.append((record, str(error)))
    return batch
