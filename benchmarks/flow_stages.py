"""The stages of benchmarks/flow.py one by one, each beside what its limit reaches with the same messages."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
from flow_city import City
from flow_parts import Figure, rate_of
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from enforcement.batch import read_batch
from enforcement.bench import Bench
from enforcement.circumstances import Circumstances
from enforcement.judging import findings_of
from enforcement.rows import PASSAGES, passage_row
from enforcement.store import Store
from roadwitness.collecting import collect_rarely
from streams.bus import Record
from streams.connect import open_bus
from streams.encoding import decode
from streams.messages import Passage
from streams.spool import Spool
from streams.topics import Topic

Message = tuple[str, bytes]
_BATCH = 500  # what a forwarder sends at once
_INSERT = 5_000
_RAW_PRODUCER = {"acks": "all", "enable_idempotence": True, "linger_ms": 20, "batch_size": 2**20}
_RAW_CONSUMER = {"max_poll_records": 5_000, "max_partition_fetch_bytes": 16 * 2**20, "fetch_max_bytes": 2**26}


def publishing(messages: Sequence[Message], bus_url: str, brokers: str, topic: str) -> Figure:
    """Our bus, every batch acknowledged before the next is sent, beside a producer that never waits."""
    bus = open_bus(bus_url)
    batches = [messages[at : at + _BATCH] for at in range(0, len(messages), _BATCH)]

    def ours() -> None:
        for batch in batches:
            bus.publish_many([(Topic.PASSAGES, key, value) for key, value in batch])

    producer = KafkaProducer(bootstrap_servers=brokers, compression_type="zstd", **_RAW_PRODUCER)

    def raw() -> None:
        for key, value in messages:
            producer.send(topic, key=key.encode(), value=value)
        producer.flush()

    limit = rate_of(raw, len(messages))
    rate = rate_of(ours, len(messages))
    bus.close()
    producer.close()
    return Figure("publish", rate, "kafka-python's producer, one flush", limit)


def polling(count: int, bus_url: str, brokers: str, topic: str) -> Figure:
    """Our subscription beside kafka-python's consumer, on the same partitions of the same topic."""
    consumer = KafkaConsumer(
        bootstrap_servers=brokers, group_id=None, enable_auto_commit=False, **_RAW_CONSUMER
    )
    parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    bus = open_bus(bus_url)
    subscription = bus.subscribe([Topic.PASSAGES], f"flow-{uuid.uuid4().hex[:8]}")
    limit = _poll_rate(lambda: sum(map(len, consumer.poll(timeout_ms=500).values())), count)
    rate = _poll_rate(lambda: len(subscription.poll(0.5, _INSERT)), count)
    subscription.close()
    consumer.close(autocommit=False)
    bus.close()
    return Figure("poll", rate, "kafka-python's consumer", limit)


def _poll_rate(poll: Callable[[], int], count: int) -> float:
    """Records a second after the first: joining a group takes its time, once."""
    while not (first := poll()):
        pass

    def rest() -> None:
        got = first
        while got < count:
            got += poll()

    return rate_of(rest, count - first)


def judging(city: City, messages: Sequence[Message], store: Store) -> list[Figure]:
    """The bench with all that it remembers and asks, beside the rules alone, beside decoding alone."""
    records = [Record(Topic.PASSAGES, key, value, 0, at) for at, (key, value) in enumerate(messages)]
    batches = [records[at : at + _INSERT] for at in range(0, len(records), _INSERT)]
    bench = Bench(store, city.policies, city.roads, city.distances)

    def ours() -> None:
        for batch in batches:
            judged = bench.judge(read_batch(batch))
            bench.sections.settle(judged.matches)
            bench.sections.release(bench.sections.ended())

    def rules() -> None:
        for each in passages:
            findings_of(Circumstances(each, city.roads[each.camera_id]), city.policies[each.camera_id])

    def decoding() -> None:
        for _, value in messages:
            decode(value, Passage)

    passages = [decode(value, Passage) for _, value in messages]
    collect_rarely()
    alone = rate_of(rules, len(messages))
    decoded = rate_of(decoding, len(messages))
    with_all = rate_of(ours, len(messages))
    return [
        Figure("rules alone", alone, "decode", decoded, "all sixteen, passages in memory"),
        Figure("decode and judge", with_all, "decode", decoded, "sections, sightings, plates, register"),
    ]


def inserting(messages: Sequence[Message], store: Store, store_url: str) -> Figure:
    """Rows of statistics as the worker writes them, beside the client with columns made before."""
    passages = [decode(value, Passage) for _, value in messages]
    parts = [passages[at : at + _INSERT] for at in range(0, len(passages), _INSERT)]
    columns = [[list(column) for column in zip(*map(passage_row, part), strict=True)] for part in parts]
    client = raw_client(store_url)

    def ours() -> None:
        for part in parts:
            store.insert("passages", PASSAGES, [passage_row(each) for each in part])

    def raw() -> None:
        for part in columns:
            client.insert("passages", part, column_names=PASSAGES, column_oriented=True)

    limit = rate_of(raw, len(messages))
    rate = rate_of(ours, len(messages))
    client.close()
    return Figure("insert statistics", rate, "clickhouse-connect, columns made before", limit)


def raw_client(store_url: str) -> clickhouse_connect.driver.client.Client:
    """A client of the store's database."""
    parts = urlsplit(store_url)
    return clickhouse_connect.get_client(
        host=parts.hostname, port=parts.port, database=parts.path.strip("/") or "default"
    )


def spooling(messages: Sequence[Message], folder: Path) -> Figure:
    """The unit's disk: one record a transaction, beside appending the same bytes and waiting for the disk."""
    spool = Spool(folder / "spool.sqlite")
    plain = os.open(folder / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def ours() -> None:
        for key, value in messages:
            spool.publish(Topic.PASSAGES, key, value)

    def raw() -> None:
        for _, value in messages:
            os.write(plain, value)
            os.fsync(plain)

    limit = rate_of(raw, len(messages))
    rate = rate_of(ours, len(messages))
    os.close(plain)
    spool.close()
    return Figure("spool", rate, "write and fsync of the same bytes", limit)
