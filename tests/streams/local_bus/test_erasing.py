"""What the local log erases from the disk, when, and what it keeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streams.local import LocalBus
from streams.topics import ERASED_IN_TIME, ERASED_WHEN_CONSUMED, RETENTION_S, Topic
from tests.streams.local_bus.conftest import PLATE, handle_all, values

KEPT = sorted(set(Topic) - ERASED_WHEN_CONSUMED)


def on_disk(path: Path) -> bytes:
    """All bytes of the log, its journal and its index."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


@pytest.mark.parametrize("topic", sorted(ERASED_WHEN_CONSUMED))
def test_what_every_group_has_handled_is_erased_from_the_disk(
    path: Path, bus: LocalBus, topic: Topic
) -> None:
    bus.publish(topic, "camera", PLATE)
    assert PLATE in on_disk(path)
    handle_all(bus, topic, "enforce")
    assert values(bus, topic, "another group") == []
    assert PLATE not in on_disk(path)


@pytest.mark.parametrize("topic", KEPT)
def test_other_topics_are_kept(bus: LocalBus, topic: Topic) -> None:
    bus.publish(topic, "case", b"kept")
    handle_all(bus, topic, "enforce")
    assert values(bus, topic, "another group") == [b"kept"]


@pytest.mark.parametrize("topic", sorted(ERASED_IN_TIME))
@pytest.mark.parametrize("is_waited_for", [False, True])
def test_what_may_tell_of_a_case_is_erased_after_its_time_unless_somebody_waits_for_it(
    path: Path, topic: Topic, is_waited_for: bool
) -> None:
    day_ns = 24 * 3600 * 10**9
    now_ns = 1000 * day_ns
    bus = LocalBus(path, clock=lambda: now_ns)
    reader = bus.subscribe([topic], "enforce") if topic is Topic.DECISIONS or is_waited_for else None
    bus.publish(topic, "case", PLATE)
    if reader is not None and not is_waited_for:
        reader.poll(0.0)
        reader.commit()
    worker = bus.subscribe([Topic.HEARTBEATS], "another")
    now_ns += (RETENTION_S[topic] or 0) * 10**9 - day_ns
    worker.commit()
    assert PLATE in on_disk(path)
    now_ns += 2 * day_ns
    worker.commit()
    assert (PLATE in on_disk(path)) is is_waited_for
    bus.close()


def test_no_bus_keeps_a_record_until_its_case_is_erased() -> None:
    whole_segments = 7 / 6  # Kafka erases a sixth of the time late at most
    assert all(
        kept_s is not None and kept_s * whole_segments < 30 * 86_400 for kept_s in RETENTION_S.values()
    )


def test_a_record_stays_while_one_group_still_needs_it(path: Path, bus: LocalBus) -> None:
    bus.subscribe([Topic.PASSAGES], "slow")
    bus.publish(Topic.PASSAGES, "camera", PLATE)
    handle_all(bus, Topic.PASSAGES, "fast")
    assert values(bus, Topic.PASSAGES, "slow") == [PLATE]
    handle_all(bus, Topic.PASSAGES, "slow")
    assert PLATE not in on_disk(path)


def test_a_group_of_another_topic_does_not_hold_a_record_back(path: Path, bus: LocalBus) -> None:
    bus.subscribe([Topic.HEARTBEATS], "health")
    bus.publish(Topic.PASSAGES, "camera", PLATE)
    handle_all(bus, Topic.PASSAGES, "enforce")
    assert PLATE not in on_disk(path)


def test_a_topic_without_a_group_keeps_everything(bus: LocalBus) -> None:
    bus.publish(Topic.EVIDENCE, "digest", b"picture")
    bus.publish(Topic.PASSAGES, "camera", b"passage")
    handle_all(bus, Topic.PASSAGES, "enforce")
    assert values(bus, Topic.EVIDENCE, "first group ever") == [b"picture"]


def test_polling_alone_erases_nothing(bus: LocalBus) -> None:
    bus.publish(Topic.PASSAGES, "camera", b"passage")
    assert values(bus, Topic.PASSAGES) == [b"passage"]
    assert values(bus, Topic.PASSAGES) == [b"passage"]


def test_offsets_are_never_used_twice_after_erasing(path: Path) -> None:
    offsets = []
    for _ in range(3):
        bus = LocalBus(path)
        bus.publish(Topic.PASSAGES, "camera", b"passage")
        subscription = bus.subscribe([Topic.PASSAGES], "enforce")
        offsets += [record.offset for record in subscription.poll(0)]
        subscription.commit()
        bus.close()
    assert offsets == sorted(set(offsets))
    assert len(offsets) == 3


def test_the_file_shrinks_again_after_an_outage(path: Path, bus: LocalBus) -> None:
    bus.publish_many([(Topic.EVIDENCE, "digest", os.urandom(1_000_000)) for _ in range(60)])
    assert path.stat().st_size + path.with_name("bus.sqlite-wal").stat().st_size > 60_000_000
    handle_all(bus, Topic.EVIDENCE, "enforce")
    assert path.stat().st_size + path.with_name("bus.sqlite-wal").stat().st_size < 20_000_000


def test_one_poll_does_not_fill_the_memory_with_pictures(bus: LocalBus) -> None:
    bus.publish_many([(Topic.EVIDENCE, "digest", bytes(4_000_000)) for _ in range(12)])
    subscription = bus.subscribe([Topic.EVIDENCE], "enforce")
    sizes = []
    while records := subscription.poll(0):
        sizes.append(sum(len(record.value) for record in records))
    assert sum(sizes) == 48_000_000
    assert max(sizes) <= 20_000_000
