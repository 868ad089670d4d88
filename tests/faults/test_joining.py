"""A member of a group that takes longer to join than a poll lasts gets its partitions all the same."""

from __future__ import annotations

import time
import uuid

import pytest
from kafka import KafkaAdminClient

from streams.bus import Subscription
from streams.connect import open_bus
from streams.topics import Topic
from tests.faults.links import OPEN, Way
from tests.faults.play import House

pytestmark = pytest.mark.kafka


def test_partitions_that_are_added_are_read_however_slowly_the_group_answers(house: House) -> None:
    cluster = house.cluster(1)
    [link] = cluster.links("WORKER0")
    prefix = f"{uuid.uuid4().hex[:8]}-"
    settings = f"partitions=1&patience_s=10&session_timeout_s=2&topic_prefix={prefix}"
    near = open_bus(f"kafka://{cluster.inside}?{settings}")
    far = open_bus(f"kafka://{cluster.address('WORKER0')}?{settings}")
    near.publish(Topic.PASSAGES, "first", b"first")
    member = far.subscribe([Topic.PASSAGES, Topic.EVIDENCE], "group")
    try:
        assert _poll(member, 1) == 1
        link.become(Way(delay_s=0.12), reset=False)
        admin = KafkaAdminClient(bootstrap_servers=cluster.inside)
        admin.create_partitions({f"{prefix}passages": 6})
        admin.close()
        # What a client looks at by itself every five minutes.
        member._consumer._coordinator._cluster.request_update()  # type: ignore[attr-defined]
        late = open_bus(f"kafka://{cluster.inside}?{settings}")
        late.publish_many((Topic.PASSAGES, f"key {i}", b"later") for i in range(20))
        late.close()
        assert _poll(member, 20) == 20
    finally:
        member.close()
        far.close()
        near.close()
        link.become(OPEN)
        cluster.forget(prefix)


def _poll(member: Subscription, wanted: int) -> int:
    """How many records came within some seconds of short polls."""
    count, until = 0, time.monotonic() + 60.0
    while count < wanted and time.monotonic() < until:
        count += len(member.poll(0.05))
    return count
