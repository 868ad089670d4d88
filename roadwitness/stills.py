"""``roadwitness read``: the plates in still images."""

from __future__ import annotations

import time
from pathlib import Path

from detectors.folder_source import SUFFIXES, is_image, read_image
from detectors.plates import PlateDetector
from detectors.reading import open_reader
from detectors.still import read_plates_in_image
from detectors.vehicles import VehicleDetector
from roadwitness.json_lines import json_lines
from roadwitness.progress import progress, say
from roadwitness.site import InferenceSettings
from roadwitness.wiring import inference_of
from streams.errors import RoadwitnessError


class NoImages(RoadwitnessError):
    """There is nothing to read."""


def images_in(paths: list[Path]) -> list[Path]:
    """The image files named, and those in the folders named, sorted within each.

    Raises:
        NoImages: when a path does not exist or a folder holds no image.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if is_image(file))
            if not inside:
                raise NoImages(f"The folder {path} holds no image ({', '.join(sorted(SUFFIXES))}).")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise NoImages(f"There is no {path}: name an image or a folder of images.")
    return found


def read_images(paths: list[Path], jsonl: str, reader_name: str) -> None:
    """One JSON line an image. One that cannot be decoded is named at the end, when all others were read."""
    images = images_in(paths)
    threads, providers = inference_of(InferenceSettings())
    vehicles = VehicleDetector(threads=threads, providers=providers)
    plates = PlateDetector(threads=threads, providers=providers)
    reader = open_reader(reader_name, threads=threads, providers=providers)
    unreadable: list[Path] = []
    with json_lines(jsonl) as write, progress("Reading", "images") as advance:
        for done, path in enumerate(images, start=1):
            image = read_image(path)
            advance(done, len(images))
            if image is None:
                unreadable.append(path)
                continue
            started = time.perf_counter()
            found = read_plates_in_image(image, plates, reader, vehicles)
            elapsed_ms = (time.perf_counter() - started) * 1000
            write(
                {
                    "image": str(path),
                    "plates": [
                        {
                            "box": [round(v, 1) for v in (p.box.x, p.box.y, p.box.w, p.box.h)],
                            "text": p.text,
                            "raw": p.raw,
                            "confidence": round(p.confidence, 4),
                            "characters": [round(c, 4) for c in p.characters],
                            "region": p.region,
                        }
                        for p in found
                    ],
                    "ms": round(elapsed_ms, 1),
                }
            )
    if unreadable:
        names = ", ".join(str(path) for path in unreadable[:5])
        raise NoImages(
            f"{len(unreadable)} of {len(images)} files are no images that can be decoded: {names}."
        )
    say(f"{len(images)} images read.")
