"""Scrapes the metrics of units and workers as Prometheus would: was every loss of service seen?"""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException

from tests.faults.schedule import Fault

_EVERY_S = 0.5
_PATIENCE_S = 1.0
#: What may be seen of an outage is looked for until so long after its end.
_AFTERWARDS_S = 4.0
_LINE = re.compile(r"^roadwitness_([a-z_]+)(\{[^}]*\})? (\S+)$", re.MULTILINE)
_FULL_BYTES = 65 * 1024**2  # a unit leaves 64 MiB of its disk free


@dataclass(frozen=True)
class Sample:
    """What a process showed at ``at_s`` of the seed; ``figures`` is empty where it did not answer."""

    at_s: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Suffered:
    """A fault, and from when until when it truly lasted, in seconds of the seed."""

    fault: Fault
    began_s: float
    ended_s: float


class Watch:
    """Asks every process again and again, each by itself: one that does not answer delays no other.

    ``texts`` are all answers' distinct lines.
    """

    def __init__(self, ports: Mapping[str, int], clock: Callable[[], float]) -> None:
        self.samples: dict[str, list[Sample]] = {name: [] for name in ports}
        self.texts: set[str] = set()
        self._clock = clock
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._look_at, args=each, name=f"watch {each[0]}", daemon=True)
            for each in ports.items()
        ]

    def start(self) -> None:
        """Ask from now on."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Ask no more."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def during(self, name: str, suffered: Suffered) -> list[Sample]:
        """What a process showed while the fault lasted and a little longer."""
        end_s = suffered.ended_s + _AFTERWARDS_S
        return [each for each in self.samples[name] if suffered.began_s <= each.at_s <= end_s]

    def _look_at(self, name: str, port: int) -> None:
        while not self._ended.wait(_EVERY_S):
            began_s = self._clock()
            text = ask(port)
            self.texts.update(text.splitlines())
            figures = {f"{key}{labels}": float(value) for key, labels, value in _LINE.findall(text)}
            self.samples[name].append(Sample(began_s, figures))


def ask(port: int) -> str:
    """A process's metrics as text; empty where it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=_PATIENCE_S) as answer:
            return str(answer.read().decode())
    except (OSError, HTTPException):  # also one that was killed in the middle of its answer
        return ""


def unseen(suffered: Sequence[Suffered], watch: Watch) -> Iterator[str]:
    """Sentences on losses of service that lasted long enough and of which no metric tells."""
    for each in suffered:
        fault = each.fault
        names, least_s, signs = _expected(fault, list(watch.samples))
        if fault.lasts_s < least_s or not names:
            continue
        if not any(_seen(watch.during(name, each), signs) for name in names):
            yield f"{fault}: none of {', '.join(signs)} told of it at {', '.join(names)}"


def _expected(fault: Fault, processes: list[str]) -> tuple[list[str], float, tuple[str, ...]]:
    """Who must show a fault, from which length on, and by which signs; nobody where no service is lost."""
    who, _, server = fault.target.partition(":")
    workers = [name for name in processes if name.startswith("worker")]
    if fault.kind in ("kill", "torn", "pause"):
        if who in processes:
            return [who], 2.0, ("up",)
        if who == "store":
            return workers, 13.0 if fault.kind == "pause" else 5.0, ("up", "store_away", "store_failures")
        if who == "s3":
            return (
                workers,
                13.0 if fault.kind == "pause" else 5.0,
                ("up", "evidence_away", "evidence_failures"),
            )
        return [], 0.0, ()  # one broker of several; of a single one the units' spools tell, see below
    if fault.kind == "disk":
        signs = {
            "evidence": ("up", "evidence_failures", "disk"),
            "store": ("up", "store_failures", "store_away"),
        }
        names = workers if who in signs else [who]
        return names, 2.5 if who != "store" else 13.0, signs.get(who, ("up", "spool_refused", "disk"))
    if fault.kind == "link" and who in processes and not server.startswith("broker") and _cuts(fault):
        least_s = 5.0 if fault.way.refuses else 12.0
        if who.startswith("unit"):
            return [who], least_s, ("up", "forwarder_away", "spool_age")
        part = {"kafka": "bus", "store": "store", "s3": "evidence"}[server]
        return [who], least_s, ("up", f"{part}_away")
    return [], 0.0, ()


def _cuts(fault: Fault) -> bool:
    return fault.way.refuses or fault.way.drops_back or fault.way.drops_out


def _seen(samples: list[Sample], signs: tuple[str, ...]) -> bool:
    return any(_SIGNS[sign](samples) for sign in signs)


def _any(name: str, least: float) -> Callable[[list[Sample]], bool]:
    return lambda samples: any(
        value >= least for each in samples for key, value in each.figures.items() if key.startswith(name)
    )


def _rises(name: str) -> Callable[[list[Sample]], bool]:
    def rises(samples: list[Sample]) -> bool:
        sums = [
            sum(value for key, value in each.figures.items() if key.startswith(name))
            for each in samples
            if each.figures
        ]
        return bool(sums) and max(sums) > min(sums)

    return rises


_SIGNS: Mapping[str, Callable[[list[Sample]], bool]] = {
    "up": lambda samples: any(not each.figures for each in samples),
    "store_away": _any("store_away", 1.0),
    "evidence_away": _any("evidence_away", 1.0),
    "bus_away": _any("bus_away", 1.0),
    "forwarder_away": _any("forwarder_away", 1.0),
    "spool_age": _any("spool_oldest_age_seconds", 3.0),
    "store_failures": _rises("store_failures_total"),
    "evidence_failures": _rises("evidence_failures_total"),
    "spool_refused": _rises("spool_refused_total"),
    "disk": lambda samples: any(
        value < _FULL_BYTES
        for each in samples
        for key, value in each.figures.items()
        if key.startswith("disk_free_bytes")
    ),
}
