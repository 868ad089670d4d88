"""A member of a group that takes longer to join than a poll lasts gets its partitions all the same."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from streams.bus import Subscription
from streams.connect import open_bus
from streams.topics import Topic
from tests.faults.brokers import Cluster, NoKafka, Parts
from tests.faults.links import Way, Wires

pytestmark = pytest.mark.kafka


@pytest.fixture
def wires() -> Wires:
    return Wires()


def test_partitions_that_are_added_are_read_however_slowly_the_group_answers(
    wires: Wires, tmp_path: Path
) -> None:
    from kafka import KafkaAdminClient

    try:
        cluster = Cluster(Parts.find(), tmp_path, wires, ["WORKER"], 1)
    except NoKafka as missing:
        pytest.skip(str(missing))
    cluster.start()
    prefix = f"{uuid.uuid4().hex[:8]}-"
    settings = f"partitions=1&patience_s=10&session_timeout_s=2&topic_prefix={prefix}"
    near = open_bus(f"kafka://{cluster.inside}?{settings}")
    far = open_bus(f"kafka://{cluster.address('WORKER')}?{settings}")
    near.publish(Topic.PASSAGES, "first", b"first")
    member = far.subscribe([Topic.PASSAGES, Topic.EVIDENCE], "group")
    try:
        assert _poll(member, 1) == 1
        cluster.links("WORKER")[0].become(Way(delay_s=0.12), reset=False)
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
        cluster.stop()
        wires.close()


def _poll(member: Subscription, wanted: int) -> int:
    """How many records came within some seconds of short polls."""
    count, until = 0, time.monotonic() + 15.0
    while count < wanted and time.monotonic() < until:
        count += len(member.poll(0.05))
    return count
