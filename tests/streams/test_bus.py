"""What every bus promises, shown on the local log and on a real Kafka alike."""

from __future__ import annotations

import os
import threading
import time

import pytest

from streams.bus import Bus, BusUrlError, Record, RecordTooLarge
from streams.connect import open_bus
from streams.dead_letter_box import letters, replay
from streams.dead_letters import publish_dead_letter
from streams.encoding import decode
from streams.messages import DeadLetter
from streams.schema_header import OURS, SCHEMA
from streams.topics import Topic, largest_record_bytes
from tests.streams.conftest import Open
from tests.streams.taking import numbered, take, values


def test_a_record_comes_back_as_it_was_published(bus: Bus) -> None:
    bus.publish(Topic.PASSAGES, "camera-ü", b"\x00 any bytes \xff")
    (record,) = take(bus.subscribe([Topic.PASSAGES], "group"), 1)
    assert (record.topic, record.key, record.value) == (Topic.PASSAGES, "camera-ü", b"\x00 any bytes \xff")


def test_an_empty_value_and_an_empty_key_come_back_too(bus: Bus) -> None:
    bus.publish(Topic.PASSAGES, "", b"")
    (record,) = take(bus.subscribe([Topic.PASSAGES], "group"), 1)
    assert (record.key, record.value) == ("", b"")


def test_records_of_one_key_keep_their_order(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, f"camera-{n % 5}", b"%d" % n) for n in range(200)])
    records = take(bus.subscribe([Topic.PASSAGES], "group"), 200)
    assert len(records) == 200
    for key in {record.key for record in records}:
        of_key = [int(record.value) for record in records if record.key == key]
        assert of_key == sorted(of_key)
        assert len({record.partition for record in records if record.key == key}) == 1


def test_offsets_ascend_within_a_partition(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, f"camera-{n % 5}", b"") for n in range(50)])
    records = take(bus.subscribe([Topic.PASSAGES], "group"), 50)
    for partition in {record.partition for record in records}:
        offsets = [record.offset for record in records if record.partition == partition]
        assert offsets == sorted(set(offsets))


def test_a_subscription_is_given_its_topics_only(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, "a", b"p"), (Topic.EVIDENCE, "b", b"e"), (Topic.DECISIONS, "c", b"d")])
    records = take(bus.subscribe([Topic.PASSAGES, Topic.DECISIONS], "group"), 2)
    assert {(record.topic, record.value) for record in records} == {
        (Topic.PASSAGES, b"p"),
        (Topic.DECISIONS, b"d"),
    }


def test_groups_do_not_take_from_each_other(bus: Bus) -> None:
    first = bus.subscribe([Topic.DECISIONS], "first")
    second = bus.subscribe([Topic.DECISIONS], "second")
    bus.publish_many([(Topic.DECISIONS, "case", value) for value in numbered(10)])
    assert values(take(first, 10)) == numbered(10)
    first.commit()
    assert values(take(second, 10)) == numbered(10)


def test_polling_goes_on_where_it_stopped(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(10)])
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    polled: list[bytes] = []
    while len(polled) < 10:
        batch = subscription.poll(10, max_records=3)
        assert 1 <= len(batch) <= 3
        polled += values(list(batch))
    assert polled == numbered(10)


def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(10)])
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    assert values(take(subscription, 10)) == numbered(10)
    subscription.close()
    assert values(take(bus.subscribe([Topic.PASSAGES], "group"), 10)) == numbered(10)


def test_a_commit_counts_after_reopening(open_again: Open) -> None:
    bus = open_again()
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5)])
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    assert len(take(subscription, 5)) == 5
    subscription.commit()
    bus.publish_many([(Topic.PASSAGES, "camera", value) for value in numbered(5, start=5)])
    assert len(take(subscription, 5)) == 5  # polled, and not committed
    subscription.close()
    bus.close()
    assert values(take(open_again().subscribe([Topic.PASSAGES], "group"), 5)) == numbered(5, start=5)


def test_a_commit_covers_what_was_polled_and_no_more(open_again: Open) -> None:
    bus = open_again()
    bus.publish_many([(Topic.DECISIONS, "case", value) for value in numbered(10)])
    subscription = bus.subscribe([Topic.DECISIONS], "group")
    polled: list[Record] = []
    while not polled:
        polled += subscription.poll(10, max_records=4)
    subscription.commit()
    subscription.close()
    again = take(bus.subscribe([Topic.DECISIONS], "group"), 10 - len(polled))
    assert values(again) == numbered(10 - len(polled), start=len(polled))


def test_committing_twice_or_before_anything_was_polled_is_harmless(bus: Bus) -> None:
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    subscription.commit()
    bus.publish(Topic.PASSAGES, "camera", b"1")
    assert values(take(subscription, 1)) == [b"1"]
    subscription.commit()
    subscription.commit()


def test_a_new_group_begins_at_the_first_record(bus: Bus) -> None:
    bus.publish(Topic.DECISIONS, "case", b"before anyone subscribed")
    assert values(take(bus.subscribe([Topic.DECISIONS], "late"), 1)) == [b"before anyone subscribed"]


def test_a_picture_of_a_megabyte_and_a_half_goes_through_intact(bus: Bus) -> None:
    pictures = [os.urandom(1_500_000) for _ in range(3)]
    bus.publish_many([(Topic.EVIDENCE, "digest", picture) for picture in pictures])
    subscription = bus.subscribe([Topic.EVIDENCE], "group")
    assert values(take(subscription, 3)) == pictures


@pytest.mark.parametrize("topic", [Topic.PASSAGES, Topic.EVIDENCE, Topic.DEAD_LETTERS])
def test_the_largest_record_passes_and_one_byte_more_is_refused(bus: Bus, topic: Topic) -> None:
    largest = largest_record_bytes(topic)
    bus.publish(topic, "key", os.urandom(largest))
    with pytest.raises(RecordTooLarge, match=f"{largest + 1} bytes is too large for the topic {topic.value}"):
        bus.publish_many([(topic, "key", b"small"), (topic, "key", bytes(largest + 1))])
    assert [len(value) for value in values(take(bus.subscribe([topic], "group"), 1))] == [largest]


def test_many_threads_publish_and_nothing_is_lost_or_doubled(bus: Bus) -> None:
    def publish(worker: int) -> None:
        for number in range(30):
            bus.publish(Topic.PASSAGES, f"camera-{worker}", b"%d" % number)

    threads = [threading.Thread(target=publish, args=[worker]) for worker in range(6)]
    for thread in threads:
        thread.start()
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    records = take(subscription, 180)
    for thread in threads:
        thread.join()
    for worker in range(6):
        assert values([r for r in records if r.key == f"camera-{worker}"]) == numbered(30)


def test_a_waiting_poll_wakes_when_a_record_comes(bus: Bus) -> None:
    subscription = bus.subscribe([Topic.PASSAGES], "group")
    subscription.poll(3)  # a Kafka consumer joins its group here
    timer = threading.Timer(0.5, bus.publish, (Topic.PASSAGES, "camera", b"1"))
    timer.start()
    began = time.monotonic()
    records = subscription.poll(20)
    assert values(list(records)) == [b"1"]
    assert time.monotonic() - began < 5
    timer.join()


def test_polling_an_empty_topic_ends_in_time(bus: Bus) -> None:
    began = time.monotonic()
    assert list(bus.subscribe([Topic.SIGNALS], "group").poll(0.3)) == []
    assert time.monotonic() - began < 5


def test_a_subscription_without_topics_is_refused(bus: Bus) -> None:
    with pytest.raises(ValueError, match="at least one topic"):
        bus.subscribe([], "group")


def test_a_dead_letter_keeps_the_original_bytes_and_says_why(bus: Bus) -> None:
    broken = Record(Topic.PASSAGES, "camera", b"{not json \xff", partition=0, offset=7)
    letter = publish_dead_letter(bus, broken, "not a Passage: malformed", clock=lambda: 12)
    (record,) = take(bus.subscribe([Topic.DEAD_LETTERS], "group"), 1)
    assert record.key == "passages"
    assert decode(record.value, DeadLetter) == letter
    assert letter == DeadLetter("passages", "camera", "not a Passage: malformed", 12, b"{not json \xff")


def test_the_largest_evidence_fits_into_a_dead_letter(bus: Bus) -> None:
    content = os.urandom(largest_record_bytes(Topic.EVIDENCE))
    publish_dead_letter(bus, Record(Topic.EVIDENCE, "digest", content, 0, 0), "why " * 1000)
    (record,) = take(bus.subscribe([Topic.DEAD_LETTERS], "group"), 1)
    assert decode(record.value, DeadLetter).content == content


@pytest.mark.parametrize("url", ["", "local:", "local", "/tmp/bus", "redis://localhost", "sqlite:bus"])
def test_an_address_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(BusUrlError, match=r"give local:FILE or kafka://host:port"):
        open_bus(url)


def test_what_is_still_there_can_be_recalled_without_consuming_it(bus: Bus) -> None:
    bus.publish_many([(Topic.SIGNALS, "junction", value) for value in numbered(20)])
    assert values(list(bus.recall(Topic.SIGNALS))) == numbered(20)
    assert values(list(bus.recall(Topic.SIGNALS))) == numbered(20)
    assert list(bus.recall(Topic.DECISIONS)) == []
    # A group that joins afterwards gets everything, and erasing waits for nobody who only recalled.
    assert values(take(bus.subscribe([Topic.SIGNALS], "group"), 20)) == numbered(20)
    since = list(bus.recall(Topic.SIGNALS, since_ns=time.time_ns() - 60 * 10**9))
    assert values(since) == numbered(20)


def test_every_record_says_which_schema_it_follows_and_when_it_came(bus: Bus) -> None:
    before = time.time_ns() - 2 * 10**9
    bus.publish(Topic.PASSAGES, "camera", b"1")
    bus.publish(Topic.PASSAGES, "camera", b"2", headers=(("traceparent", b"00-a"), (SCHEMA, b"9.0")))
    ours, other = take(bus.subscribe([Topic.PASSAGES], "group"), 2)
    assert ours.headers == OURS
    assert dict(other.headers) == {**dict(OURS), "traceparent": b"00-a", SCHEMA: b"9.0"}
    assert before < ours.published_at_ns <= other.published_at_ns <= time.time_ns() + 2 * 10**9


def test_a_letter_goes_back_with_the_headers_that_it_came_with(bus: Bus) -> None:
    record = Record(Topic.PASSAGES, "camera", b"[]", 0, 7, headers=((SCHEMA, b"9.0"),))
    publish_dead_letter(bus, record, "why")
    [posted] = letters(bus)
    replay(bus, posted)
    [again] = take(bus.subscribe([Topic.PASSAGES], "group"), 1)
    assert dict(again.headers)[SCHEMA] == b"9.0"
