"""Reading the dead letters, and sending one back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from streams.bus import Bus
from streams.dead_letters import SOURCE
from streams.encoding import UndecodableMessage, decode
from streams.errors import RoadwitnessError
from streams.messages import DeadLetter
from streams.schema_header import Headers
from streams.topics import Topic


class NoSuchLetter(RoadwitnessError):
    """There is no dead letter of that number, or it cannot be sent back."""


@dataclass(frozen=True)
class Posted:
    """A dead letter and its number, ``PARTITION-OFFSET`` in the topic ``dead-letters``.

    ``headers`` are those of the original.
    """

    number: str
    letter: DeadLetter
    headers: Headers = ()


def letters(bus: Bus) -> Iterator[Posted]:
    """All dead letters that are still kept, oldest first in each partition; they stay for the next look.

    What is no dead letter on that topic is passed over.
    """
    for record in bus.recall(Topic.DEAD_LETTERS):
        with suppress(UndecodableMessage):
            letter = decode(record.value, DeadLetter)
            headers = tuple(
                (name.removeprefix(SOURCE), value)
                for name, value in record.headers
                if name.startswith(SOURCE)
            )
            yield Posted(f"{record.partition}-{record.offset}", letter, headers)


def replay(bus: Bus, posted: Posted) -> None:
    """Publish what the letter holds again, to its topic and key, as it came.

    Whoever consumes it takes it once even if it had been handled: ids are deterministic.

    Raises:
        NoSuchLetter: when its topic is none of ours.
    """
    letter = posted.letter
    try:
        topic = Topic(letter.source_topic)
    except ValueError:
        raise NoSuchLetter(
            f"Letter {posted.number} came from the topic '{letter.source_topic}', which is none of ours;"
            " leave it where it is."
        ) from None
    bus.publish(topic, letter.key, letter.content, headers=posted.headers)
