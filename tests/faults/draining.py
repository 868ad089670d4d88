"""Whether anything still waits somewhere between the units and the store."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from enforcement.worker import GROUP, TOPICS
from streams.topics import Topic
from tests.faults.stage import Stage
from tests.faults.watching import ask

#: A worker gathers records for half a second before it says that it holds them.
_GATHERS_S = 0.8
_CONSUMED = tuple(topic for topic in TOPICS if topic is not Topic.HEARTBEATS)  # those never end


def waiting(stage: Stage) -> str:
    """What still waits, as a sentence; empty when everything the units saw has been handled."""
    for i in range(stage.plan.units):
        if not stage.journal(i).exists() or not stage.journal(i).read_bytes().endswith(b"E"):
            return f"unit {i} has not published everything"
        if left := _spooled(stage, i):
            return f"{left} records wait in the spool of unit {i}"
    try:
        lag = _lag(stage)
    except (KafkaError, OSError) as error:
        return f"the brokers do not answer: {error}"
    if lag:
        return f"the workers are {lag} records behind"
    return _held(stage) or _held(stage, after_s=_GATHERS_S)


def _held(stage: Stage, after_s: float = 0.0) -> str:
    """What a worker has in its hands, ``after_s`` from now.

    One that was cut off still handles what others have handled meanwhile: it stores pictures and erases them.
    """
    time.sleep(after_s)
    for name, port in stage.metrics_ports.items():
        if name.startswith("worker"):
            held = re.search(r"^roadwitness_worker_held_records (\S+)$", ask(port), re.MULTILINE)
            if held is None:
                return f"{name} does not answer"
            if float(held[1]):
                return f"{name} holds {float(held[1]):.0f} records"
    return ""


def _spooled(stage: Stage, unit: int) -> int:
    """Records other than heartbeats, which never end."""
    try:
        with closing(sqlite3.connect(f"file:{stage.spool(unit)}?mode=ro", uri=True, timeout=1.0)) as spool:
            [count] = spool.execute("SELECT count(*) FROM waiting WHERE topic != 'heartbeats'").fetchone()
            return int(count)
    except sqlite3.OperationalError:
        return -1


def _lag(stage: Stage) -> int:
    """Records that the worker's group has not committed; what was never committed counts from the start."""
    servers = stage.cluster.inside.split(",")
    with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
        committed = admin.list_group_offsets({stage.prefix + GROUP: None})
    with closing(KafkaConsumer(bootstrap_servers=servers)) as consumer:
        names = [stage.prefix + topic.value for topic in _CONSUMED]
        parts = [TopicPartition(name, n) for name in names for n in consumer.partitions_for_topic(name) or ()]
        ends = consumer.end_offsets(parts)
    offsets = committed.get(stage.prefix + GROUP, committed)
    done = {part: each.offset for part, each in offsets.items()}
    return sum(max(0, end - max(0, done.get(part, 0))) for part, end in ends.items())
