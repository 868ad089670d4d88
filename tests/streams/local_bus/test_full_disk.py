"""The local log on a full disk: it says so, loses nothing, and goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from streams.bus import BusFull
from streams.local import LocalBus
from streams.topics import Topic
from tests.streams.local_bus.conftest import handle_all, values


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
