"""Plays one seed: lets it work, breaks what the plan says, waits until all is well, and judges."""

from __future__ import annotations

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local_cluster.kafka_parts import KafkaParts
from streams.connect import open_bus
from tests.faults.breaking import break_and_heal
from tests.faults.brokers import Cluster
from tests.faults.draining import waiting
from tests.faults.garbage import Saboteur
from tests.faults.links import Wires
from tests.faults.nursery import Nursery
from tests.faults.officer import Officer
from tests.faults.processes import Process, command
from tests.faults.schedule import Plan, plan
from tests.faults.stage import CLIENTS, SOUND, Stage, Variant
from tests.faults.storage import Storage
from tests.faults.verdict import faults_found
from tests.faults.watching import Watch, unseen

#: What waits after the last fault must change within so long: no part of the product waits longer for another
#: by itself (a worker 300 s for an answer of the store). A busy machine is slow, one that hangs is not.
_PATIENCE_S = 330.0
_LONGEST_S = 1800.0
#: What stands still for so long is asked what it is doing.
_SUSPICIOUS_S = 60.0
_LOOK_EVERY_S = 0.3


@dataclass(frozen=True)
class Outcome:
    """What came of a seed. ``recovered_s`` is from the last fault's end until nothing waited any more."""

    plan: Plan
    recovered_s: float
    took_s: float
    wrong: list[str] = field(default_factory=list)
    folder: Path | None = None

    @property
    def well(self) -> bool:
        """Whether nothing was lost and nothing came twice."""
        return not self.wrong


class House:
    """What seeds share: the links' thread, a cluster of each size, and a store with empty tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wires = Wires()
        self.nursery = Nursery()
        self._parts = KafkaParts.find()
        self._clusters: dict[int, Cluster] = {}
        self._storage: Storage | None = None
        self.empty_store = folder / "empty-store"
        _make_empty_store(self.empty_store, folder)

    def cluster(self, brokers: int) -> Cluster:
        """The cluster of so many brokers, running."""
        if brokers not in self._clusters:
            folder = self.folder / f"kafka-{brokers}"
            folder.mkdir()
            self._clusters[brokers] = Cluster(self._parts, folder, self.wires, CLIENTS, brokers)
            self._clusters[brokers].start()
        return self._clusters[brokers]

    def storage(self) -> Storage:
        """The S3 server, running."""
        if self._storage is None:
            self._storage = Storage(self.folder)
        return self._storage

    def close(self) -> None:
        """End the brokers and the S3 server."""
        if self._storage is not None:
            self._storage.kill()
        for cluster in self._clusters.values():
            cluster.stop()
        self.nursery.close()
        self.wires.close()


@contextmanager
def open_house() -> Iterator[House]:
    """A house in a temporary folder, gone afterwards.

    Raises:
        ClusterError: when this machine cannot run one.
    """
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder))
        try:
            yield house
        finally:
            house.close()


def play(house: House, seed: int, keep: Path | None = None) -> Outcome:
    """Play a seed; where it fails, its folder is kept below ``keep``."""
    return play_plan(house, plan(seed, with_s3=Storage.is_here()), keep)


def play_plan(house: House, plan: Plan, keep: Path | None = None, variant: Variant = SOUND) -> Outcome:
    """Play a plan as it stands, with parts as they are or broken on purpose."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"seed-{plan.seed}-", dir=house.folder))
    cluster = house.cluster(plan.brokers)
    storage = house.storage() if plan.s3 else None
    stage = Stage(plan, folder, cluster, house.wires, house.nursery, house.empty_store, storage, variant)
    try:
        try:
            recovered_s, wrong = _play(stage)
        except Exception as error:  # one seed that cannot be judged must not end all others
            (folder / "not-judged.txt").write_text(traceback.format_exc())
            recovered_s, wrong = 0.0, [f"not judged: {type(error).__name__}: {error}"]
        stage.end()
        kept = None
        if wrong and keep is not None:
            kept = keep / f"seed-{plan.seed}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept, symlinks=True, ignore=shutil.ignore_patterns("filler"))
    finally:
        stage.end()
        stage.clear()
        cluster.wait()
        cluster.forget(stage.prefix)
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(plan, recovered_s, time.monotonic() - began, wrong, kept)


def _play(stage: Stage) -> tuple[float, list[str]]:
    seen = [one for camera in stage.truth for one in camera]
    with closing(open_bus(stage.bus())) as bus:
        saboteur = Saboteur(stage.plan.seed, bus, seen)
        officer = Officer(
            stage.plan.seed, stage.bus("OFFICER"), f"http://127.0.0.1:{stage.store_port}/default"
        )
        watch = Watch(stage.metrics_ports, lambda: stage.elapsed_s)
        stage.start()
        officer.start()
        watch.start()
        saboteur.start()
        suffered = break_and_heal(stage, saboteur)
        officer.enough()
        saboteur.enough()
        healed = time.monotonic()
        if left := _drain(stage, lambda: officer.done and saboteur.done):
            watch.finish()
            stage.tell()
            return time.monotonic() - healed, [left]
        recovered_s = time.monotonic() - healed
        officer.close()
        watch.finish()
        wrong = faults_found(stage, officer.sent, saboteur.published, watch.texts)
        return recovered_s, [*wrong, *unseen(suffered, watch)]


def _drain(stage: Stage, all_sent: Callable[[], bool]) -> str:
    """Wait until nothing waits any more; what still does, once that has stood still for too long."""
    began = moved = time.monotonic()
    before = told = None
    while True:
        stage.look_after()
        left = waiting(stage) if all_sent() else "decisions or garbage are not sent"
        now = time.monotonic()
        if not left:
            return ""
        if left != before:
            before, moved = left, now
        if now - moved > _SUSPICIOUS_S and told != left:
            told = left
            stage.tell()
        if now - moved > _PATIENCE_S or now - began > _LONGEST_S:
            return f"not drained in {now - began:.0f} s, as it was for the last {now - moved:.0f} s: {left}"
        time.sleep(_LOOK_EVERY_S)


def _make_empty_store(path: Path, folder: Path) -> None:
    """A store with all tables, made by a process of its own: this one must open none."""
    import sys

    from enforcement.store import Store
    from tests.faults.brokers import free_ports

    [port] = free_ports(1)
    process = Process(
        "store",
        command([sys.executable, "-m", "tests.faults.store_process", str(path), str(port)]),
        folder / "empty.log",
    )
    process.start()
    try:
        deadline = time.monotonic() + 60.0
        while True:
            try:
                store = Store.server(f"http://127.0.0.1:{port}/default")
                break
            except Exception:
                if time.monotonic() > deadline or not process.alive:
                    raise RuntimeError(f"the store did not start:\n{process.said()}") from None
                time.sleep(0.1)
        store.migrate()
        store.close()
    finally:
        process.stop()
