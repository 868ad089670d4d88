"""A local log on disk, and what a test does with it: read all of a topic, and handle all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.local import LocalBus
from streams.topics import Topic

PLATE = b"SECRET-PLATE-LZW9715"


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
