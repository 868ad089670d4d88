"""What really passed the cameras of one seed: every passage, its pictures, and what must come of it.

All of it is a function of the seed, so that a unit that was killed goes on with the same passages and the
verdict knows what must be in the store. Plates are invented, and no two vehicles share one.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import Literal

from enforcement.rows import violation_id
from streams.encoding import encode
from streams.identity import identify
from streams.messages import (
    Box,
    EvidenceItem,
    EvidenceReference,
    Passage,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)
from streams.topics import Topic

Outgoing = tuple[Topic, str, bytes]
Kind = Literal["statistics", "innocent", "speeding", "enters", "leaves"]

LIMIT_KMH = 80.0
SECTION_M = 2000.0
SITE = "faults"
START_NS = 1_777_881_600_000_000_000  # 2026-05-04T08:00:00Z
_SECOND = 10**9
_VIEW_S = 2.0  # a vehicle is in view
_BOX = Box(10.0, 20.0, 300.0, 200.0)
_LETTERS = "BCDFGHKLMNPRSTVWXZ"
#: How much of what passes is what. Statistics leave the roadside without plate or picture.
_MIX: dict[Kind, float] = {"statistics": 0.72, "innocent": 0.12, "speeding": 0.16}
_PICTURES = ("frame", "plate", "original")


@dataclass(frozen=True)
class Seen:
    """One passage, the bytes of its pictures, and the cases that must come of it.

    ``at_s`` is when it is published, in seconds from the start of the seed. ``keeps`` are the digests that
    the cases need; what else was taken of it must be gone in the end.
    """

    at_s: float
    kind: Kind
    passage: Passage
    pictures: tuple[EvidenceItem, ...]
    cases: tuple[str, ...] = ()
    keeps: frozenset[str] = frozenset()

    @property
    def evidence_records(self) -> list[Outgoing]:
        """The pictures as records."""
        return [(Topic.EVIDENCE, item.digest, encode(item)) for item in self.pictures]

    @property
    def passage_record(self) -> Outgoing:
        """The passage as a record."""
        return (Topic.PASSAGES, self.passage.camera_id, encode(self.passage))


def camera_name(number: int) -> str:
    """The id of the n-th unit's camera."""
    return f"cam-{number}"


def traffic(seed: int, cameras: int, seconds: float, per_second: float, *, section: bool) -> list[list[Seen]]:
    """Everything that passes, by camera, in order of time.

    With ``section`` the first camera is the entry and the second the exit of a section: some vehicles pass
    both, too fast on average or not.
    """
    seen = [
        _of_one_camera(seed, number, seconds, per_second, at_section=section and number < 2)
        for number in range(cameras)
    ]
    if section:
        for entered, left in _through_the_section(seed, seconds):
            seen[0].append(entered)
            seen[1].append(left)
    return [sorted(each, key=lambda one: one.at_s) for each in seen]


def _of_one_camera(
    seed: int, number: int, seconds: float, per_second: float, *, at_section: bool
) -> list[Seen]:
    chance = random.Random(f"traffic {seed} {number}")
    seen = []
    for i in range(round(seconds * per_second)):
        [kind] = chance.choices(list(_MIX), list(_MIX.values()))
        if at_section and kind == "innocent":
            kind = "statistics"  # its plate would rightly wait for the other end; those of pairs do not
        speed = chance.uniform(95.0, 150.0) if kind == "speeding" else chance.uniform(50.0, 78.0)
        at_s = i / per_second
        # Hours apart where nothing depends on it, so that hourly figures have several rows.
        happened_s = at_s if at_section else at_s * 1800.0
        seen.append(_vehicle(chance, seed, number, i, kind, at_s, happened_s, speed))
    return seen


def _through_the_section(seed: int, seconds: float) -> list[tuple[Seen, Seen]]:
    chance = random.Random(f"section {seed}")
    pairs = []
    for i in range(1000, 1000 + max(2, round(seconds))):
        fast = chance.random() < 0.5
        drive_s = SECTION_M / (chance.uniform(100.0, 130.0) if fast else chance.uniform(60.0, 75.0)) * 3.6
        at_s = chance.uniform(0.0, seconds)
        # The two ends are published close together, in either order; the times they tell are the drive's.
        entered = _vehicle(chance, seed, 0, i, "enters", at_s, at_s, 76.0)
        later_s = max(0.0, at_s + chance.uniform(-1.0, 1.0))
        plate = entered.passage.plate
        left = _vehicle(chance, seed, 1, i, "leaves", later_s, at_s + drive_s - _VIEW_S, 76.0, plate)
        if fast:
            keeps = frozenset(item.digest for item in (*entered.pictures, *left.pictures))
            cases = (violation_id(left.passage.passage_id, "average_speed"),)
            left = Seen(left.at_s, left.kind, left.passage, left.pictures, cases, keeps)
        pairs.append((entered, left))
    return pairs


def _vehicle(
    chance: random.Random,
    seed: int,
    number: int,
    i: int,
    kind: Kind,
    at_s: float,
    happened_s: float,
    speed_kmh: float,
    plate: PlateReading | None = None,
) -> Seen:
    camera = camera_name(number)
    passage_id = identify("passage", f"faults-{seed}", camera, i)
    started_ns = START_NS + round(happened_s * _SECOND)
    pictures: tuple[EvidenceItem, ...] = ()
    if kind != "statistics":
        plate = plate or PlateReading(_plate(chance, seed, number, i), 0.97)
        pictures = tuple(_picture(chance, passage_id, camera, name) for name in _PICTURES)
    passage = Passage(
        passage_id=passage_id,
        camera_id=camera,
        site_id=SITE,
        vehicle=chance.choice(("car", "car", "truck", "motorcycle")) if kind == "statistics" else "car",
        vehicle_confidence=0.9,
        started_at_ns=started_ns,
        ended_at_ns=started_ns + round(_VIEW_S * _SECOND),
        frames=50,
        box=_BOX,
        track=(TrackPoint(started_ns, 1.0, 2.0, 3.0, 4.0),),
        speed=SpeedMeasurement(round(speed_kmh, 2), 1.2),
        lane=chance.choice(("1", "2")),
        plate=plate,
        evidence=tuple(
            EvidenceReference(name, item.digest, item.media_type, started_ns, 640, 360, sealed=item.sealed)
            for name, item in zip(_PICTURES, pictures, strict=False)
        ),
        tracked_part="front",
        clock_sigma_ms=5.0,
    )
    if kind != "speeding":
        return Seen(at_s, kind, passage, pictures)
    keeps = frozenset(item.digest for item in pictures)
    return Seen(at_s, kind, passage, pictures, (violation_id(passage_id, "speeding"),), keeps)


def _plate(chance: random.Random, seed: int, number: int, i: int) -> str:
    letters = "".join(chance.choices(_LETTERS, k=4))
    return f"{letters}{seed % 100:02}{number}{i % 1000:03}{_LETTERS[i // 1000]}"


def _picture(chance: random.Random, passage_id: str, camera: str, name: str) -> EvidenceItem:
    size = {"plate": chance.randrange(500, 3000), "frame": chance.randrange(8_000, 40_000)}.get(name, 20_000)
    content = chance.randbytes(size)
    digest = hashlib.sha256(content).hexdigest()
    return EvidenceItem(digest, "image/jpeg", name == "original", passage_id, camera, content)
