"""What the local log keeps when a process is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from streams.local import LocalBus
from streams.topics import Topic
from tests.streams.local_bus.conftest import values
from tests.streams.local_bus.publisher import publisher


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
