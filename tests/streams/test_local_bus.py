"""What the local log promises beyond every bus: erasing, surviving, sharing, and clear refusals."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from streams.bus import BusFull, BusUnavailable
from streams.local import LocalBus
from streams.topics import ERASED_WHEN_CONSUMED, Topic

PLATE = b"SECRET-PLATE-LZW9715"
KEPT = sorted(set(Topic) - ERASED_WHEN_CONSUMED)

PUBLISH_AND_PRINT = """
import sys
from pathlib import Path
from streams.local import LocalBus
from streams.topics import Topic
bus = LocalBus(Path(sys.argv[1]))
name, number, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
while count:
    bus.publish_many([(Topic.DECISIONS, name, b"%d" % n) for n in range(number, number + 3)])
    number += 3
    count -= 1
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bus.sqlite"


@pytest.fixture
def bus(path: Path) -> Iterator[LocalBus]:
    bus = LocalBus(path)
    yield bus
    bus.close()


def values(bus: LocalBus, topic: Topic, group: str = "reader") -> list[bytes]:
    subscription = bus.subscribe([topic], group)
    found: list[bytes] = []
    while records := subscription.poll(0):
        found += [record.value for record in records]
    return found


def handle_all(bus: LocalBus, topic: Topic, group: str) -> None:
    subscription = bus.subscribe([topic], group)
    while subscription.poll(0):
        subscription.commit()


def on_disk(path: Path) -> bytes:
    """All bytes of the log, its journal and its index."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


def publisher(path: Path, name: str, first: int, count: int = -1) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PUBLISH_AND_PRINT, str(path), name, str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


# Erasing


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


# Order over topics


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


# All or none


def test_many_records_are_written_all_or_none(bus: LocalBus) -> None:
    with pytest.raises(BusUnavailable):
        bus.publish_many([(Topic.DECISIONS, "case", b"1"), (Topic.DECISIONS, None, b"2")])  # type: ignore[list-item]
    assert values(bus, Topic.DECISIONS) == []
    bus.publish(Topic.DECISIONS, "case", b"3")
    assert values(bus, Topic.DECISIONS) == [b"3"]


# Killed processes


def test_a_killed_publisher_loses_nothing_that_it_acknowledged(path: Path) -> None:
    seeded = random.Random(12)
    acknowledged = 0
    for _ in range(8):
        process = publisher(path, "case", acknowledged)
        assert process.stdout is not None
        lines = [process.stdout.readline()]  # it is under way
        time.sleep(seeded.uniform(0, 0.2))
        process.kill()
        lines += process.stdout.readlines()
        process.wait()
        bus = LocalBus(path)
        found = [int(value) for value in values(bus, Topic.DECISIONS)]
        bus.close()
        assert len(found) >= int(lines[-1])
        assert found == list(range(len(found)))  # in order, none twice, no batch of three in part
        assert len(found) % 3 == 0
        acknowledged = len(found)
    assert acknowledged > 24


def test_a_killed_consumer_is_given_its_uncommitted_records_again(path: Path, bus: LocalBus) -> None:
    bus.publish_many([(Topic.PASSAGES, "camera", b"%d" % number) for number in range(6)])
    consume_and_die = (
        "import os, sys; from pathlib import Path; from streams.local import LocalBus;"
        "from streams.topics import Topic\n"
        "subscription = LocalBus(Path(sys.argv[1])).subscribe([Topic.PASSAGES], 'enforce')\n"
        "subscription.poll(1, max_records=2); subscription.commit(); subscription.poll(1, max_records=2)\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", consume_and_die, str(path)], check=False).returncode == -9
    assert values(bus, Topic.PASSAGES, "enforce") == [b"2", b"3", b"4", b"5"]


# Several processes and threads


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


# Refusals


def test_only_its_owner_can_read_the_log(path: Path, bus: LocalBus) -> None:
    bus.publish(Topic.PASSAGES, "camera", PLATE)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(path.name + "*")}
    assert modes == {0o600}


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    content = b"this is no database, and it is longer than a header " * 50
    path.write_bytes(content)
    with pytest.raises(BusUnavailable, match="is not a readable log"):
        LocalBus(path)
    assert path.read_bytes() == content


def test_a_damaged_log_is_refused(path: Path) -> None:
    bus = LocalBus(path)
    bus.publish_many([(Topic.DECISIONS, "case", bytes(3000)) for _ in range(50)])
    bus.close()
    content = bytearray(path.read_bytes())
    content[4096:40960] = os.urandom(40960 - 4096)
    path.write_bytes(content)

    def use() -> None:
        bus = LocalBus(path)
        try:
            values(bus, Topic.DECISIONS)
            bus.publish(Topic.DECISIONS, "case", b"1")
        finally:
            bus.close()

    with pytest.raises(BusUnavailable, match="is not a readable log"):
        use()


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE theirs (a)")
    with pytest.raises(BusUnavailable, match="was written by another program: name another file"):
        LocalBus(path)
    assert [row[0] for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_schema")] == ["theirs"]


def test_the_log_of_a_newer_version_is_refused(path: Path) -> None:
    LocalBus(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 2")
    with pytest.raises(BusUnavailable, match="was written by a newer Roadwitness"):
        LocalBus(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BusUnavailable, match="check that its folder is there"):
        LocalBus(tmp_path / "absent" / "bus")


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("no right to mount a small file system: run as root to test a really full disk")
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a small file system be mounted")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(bus: LocalBus, topic: Topic) -> int:
    """Publish until it refuses; how many records were acknowledged."""
    acknowledged = 0
    with suppress(BusFull):
        while acknowledged < 10_000:
            bus.publish(topic, "key", b"%d" % acknowledged + bytes(10_000))
            acknowledged += 1
    with pytest.raises(BusFull, match="free some space and try again; nothing acknowledged is lost"):
        bus.publish(topic, "key", bytes(10_000))
    return acknowledged


def test_on_a_full_disk_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    little, much = small_disk / "little", small_disk / "much"
    little.write_bytes(bytes(500_000))
    much.write_bytes(bytes(4_000_000))
    bus = LocalBus(small_disk / "bus", reserve_bytes=0)
    acknowledged = fill(bus, Topic.DECISIONS)
    assert acknowledged > 10
    little.unlink()
    bus.publish(Topic.DECISIONS, "case", b"%d" % acknowledged)  # goes on as soon as there is room
    bus.close()
    much.unlink()
    again = LocalBus(small_disk / "bus")
    found = [int(value.rstrip(b"\0")) for value in values(again, Topic.DECISIONS)]
    again.close()
    assert found == list(range(acknowledged + 1))


def test_a_log_that_filled_its_disk_empties_itself_by_being_read(small_disk: Path) -> None:
    bus = LocalBus(small_disk / "bus", reserve_bytes=2_000_000)
    assert fill(bus, Topic.PASSAGES) > 50
    handle_all(bus, Topic.PASSAGES, "enforce")
    assert fill(bus, Topic.PASSAGES) > 50
    bus.close()


def test_publishing_stops_before_the_reserve_and_reading_goes_on(path: Path) -> None:
    LocalBus(path).publish(Topic.PASSAGES, "camera", b"1")
    bus = LocalBus(path, reserve_bytes=2**60)
    with pytest.raises(BusFull, match="free some space"):
        bus.publish(Topic.PASSAGES, "camera", b"2")
    assert values(bus, Topic.PASSAGES, "enforce") == [b"1"]
    handle_all(bus, Topic.PASSAGES, "enforce")
    assert values(bus, Topic.PASSAGES, "enforce") == []
    bus.close()
