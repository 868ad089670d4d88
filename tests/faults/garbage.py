"""Messages that are not what they should be, put on the bus as another program might."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable

import msgspec

from streams.bus import Bus, BusUnavailable
from streams.encoding import encode
from streams.messages import Decision, EvidenceItem
from streams.topics import Topic
from tests.faults.truth import Outgoing, Seen


def corrupted(chance: random.Random, topic: Topic, seen: list[Seen]) -> list[Outgoing]:
    """A few records of ``topic`` that nobody can handle; all of them must end among the dead letters."""
    makers: dict[Topic, Callable[[random.Random, list[Seen]], bytes]] = {
        Topic.PASSAGES: _passage,
        Topic.EVIDENCE: _evidence,
        Topic.DECISIONS: _decision,
    }
    key = f"corrupt-{chance.randrange(10**6)}"
    records = []
    for _ in range(chance.randrange(1, 4)):
        value = (
            makers[topic](chance, seen)
            if chance.random() < 0.7
            else chance.randbytes(chance.randrange(1, 400))
        )
        records.append((topic, key, value))
    return records


def _passage(chance: random.Random, seen: list[Seen]) -> bytes:
    good = chance.choice(seen).passage
    match chance.randrange(3):
        case 0:  # cut off
            whole = encode(good)
            return whole[: chance.randrange(1, len(whole) - 1)]
        case 1:  # a speed that is no measurement
            return encode(msgspec.structs.replace(good, passage_id="", speed=good.speed))
        case _:
            faster = msgspec.structs.replace(good.speed, speed_kmh=1e6)
            return encode(msgspec.structs.replace(good, speed=faster))


def _evidence(chance: random.Random, seen: list[Seen]) -> bytes:
    """The wrong bytes under a digest that a case needs; what no case needs may be dropped unread."""
    kept = {digest for one in seen for digest in one.keeps}
    items = [item for one in seen for item in one.pictures if item.digest in kept]
    good: EvidenceItem = chance.choice(items)
    spoiled = bytearray(good.content)
    spoiled[chance.randrange(len(spoiled))] ^= 0xFF
    return encode(msgspec.structs.replace(good, content=bytes(spoiled)))


def _decision(chance: random.Random, seen: list[Seen]) -> bytes:
    return encode(
        Decision(
            f"nobody-{chance.randrange(10**9)}",
            "no such case",
            "officer-9",
            "confirmed",
            seen[0].passage.started_at_ns,
        )
    )


class Saboteur(threading.Thread):
    """Publishes corrupted records, and remembers them; sends each until the bus has taken it."""

    def __init__(self, seed: int, bus: Bus, seen: list[Seen]) -> None:
        super().__init__(name="saboteur", daemon=True)
        self.published: list[Outgoing] = []
        self._chance = random.Random(f"garbage {seed}")
        self._bus = bus
        self._seen = seen
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def strike(self, topic: str) -> None:
        """Publish a few, soon."""
        self._orders.put(topic)

    def enough(self) -> None:
        """No more is to come."""
        self._orders.put(None)

    @property
    def done(self) -> bool:
        """Whether everything is on the bus, after :meth:`enough`."""
        return not self.is_alive()

    def run(self) -> None:
        while (topic := self._orders.get()) is not None:
            records = corrupted(self._chance, Topic(topic), self._seen)
            self.published += records
            while True:
                try:
                    self._bus.publish_many(records)
                    break
                except BusUnavailable:
                    time.sleep(0.3)
