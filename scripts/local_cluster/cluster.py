"""All parts together: started in order, watched, and stopped so that nothing stays behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local_cluster import house
from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.kafka_cluster import KafkaCluster
from scripts.local_cluster.leftover import end_leftovers, leftovers
from scripts.local_cluster.process import Process
from scripts.local_cluster.s3_server import S3Server
from scripts.local_cluster.store_server import StoreServer


@dataclass(frozen=True)
class Plan:
    """What is to run. ``sites`` has a unit each; ``repeat_s`` None lets each unit see its clip once.

    ``port`` is that of the review pages; 0 takes a free one. ``centre`` and ``edge`` are variables for the
    processes there and there.
    """

    folder: Path
    sites: Sequence[Path]
    brokers: int = 3
    workers: int = 1
    repeat_s: float | None = None
    port: int = 0
    centre: Mapping[str, str] = field(default_factory=dict)
    edge: Mapping[str, str] = field(default_factory=dict)


class LocalCluster:
    """Brokers, object storage, ClickHouse, workers, pages and units of one folder; ``with`` stops them."""

    def __init__(self, plan: Plan, say: Callable[[str], None] = lambda _text: None) -> None:
        """``say`` hears each step. Raises ClusterError when a part is not installed."""
        self.plan = plan
        self._say = say
        folder = plan.folder
        folder.mkdir(parents=True, exist_ok=True)
        self.kafka = KafkaCluster(folder, plan.brokers)
        self.s3 = S3Server(folder)
        self.store = StoreServer(folder)
        self.workers: list[house.Member] = []
        self.units: list[house.Member] = []
        self.pages: house.Member | None = None

    def __enter__(self) -> LocalCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def places(self) -> house.Places:
        """The addresses of all parts; once the object storage has been started."""
        return house.Places(
            self.kafka.url, self.store.url, self.s3.address("evidence/cases"), self.s3.environment()
        )

    @property
    def pages_url(self) -> str:
        """The address of the review pages; once they were started."""
        assert self.pages is not None
        return f"http://127.0.0.1:{self.pages.port}"

    @property
    def processes(self) -> list[Process]:
        """Every program of the cluster, in the order of starting."""
        members = [*self.workers, *([self.pages] if self.pages else []), *self.units]
        return [
            *self.kafka.brokers,
            self.s3.process,
            self.store.process,
            *(member.process for member in members),
        ]

    def start(self) -> None:
        """Start everything, each part when what it needs is ready.

        Raises:
            ClusterError: when a part does not start, or an earlier cluster of this folder still runs.
        """
        if left := leftovers(self.plan.folder):
            raise ClusterError(
                f"{len(left)} processes of an earlier cluster in {self.plan.folder} still run: end them by "
                f"scripts/cluster-local stop --data {self.plan.folder}."
            )
        self.start_stores()
        self.start_house()

    def start_stores(self) -> None:
        """Start what keeps: brokers, object storage and ClickHouse; then make the topics."""
        self._say(f"Starting Kafka ({self.plan.brokers}), S3 and ClickHouse …")
        # The brokers take longest and share nothing with the others, but a machine has few cores.
        self.kafka.start()
        self.s3.start()
        self.store.start()
        command = [house.roadwitness(), "streams", "init", "--bus", self.kafka.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClusterError(f"The topics cannot be made: {done.stderr.strip()}")

    def start_house(self) -> None:
        """Start ours: the first worker makes the tables, then the others, the pages, and the units."""
        plan, places = self.plan, self.places
        self._say(f"Starting {plan.workers} workers, the pages and {len(plan.sites)} units …")
        self.workers = [
            house.worker(n + 1, plan.sites, places, plan.folder, plan.centre) for n in range(plan.workers)
        ]
        self.pages = house.pages(plan.sites, places, plan.folder, plan.centre, plan.port)
        self.units = [
            house.unit(n + 1, site, places, plan.folder, plan.edge, plan.repeat_s)
            for n, site in enumerate(plan.sites)
        ]
        for member in (*self.workers, self.pages):
            member.start()
            member.wait_until_ready()
        for member in self.units:
            member.start()
        for member in self.units:
            member.wait_until_ready()

    def failed(self) -> list[Process]:
        """Programs that have ended and should not have: all but units that saw the whole of their clip."""
        done = {unit.process.name for unit in self.units if unit.process.exit_code == 0}
        started = [process for process in self.processes if process.pid is not None]
        return [process for process in started if not process.running and process.name not in done]

    def stop(self) -> None:
        """Stop everything in the opposite order, and whatever else carries this cluster's mark."""
        ours = [*self.units, *([self.pages] if self.pages else []), *self.workers]
        for member in ours:
            member.process.ask_to_stop()
        for member in ours:
            member.process.stop()
        self.store.process.stop()
        self.s3.process.stop()
        self.kafka.stop()
        end_leftovers(self.plan.folder)
