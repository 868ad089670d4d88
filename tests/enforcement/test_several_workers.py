"""Workers that share the partitions of a real Kafka: what belongs together is found, whoever judges what."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from enforcement.front import StoreFront
from enforcement.store import Store
from streams.bus import Bus
from streams.connect import open_bus
from streams.encoding import encode
from streams.messages import Passage, PlateReading
from streams.topics import Topic
from tests.enforcement.conftest import files
from tests.enforcement.samples import SECOND, T0, items, passage

pytestmark = pytest.mark.kafka

RUNNER = "tests.enforcement.section_worker"


class Worker:
    """A worker process, and the partitions that it judges now."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", RUNNER, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.share: set[int] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.share = set(map(int, line.split()))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=20)
        self.share = set()
        assert "Traceback" not in errors, errors
        return self.process.returncode


class House:
    """The bus and the store, and what the workers need to be started."""

    def __init__(self, bus_url: str, store: Store, store_url: str, evidence: Path) -> None:
        self.bus: Bus = open_bus(bus_url)
        self.store = store
        self.evidence = evidence
        self.workers: list[Worker] = []
        # Entry and exit on two partitions, and two cameras far away, one on each.
        names = [f"cam-{number}" for number in range(40)]
        first = [name for name in names if self.bus.partition_of(Topic.PASSAGES, name) == 0]
        second = [name for name in names if self.bus.partition_of(Topic.PASSAGES, name) == 1]
        self.entry, self.exit, self.far, self.farther = first[0], second[0], first[1], second[1]
        cameras = (self.entry, self.exit, self.far, self.farther)
        self._arguments = (bus_url, store_url, str(evidence), *cameras)

    def start(self) -> Worker:
        worker = Worker(*self._arguments)
        self.workers.append(worker)
        return worker

    def judge_of(self, camera: str) -> Worker:
        partition = self.bus.partition_of(Topic.PASSAGES, camera)
        [worker] = [each for each in self.workers if partition in each.share]
        return worker

    def send(self, camera: str, number: int, after_s: float, plate: str) -> Passage:
        pictures = tuple(f"{kind} {camera} {number}".encode() for kind in ("frame", "plate"))
        seen = passage(
            number, camera=camera, plate=plate, at_ns=T0 + round(after_s * SECOND), pictures=pictures
        )
        seen = msgspec.structs.replace(
            seen, clock_sigma_ms=5.0, tracked_part="front", plate=PlateReading(plate, 0.999)
        )
        evidence = [(Topic.EVIDENCE, item.digest, encode(item)) for item in items(seen, pictures)]
        self.bus.publish_many([*evidence, (Topic.PASSAGES, camera, encode(seen))])
        return seen

    def __str__(self) -> str:
        shares = [(each.process.poll(), each.share) for each in self.workers]
        counts = {table: self.count(table) for table in ("passages", "violations")}
        return f"workers {shares}, {counts}, {len(files(self.evidence))} files"

    def count(self, what: str) -> int:
        [(count,)] = self.store.query(f"SELECT count() FROM {what} FINAL")
        return int(count)


def wait_until(house: House, true: Callable[[], bool], within_s: float = 120.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"it did not happen in time: {house}")
        time.sleep(0.1)


@pytest.fixture
def house(
    kafka_url: str, engine_folder: Path, front: StoreFront, embedded: Store, tmp_path: Path
) -> Iterator[House]:
    url = f"http://127.0.0.1:{front.port}/{embedded.database}"
    house = House(f"{kafka_url}&session_timeout_s=4", embedded, url, tmp_path / "evidence")
    yield house
    for worker in house.workers:
        worker.process.kill()
        worker.process.communicate()
    house.bus.close()


def two_workers(house: House) -> None:
    """One judges the section's exit, the other one its entry."""
    house.start()
    house.start()
    wait_until(house, lambda: sorted(map(tuple, (each.share for each in house.workers))) == [(0,), (1,)])


@pytest.mark.parametrize("dies", ["the judge of the exit", "the judge of the entry", "nobody"])
def test_a_section_between_two_workers_is_judged_once_though_one_is_killed(house: House, dies: str) -> None:
    two_workers(house)
    fast = [house.send(house.entry, number, number, f"FA57{number}XY") for number in range(4)]
    for number in range(3):
        house.send(house.entry, 10 + number, number, f"SL0W{number}XY")
    wait_until(house, lambda: house.count("passages") == 7)
    if dies != "nobody":
        camera = house.exit if dies == "the judge of the exit" else house.entry
        house.judge_of(camera).end(signal.SIGKILL)
        house.start()
    left = [house.send(house.exit, number, number + 70.0, f"FA57{number}XY") for number in range(4)]
    left += [house.send(house.exit, 10 + number, number + 95.0, f"SL0W{number}XY") for number in range(3)]
    wait_until(house, lambda: house.count("passages") == 14 and house.count("violations") == 4)
    kept = {piece.digest for each in (*fast, *left[:4]) for piece in each.evidence}
    # What broke no rule is erased, at both ends, whichever worker stored it.
    wait_until(house, lambda: set(files(house.evidence)) == kept)
    found = house.store.query("SELECT passage_id, offence, count() FROM violations GROUP BY ALL")
    assert {(each, offence) for each, offence, _ in found} == {
        (each.passage_id, "average_speed") for each in left[:4]
    }
    assert house.count("case_events") == 4
    for worker in house.workers:
        if worker.process.poll() is None:
            began = time.monotonic()
            assert worker.end(signal.SIGTERM) == 0
            assert time.monotonic() - began < 8.0


def test_one_plate_at_two_places_that_two_workers_judge_is_found_once(house: House) -> None:
    two_workers(house)
    house.send(house.far, 1, 0.0, "CL0NE1A")
    later = house.send(house.farther, 2, 60.0, "CL0NE1A")
    wait_until(house, lambda: house.count("violations") == 1)
    # The other way round: the one that happened later is published first.
    house.send(house.farther, 3, 60.0, "CL0NE2B")
    sooner = house.send(house.far, 4, 0.0, "CL0NE2B")
    wait_until(house, lambda: house.count("passages") == 4 and house.count("violations") == 2)
    time.sleep(3.0)  # nobody finds the other half too
    found = house.store.query("SELECT passage_id, offence FROM violations FINAL ORDER BY ALL")
    assert sorted(found) == sorted((each.passage_id, "cloned_plate") for each in (later, sooner))
