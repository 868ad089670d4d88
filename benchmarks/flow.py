"""How many passages a second come from Kafka through a worker into ClickHouse, and what each stage allows.

    python benchmarks/flow.py [--quick] [--json FILE] [--only PART …]

On one machine: a real broker of Apache Kafka, ClickHouse embedded behind HTTP in a process of its own, and
workers as ``roadwitness enforce`` runs them, all rules on. Every rate stands beside that of its limit in the
same run with the same messages: for the whole, a pipe that consumes and inserts them as they are. ``--quick``
takes about a minute and says whether everything works. Parts: encoding, stages, whole, outage, restart.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import flow_encoding
import flow_stages
from flow_bars import bar, whole_bars
from flow_city import City
from flow_offline import Drained, outage, restart
from flow_parts import Bar, Figure, fill
from flow_whole import Run, run
from kafka import KafkaAdminClient
from rich.console import Console
from rich.table import Table

from enforcement.store import Store
from scripts.local_cluster.kafka_cluster import KafkaCluster
from scripts.local_cluster.store_server import StoreServer
from streams.connect import open_bus

PARTS = ("encoding", "stages", "whole", "outage", "restart")
PARTITIONS = 8
SITES = 20
console = Console()


@dataclass(frozen=True)
class Size:
    """How much a run sends: through the whole, through each stage, in the outage and in the restart."""

    whole: int
    stages: int
    outage: int
    hour_sites: int
    spooled: int


FULL = Size(whole=60_000, stages=20_000, outage=86_400, hour_sites=4, spooled=2_000)
QUICK = Size(whole=8_000, stages=3_000, outage=2_000, hour_sites=1, spooled=200)


class Place:
    """The broker, the store and a folder, while they last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kafka = KafkaCluster(folder, 1, heap_mb=1024)
        self.store = StoreServer(folder)

    def bus(self, prefix: str) -> str:
        """A bus address with topics of its own."""
        return f"kafka://{self.kafka.bootstrap}?partitions={PARTITIONS}&topic_prefix={prefix}-"

    def database(self, name: str) -> str:
        """The address of a database of its own."""
        return f"http://127.0.0.1:{self.store.port}/{name}"

    @property
    def pids(self) -> dict[str, int]:
        """Of what every worker needs."""
        return {"broker": self.kafka.brokers[0].pid or 0, "store": self.store.process.pid or 0}

    def forget_group(self, prefix: str) -> None:
        """Let the next worker begin at the first record."""
        admin = KafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)
        admin.delete_groups([f"{prefix}-enforcement"])
        admin.close()


@contextmanager
def place() -> Iterator[Place]:
    """Broker and store for the time of a run."""
    folder = Path(tempfile.mkdtemp(prefix="roadwitness-flow-"))
    made = Place(folder)
    try:
        made.kafka.start()
        made.store.start()
        yield made
    finally:
        made.store.process.stop()
        made.kafka.stop()
        shutil.rmtree(folder)


def stages(where: Place, city: City, size: Size) -> list[Figure]:
    """Each stage by itself."""
    messages = list(city.messages(size.stages))
    bus, brokers = where.bus("stages"), where.kafka.bootstrap
    open_bus(bus).close()
    found = [flow_stages.publishing(messages, bus, brokers, "stages-passages")]
    found.append(flow_stages.polling(size.stages, bus, brokers, "stages-passages"))
    store = Store.server(where.database("stages"))
    store.migrate()
    found += flow_stages.judging(city, messages, store)
    found.append(flow_stages.inserting(messages, store, where.database("stages")))
    store.close()
    found.append(flow_stages.spooling(messages[: size.spooled], where.folder))
    return found


def whole(where: Place, city: City, size: Size) -> dict[str, Run]:
    """The raw pipe, one worker and two over HTTP, and one with ClickHouse in its own process."""
    prefix = "whole"
    bus = open_bus(where.bus(prefix))
    fill(bus, city.messages(size.whole), size.whole)
    bus.close()

    def worker(store: str) -> list[str]:
        return ["worker", where.bus(prefix), store, str(where.folder / "evidence"), str(city.sites)]

    def raw(store: str, group: str) -> list[str]:
        return ["raw", where.kafka.bootstrap, f"{prefix}-passages", group, store]

    runs: dict[str, Run] = {}
    plans: dict[str, tuple[dict[str, list[str]], dict[str, int]]] = {
        "raw pipe": ({"raw": raw(where.database("default"), "raw")}, where.pids),
        "one worker": ({"worker": worker(where.database("one"))}, where.pids),
        "two workers": (
            {"worker 1": worker(where.database("two")), "worker 2": worker(where.database("two"))},
            where.pids,
        ),
        "raw pipe, store inside": (
            {"raw": raw(str(where.folder / "raw-inside"), "raw2")},
            {"broker": where.pids["broker"]},
        ),
        "one worker, store inside": (
            {"worker": worker(str(where.folder / "inside"))},
            {"broker": where.pids["broker"]},
        ),
    }
    for name, (processes, others) in plans.items():
        if "inside" in name and size is QUICK:
            continue
        if "two" in name or "one" in name:
            store = next(iter(processes.values()))[2]
            if "://" in store:
                prepared = Store.server(store)
                prepared.migrate()
                prepared.close()
        gated = {"gate": where.folder / "gate", "partitions": PARTITIONS} if "worker" in name else {}
        runs[name] = run(processes, others, size.whole, **gated)
        console.print(f"{name}: {runs[name].rate:,.0f} a second", style="dim")
        if "worker" in name:
            where.forget_group(prefix)
    return runs


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    city = City(SITES)
    found: dict[str, Any] = {"cores": len(os.sched_getaffinity(0)), "load_before": os.getloadavg()[0]}
    bars: list[Bar] = []
    if "encoding" in options.only:
        kinds = flow_encoding.kinds(city, 2_000)
        found["encoding"] = [asdict(kind) | {"together_us": kind.together_us} for kind in kinds]
        _show_kinds(kinds)
        bars.append(bar("encode and decode of a passage, us", kinds[0].together_us, at_most=20.0))
    if set(options.only) - {"encoding"}:
        with place() as where:
            if "stages" in options.only:
                figures = [*flow_encoding.figures(city, 1000), *stages(where, city, size)]
                found["stages"] = [asdict(figure) | {"part": figure.part} for figure in figures]
                _show_figures(figures)
            if "whole" in options.only:
                runs = whole(where, city, size)
                found["whole"] = {name: asdict(each) for name, each in runs.items()}
                _show_runs(runs)
                bars += whole_bars(runs)
            if "outage" in options.only:
                drained = outage(
                    size.outage, where.bus("outage"), where.kafka.bootstrap, "outage-", where.folder
                )
                found["outage"] = asdict(drained) | {"rate": drained.rate}
                _show_drained(drained)
                bars.append(bar("records drained a second", drained.rate, at_least=1_000.0))
                bars.append(Bar("drained in order", str(drained.in_order), drained.in_order))
            if "restart" in options.only:
                ready = restart(size.hour_sites, where)
                found["restart"] = asdict(ready)
                console.print(
                    f"Restart: {ready.window:,} passages of the last hour on the bus, ready after "
                    f"{ready.ready_s:.1f} s ({ready.core_s:.1f} s of a core); {ready.empty_s:.1f} s with "
                    "hardly any."
                )
                bars.append(bar("restart with an hour of sections, s", ready.ready_s, at_most=10.0))
    found["bars"] = [asdict(each) for each in bars]
    for each in bars:
        console.print(f"{'held  ' if each.held else 'MISSED'} {each.what}: {each.measured}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if all(each.held for each in bars) else 1


def _show_kinds(kinds: list[flow_encoding.Kind]) -> None:
    table = Table("a passage", "bytes", "track points", "encode", "decode", "together", title="us a message")
    for kind in kinds:
        table.add_row(
            kind.name,
            f"{kind.size:,.0f}",
            f"{kind.points:.0f}",
            f"{kind.encode_us:.1f}",
            f"{kind.decode_us:.1f}",
            f"{kind.together_us:.1f}",
        )
    console.print(table)


def _show_figures(figures: list[Figure]) -> None:
    table = Table("stage", "a second", "limit", "a second", "part", title="each stage beside its limit")
    for figure in figures:
        table.add_row(
            figure.stage, f"{figure.rate:,.0f}", figure.limit_is, f"{figure.limit:,.0f}", f"{figure.part:.0%}"
        )
    console.print(table)


def _show_runs(runs: dict[str, Run]) -> None:
    table = Table(
        "from Kafka to ClickHouse",
        "a second",
        "cores kept busy",
        "us of a core a passage",
        "memory, MB",
        title="the whole",
    )
    for name, each in runs.items():
        table.add_row(
            name,
            f"{each.rate:,.0f}",
            ", ".join(f"{part} {cores:.2f}" for part, cores in each.cores.items()),
            ", ".join(f"{part} {1e6 * cores / each.rate:.0f}" for part, cores in each.cores.items()),
            ", ".join(f"{part} {mb:,.0f}" for part, mb in each.rss_mb.items()),
        )
    console.print(table)
    for name, each in runs.items():
        if each.stages_us:
            stages = ", ".join(f"{stage} {spent:.0f}" for stage, spent in each.stages_us.items())
            console.print(f"{name}, us a passage by the clock: {stages}", style="dim")


def _show_drained(drained: Drained) -> None:
    before, most = drained.rss_mb
    console.print(
        f"{drained.records:,} records ({drained.megabytes:,.0f} MB) waited, drained "
        f"at {drained.rate:,.0f} a second ({1e6 * drained.core_s / drained.records:.0f} us of a core each); "
        f"memory {before:.0f} MB before, {most:.0f} MB at most."
    )


if __name__ == "__main__":
    sys.exit(main())
