"""The topics of the bus, how long each is kept, and how large a record may be."""

from __future__ import annotations

from enum import StrEnum

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_MIB = 1024 * 1024


class Topic(StrEnum):
    """Names of topics, as they are called on Kafka too."""

    PASSAGES = "passages"
    EVIDENCE = "evidence"
    SIGNALS = "signals"
    HEARTBEATS = "heartbeats"
    DECISIONS = "decisions"
    DEAD_LETTERS = "dead-letters"


#: Topics whose records are erased from the local log once every subscribed group has committed them: they
#: hold plates and pictures of passages, and a passage that breaks no rule must leave no plate behind.
ERASED_WHEN_CONSUMED = frozenset({Topic.PASSAGES, Topic.EVIDENCE, Topic.HEARTBEATS})

#: How long Kafka keeps a record, in seconds; None is for ever. Kafka cannot erase what was consumed, so what
#: holds plates of the innocent lives there only as long as an outage of the centre may last.
RETENTION_S: dict[Topic, int | None] = {
    Topic.PASSAGES: 3 * _DAY_S,
    Topic.EVIDENCE: 3 * _DAY_S,
    Topic.SIGNALS: 3 * _DAY_S,
    Topic.HEARTBEATS: _DAY_S,
    Topic.DECISIONS: None,
    Topic.DEAD_LETTERS: 30 * _DAY_S,
}

_LARGEST_BYTES = {Topic.EVIDENCE: 8 * _MIB, Topic.DEAD_LETTERS: 12 * _MIB}


def largest_record_bytes(topic: Topic) -> int:
    """The most bytes that a record's value may have: a picture is large, and a dead letter can quote one."""
    return _LARGEST_BYTES.get(topic, _MIB)
