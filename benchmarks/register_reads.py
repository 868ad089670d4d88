"""What benchmarks/register.py matches: an invented register, and plates as our reader reads them on tracks.

Plates are those of the simulator, photographed by the degradations that the reader's training uses, several
frames a vehicle, read by a shipped reader and combined as the roadside combines them. Conditions (night,
rain, dirt, how wide the plate is) are drawn once a vehicle, so that its frames are wrong together, as real
ones are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np

from detectors.alignment import blend
from detectors.consensus import SightedRead, combine
from detectors.reading import PlateReader
from detectors.training.reader.backdrops import painted
from detectors.training.reader.degrading import Harshness, photograph
from roadwitness.simulator.keepers import MAKES
from roadwitness.simulator.looks import PAINTS
from roadwitness.simulator.plates import FORMATS, Plate, invent_plate, plate_texture
from streams.messages import Box, PlateReading

HOME = "DE"
#: Of all vehicles that pass: of other countries, and of this one without being in the register.
FOREIGN, UNREGISTERED = 0.07, 0.03
CLASSES = {"car": 0.82, "truck": 0.11, "motorcycle": 0.04, "bus": 0.03}
#: How often the vehicle detector takes a vehicle for one of another class.
CLASS_WRONG = 0.04
FRAME_NS = 80_000_000
# Many small pictures: threads would only wait for one another.
cv2.setNumThreads(1)


class Drive(msgspec.Struct, frozen=True):
    """A vehicle that passed: its true plate, whether the register has it, and what was seen of it."""

    plate: str
    country: str
    registered: bool
    seen_class: str
    reading: PlateReading


@dataclass(frozen=True)
class Registered:
    """The rows of the register by column, and each plate's class."""

    plates: list[str]
    displays: list[str]
    classes: list[str]
    makes: list[str]
    colours: list[str]


def invent_register(size: int, seed: int) -> Registered:
    """``size`` different plates of ``HOME``, each with a class, a make and a colour."""
    rng = np.random.default_rng([seed, 1])
    found: dict[str, str] = {}
    while len(found) < size:
        plate = invent_plate(rng, HOME)
        found.setdefault(plate.text, plate.display)
    count = len(found)
    shares = np.array(list(CLASSES.values()))
    return Registered(
        list(found),
        list(found.values()),
        rng.choice(list(CLASSES), count, p=shares / shares.sum()).tolist(),
        rng.choice(list(MAKES), count).tolist(),
        rng.choice(list(PAINTS), count).tolist(),
    )


def read_drives(
    register: Registered, reader: PlateReader, count: int, seed: int, narrowest_px: float, widest_px: float
) -> Iterator[Drive]:
    """``count`` vehicles, photographed and read. The same seed gives the same vehicles and pictures."""
    known = set(register.plates)
    for number in range(count):
        rng = np.random.default_rng([seed, 2, number])
        plate, vehicle = _who(register, known, rng)
        reading = _read(plate, reader, rng, narrowest_px, widest_px)
        seen = vehicle if rng.random() >= CLASS_WRONG else str(rng.choice(list(CLASSES)))
        yield Drive(plate.text, plate.country, plate.text in known, seen, reading)


def _who(register: Registered, known: set[str], rng: np.random.Generator) -> tuple[Plate, str]:
    fate = rng.random()
    if fate < FOREIGN:
        return invent_plate(rng, str(rng.choice([code for code in FORMATS if code != HOME]))), "car"
    if fate < FOREIGN + UNREGISTERED:
        while (plate := invent_plate(rng, HOME)).text in known:
            pass
        return plate, "car"
    number = int(rng.integers(len(register.plates)))
    return Plate(HOME, register.displays[number]), register.classes[number]


def _read(
    plate: Plate, reader: PlateReader, rng: np.random.Generator, narrowest_px: float, widest_px: float
) -> PlateReading:
    width_px = float(np.exp(rng.uniform(np.log(narrowest_px), np.log(widest_px))))
    usual = Harshness()
    conditions = Harshness(
        narrowest_px=width_px * 0.9,
        widest_px=width_px * 1.1,
        night=float(rng.random() < usual.night),
        dirt=float(rng.random() < usual.dirt),
        rain=float(rng.random() < usual.rain),
        glare=usual.glare,
        shadow=usual.shadow,
        motion=0.9 if rng.random() < usual.motion else 0.05,
        bad_box=usual.bad_box,
        squarest_tilt_degrees=8.0,
    )
    texture, backdrop = plate_texture(plate), painted(rng)
    seen = [photograph(texture, rng, conditions, backdrop) for _ in range(int(rng.integers(3, 7)))]
    framings = len(reader.framings)
    readings = iter(reader.read([each.crop for each in seen for _ in range(framings)]))
    reads = []
    for frame, each in enumerate(seen):
        reading = blend([next(readings) for _ in range(framings)])
        height, width = each.crop.shape[:2]
        reads.append(SightedRead(frame * FRAME_NS, Box(0.0, 0.0, float(width), float(height)), reading))
    return combine(reads)


def keep_drives(path: Path, drives: list[Drive]) -> None:
    """Keep what was read, so that matching can be measured again without reading."""
    path.write_bytes(msgspec.json.encode(drives))


def kept_drives(path: Path) -> list[Drive]:
    """What :func:`keep_drives` wrote."""
    return msgspec.json.decode(path.read_bytes(), type=list[Drive])
