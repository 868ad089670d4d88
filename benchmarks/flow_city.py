"""The city whose traffic benchmarks/flow.py sends: sites of ten cameras, all with laws for all sixteen rules.

Of a site's cameras five see an open road, three a junction, and two are the ends of a section, where every
plate is read. Each camera sees a vehicle every four seconds of the city's own time; a worker that is faster
than that catches up, as after an outage.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from judged_traffic import (
    JUNCTION,
    JUNCTION_LAW,
    JUNCTION_MIX,
    MONDAY_NS,
    OPEN_ROAD,
    ROAD_LAW,
    ROAD_MIX,
    SECOND,
    a_plate,
    passage,
)
from msgspec.structs import replace

from enforcement.distances import Distances
from enforcement.law.speeds import Section, Tolerance
from enforcement.policy import Policy
from enforcement.road import Road
from streams.encoding import encode
from streams.messages import EvidenceReference, Passage, PlateReading

KINDS = ("road", "junction", "road", "entry", "junction", "road", "exit", "road", "junction", "road")
SECTION_M = 2_000.0
EVERY_S = 4.0  # a vehicle at each camera
#: Ways through the section: as allowed, and too fast.
THROUGH_S, TOO_FAST_S = 160.0, 100.0
TOO_FAST_PART = 0.02


@dataclass(frozen=True)
class Camera:
    """One camera of the city with its law."""

    id: str
    kind: str
    site: int
    law: Policy

    @property
    def road(self) -> Road:
        """What is drawn in its picture."""
        return JUNCTION if self.kind == "junction" else OPEN_ROAD


class City:
    """So many sites; always the same for the same numbers."""

    def __init__(self, sites: int = 20, longest_s: float = 1800.0) -> None:
        """``longest_s`` is for how long a vehicle in a section is remembered."""
        self.sites = sites
        self.cameras = [
            _camera(site, number, longest_s) for site in range(sites) for number in range(len(KINDS))
        ]
        self.policies = {camera.id: camera.law for camera in self.cameras}
        self.roads = {camera.id: camera.road for camera in self.cameras}
        self.distances = Distances(
            {
                camera.id: (48.0 + 0.02 * camera.site, 11.0 + 0.02 * (number % len(KINDS)))
                for number, camera in enumerate(self.cameras)
            }
        )

    @property
    def a_second(self) -> float:
        """Vehicles a second of the city's own time."""
        return len(self.cameras) / EVERY_S

    def passages(self, count: int, first: int = 0) -> Iterator[Passage]:
        """So many vehicles in the order of time, from number ``first`` on."""
        under_way: dict[int, deque[tuple[float, PlateReading]]] = {}
        for number in range(first, first + count):
            camera = self.cameras[number % len(self.cameras)]
            chance = random.Random(number)
            at_s = number / self.a_second
            yield _seen(camera, number, chance, at_s, under_way.setdefault(camera.site, deque()))

    def messages(self, count: int, first: int = 0) -> Iterator[tuple[str, bytes]]:
        """Keys and values as they lie on the topic of passages."""
        for each in self.passages(count, first):
            yield each.camera_id, encode(each)


def with_evidence(seen: Passage, digests: tuple[str, ...]) -> Passage:
    """The passage naming pictures."""
    kinds = ("frame", "plate", "original")
    return replace(
        seen,
        evidence=tuple(
            EvidenceReference(kind, digest, "image/jpeg", seen.started_at_ns, 1280, 720)
            for kind, digest in zip(kinds, digests, strict=True)
        ),
    )


def _camera(site: int, number: int, longest_s: float) -> Camera:
    kind = KINDS[number]
    law = replace(JUNCTION_LAW if kind == "junction" else ROAD_LAW, sections=())
    if kind in ("entry", "exit"):
        ends = (f"site{site}-{KINDS.index('entry')}", f"site{site}-{KINDS.index('exit')}")
        section = Section(f"section{site}", *ends, SECTION_M, 0.5, 50.0, Tolerance(3.0, 3.0), (), longest_s)
        law = replace(law, sections=(section,))
    return Camera(f"site{site}-{number}", kind, site, law)


def _seen(
    camera: Camera,
    number: int,
    chance: random.Random,
    at_s: float,
    under_way: deque[tuple[float, PlateReading]],
) -> Passage:
    junction = camera.kind == "junction"
    mix = JUNCTION_MIX if junction else ROAD_MIX
    [kind] = chance.choices(list(mix), list(mix.values()))
    start_ns = MONDAY_NS + round(at_s * SECOND)
    made = passage(number, kind, chance, junction=junction, start_ns=start_ns)
    plate = made.plate
    if camera.kind == "entry":
        plate = a_plate(chance)
        takes_s = TOO_FAST_S if chance.random() < TOO_FAST_PART else THROUGH_S
        under_way.append((at_s + takes_s, plate))
    elif camera.kind == "exit":
        left = under_way and under_way[0][0] <= at_s
        plate = under_way.popleft()[1] if left else a_plate(chance)
    return replace(made, camera_id=camera.id, site_id=f"site{camera.site}", plate=plate)
