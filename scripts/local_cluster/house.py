"""Roadwitness's own processes: roadside units, workers and pages, as they run in the field."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local_cluster.answering import answers, read_json
from scripts.local_cluster.entrance import desk_of, settings_of, welcome
from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.ports import free_ports
from scripts.local_cluster.process import Process
from scripts.local_cluster.signing import archive_of, centre_key, sealing_key, unit_key

_READY_S = 60.0


def roadwitness() -> str:
    """The command, as it is installed beside this Python."""
    return str(Path(sys.executable).with_name("roadwitness"))


@dataclass(frozen=True)
class Places:
    """Where the processes find each other: addresses as the command line takes them."""

    bus: str
    store: str
    evidence: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


class Member:
    """One process of ours with its port for metrics and health."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        (self.metrics_port,) = free_ports(1)
        self.port = port
        command = [roadwitness(), *arguments]
        told = {
            "ROADWITNESS_METRICS_PORT": str(self.metrics_port),
            "ROADWITNESS_LOG": "INFO",
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self.process = Process(name, command, folder, environment=told, grace_s=30.0)

    @property
    def operations(self) -> str:
        """The address that shows ``/metrics``, ``/health`` and ``/ready``."""
        return f"http://127.0.0.1:{self.metrics_port}"

    @property
    def ready(self) -> bool:
        """Whether it says that it can work."""
        return answers(f"{self.operations}/ready")

    def start(self) -> None:
        """Start it; returns at once."""
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it says that it can work, or has done its work already.

        Raises:
            ClusterError: when it ends before, or takes too long.
        """
        try:
            self.process.wait_until(lambda: self.ready or self.process.exit_code == 0, _READY_S)
        except ClusterError as error:
            lacks = {part: why for part, why in self.parts().items() if why != "ok"}
            raise ClusterError(f"{error} It lacks {lacks}." if lacks else str(error)) from error

    def parts(self) -> dict[str, str]:
        """What it says of each part that it depends on; empty while it says nothing."""
        return dict(read_json(f"{self.operations}/ready").get("parts", {}))


def unit(
    number: int,
    site: Path,
    places: Places,
    folder: Path,
    environment: Mapping[str, str],
    repeat_s: float | None,
) -> Member:
    """A roadside unit with a spool of its own; ``repeat_s`` plays its clip again and again."""
    spool = folder / "units" / f"{number}" / "spool.sqlite"
    arguments = ["edge", str(site), "--bus", places.bus, "--spool", str(spool)]
    arguments += ["--sign-with", str(unit_key(folder, number, site)), "--seal-to", str(sealing_key(folder))]
    if repeat_s is not None:
        arguments += ["--repeat", f"{repeat_s:g}"]
    return Member(f"unit-{number}", arguments, folder, environment=environment)


def worker(
    number: int, sites: Sequence[Path], places: Places, folder: Path, environment: Mapping[str, str]
) -> Member:
    """A worker that judges the passages of all ``sites`` and countersigns what their units state."""
    signs = ["--countersign-with", str(centre_key(folder)), "--keys", str(archive_of(folder))]
    arguments = ["enforce", *map(str, sites), *signs, *_shared(places)]
    return Member(f"worker-{number}", arguments, folder, environment={**environment, **places.keys})


def pages(
    sites: Sequence[Path], places: Places, folder: Path, environment: Mapping[str, str], port: int
) -> Member:
    """The review pages on ``port``; 0 takes a free one."""
    (chosen,) = (port,) if port else free_ports(1)
    shown = [part for site in sites for part in ("--site", str(site))]
    welcome(folder)  # whose account keeps the pages from making one, with a password in their log
    own = ["--data", str(desk_of(folder)), "--sign-in", str(settings_of(folder))]
    arguments = ["serve", "--port", str(chosen), *own, *shown, *_shared(places)]
    told = {**environment, **places.keys}
    return Member("pages", arguments, folder, environment=told, port=chosen)


def _shared(places: Places) -> list[str]:
    return ["--bus", places.bus, "--store", places.store, "--evidence", places.evidence]
