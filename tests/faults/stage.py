"""Everything of one seed, set up: units, links, workers, store and the folders they write to."""

from __future__ import annotations

import contextlib
import functools
import shutil
import socket
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec

from enforcement.store import Store
from tests.faults.brokers import Cluster, free_ports
from tests.faults.disks import Disk
from tests.faults.links import OPEN, Link, Wires
from tests.faults.nursery import Nursery
from tests.faults.processes import Player, Process, command
from tests.faults.schedule import PER_SECOND, ROOMY_BYTES, SECONDS, Plan
from tests.faults.storage import Storage
from tests.faults.truth import LIMIT_KMH, SECTION_M, SITE, Seen, camera_name, traffic
from tests.faults.unit import Orders

#: The clients of a cluster: the most that a plan has.
CLIENTS = ("UNIT0", "UNIT1", "UNIT2", "WORKER0", "WORKER1", "OFFICER")
#: A seed is short, so nobody waits long for anybody.
_SETTINGS = "partitions=3&patience_s=3&session_timeout_s=2&reconnect_pause_s=0.5"
_LONGEST_START_S = 180.0
_DISK_BYTES = 192 * 1024**2  # a unit leaves 64 MiB of its disk free


@dataclass(frozen=True)
class Variant:
    """A part that breaks its guarantee on purpose, so that it can be seen whether the harness notices."""

    forgetful_units: bool = False
    careless_workers: bool = False


SOUND = Variant()


class Stage:
    """The processes of a plan, their links and their disks."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        cluster: Cluster,
        wires: Wires,
        nursery: Nursery,
        empty_store: Path,
        storage: Storage | None = None,
        variant: Variant = SOUND,
    ) -> None:
        """Lay out ``folder``; call :meth:`start`. ``empty_store`` is a store with all tables; where there is
        ``storage``, evidence is kept there instead of in a folder.
        """
        self.plan = plan
        self.cluster = cluster
        self.truth: list[list[Seen]] = traffic(
            plan.seed, plan.units, SECONDS, PER_SECOND, section=plan.section
        )
        self.folder = folder
        self.prefix = f"f{plan.seed}-{uuid.uuid4().hex[:6]}-"
        self.disks = {
            name: Disk(folder / name, _DISK_BYTES if plan.small_disks else 0)
            for name in ("evidence", "store", *(f"unit-{i}" for i in range(plan.units)))
        }
        self.folder_of_evidence = folder / "evidence" / "pieces"
        shutil.copytree(empty_store, folder / "store" / "store", symlinks=True)
        self.store_port, *ports = free_ports(1 + 3 * plan.workers + plan.units)
        link_ports, ports = ports[: 2 * plan.workers], ports[2 * plan.workers :]
        #: Where units and workers answer their operators, by process.
        self.metrics_ports = dict(
            zip(
                [f"worker-{i}" for i in range(plan.workers)] + [f"unit-{i}" for i in range(plan.units)],
                ports,
                strict=True,
            )
        )
        self._variant = variant
        self._nursery = nursery
        self.links: dict[str, list[Link]] = {"officer:kafka": cluster.links("OFFICER")}
        self.processes: dict[str, Player] = {p.name: p for p in cluster.processes}
        self._storage = storage
        if storage is not None:
            self.processes["s3"] = storage
        self._began_at = 0.0
        self._lay_out_store()
        for i in range(plan.workers):
            self.links[f"worker-{i}:store"] = [
                wires.link(f"worker-{i}:store", link_ports[i], self.store_port)
            ]
            if storage is not None:
                port = link_ports[plan.workers + i]
                self.links[f"worker-{i}:s3"] = [wires.link(f"worker-{i}:s3", port, storage.port)]
            self._lay_out_worker(i)
        for name, kind in (("unit-0", "UNIT0"), ("worker-0", "WORKER0")):
            for i, link in enumerate(cluster.links(kind)):
                self.links[f"{name}:broker-{i}"] = [link]
        for i in range(plan.units):
            self.links[f"unit-{i}:kafka"] = cluster.links(f"UNIT{i}")

    def start(self) -> None:
        """Start the store, the workers, then the units; the seed's clock starts when all but these are there.

        A busy machine takes long for that, and faults that are over by then would have broken nothing.
        """
        self.processes["store"].start()
        self._await(self.store_port)
        workers = [f"worker-{i}" for i in range(self.plan.workers)]
        for name in workers:
            self.processes[name].start()
        for name in workers:
            self._await(self.metrics_ports[name])
        self._began_at = time.time()
        for i in range(self.plan.units):
            self._lay_out_unit(i)
            self.processes[f"unit-{i}"].start()

    @property
    def may_give_up(self) -> bool:
        """Whether a unit's disk was full at some time, so that statistics may have been given up."""
        full = any(fault.kind == "disk" and fault.target.startswith("unit") for fault in self.plan.faults)
        return full or self.plan.spool_limit_bytes < ROOMY_BYTES

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.time() - self._began_at

    @property
    def own(self) -> list[Player]:
        """The processes of this seed: all but those that other seeds use too."""
        return [each for name, each in self.processes.items() if not name.startswith(("broker", "s3"))]

    def look_after(self) -> None:
        """Start again what ended by itself."""
        for process in self.processes.values():
            process.look_after()

    def tell(self) -> None:
        """Let units, workers and the store write to their logs what they are doing."""
        for name in (*self.metrics_ports, "store"):
            process = self.processes[name]
            if isinstance(process, Process):
                process.tell()
        time.sleep(0.5)

    def end(self) -> None:
        """End this seed's processes; what they wrote is left."""
        for process in self.own:
            process.kill()

    def clear(self) -> None:
        """Give links and disks back, and what other seeds use as it was."""
        for process in self.processes.values():
            if process not in self.own:
                process.thaw()
                if not process.alive:
                    process.start()
        for name, links in self.links.items():
            for link in links:
                if name.endswith((":store", ":s3")):
                    link.close()
                else:  # the cluster's
                    link.become(OPEN)
        for disk in self.disks.values():
            disk.remove()

    def bus(self, client: str = "") -> str:
        """The bus's address as ``client`` has it; without one the way that is never cut."""
        address = self.cluster.address(client) if client else self.cluster.inside
        return f"kafka://{address}?{_SETTINGS}&topic_prefix={self.prefix}"

    def spool(self, unit: int) -> Path:
        """The file in which a unit's records wait."""
        return self.folder / f"unit-{unit}" / "spool.sqlite"

    def journal(self, unit: int) -> Path:
        """The file in which a unit notes what it has kept; on a disk that is never full."""
        return self.folder / f"unit-{unit}.journal"

    def evidence(self, worker: int | None = None) -> str:
        """The place of evidence as a worker has it; without one on the way that is never cut."""
        if self._storage is None:
            return str(self.folder_of_evidence)
        port = None if worker is None else self.links[f"worker-{worker}:s3"][0].port
        return self._storage.address(self.prefix.rstrip("-"), port)

    def open_store(self) -> Store:
        """The store, on the way that is never cut."""
        return Store.server(f"http://127.0.0.1:{self.store_port}/default")

    def _await(self, port: int) -> None:
        """Wait until somebody listens there."""
        until = time.monotonic() + _LONGEST_START_S
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
                return
            if time.monotonic() > until:
                raise TimeoutError(f"nobody listens on port {port} after {_LONGEST_START_S:.0f} s")
            self.look_after()
            time.sleep(0.05)

    def _lay_out_store(self) -> None:
        words = [sys.executable, "-m", "tests.faults.store_process"]
        words += [str(self.folder / "store" / "store"), str(self.store_port)]
        self.processes["store"] = Process("store", command(words), self.folder / "store.log")

    def _lay_out_worker(self, i: int) -> None:
        [store] = self.links[f"worker-{i}:store"]
        self.links[f"worker-{i}:kafka"] = self.cluster.links(f"WORKER{i}")
        sites = [str(path) for path in self._sites()]
        shared = ["--bus", self.bus(f"WORKER{i}"), "--evidence", self.evidence(i)]
        shared += ["--store", f"http://127.0.0.1:{store.port}/default"]
        shared += ["--metrics-port", str(self.metrics_ports[f"worker-{i}"])]
        program = (
            "tests.faults.careless_worker:main" if self._variant.careless_workers else "roadwitness.cli:main"
        )
        self._born(f"worker-{i}", program, ["enforce", *sites, *shared])

    def _lay_out_unit(self, i: int) -> None:
        orders = Orders(
            seed=self.plan.seed,
            number=i,
            cameras=self.plan.units,
            seconds=SECONDS,
            per_second=PER_SECOND,
            section=self.plan.section,
            disorder=self.plan.disorder,
            began_at=self._began_at,
            bus=self.bus(f"UNIT{i}"),
            spool=str(self.spool(i)),
            spool_limit_bytes=self.plan.spool_limit_bytes,
            journal=str(self.journal(i)),
            metrics_port=self.metrics_ports[f"unit-{i}"],
            forgets=self._variant.forgetful_units,
        )
        path = self.folder / f"unit-{i}.json"
        path.write_bytes(msgspec.json.encode(orders))
        self._born(f"unit-{i}", "tests.faults.unit:main", [str(path)])

    def _born(self, name: str, function: str, arguments: list[str]) -> None:
        begin = functools.partial(self._nursery.start, function, arguments)
        self.processes[name] = Process(name, begin, self.folder / f"{name}.log")

    def _sites(self) -> list[Path]:
        (self.folder / "policy.toml").write_text(_policy(section=self.plan.section))
        paths = []
        for i in range(self.plan.units):
            camera = camera_name(i)
            path = self.folder / f"{camera}.toml"
            path.write_text(
                f'[site]\nid = "{SITE}"\n[camera]\nid = "{camera}"\n[policy]\nfile = "policy.toml"\n'
            )
            paths.append(path)
        return paths


def _policy(*, section: bool) -> str:
    tolerance = "tolerance = { below_100_kmh = 3.0, above_100_percent = 3.0 }"
    law = f"""id = "faults"
version = "1"
jurisdiction = "Invented"
valid_from = 2026-01-01
[speeding]
limit_kmh = {LIMIT_KMH}
{tolerance}
"""
    if section:
        law += f"""[[sections]]
id = "A"
entry_camera = "{camera_name(0)}"
exit_camera = "{camera_name(1)}"
length_m = {SECTION_M}
length_sigma_m = 0.5
limit_kmh = {LIMIT_KMH}
{tolerance}
longest_s = 600.0
"""
    return law
