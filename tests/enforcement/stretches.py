"""Vehicles at the two ends of one section, for the tests of who is matched with whom."""

from __future__ import annotations

from typing import Any

import msgspec

from enforcement.law.speeds import Section, Tolerance
from enforcement.reading import Reading
from enforcement.road import Road
from enforcement.sections import SectionMemory
from streams.messages import Passage, PlateReading
from tests.enforcement.samples import SECOND, T0, passage, policy

SECTION = Section("A", "cam-in", "cam-out", 2000.0, 0.5, 80.0, Tolerance(3.0, 3.0), longest_s=600.0)
ENDS = ("cam-in", "cam-out")


def at(
    camera: str, after_s: float, plate: str = "AB123CD", confidence: float = 0.98, **changes: Any
) -> Passage:
    seen = passage(round(after_s * 1000), plate=plate, camera=camera, at_ns=T0 + round(after_s * SECOND))
    fields = {"clock_sigma_ms": 5.0, "plate": PlateReading(plate, confidence)} | changes
    return msgspec.structs.replace(seen, **fields)


def entering(after_s: float = 0.0, plate: str = "AB123CD", **changes: Any) -> Passage:
    return at("cam-in", after_s, plate, **changes)


def leaving(after_s: float = 80.0, plate: str = "AB123CD", **changes: Any) -> Passage:
    return at("cam-out", after_s, plate, **changes)


def memory(section: Section = SECTION, reading: Reading | None = None, **roads: Road) -> SectionMemory:
    law = msgspec.structs.replace(policy(), sections=(section,))
    return SectionMemory(dict.fromkeys(ENDS, law), roads, reading)
