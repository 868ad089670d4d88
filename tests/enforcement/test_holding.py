"""Back-pressure, an orderly end, and stopping by itself: over the local log and over Kafka alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from enforcement.errors import StoreUnreachable
from enforcement.gathering import Gathering, Pace
from enforcement.halting import Halt, RefusalWatch, TooMuchRefused
from enforcement.store import Store
from enforcement.worker import GROUP, TOPICS
from streams.bus import Bus, Record
from streams.connect import open_bus
from streams.metrics import CONSUMER_PAUSED, CONSUMER_REBALANCES
from streams.topics import Topic
from tests.enforcement.running_worker import Running, count, publish, worker
from tests.enforcement.samples import CAMERA

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")

BROKEN = b"not json"


@pytest.fixture(params=["local", pytest.param("kafka", marks=pytest.mark.kafka)])
def anybus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bus]:
    url = f"local:{tmp_path / 'log'}" if request.param == "local" else request.getfixturevalue("kafka_url")
    bus = open_bus(url)
    yield bus
    bus.close()


def wait_until(true: Callable[[], bool], within_s: float = 90.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def uncommitted(bus: Bus, least: int) -> list[Record]:
    """What the workers' group has not handled yet."""
    subscription = bus.subscribe(TOPICS, GROUP)
    found: list[Record] = []
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline and len(found) < least:
        found += subscription.poll(0.3)
    found += subscription.poll(0.3)
    subscription.close()
    return found


def paused() -> bool:
    return CONSUMER_PAUSED._value.get() == 1.0  # type: ignore[attr-defined]


def rebalances() -> float:
    return float(CONSUMER_REBALANCES._value.get())  # type: ignore[attr-defined]


def test_while_the_store_is_away_the_batch_is_held_and_then_stored_once(
    anybus: Bus, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = threading.Event()
    away.set()
    tries: list[str] = []
    insert = embedded.insert

    def refuse(table: str, *rest: Any) -> None:
        if table == "violations" and rest[1] and away.is_set():
            tries.append(table)
            raise StoreUnreachable("the server does not answer.")
        insert(table, *rest)

    monkeypatch.setattr(embedded, "insert", refuse)
    publish(anybus, range(5))
    running = Running(worker(anybus, embedded, tmp_path))
    wait_until(lambda: len(tries) >= 2 and paused())
    settled = rebalances()
    publish(anybus, range(5, 8))  # they wait on the bus
    away.clear()
    wait_until(lambda: count(embedded) == 8)
    wait_until(lambda: not paused())
    assert rebalances() == settled
    running.end()
    assert running.error is None
    assert count(embedded, "passages") == 8
    assert uncommitted(anybus, 0) == []


@pytest.mark.kafka
def test_a_slow_store_does_not_cost_the_partitions(
    kafka_url: str, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.kafka_subscription._LONGEST_SILENCE_S", 1)
    bus = open_bus(kafka_url)
    slow = threading.Event()
    insert = embedded.insert

    def dawdle(table: str, *rest: Any) -> None:
        if table == "violations" and rest[1] and not slow.is_set():
            slow.set()
            time.sleep(3.0)
        insert(table, *rest)

    monkeypatch.setattr(embedded, "insert", dawdle)
    publish(bus, range(3))
    running = Running(worker(bus, embedded, tmp_path))
    assert slow.wait(90.0)
    settled = rebalances()
    wait_until(lambda: count(embedded, "passages") == 3)
    running.end()
    # Had the group given its partitions away, they would have been taken and given again.
    assert rebalances() == settled
    assert count(embedded) == 3
    assert uncommitted(bus, 0) == []
    bus.close()


def test_who_is_asked_to_stop_while_the_store_hangs_stops_and_commits_nothing(
    anybus: Bus, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, goes_on = threading.Event(), threading.Event()
    insert = embedded.insert

    def hang(table: str, *rest: Any) -> None:
        if table == "violations" and rest[1]:
            hangs.set()
            assert goes_on.wait(60.0)
        insert(table, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(embedded, "insert", hang)
        publish(anybus, range(3))
        running = Running(worker(anybus, embedded, tmp_path))
        assert hangs.wait(90.0)
        assert running.end() < 10.0
    goes_on.set()
    assert len(uncommitted(anybus, 3)) == 3
    running = Running(worker(anybus, embedded, tmp_path))
    wait_until(lambda: embedded.query("SELECT count() FROM violations FINAL") == [(3,)])
    assert running.end() < 5.0


def test_a_worker_that_is_asked_to_stop_finishes_its_batch(
    anybus: Bus, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    insert = embedded.insert

    def take_a_while(table: str, *rest: Any) -> None:
        if table == "violations" and rest[1]:
            begun.set()
            time.sleep(1.0)
        insert(table, *rest)

    monkeypatch.setattr(embedded, "insert", take_a_while)
    publish(anybus, range(3))
    running = Running(worker(anybus, embedded, tmp_path))
    assert begun.wait(90.0)
    assert running.end() < 8.0
    assert count(embedded) == count(embedded, "passages") == 3
    assert uncommitted(anybus, 0) == []


def test_when_too_much_is_bad_the_worker_stops_and_nothing_of_it_is_committed(
    anybus: Bus, embedded: Store, tmp_path: Path
) -> None:
    publish(anybus, range(10))
    anybus.publish_many([(Topic.PASSAGES, CAMERA, BROKEN)] * 30)
    running = Running(worker(anybus, embedded, tmp_path))
    running.wait_for_its_end()
    assert isinstance(running.error, TooMuchRefused)
    assert "messages cannot be handled (the last one: undecodable)" in str(running.error)
    assert list(anybus.recall(Topic.DEAD_LETTERS)) == []
    assert len(uncommitted(anybus, 40)) == 40
    # Whoever knows that they are bad says so, and the flow goes on.
    running = Running(worker(anybus, embedded, tmp_path, halt=Halt(share=0.9)))
    wait_until(lambda: len(list(anybus.recall(Topic.DEAD_LETTERS))) == 30)
    running.end()
    assert uncommitted(anybus, 0) == []
    assert embedded.query("SELECT count() FROM violations FINAL") == [(10,)]


@pytest.mark.parametrize(
    ("batches", "stops"),
    [
        (["b" * 19], False),  # too few to tell
        (["b" * 20], True),
        (["g" * 180 + "b" * 19], False),
        (["g" * 180 + "b" * 20], True),
        (["g" * 181, "b" * 10, "b" * 9], False),
        (["g" * 180, "b" * 10, "b" * 10], True),
        (["b" * 19, "g" * 190, "b" * 19], False),  # the first are long past
        (["b" * 10 + "g" * 150, "b" * 10], True),
        (["g" * 5000 + "b" * 20], True),
        (["b" * 19 + "g" * 5000 + "b"], False),
    ],
)
def test_the_share_is_that_of_the_last_messages(batches: list[str], stops: bool) -> None:
    watch = RefusalWatch(Halt(share=0.1, least=20, window=200))

    def play() -> None:
        for batch in batches:
            refused = [each == "b" for each in batch]
            watch.check(refused, "why")
            watch.add(refused)

    if stops:
        with pytest.raises(TooMuchRefused):
            play()
    else:
        play()


def test_a_batch_is_full_by_number_by_size_or_after_its_time(tmp_path: Path) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(25))
    gathering = Gathering(lambda shares: bus.subscribe(TOPICS, "group", shares=shares), Pace(10, 0.2))
    assert [len(gathering.gather(0.1)) for _ in range(4)] == [10, 10, 5, 0]
    bus.publish_many([(Topic.EVIDENCE, "digest", bytes(7 * 1024 * 1024)) for _ in range(12)])
    first = len(gathering.gather(0.1))
    assert first < 12
    assert first + len(gathering.gather(0.1)) == 12
    bus.close()


def test_what_another_member_was_given_is_no_longer_part_of_the_batch(tmp_path: Path) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(3))
    bus.publish(Topic.HEARTBEATS, CAMERA, b"{}")
    gathering = Gathering(lambda shares: bus.subscribe(TOPICS, "group", shares=shares), Pace(10, 0.0))
    assert len(gathering.gather(0.1)) == 4
    handled = gathering.records
    gathering.taken(frozenset({(Topic.PASSAGES, 0)}))
    assert [record.topic for record in gathering.records] == [Topic.HEARTBEATS]
    assert len(handled) == 4  # whoever is at it finishes it
    assert gathering.moved
    bus.close()
