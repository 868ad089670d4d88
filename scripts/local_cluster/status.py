"""What runs where, as a table and as a file that ``cluster-local status`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich import box
from rich.table import Table

from scripts.local_cluster.answering import answers
from scripts.local_cluster.cluster import LocalCluster
from scripts.local_cluster.errors import ClusterError

_FILE = "cluster.json"


@dataclass(frozen=True)
class Row:
    """One program: where it is spoken to, and where its metrics are."""

    name: str
    pid: int
    address: str
    operations: str | None
    log: str


def rows_of(cluster: LocalCluster) -> list[Row]:
    """What was started, in order."""
    addresses = {
        cluster.s3.process.name: cluster.s3.url,
        cluster.store.process.name: cluster.store.url,
        **{b.name: f"127.0.0.1:{p}" for b, p in zip(cluster.kafka.brokers, cluster.kafka.ports, strict=True)},
    }
    members = [*cluster.workers, *([cluster.pages] if cluster.pages else []), *cluster.units]
    operations = {member.process.name: member.operations for member in members}
    if cluster.pages is not None:
        addresses[cluster.pages.process.name] = cluster.pages_url
    return [
        Row(p.name, p.pid, addresses.get(p.name, ""), operations.get(p.name), str(p.log))
        for p in cluster.processes
        if p.pid is not None
    ]


def save(rows: Sequence[Row], folder: Path) -> None:
    """Keep the rows for another process to read."""
    (folder / _FILE).write_bytes(msgspec.json.encode(rows))


def load(folder: Path) -> list[Row]:
    """What was started last in ``folder``.

    Raises:
        ClusterError: when nothing ever was.
    """
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=list[Row])
    except (OSError, msgspec.DecodeError) as error:
        raise ClusterError(f"No cluster was started in {folder}: name its folder with --data.") from error


def as_table(rows: Sequence[Row], running: set[int]) -> Table:
    """One line a program; ``running`` are the process ids that live."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for name in ("program", "state", "address", "metrics, health"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(row.name, _state(row, running), row.address, row.operations or "")
    return table


def _state(row: Row, running: set[int]) -> str:
    if row.pid not in running:
        return "[red]ended[/red]"
    if row.operations is None or answers(f"{row.operations}/ready"):
        return "[green]runs[/green]"
    return "[yellow]runs, not ready[/yellow]"
