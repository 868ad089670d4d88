"""What goes wrong in a seed, and when: drawn from the seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from tests.faults.links import OPEN, Way

Kind = Literal["kill", "pause", "link", "disk", "torn", "garbage"]
#: How long units publish; everything is well again soon after.
SECONDS = 5.0
PER_SECOND = 18.0
_LAST_S = 7.0
#: What may wait in a unit's spool: more than a seed has, or less than comes in a few seconds.
ROOMY_BYTES, SMALL_BYTES = 8 * 1024**3, 700_000
#: Every so many seeds one outage lasts long enough to be seen by whoever asks, and hears no answer.
_LONG_EVERY = 12
_LONG_S = 14.0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong at ``at_s`` (seconds from the start) and is well again after ``lasts_s``.

    ``name`` says what in a word or two; ``target`` is the process, link or disk. ``way`` is what a link does.
    """

    at_s: float
    lasts_s: float
    kind: Kind
    name: str
    target: str
    way: Way = OPEN

    def __str__(self) -> str:
        return f"{self.at_s:.1f} s {self.name} {self.target} for {self.lasts_s:.1f} s"


@dataclass(frozen=True)
class Plan:
    """One seed: the stage, what passes, and what goes wrong."""

    seed: int
    units: int
    workers: int
    brokers: int
    section: bool
    disorder: float
    spool_limit_bytes: int
    small_disks: bool
    s3: bool
    faults: tuple[Fault, ...]

    @property
    def stage(self) -> str:
        """What stands on the stage, in words."""
        extras = {
            "section": self.section,
            "small disks": self.small_disks,
            "small spool": self.spool_limit_bytes < ROOMY_BYTES,
            "S3": self.s3,
        }
        return ", ".join(
            [
                f"{self.units} units",
                f"{self.workers} workers",
                f"{self.brokers} brokers",
                *(word for word, is_so in extras.items() if is_so),
            ]
        )


def plan(seed: int, *, with_s3: bool = True) -> Plan:
    """The plan of a seed; ``with_s3`` says whether this machine has an S3 server."""
    chance = random.Random(f"plan {seed}")
    brokers = 3 if seed % 10 in (7, 8) else 1
    units = chance.choice((1, 2, 2, 3))
    workers = chance.choice((1, 1, 2))
    s3, small_spool = with_s3 and seed % 10 == 6, seed % 10 == 2
    targets = _Targets(units, workers, brokers, s3, kills_brokers=brokers > 1 or seed % 10 == 9)
    small_disks = not s3 and chance.random() < 0.25
    faults = [_fault(chance, targets) for _ in range(chance.choice((2, 3, 3, 4, 5)))]
    if small_disks:
        faults.append(_disk(chance, targets))
    if small_spool:
        faults.append(Fault(1.0, 3.5, "link", "refuse", "unit-0:kafka", _way(chance, "refuse")))
    if seed % _LONG_EVERY == 4:
        faults.append(_long(chance, targets))
    return Plan(
        seed=seed,
        units=units,
        workers=workers,
        brokers=brokers,
        section=units > 1 and chance.random() < 0.5,
        disorder=chance.choice((0.0, 0.2, 0.5)),
        spool_limit_bytes=SMALL_BYTES if small_spool else ROOMY_BYTES,
        small_disks=small_disks,
        s3=s3,
        faults=tuple(sorted(faults, key=lambda fault: fault.at_s)),
    )


@dataclass(frozen=True)
class _Targets:
    """What there is to break."""

    units: int
    workers: int
    brokers: int
    s3: bool
    kills_brokers: bool

    @property
    def processes(self) -> list[str]:
        names = [f"unit-{i}" for i in range(self.units)] + [f"worker-{i}" for i in range(self.workers)] * 2
        names += ["store"] * 2 + ["s3"] * 3 * self.s3
        return names + [f"broker-{i}" for i in range(self.brokers)] * (2 if self.kills_brokers else 0)

    @property
    def links(self) -> list[str]:
        names = [f"unit-{i}:kafka" for i in range(self.units)]
        if self.brokers > 1:  # cut off from one broker only
            names += [f"unit-0:broker-{i}" for i in range(self.brokers)]
            names += [f"worker-0:broker-{i}" for i in range(self.brokers)]
        for i in range(self.workers):
            names += [f"worker-{i}:kafka", f"worker-{i}:store"] + [f"worker-{i}:s3"] * 2 * self.s3
        return [*names, "officer:kafka"]


#: What a link can do, with how often.
_WAYS: tuple[tuple[str, int], ...] = (
    ("refuse", 3),
    ("drop", 3),
    ("half open out", 2),
    ("half open back", 3),
    ("delay", 2),
    ("slow", 2),
    ("truncate", 4),
)


def _way(chance: random.Random, name: str) -> Way:
    match name:
        case "refuse":
            return Way(refuses=True)
        case "drop":
            return Way(drops_out=True, drops_back=True)
        case "half open out":
            return Way(drops_out=True)
        case "half open back":
            return Way(drops_back=True)
        case "delay":
            return Way(delay_s=chance.uniform(0.02, 0.3))
        case "slow":
            return Way(bytes_per_s=chance.uniform(30e3, 300e3))
        case _:
            return Way(breaks_after=round(10 ** chance.uniform(2.0, 5.0)))


def _fault(chance: random.Random, targets: _Targets) -> Fault:
    at_s = chance.uniform(0.3, 5.5)
    lasts_s = min(chance.uniform(0.3, 3.0), _LAST_S - at_s)
    kind = chance.choices(("kill", "pause", "link", "garbage", "torn"), (5, 3, 7, 2, 1))[0]
    match kind:
        case "kill" | "pause":
            return Fault(at_s, lasts_s, kind, kind, chance.choice(targets.processes))
        case "link":
            [name] = chance.choices([n for n, _ in _WAYS], [weight for _, weight in _WAYS])
            return Fault(at_s, lasts_s, "link", name, chance.choice(targets.links), _way(chance, name))
        case "torn":
            return Fault(at_s, lasts_s, "torn", "torn spool", f"unit-{chance.randrange(targets.units)}")
        case _:
            return Fault(
                at_s, 0.0, "garbage", "garbage", chance.choice(("passages", "evidence", "decisions"))
            )


def _long(chance: random.Random, targets: _Targets) -> Fault:
    target = chance.choice([name for name in targets.links if not name.startswith("officer")])
    name = chance.choice(("drop", "half open back", "refuse"))
    return Fault(1.5, _LONG_S, "link", f"long {name}", target, _way(chance, name))


def _disk(chance: random.Random, targets: _Targets) -> Fault:
    target = chance.choice(["evidence", "store", *(f"unit-{i}" for i in range(targets.units))])
    return Fault(chance.uniform(0.3, 4.0), chance.uniform(1.0, 3.0), "disk", "full disk", target)
