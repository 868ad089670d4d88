"""Whether all that the units saw has been judged, and what came of it."""

from __future__ import annotations

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from enforcement.store import Store
from scripts.local_cluster.cluster import LocalCluster
from streams.topics import Topic

_GROUP = "enforcement"
_JUDGED = (Topic.PASSAGES, Topic.EVIDENCE, Topic.SIGNALS)


def settled(cluster: LocalCluster) -> bool:
    """Whether every unit has seen its clip to the end and the workers have committed all that came of it."""
    if any(unit.process.exit_code != 0 for unit in cluster.units):
        return False
    try:
        return lag(cluster.kafka.bootstrap) == 0
    except KafkaError:
        return False  # an election, say: asked again in a moment


def lag(bootstrap: str) -> int:
    """How many records that concern cases the workers have not handled yet.

    Raises:
        KafkaError: when the brokers do not answer.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","))
    try:
        places = [
            (topic["name"], partition["partition_index"])
            for topic in admin.describe_topics([topic.value for topic in _JUDGED])
            for partition in topic["partitions"]
        ]
        ends = admin.list_partition_offsets({TopicPartition(*place): OffsetSpec.LATEST for place in places})
        done = admin.list_group_offsets(_GROUP)[_GROUP]
    finally:
        admin.close()
    handled = {(place.topic, place.partition): at.offset for place, at in done.items()}
    return sum(end.offset - max(handled.get((at.topic, at.partition), 0), 0) for at, end in ends.items())


def cases(cluster: LocalCluster) -> int:
    """How many cases are in the store."""
    store = Store.server(cluster.store.url)
    try:
        [(count,)] = store.query("SELECT count() FROM v_violations")
    finally:
        store.close()
    return int(count)
