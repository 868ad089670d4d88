"""The command line of ``scripts/cluster-local``."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from scripts.local_cluster import status as statuses
from scripts.local_cluster.cluster import LocalCluster, Plan
from scripts.local_cluster.entrance import welcome
from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.leftover import end_leftovers, leftovers
from scripts.local_cluster.process import Process
from scripts.local_cluster.settling import cases, settled
from scripts.local_cluster.sites import ROUND_S, simulated_sites
from streams.errors import RoadwitnessError

app = typer.Typer(
    help="The whole house on this machine, without containers: Kafka, S3, ClickHouse, units, workers, pages.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_console = Console(stderr=True, highlight=False)
DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Everything is below it: logs/, kafka/, s3/, store/ …")
]
_DATA = Path("cluster-data")


@app.command()
def start(
    data: DataOption = _DATA,
    brokers: Annotated[int, typer.Option(help="1 or 3; with 3, a record lies on two disks.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="Processes that judge.")] = 1,
    units: Annotated[int, typer.Option(min=1, help="Simulated roadside units.")] = 2,
    site: Annotated[
        list[Path] | None, typer.Option("--site", metavar="SITE.toml", help="Instead of simulated sites.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the review pages; 0: a free one.")] = 8080,
    once: Annotated[
        bool, typer.Option("--once", help="Every unit sees its clip once; end when all is judged.")
    ] = False,
) -> None:
    """Start everything, wait until it is ready, show it, and stop it cleanly at Ctrl-C."""
    if brokers not in (1, 3):
        raise typer.BadParameter("1 or 3", param_hint="--brokers")
    stop = _stopped_by_signal()
    if not site:
        _console.print(f"Simulated sites in {data / 'sites'} (rendered once) …")
    sites = site or simulated_sites(data, units)
    plan = Plan(data, sites, brokers, workers, None if once else float(ROUND_S), port)
    with LocalCluster(plan, _console.print) as cluster:
        cluster.start()
        rows = statuses.rows_of(cluster)
        statuses.save(rows, data)
        _console.print(statuses.as_table(rows, {row.pid for row in rows}))
        _console.print(f"One click signs you in (once): {cluster.pages_url}{welcome(data)}")
        _console.print(f"Logs: {data / 'logs'}. " + ("Waiting for the end." if once else "Ctrl-C stops all."))
        _watch(cluster, stop, once)
        found = cases(cluster)
        _console.print("Stopping …")
    _console.print(f"{found} cases are in the store." if once else "Stopped.")


@app.command()
def status(data: DataOption = _DATA) -> None:
    """Show what runs."""
    rows = statuses.load(data)
    running = set(leftovers(data))
    _console.print(statuses.as_table(rows, running))
    if not running:
        raise typer.Exit(1)


@app.command()
def stop(data: DataOption = _DATA) -> None:
    """End whatever a cluster in this folder left running, also after the one who started it was killed."""
    _console.print(f"{end_leftovers(data)} processes ended.")


def main() -> None:
    """Run the command line; what goes wrong is said in one sentence."""
    try:
        app()
    except RoadwitnessError as error:
        print(f"cluster-local: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(1) from None


def _watch(cluster: LocalCluster, stop: threading.Event, once: bool) -> None:
    """Until a stop is asked for, or (``once``) all is judged; what ends meanwhile is said."""
    told: set[str] = set()
    while not stop.wait(0.5):
        for process in cluster.failed():
            if once:
                raise ClusterError(_ended(process))
            if process.name not in told:
                told.add(process.name)
                _console.print(f"[red]{_ended(process)}[/red]")
        if once and settled(cluster):
            return


def _ended(process: Process) -> str:
    return f"{process.name} ended with {process.exit_code}; its log is {process.log}."


def _stopped_by_signal() -> threading.Event:
    event = threading.Event()

    def request(_number: int, _frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request)
    return event
