"""The processes that benchmarks/flow.py starts: a worker as ``roadwitness enforce`` runs one, and a raw pipe.

    python benchmarks/flow_worker.py worker BUS STORE EVIDENCE SITES [GATE]
    python benchmarks/flow_worker.py raw BROKERS TOPIC GROUP STORE

Both say on standard output, a line each time, when how many records were handled for good: ``SECONDS COUNT``.
SIGTERM ends them; a worker then says how long each stage took: ``STAGE SECONDS``. With a GATE it takes its
share of the partitions, says how many they are (``share COUNT``), and handles nothing until a file of that
name is there.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from flow_city import City
from kafka import KafkaConsumer

from enforcement.evidence import EvidenceFolder
from enforcement.worker import Enforcer
from roadwitness.collecting import collect_rarely
from roadwitness.premises import open_store
from streams.bus import Part, Record
from streams.connect import open_bus
from streams.metrics import BATCH_STAGE
from streams.topics import Topic

RAW_RECORDS = 5_000


class Counted:
    """A bus whose subscriptions say how many records were committed, and when."""

    def __init__(self, bus: Any, gate: Path | None) -> None:
        self._bus = bus
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    def subscribe(self, topics: Sequence[Topic], group: str, *, shares: Any, **named: Any) -> Any:
        """As of the bus."""
        told = Told(shares)
        return CountedSubscription(self._bus.subscribe(topics, group, shares=told, **named), self._gate)


class Told:
    """Says how many partitions of the passages this worker has."""

    def __init__(self, shares: Any) -> None:
        self._shares = shares
        self._parts: frozenset[Part] = frozenset()

    def given(self, parts: frozenset[Part]) -> None:
        """These came."""
        self._shares.given(parts)
        self._tell(self._parts | parts)

    def taken(self, parts: frozenset[Part]) -> None:
        """These went."""
        self._shares.taken(parts)
        self._tell(self._parts - parts)

    def _tell(self, parts: frozenset[Part]) -> None:
        self._parts = parts
        print(f"share {sum(topic is Topic.PASSAGES for topic, _ in parts)}", flush=True)


class CountedSubscription:
    """Says after each commit how many records were polled before it; gives none before the gate is open."""

    def __init__(self, subscription: Any, gate: Path | None) -> None:
        self._subscription = subscription
        self._polled = self._ahead = 0
        self._gate = gate
        if gate is not None:
            subscription.pause()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscription, name)

    def poll(self, *given: Any, ahead: bool = False, **named: Any) -> Sequence[Record]:
        """As of the subscription."""
        if self._gate is not None and self._gate.exists():
            self._gate = None
            self._subscription.resume()
        records: Sequence[Record] = self._subscription.poll(*given, ahead=ahead, **named)
        self._polled += 0 if ahead else len(records)
        self._ahead += len(records) if ahead else 0
        return records

    def take_ahead(self) -> None:
        """As of the subscription."""
        self._subscription.take_ahead()
        self._polled, self._ahead = self._polled + self._ahead, 0

    def resume(self) -> None:
        """As of the subscription, but for a gate that is shut."""
        if self._gate is None:
            self._subscription.resume()

    def commit(self, *given: Any, **named: Any) -> None:
        """As of the subscription."""
        self._subscription.commit(*given, **named)
        say(self._polled)
        self._polled = 0


def say(count: int) -> None:
    """So many more were handled for good."""
    if count:
        print(f"{time.time():.6f} {count}", flush=True)


def work(bus_url: str, store_url: str, evidence: str, sites: str, gate: str = "") -> None:
    """Judge what the city sends until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    city = City(int(sites))
    collect_rarely()
    with closing(open_store(store_url)) as store, closing(open_bus(bus_url)) as bus:
        Enforcer(
            Counted(bus, Path(gate) if gate else None),  # type: ignore[arg-type]
            store,
            EvidenceFolder(Path(evidence)),
            city.policies,
            roads=city.roads,
            distances=city.distances,
        ).run(stop)
    for metric in BATCH_STAGE.collect():
        for sample in metric.samples:
            if sample.name.endswith("_sum"):
                print(f"{sample.labels['stage']} {sample.value:.6f}", flush=True)


def pipe(brokers: str, topic: str, group: str, store_url: str) -> None:
    """Put the messages themselves into a table, as they are, until SIGTERM: what no worker can pass."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    parts = urlsplit(store_url)
    client = (
        clickhouse_connect.get_client(host=parts.hostname, port=parts.port)
        if parts.scheme
        else clickhouse_connect.get_client(interface="chdb", path=store_url)
    )
    client.command("CREATE TABLE IF NOT EXISTS raw (key String, value String) ENGINE = MergeTree ORDER BY ()")
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=brokers.split(","),
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=RAW_RECORDS,
        max_partition_fetch_bytes=16 * 2**20,
        fetch_max_bytes=64 * 2**20,
    )
    while not stop.is_set():
        keys: list[bytes] = []
        values: list[bytes] = []
        until = time.monotonic() + 1.0
        while len(keys) < RAW_RECORDS and time.monotonic() < until:
            for batch in consumer.poll(timeout_ms=250).values():
                keys += [record.key for record in batch]
                values += [record.value for record in batch]
        if keys:
            client.insert("raw", [keys, values], column_names=["key", "value"], column_oriented=True)
            consumer.commit()
            say(len(keys))
    consumer.close(autocommit=False)


if __name__ == "__main__":
    {"worker": work, "raw": pipe}[sys.argv[1]](*sys.argv[2:])
