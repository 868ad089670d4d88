"""Where a message goes that could not be read or handled, so that it neither blocks the log nor is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

from streams.bus import Bus, Record
from streams.encoding import encode
from streams.messages import DeadLetter
from streams.metrics import DEAD_LETTERS
from streams.topics import Topic

#: Stands before the name of each header that the original had, so that it can be sent back as it was.
SOURCE = "source."


def publish_dead_letter(
    bus: Bus,
    record: Record,
    reason: str,
    *,
    kind: str = "undecodable",
    clock: Callable[[], int] = time.time_ns,
) -> DeadLetter:
    """Set ``record`` aside on the topic ``dead-letters``, keyed by its source topic; return the letter.

    ``kind`` is the class of the reason, one of ``REFUSALS``, under which it is counted; ``clock`` gives UTC
    nanoseconds. Commit the record's own subscription only after this returned.

    Raises:
        BusUnavailable: when it could not be written.
    """
    letter = DeadLetter(
        source_topic=record.topic.value,
        key=record.key,
        reason=reason,
        failed_at_ns=clock(),
        content=record.value,
    )
    said = tuple((SOURCE + name, value) for name, value in record.headers)
    bus.publish(Topic.DEAD_LETTERS, record.topic.value, encode(letter), headers=said)
    DEAD_LETTERS.labels(record.topic.value, kind).inc()
    return letter
