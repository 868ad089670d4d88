"""One local log in several processes and threads."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from streams.local import LocalBus
from streams.topics import Topic
from tests.streams.local_bus.conftest import values
from tests.streams.local_bus.publisher import publisher


def test_processes_share_one_log(path: Path) -> None:
    processes = [publisher(path, f"p{number}", 0, count=40) for number in range(3)]
    bus = LocalBus(path)
    subscription = bus.subscribe([Topic.DECISIONS], "reader")
    deadline = time.monotonic() + 60
    found = []
    while len(found) < 360 and time.monotonic() < deadline:
        found += subscription.poll(0.2)
    assert [process.wait() for process in processes] == [0, 0, 0]
    bus.close()
    for number in range(3):
        of_process = [int(record.value) for record in found if record.key == f"p{number}"]
        assert of_process == list(range(120))


def test_a_record_from_another_process_is_seen_soon(path: Path, bus: LocalBus) -> None:
    subscription = bus.subscribe([Topic.DECISIONS], "reader")
    with publisher(path, "other", 0, count=1) as process:
        records = subscription.poll(20)
        seen_ns = time.time_ns()
        assert process.wait() == 0
    assert len(records) == 3
    assert seen_ns - path.with_name("bus.sqlite-wal").stat().st_mtime_ns < 2_000_000_000


def test_a_poll_wakes_at_once_for_a_record_of_this_process(bus: LocalBus) -> None:
    subscription = bus.subscribe([Topic.DECISIONS], "reader")
    published_at = []

    def publish() -> None:
        bus.publish(Topic.DECISIONS, "case", b"1")
        published_at.append(time.monotonic())

    delays = []
    for _ in range(5):
        timer = threading.Timer(0.06, publish)
        timer.start()
        assert len(subscription.poll(10)) == 1
        woke_at = time.monotonic()
        timer.join()
        delays.append(woke_at - published_at[-1])
    assert min(delays) < 0.02


def test_groups_commit_from_many_threads(bus: LocalBus) -> None:
    bus.publish_many([(Topic.PASSAGES, "camera", b"%d" % number) for number in range(100)])
    for group in range(4):
        bus.subscribe([Topic.PASSAGES], f"group-{group}")
    found: dict[int, list[int]] = {group: [] for group in range(4)}

    def consume(group: int) -> None:
        subscription = bus.subscribe([Topic.PASSAGES], f"group-{group}")
        while records := subscription.poll(0, max_records=9):
            found[group] += [int(record.value) for record in records]
            subscription.commit()

    threads = [threading.Thread(target=consume, args=[group]) for group in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(numbers == list(range(100)) for numbers in found.values())
    assert values(bus, Topic.PASSAGES, "late") == []
