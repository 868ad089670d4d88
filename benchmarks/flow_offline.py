"""What benchmarks/flow.py asks of an outage and of a restart: a day in the spool, an hour of sections."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flow_city import City, with_evidence
from flow_parts import fill, rss_mb
from flow_whole import first_said, run
from kafka import KafkaConsumer, TopicPartition

from streams.connect import open_bus
from streams.encoding import encode
from streams.forwarding import Forwarder
from streams.messages import EvidenceItem, Heartbeat, Passage
from streams.spool import Outgoing, Spool
from streams.topics import Topic

_AT_ONCE = 200
HEARTBEAT_S = 10
VIOLATION_EVERY = 2_000
EVIDENCE_BYTES = (180_000, 12_000, 190_000)  # a frame, a plate, a sealed original


@dataclass(frozen=True)
class Drained:
    """An outage and its end: what waited, how fast it went, and what memory that took.

    ``rss_mb`` are the memory before the connection came back, and the most while it was drained.
    ``core_s`` is what of ``drained_s`` this process had a core: all of it on a machine that is quiet.
    ``in_order``: every partition holds the records of each key in the order in which they were kept.
    """

    records: int
    megabytes: float
    kept_s: float
    drained_s: float
    core_s: float
    rss_mb: tuple[float, float]
    in_order: bool

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.drained_s


def outage(passages: int, bus_url: str, brokers: str, prefix: str, folder: Path) -> Drained:
    """Keep so many seconds of one camera, one passage a second, then connect and drain."""
    spool = Spool(folder / "outage.sqlite")
    started = time.perf_counter()
    count = 0
    # A unit keeps them one by one, which the stage "spool" measures; here they only have to be there.
    waiting: list[Outgoing] = []
    for together in _kept(passages):
        waiting += together
        if len(waiting) >= _AT_ONCE:
            spool.publish_many(waiting)
            count += len(waiting)
            waiting = []
    spool.publish_many(waiting)
    count += len(waiting)
    kept_s = time.perf_counter() - started
    megabytes = spool.state().size_bytes / 1e6
    before = rss_mb(os.getpid())
    most, done = before, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.1):
            most = max(most, rss_mb(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    forwarder = Forwarder(spool, lambda: open_bus(bus_url))
    started, core_s = time.perf_counter(), time.process_time()
    forwarder.start()
    left = forwarder.drain(patience_s=60.0)
    drained_s, core_s = time.perf_counter() - started, time.process_time() - core_s
    forwarder.stop()
    forwarder.check()
    done.set()
    watcher.join()
    spool.close()
    if left:
        raise RuntimeError(f"{left} records were not drained.")
    in_order = _in_order(brokers, f"{prefix}passages", passages)
    return Drained(count, megabytes, kept_s, drained_s, core_s, (before, most), in_order)


def _kept(passages: int) -> Iterator[list[Outgoing]]:
    """What a unit keeps together, second by second: a passage after its evidence, at times its health."""
    city = City(1)
    for number, seen in enumerate(city.passages(passages)):
        together: list[Outgoing] = []
        if number % VIOLATION_EVERY == 0:
            contents = [os.urandom(size) for size in EVIDENCE_BYTES]
            seen = with_evidence(seen, tuple(hashlib.sha256(each).hexdigest() for each in contents))
            together += [_evidence(seen, place, content) for place, content in enumerate(contents)]
        together.append((Topic.PASSAGES, "unit", encode(seen)))
        if number % HEARTBEAT_S == 0:
            beat = Heartbeat("unit", "site", seen.started_at_ns, 12 * number, 12.0, 0, number)
            together.append((Topic.HEARTBEATS, "unit", encode(beat)))
        yield together


def _evidence(seen: Passage, place: int, content: bytes) -> Outgoing:
    piece = seen.evidence[place]
    item = EvidenceItem(
        piece.digest, piece.media_type, piece.kind == "original", seen.passage_id, "unit", content
    )
    return Topic.EVIDENCE, piece.digest, encode(item)


def _in_order(brokers: str, topic: str, count: int) -> bool:
    """Whether the passages lie on the topic one after the other, none missing and none twice."""
    consumer = KafkaConsumer(bootstrap_servers=brokers, group_id=None, enable_auto_commit=False)
    parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    ends = consumer.end_offsets(parts)
    seen: list[int] = []
    while any(consumer.position(part) < ends[part] for part in parts):
        for batch in consumer.poll(timeout_ms=500).values():
            seen += [int(record.value[15:47], 16) for record in batch]
    consumer.close(autocommit=False)
    return seen == list(range(count))


class Where(Protocol):
    """The running parts: addresses of a bus and of a database of their own, by name."""

    folder: Path

    def bus(self, prefix: str) -> str:
        """A bus with topics of its own."""
        ...

    def database(self, name: str) -> str:
        """A database of its own."""
        ...


@dataclass(frozen=True)
class Ready:
    """A restart: from the start of the process until it had handled the first new passage.

    ``window`` passages of the last hour lay on the bus; ``empty_s`` is the same with hardly any. ``core_s``
    is what of ``ready_s`` the process had a core.
    """

    window: int
    ready_s: float
    core_s: float
    empty_s: float


def restart(sites: int, where: Where) -> Ready:
    """Handle an hour of a city's passages, stop, and start again."""
    city = City(sites, longest_s=3600.0)
    count = round(3600 * city.a_second)
    ready_s, core_s = _restarted(city, count, where, "hour")
    return Ready(count, ready_s, core_s, _restarted(city, 100, where, "fresh")[0])


def _restarted(city: City, count: int, where: Where, prefix: str) -> tuple[float, float]:
    worker = [
        "worker",
        where.bus(prefix),
        where.database(prefix),
        str(where.folder / prefix),
        str(city.sites),
    ]
    bus = open_bus(where.bus(prefix))
    messages = city.messages(count + 1)
    fill(bus, messages, count)
    run({"worker": worker}, {}, count)
    fill(bus, messages, 1)
    bus.close()
    started = time.time()
    said_at, core_s = first_said(worker)
    return said_at - started, core_s
