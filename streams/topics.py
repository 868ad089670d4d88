"""The topics of the bus and how long each is kept."""

from __future__ import annotations

from enum import Enum


class Topic(str, Enum):
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
