"""Invented passages with drawn evidence, published on a bus as a roadside unit would."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from detectors.clip_coding import MEDIA_TYPE, can_encode, encode_film
from streams.bus import Bus
from streams.encoding import encode
from streams.identity import identify
from streams.messages import (
    Box,
    CharacterCandidate,
    EvidenceItem,
    EvidenceReference,
    Passage,
    PlateRead,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)
from streams.sealing import PrivateKey, seal
from streams.topics import Topic
from tests.dashboards.invented_scene import HEIGHT, WIDTH, colour_of, crop_plate, draw_scene, jpeg, to_picture

MORNING_NS = 1_777_881_600_000_000_000  # 2026-05-04T08:00:00Z
SECOND_NS = 1_000_000_000
CLIP_SIZE = (640, 360)
#: Whom the originals are sealed to.
AUTHORITY = PrivateKey(bytes(range(32)))

POLICY = """
id = "sim-rural-2026"
version = "1"
jurisdiction = "Simulated"
valid_from = 2026-01-01
[speeding]
limit_kmh = 80.0
  [speeding.tolerance]
  below_100_kmh = 3.0
  above_100_percent = 3.0
"""

REGISTER = """plate,keeper_id,keeper_name,keeper_address,vehicle_class,make,colour
KFV482,K-1001,Ines Farrow,"4 Larch Row, Simford",car,Vesta,red
TRD907,K-1002,Oskar Winde,"19 Mill Lane, Simford",car,Corvane,blue
BMX135,K-1003,Lena Akers,"2 Quay Street, Northport",car,Vesta,white
HGA771,K-1004,Pavel Orlik,"88 High Road, Northport",truck,Haulmark,grey
"""

_LOOKALIKES = {
    "0": "O",
    "O": "0",
    "1": "I",
    "I": "1",
    "8": "B",
    "B": "8",
    "5": "S",
    "2": "Z",
    "4": "A",
    "V": "Y",
    "7": "1",
}


@dataclass(frozen=True)
class Invented:
    """What to invent. ``plate`` None: unreadable. ``without`` names kinds of evidence that never arrive.

    ``clip`` True gives it a clip, where one can be coded here.
    """

    plate: str | None
    speed_kmh: float
    after_s: float
    camera: str = "demo-a1-north"
    vehicle: str = "car"
    uncertainty_kmh: float = 1.4
    doubtful_at: int | None = None
    without: tuple[str, ...] = ()
    seed: int = 1
    clip: bool = False


#: One case of each kind that an officer meets, and one passage below the threshold (the last).
SCENES = (
    Invented("KFV482", 105.3, 12, seed=1),
    Invented("TRD907", 97.8, 131, seed=2, doubtful_at=5),
    Invented(None, 92.4, 400, seed=3),
    Invented("BMX135", 121.6, 1_900, seed=4, clip=True),
    Invented("QLT660", 99.1, 4_100, seed=5, camera="demo-b7-west"),
    Invented("HGA771", 90.2, 7_900, seed=6, camera="demo-b7-west", without=("frame",)),
    Invented("KFV482", 88.7, 11_000, seed=7),
    Invented("ZZT111", 81.0, 11_100, seed=8),
)
#: Their measured speeds, by which tests name them.
RED, BLUE, UNREADABLE, WHITE, UNKNOWN, INCOMPLETE, SLOWEST = (scene.speed_kmh for scene in SCENES[:7])


def publish(bus: Bus, scene: Invented) -> Passage:
    """Invent one passage and publish its evidence, then the passage itself."""
    passage, items = invent(scene)
    for item in items:
        bus.publish(Topic.EVIDENCE, item.digest, encode(item))
    bus.publish(Topic.PASSAGES, passage.camera_id, encode(passage))
    return passage


@cache  # drawing takes longer than everything else in a test
def invent(scene: Invented) -> tuple[Passage, list[EvidenceItem]]:
    """A passage of one car over about a second, with the evidence that arrives."""
    chance = random.Random(scene.seed)
    started_ns = MORNING_NS + int(scene.after_s * SECOND_NS)
    passage_id = identify("passage", scene.camera, started_ns, scene.seed)
    x_m = chance.choice((-2.8, 2.6))
    speed_ms = scene.speed_kmh / 3.6
    points, frames = [], 26
    for index in range(frames):
        at_s = index * 0.04
        y_m = 11.0 + speed_ms * at_s + chance.gauss(0, 0.08)
        x_px, y_px = to_picture(x_m, y_m)
        points.append(TrackPoint(started_ns + int(at_s * SECOND_NS), x_px, y_px, x_m, y_m))
    best = points[5]
    text = scene.plate or "·" * 6
    assert best.y_m is not None
    picture, vehicle_box, plate_box = draw_scene(
        spaced(scene.plate or "  ~  "), colour_of(scene.seed), x_m, best.y_m, scene.seed
    )
    pictures = {"frame": jpeg(picture), "plate": jpeg(crop_plate(picture, plate_box))}
    references, items = [], []
    for kind, content in (*pictures.items(), ("original", seal(pictures["frame"], AUTHORITY.public_key))):
        digest = hashlib.sha256(content).hexdigest()
        media_type = "application/octet-stream" if kind == "original" else "image/jpeg"
        references.append(
            EvidenceReference(
                kind=kind,
                digest=digest,
                media_type=media_type,
                captured_at_ns=best.captured_at_ns,
                width_px=WIDTH if kind != "plate" else int(plate_box.w * 1.2),
                height_px=HEIGHT if kind != "plate" else int(plate_box.h * 1.7),
                vehicle_box=vehicle_box,
                plate_box=plate_box,
                plate_text=scene.plate,
                sealed=kind == "original",
            )
        )
        if kind not in scene.without:
            items.append(
                EvidenceItem(digest, media_type, kind == "original", passage_id, scene.camera, content)
            )
    if scene.clip and can_encode():
        film = film_of(picture)
        digest = hashlib.sha256(film).hexdigest()
        references.append(EvidenceReference("clip", digest, MEDIA_TYPE, started_ns, *CLIP_SIZE))
        items.append(EvidenceItem(digest, MEDIA_TYPE, False, passage_id, scene.camera, film))
    passage = Passage(
        passage_id=passage_id,
        camera_id=scene.camera,
        site_id=scene.camera.rsplit("-", 1)[0],
        vehicle=scene.vehicle,
        vehicle_confidence=0.94,
        started_at_ns=started_ns,
        ended_at_ns=points[-1].captured_at_ns,
        frames=frames,
        box=vehicle_box,
        track=tuple(points),
        speed=SpeedMeasurement(
            speed_kmh=scene.speed_kmh,
            uncertainty_kmh=scene.uncertainty_kmh,
            base_m=speed_ms * 1.0,
            duration_s=1.0,
            points=frames,
            residual_m=0.081,
            at_ns=points[13].captured_at_ns if scene.clip else None,
        ),
        lane="1" if x_m < 0 else "2",
        plate=reading_of(scene, text, points, plate_box, chance),
        evidence=tuple(references),
        calibration_id=f"{scene.camera}-2026-05",
        models={
            "vehicles": "roadwitness-vehicles 1",
            "plates": "roadwitness-plates 1",
            "reader": "rapidocr 3.4",
        },
    )
    return passage, items


def film_of(picture: Image.Image) -> bytes:
    """A second in which the picture comes closer."""
    pictures = []
    for index in range(13):
        part = picture.crop((8 * index, 4.5 * index, picture.width - 8 * index, picture.height - 4.5 * index))
        small = np.asarray(part.resize(CLIP_SIZE).convert("RGB"))[:, :, ::-1]
        pictures.append(np.ascontiguousarray(small))
    film = encode_film(pictures, [MORNING_NS + index * 80_000_000 for index in range(13)], 10**6)
    assert film is not None
    return film


def reading_of(
    scene: Invented, text: str, points: list[TrackPoint], box: Box, chance: random.Random
) -> PlateReading:
    """What the reader made of the plate over five frames."""
    lattice = []
    for index, character in enumerate(text):
        other = _LOOKALIKES.get(character, "D")
        if scene.plate is None:
            lattice.append(_slot(chance.choice("MNHW"), chance.uniform(0.3, 0.5), chance.choice("8B3")))
        elif index == scene.doubtful_at:
            lattice.append(_slot(character, 0.71, other))
        else:
            lattice.append(_slot(character, chance.uniform(0.95, 0.9999), other))
    reads = []
    for number, point in enumerate(points[3:8]):
        seen = text
        if scene.plate is None or (scene.doubtful_at is not None and number in (1, 3)):
            seen = (
                "".join(chance.choice("MNH8B3") for _ in text)
                if scene.plate is None
                else text[:-1] + _LOOKALIKES.get(text[-1], "D")
            )
        sure = tuple(
            chance.uniform(0.3, 0.6) if scene.plate is None else chance.uniform(0.85, 0.99) for _ in seen
        )
        reads.append(PlateRead(point.captured_at_ns, seen, min(sure), sure, box))
    confidence = min(slot[0].probability for slot in lattice)
    return PlateReading(scene.plate, confidence, tuple(lattice), tuple(reads))


def _slot(character: str, probability: float, other: str) -> tuple[CharacterCandidate, ...]:
    rest = 1 - probability
    return (
        CharacterCandidate(character, probability),
        CharacterCandidate(other, rest * 0.8),
        CharacterCandidate("", rest * 0.2),
    )


def spaced(plate: str) -> str:
    """A plate as it is painted."""
    return f"{plate[:3]} {plate[3:]}"
