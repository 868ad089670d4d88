"""What members of a group may rely on, on the local log and on a real Kafka alike."""

from __future__ import annotations

import time

import pytest

from streams.bus import Bus, Part, Record
from streams.topics import Topic
from tests.streams.conftest import Open
from tests.streams.taking import numbered, take, values


def test_a_paused_subscription_gives_nothing_and_then_goes_on_where_it_stopped(bus: Bus) -> None:
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5)])
    first = take(subscription, 1)
    subscription.pause()
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5, start=5)])
    assert [list(subscription.poll(0.3)) for _ in range(3)] == [[], [], []]
    subscription.resume()
    assert values(first + take(subscription, 10 - len(first))) == numbered(10)


def test_what_was_not_committed_before_a_pause_comes_again(open_again: Open) -> None:
    bus = open_again()
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5)])
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    assert len(take(subscription, 5)) == 5
    subscription.pause()
    subscription.poll(0.2)
    subscription.close()
    assert values(take(bus.subscribe([Topic.PASSAGES], "group"), 5)) == numbered(5)


@pytest.mark.parametrize("taken", [False, True], ids=["left", "taken"])
def test_what_was_polled_ahead_is_not_committed_before_it_is_taken(open_again: Open, taken: bool) -> None:
    bus = open_again()
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5)])
    part = bus.partition_of(Topic.PASSAGES, "camera")
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    batch: list[Record] = []
    while len(batch) < 2:
        batch += subscription.poll(1.0, 2 - len(batch))
    ahead: list[Record] = []
    while len(ahead) < 3:
        ahead += subscription.poll(1.0, ahead=True)
    assert values(batch + ahead) == numbered(5)
    assert part not in subscription.reached(Topic.PASSAGES)
    if taken:
        subscription.take_ahead()
        assert part in subscription.reached(Topic.PASSAGES)
    subscription.commit()
    subscription.close()
    bus.publish(Topic.PASSAGES, "camera", b"next")
    again = take(bus.subscribe([Topic.PASSAGES], "group"), 1 if taken else 4)
    assert values(again) == ([] if taken else numbered(3, start=2)) + [b"next"]


class Told:
    """Notes which partitions came and went."""

    def __init__(self) -> None:
        self.given_parts: set[Part] = set()

    def given(self, parts: frozenset[Part]) -> None:
        self.given_parts |= parts

    def taken(self, parts: frozenset[Part]) -> None:
        self.given_parts -= parts


def test_a_member_is_told_its_partitions_before_their_first_record(bus: Bus) -> None:
    told = Told()
    keys = [f"camera-{number}" for number in range(8)]
    bus.publish_many([(Topic.PASSAGES, key, b"") for key in keys])
    subscription = bus.subscribe([Topic.PASSAGES], "group", shares=told)
    seen: list[Record] = []
    while len(seen) < len(keys):
        seen += subscription.poll(5)
        assert {record.part for record in seen} <= told.given_parts
    assert {bus.partition_of(record.topic, record.key) == record.partition for record in seen} == {True}


def test_a_group_knows_where_it_stands_and_when_it_has_seen_all(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(4)])
    part = bus.partition_of(Topic.PASSAGES, "camera")
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    records = take(subscription, 4)
    at_first = subscription.places(Topic.PASSAGES)[part]
    assert at_first.since_ns == at_first.handled_ns <= records[0].published_at_ns
    subscription.commit()
    reached = subscription.reached(Topic.PASSAGES)[part]
    assert reached >= records[-1].published_at_ns
    bus.publish(Topic.PASSAGES, "camera", b"next")
    assert part not in subscription.reached(Topic.PASSAGES)
    place = subscription.places(Topic.PASSAGES)[part]
    assert at_first.offset < place.offset
    assert records[-1].published_at_ns <= place.handled_ns <= time.time_ns()
    assert values(take(subscription, 1)) == [b"next"]


def test_others_records_can_be_followed_at_a_chosen_pace(bus: Bus) -> None:
    part = bus.partition_of(Topic.SIGNALS, "a")
    bus.publish_many([(Topic.SIGNALS, "a", value) for value in numbered(3)])
    time.sleep(0.05)
    bus.publish_many([(Topic.SIGNALS, "a", value) for value in numbered(3, start=3)])
    times = [record.published_at_ns for record in bus.recall(Topic.SIGNALS)]
    following = bus.follow(Topic.SIGNALS, {part: 0})
    assert values(list(following.read(times[0]))) == numbered(3)
    assert times[0] <= following.reached()[part] < times[-1]
    assert values(list(following.read(time.time_ns()))) == numbered(3, start=3)
    assert list(following.read(time.time_ns())) == []
    bus.publish(Topic.SIGNALS, "a", b"new")
    assert values(list(following.read(time.time_ns() + 10**9))) == [b"new"]
    following.close()
    later = bus.follow(Topic.SIGNALS, {part: times[-1]})
    assert values(list(later.read(time.time_ns() + 10**9))) == [*numbered(3, start=3), b"new"]
    later.close()
    assert values(take(bus.subscribe([Topic.SIGNALS], "group"), 7)) == [*numbered(6), b"new"]
