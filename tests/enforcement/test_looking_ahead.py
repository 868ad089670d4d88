"""In a backlog the next batch is taken in while the one before is written."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest

from enforcement.exemptions.standing_cases import leave_cases
from enforcement.gathering import Gathering, Pace
from enforcement.holding import Holding
from enforcement.store import Store
from enforcement.worker import TOPICS
from streams.bus import BusUnavailable, Subscription
from streams.connect import open_bus
from streams.topics import Topic
from tests.enforcement.running_worker import Running, count, publish, worker


@pytest.fixture
def taken_in(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set when a worker has taken in what comes after the batch that it handles."""
    event, look_ahead = threading.Event(), Gathering.look_ahead

    def looked(gathering: Gathering) -> bool:
        more = look_ahead(gathering)
        if gathering.ahead:
            event.set()
        return more

    monkeypatch.setattr(Gathering, "look_ahead", looked)
    return event


def test_in_a_backlog_the_next_batch_is_taken_in_beside_a_full_one(tmp_path: Path) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(7))
    gathering = Gathering(lambda shares: bus.subscribe(TOPICS, "group", shares=shares), Pace(3, 0.0))
    first = gathering.gather(0.1)
    assert gathering.look_ahead()
    assert not gathering.look_ahead()  # enough of it is there
    second = gathering.ahead
    gathering.subscription.commit()
    assert (gathering.records, gathering.gather(0.1)) == (first, second)
    assert [record.offset for record in first + second] == [1, 2, 3, 4, 5, 6]
    assert len(gathering.gather(0.1)) == 1
    assert not gathering.look_ahead()  # the one that is handled had all there was
    bus.close()


def test_what_another_member_was_given_is_no_longer_part_of_the_next_batch(tmp_path: Path) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(3))
    gathering = Gathering(lambda shares: bus.subscribe(TOPICS, "group", shares=shares), Pace(1, 0.0))
    gathering.gather(0.1)
    gathering.look_ahead()
    gathering.taken(frozenset({(Topic.PASSAGES, 0)}))
    assert gathering.records == gathering.ahead == []
    bus.close()


def test_a_worker_that_ends_with_a_batch_taken_in_leaves_it_to_the_next(
    tmp_path: Path, store: Store, taken_in: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(10))
    insert = Store.insert

    def slow(of: Store, table: str, *rows: Any) -> None:
        assert taken_in.wait(30)
        first.stop.set()
        insert(of, table, *rows)

    monkeypatch.setattr(Store, "insert", slow)
    first = Running(worker(bus, store, tmp_path, pace=Pace(4, 0.1)))
    first.wait_for_its_end()
    assert first.error is None
    assert count(store) == 4
    monkeypatch.undo()
    worker(bus, store, tmp_path).drain()
    assert count(store) == 10
    bus.close()


def test_the_next_batch_is_taken_in_as_soon_as_the_store_is_asked_what_it_knows(
    tmp_path: Path, store: Store, taken_in: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = open_bus(f"local:{tmp_path / 'log'}")
    publish(bus, range(8))

    def asked(*about: Any) -> Any:
        assert taken_in.wait(30)
        running.stop.set()
        return leave_cases(*about)

    monkeypatch.setattr("enforcement.bench.leave_cases", asked)
    running = Running(worker(bus, store, tmp_path, pace=Pace(4, 0.1)))
    running.wait_for_its_end()
    assert running.error is None
    assert count(store) == 4
    bus.close()


def test_a_bus_that_is_away_ends_looking_ahead_and_not_the_step() -> None:
    def away() -> bool:
        raise BusUnavailable("no broker answers.")

    holding = Holding(cast(Subscription, None), threading.Event(), lambda: None)
    assert holding.carry_out(lambda: time.sleep(0.05) or 7, away) == 7
