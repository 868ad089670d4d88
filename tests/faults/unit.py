"""A roadside unit without a camera: keeps what it saw and forwards it, as ``roadwitness edge`` does.

It goes on where it was killed: what it has kept for good is in its journal, and what it was about to keep it
keeps again.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from roadwitness import outbox as outboxes
from roadwitness.operating import Operating, operated
from roadwitness.outbox import Outbox, open_outbox
from roadwitness.roadside import Observation, heartbeat_to
from streams.bus import Bus
from streams.errors import RoadwitnessError
from streams.forwarding import Forwarder
from streams.health import Health
from tests.faults.truth import SITE, Outgoing, Seen, camera_name, traffic

_BEAT_S = 0.5


class Orders(msgspec.Struct, frozen=True):
    """What a unit is told. ``disorder`` is the share of passages whose records come otherwise than usual."""

    seed: int
    number: int
    cameras: int
    seconds: float
    per_second: float
    section: bool
    disorder: float
    began_at: float
    bus: str
    spool: str
    spool_limit_bytes: int
    journal: str
    metrics_port: int
    forgets: bool = False


@dataclass(frozen=True)
class Step:
    """Records that are kept together at a time."""

    at_s: float
    records: list[Outgoing]


def steps(seen: list[Seen], chance: random.Random, disorder: float) -> Iterator[Step]:
    """How a unit publishes what it saw: mostly evidence and passage at once, some otherwise.

    Otherwise is: the passage before its evidence, the evidence much later, or everything twice.
    """
    for one in seen:
        pictures, passage = one.evidence_records, one.passage_record
        way = chance.random() / disorder if disorder else 1.0
        if way >= 1.0:
            yield Step(one.at_s, [*pictures, passage])
        elif way < 0.33:
            yield Step(one.at_s, [passage, *pictures])
        elif way < 0.66 and pictures:
            yield Step(one.at_s, [passage])
            yield Step(one.at_s + chance.uniform(0.3, 3.0), pictures)
        else:
            yield Step(one.at_s, [*pictures, passage])
            yield Step(one.at_s + chance.uniform(0.1, 3.0), [*pictures, passage])


def work(orders: Orders, stop: threading.Event) -> None:
    """Publish everything that is left, then keep forwarding until ``stop``."""
    camera = camera_name(orders.number)
    seen = traffic(orders.seed, orders.cameras, orders.seconds, orders.per_second, section=orders.section)[
        orders.number
    ]
    chance = random.Random(f"unit {orders.seed} {orders.number}")
    planned = sorted(steps(seen, chance, orders.disorder), key=lambda step: step.at_s)
    journal = Path(orders.journal)
    done = journal.stat().st_size if journal.exists() else 0
    if orders.forgets:
        outboxes.Forwarder = _Forgetful  # type: ignore[misc]
    health = Health()
    with (
        open_outbox(orders.bus, Path(orders.spool), orders.spool_limit_bytes) as outbox,
        operated("edge", health, Operating(orders.metrics_port)),
        journal.open("ab") as kept,
    ):
        health.refresh_by(outbox.show)
        health.disk("spool", Path(orders.spool))
        beat = _Beat(outbox, camera)
        for step in planned[done:]:
            while not stop.is_set() and (left := orders.began_at + step.at_s - time.time()) > 0:
                stop.wait(min(left, 0.2))
                beat.beat()
            if stop.is_set():
                return
            outbox.publish_many(step.records)
            kept.write(b".")
            kept.flush()
            os.fsync(kept.fileno())
            beat.passages += 1
        kept.write(b"" if done > len(planned) else b"E")
        kept.flush()
        while not stop.is_set():
            stop.wait(0.2)
            beat.beat()


class _Beat:
    """Heartbeats, as a unit at work sends them."""

    def __init__(self, outbox: Outbox, camera: str) -> None:
        self.passages = 0
        self._beat = heartbeat_to(outbox, camera, SITE)
        self._began = self._at = time.monotonic()

    def beat(self) -> None:
        now = time.monotonic()
        if now - self._at >= _BEAT_S:
            self._at = now
            self._beat(Observation(0, self.passages, now - self._began), False)


class _Forgetful(Forwarder):
    """A forwarder that erases records one round before it sends them: what the harness must catch."""

    def _forward(self) -> None:
        bus: Bus = self._connect()
        held: list[Outgoing] = []
        while not self._stop.is_set():
            records = self._spool.next(self._most_records)
            self._spool.sent(records)
            bus.publish_many(held)
            held = [(r.topic, r.key, r.value) for r in records]
            self._stop.wait(0.2)


def main() -> None:
    """Work by the orders in the file that is named, until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    orders = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Orders)
    try:
        work(orders, stop)
    except RoadwitnessError as error:
        sys.exit(f"unit: {error}")
