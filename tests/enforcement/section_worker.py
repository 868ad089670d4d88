"""A worker in a process of its own: ``python -m … BUS STORE EVIDENCE CAMERA…``, until SIGTERM.

The first two cameras are the ends of a section of 2 km; cloned plates are looked for at all of them. It
prints the partitions that it judges, whenever they change.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import msgspec

from enforcement.distances import Distances
from enforcement.evidence import EvidenceFolder
from enforcement.gathering import Pace
from enforcement.law.papers import ClonedPlate
from enforcement.law.speeds import Section, Tolerance
from enforcement.policy import Policy
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.connect import open_bus
from tests.enforcement.samples import policy

PACE = Pace(records=50, seconds=0.1)


def laws(cameras: list[str]) -> dict[str, Policy]:
    """The same law for all of them."""
    section = Section("A", *cameras[:2], 2000.0, 0.5, 80.0, Tolerance(3.0, 3.0), longest_s=600.0)
    law = msgspec.structs.replace(
        policy(), speeding=None, sections=(section,), cloned_plate=ClonedPlate(fastest_kmh=250.0)
    )
    return dict.fromkeys(cameras, law)


def ways(cameras: list[str]) -> Distances:
    """All but the section's are 500 km apart."""
    pairs = [(one, other) for one in cameras for other in cameras if one < other]
    near = set(cameras[:2])
    return Distances(by_road_m={pair: 2000.0 if near == set(pair) else 500_000.0 for pair in pairs})


def main(bus_url: str, store_url: str, evidence: str, *cameras: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    bus, store = open_bus(bus_url), Store.server(store_url)
    names = list(cameras)
    enforcer = Enforcer(
        bus, store, EvidenceFolder(Path(evidence)), laws(names), distances=ways(names), pace=PACE
    )
    threading.Thread(target=tell, args=[enforcer, stop], daemon=True).start()
    enforcer.run(stop)
    bus.close()
    store.close()


def tell(enforcer: Enforcer, stop: threading.Event) -> None:
    told: frozenset[int] | None = None
    while not stop.wait(0.05):
        if (share := enforcer.share) != told:
            told = share
            print(*sorted(share), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
