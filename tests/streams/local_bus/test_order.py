"""In which order the local log hands records out, and that many are written all or none."""

from __future__ import annotations

import random

import pytest

from streams.bus import BusUnavailable
from streams.local import LocalBus
from streams.topics import Topic
from tests.streams.local_bus.conftest import handle_all, values


def test_records_of_several_topics_come_in_the_order_in_which_they_were_written(bus: LocalBus) -> None:
    topics = [random.Random(5).choice([Topic.PASSAGES, Topic.EVIDENCE, Topic.DECISIONS]) for _ in range(60)]
    bus.publish_many([(topic, "key", b"%d" % number) for number, topic in enumerate(topics)])
    subscription = bus.subscribe([Topic.DECISIONS, Topic.PASSAGES, Topic.EVIDENCE], "enforce")
    found = [*subscription.poll(0, max_records=7), *subscription.poll(0)]
    assert [record.topic for record in found] == topics
    assert [int(record.value) for record in found] == list(range(60))


def test_a_topic_that_a_group_adds_later_is_read_from_its_first_record(bus: LocalBus) -> None:
    bus.publish_many([(Topic.DECISIONS, "case", b"d"), (Topic.SIGNALS, "junction", b"s")])
    handle_all(bus, Topic.DECISIONS, "enforce")
    (record,) = bus.subscribe([Topic.DECISIONS, Topic.SIGNALS], "enforce").poll(0)
    assert record.topic is Topic.SIGNALS


def test_many_records_are_written_all_or_none(bus: LocalBus) -> None:
    with pytest.raises(BusUnavailable):
        bus.publish_many([(Topic.DECISIONS, "case", b"1"), (Topic.DECISIONS, None, b"2")])  # type: ignore[list-item]
    assert values(bus, Topic.DECISIONS) == []
    bus.publish(Topic.DECISIONS, "case", b"3")
    assert values(bus, Topic.DECISIONS) == [b"3"]
