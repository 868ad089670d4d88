"""How what was kept reaches the bus: in order, through outages and kills, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.bus import Bus, BusUnavailable, Record
from streams.forwarding import Forwarder
from streams.local import LocalBus
from streams.schema_header import Headers
from streams.spool import Spool
from streams.topics import Topic
from tests.streams.spooling.conftest import number_of, violation

ANYTHING = [Topic.EVIDENCE, Topic.PASSAGES, Topic.HEARTBEATS]


def published(bus: Bus, count: int, within_s: float = 10.0) -> list[Record]:
    subscription = bus.subscribe(ANYTHING, "test")
    records: list[Record] = []
    until = time.monotonic() + within_s
    while len(records) < count and time.monotonic() < until:
        records.extend(subscription.poll(0.1))
    subscription.close()
    return records


class Away:
    """A bus that can be reached only while ``there`` is set."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.there = threading.Event()
        self.asked = 0

    def connect(self) -> Bus:
        self.asked += 1
        if not self.there.is_set():
            raise BusUnavailable("no broker answers")
        return self

    def publish_many(self, records: list[tuple[Topic, str, bytes]], *, headers: Headers = ()) -> None:
        if not self.there.is_set():
            raise BusUnavailable("the broker has gone")
        self.bus.publish_many(records, headers=headers)

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        self.publish_many([(topic, key, value)])

    subscribe = None

    def close(self) -> None:
        pass


class TestForwarding:
    @pytest.fixture
    def target(self, tmp_path: Path) -> Iterator[LocalBus]:
        bus = LocalBus(tmp_path / "centre.sqlite", reserve_bytes=0)
        yield bus
        bus.close()

    def test_sends_everything_in_order_through_outages(
        self, open_spool: Callable[..., Spool], target: LocalBus
    ) -> None:
        spool, link = open_spool(), Away(target)
        forwarder = Forwarder(spool, link.connect, most_records=7, first_pause_s=0.01)
        spool.publish_many([violation(n) for n in range(50)])
        forwarder.start()
        assert forwarder.drain(0.3) > 0
        assert forwarder.trouble == "no broker answers"
        link.there.set()
        assert forwarder.drain(10) == 0
        link.there.clear()
        spool.publish_many([violation(n) for n in range(50, 100)])
        assert forwarder.drain(0.3) > 0
        link.there.set()
        assert forwarder.drain(10) == 0
        forwarder.stop()
        assert [number_of(r.value) for r in published(target, 100)] == list(range(100))

    def test_what_is_left_waits_for_the_next_start(
        self, open_spool: Callable[..., Spool], target: LocalBus
    ) -> None:
        spool, link = open_spool(), Away(target)
        spool.publish_many([violation(n) for n in range(3)])
        first = Forwarder(spool, link.connect, first_pause_s=0.01)
        first.start()
        first.stop()
        link.there.set()
        second = Forwarder(spool, link.connect, first_pause_s=0.01)
        second.start()
        assert second.drain(10) == 0
        second.stop()
        assert len(published(target, 3)) == 3

    def test_what_waiting_does_not_mend_is_told_to_those_who_work(
        self, open_spool: Callable[..., Spool]
    ) -> None:
        def misspelt() -> Bus:
            raise ValueError("no such host: kafak")

        forwarder = Forwarder(open_spool(), misspelt)
        forwarder.start()
        forwarder.stop()
        with pytest.raises(ValueError, match="kafak"):
            forwarder.check()


_SENDER = """
import sys
from pathlib import Path
from streams.forwarding import Forwarder
from streams.local import LocalBus
from streams.spool import Spool
folder = Path(sys.argv[1])
spool = Spool(folder / "spool.sqlite", reserve_bytes=0)
forwarder = Forwarder(spool, lambda: LocalBus(folder / "centre.sqlite", reserve_bytes=0), most_records=5)
forwarder.start()
print("ready", flush=True)
forwarder.drain(60)
"""


@pytest.mark.parametrize("kill_after_s", [0.01, 0.05, 0.12])
def test_killed_while_sending_nothing_is_lost(
    tmp_path: Path, kill_after_s: float, open_spool: Callable[..., Spool]
) -> None:
    spool = open_spool()
    spool.publish_many([violation(n) for n in range(400)])
    process = subprocess.Popen(
        [sys.executable, "-c", _SENDER, str(tmp_path)], stdout=subprocess.PIPE, env=os.environ
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(kill_after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    target = LocalBus(tmp_path / "centre.sqlite", reserve_bytes=0)
    forwarder = Forwarder(spool, lambda: target)
    forwarder.start()
    assert forwarder.drain(20) == 0
    forwarder.stop()
    again = LocalBus(tmp_path / "centre.sqlite", reserve_bytes=0)
    numbers = [number_of(r.value) for r in published(again, 400)]
    again.close()
    assert sorted(set(numbers)) == list(range(400))
    assert len(numbers) <= 405, "at most the batch at hand is sent again"
