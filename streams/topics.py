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

#: Topics that the local log keeps for as long as Kafka does: they may hold an officer's words about a case,
#: or quote what could not be handled, and at its time a case must have left the bus too.
ERASED_IN_TIME = frozenset({Topic.DECISIONS, Topic.DEAD_LETTERS})

#: How long Kafka keeps a record, in seconds; None is for ever. Kafka cannot erase what was consumed, so what
#: holds plates of the innocent lives there only as long as an outage of the centre may last. It erases whole
#: segments, a sixth of the time late at most: none here reaches the 30 days after which cases are erased.
RETENTION_S: dict[Topic, int | None] = {
    Topic.PASSAGES: 3 * _DAY_S,
    Topic.EVIDENCE: 3 * _DAY_S,
    Topic.SIGNALS: 3 * _DAY_S,
    Topic.HEARTBEATS: _DAY_S,
    Topic.DECISIONS: 25 * _DAY_S,
    Topic.DEAD_LETTERS: 25 * _DAY_S,
}

_LARGEST_BYTES = {Topic.EVIDENCE: 8 * _MIB, Topic.DEAD_LETTERS: 12 * _MIB}


def largest_record_bytes(topic: Topic) -> int:
    """The most bytes that a record's value may have: a picture is large, and a dead letter can quote one."""
    return _LARGEST_BYTES.get(topic, _MIB)
