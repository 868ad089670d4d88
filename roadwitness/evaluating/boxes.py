"""``roadwitness evaluate plates`` and ``vehicles``: detectors side by side on images with labelled boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectors.evaluation.box_errors import false_boxes, missed_boxes
from detectors.evaluation.detection import LEAST_CONFIDENCE, DetectionEvaluation
from detectors.evaluation.plates import Careful, evaluate_plates
from detectors.evaluation.vehicles import (
    RoadUserFinder,
    class_names,
    evaluate_vehicles,
)
from detectors.plates import CAREFUL_CONFIDENCE, PlateDetector
from detectors.vehicles import VehicleDetector
from roadwitness.evaluating.boxes_report import boxes_report
from roadwitness.evaluating.cores import keep_to
from roadwitness.evaluating.ending import finish
from roadwitness.evaluating.measures import Measure, Quantity
from roadwitness.evaluating.report import FOLDER
from roadwitness.progress import progress

#: What a model that nobody named is called: the one that the manifest has.
SHIPPED = "shipped"


def evaluate_plate_detectors(
    folder: Path,
    models: Sequence[Path | None],
    *,
    input_size: int,
    confidence: float | None,
    cores: int | None,
    report: Path | None,
    json: Path | None,
) -> None:
    """Measure plate detectors, None being the shipped one; print the figures and write the report."""
    threads = keep_to(cores) if cores else 0
    detectors = {
        name: Careful(PlateDetector(path, input_size=input_size, threads=threads))
        for name, path in named(models).items()
    }
    with progress("Finding plates", "images") as advance:
        found = evaluate_plates(
            folder,
            detectors,
            confidence=CAREFUL_CONFIDENCE if confidence is None else confidence,
            progress=advance,
        )
    notes = [
        f"Images are seen at {input_size} px on their longer side, and each find is looked at closely "
        "once more; "
        "the milliseconds hold both looks."
    ]
    made = boxes_report(found, folder, measures(found), "plates", notes)
    finish(made, _title(found), report or FOLDER / "plates.html", json, _details(found))


def evaluate_vehicle_detectors(
    folder: Path,
    models: Sequence[Path | None],
    classes: Sequence[str],
    *,
    input_size: int,
    confidence: float,
    four_wheels: bool,
    cores: int | None,
    report: Path | None,
    json: Path | None,
) -> None:
    """Measure vehicle detectors, None being the shipped one; print the figures and write the report."""
    threads = keep_to(cores) if cores else 0
    names = class_names(folder, classes)
    detectors = {
        name: RoadUserFinder(
            VehicleDetector(path, input_size=input_size, confidence=LEAST_CONFIDENCE, threads=threads),
            four_wheels_are_cars=four_wheels,
        )
        for name, path in named(models).items()
    }
    with progress("Finding vehicles", "images") as advance:
        found = evaluate_vehicles(folder, detectors, names, confidence=confidence, progress=advance)
    notes = [
        f"The data set labels {', '.join(names)}, in this order; found boxes of other classes are neither "
        "right nor "
        "wrong.",
        f"Images are seen at {input_size} px on their longer side.",
    ]
    if four_wheels:
        notes.append("Found buses and trucks count as cars.")
    made = boxes_report(found, folder, measures(found), "vehicles", notes)
    finish(made, _title(found), report or FOLDER / "vehicles.html", json, _details(found))


def named(models: Sequence[Path | None]) -> dict[str, Path | None]:
    """The models by a short name each: the file's, with its folders where two are called alike."""
    names = {}
    for path in models:
        name = SHIPPED if path is None else path.stem
        names[name if name not in names else str(path)] = path
    return names


def measures(found: Sequence[DetectionEvaluation]) -> tuple[Measure, ...]:
    """The figures of the detectors."""
    first = found[0]
    at = f"IoU {first.iou:g}"
    one = len(first.classes) == 1
    listed = [
        Measure(
            "recall",
            f"recall at {at}",
            f"Share of the labelled that is found, at confidence {first.confidence:g}.",
            tuple(each.point.recall for each in found),
        ),
        Measure(
            "precision",
            "precision",
            "Share of the found boxes that are right, at the same threshold.",
            tuple(each.point.precision for each in found),
        ),
        Measure(
            "false_boxes_per_image",
            "false boxes an image",
            "Boxes on nothing that is labelled, or too loose, or twice.",
            tuple(Quantity(each.point.false_boxes_per_image, 3) for each in found),
        ),
        Measure(
            "ap50" if one else "map50",
            f"{'AP' if one else 'mAP'}{round(100 * first.iou)}",
            "Average precision over all thresholds" + ("." if one else ", mean of the classes."),
            tuple(Quantity(each.mean_average_precision, 3) for each in found),
        ),
    ]
    if not one:
        listed += _by_class(found)
    listed += [
        Measure(
            "mean_iou",
            "mean IoU",
            "How tightly the right boxes fit the labels.",
            tuple(Quantity(each.point.mean_iou, 3) for each in found),
        ),
        Measure(
            "ece",
            "calibration error (ECE)",
            "How far the confidence of the boxes in use and the share right lie apart, ten equal widths.",
            tuple(Quantity(each.reliability.ece, 3) for each in found),
        ),
        Measure(
            "ms",
            "ms an image",
            "Median wall clock of an image.",
            tuple(Quantity(float(np.median(each.milliseconds)), 1) for each in found),
        ),
        Measure(
            "ms_95",
            "… 95th percentile",
            "19 of 20 images take no longer.",
            tuple(Quantity(float(np.percentile(each.milliseconds, 95)), 1) for each in found),
        ),
    ]
    return tuple(listed)


def _by_class(found: Sequence[DetectionEvaluation]) -> list[Measure]:
    first = found[0]
    listed = [
        Measure(
            "recall_any_class",
            "… whatever the class",
            "Share of the labelled where any vehicle or person is found.",
            tuple(each.found_as_anything for each in found),
        )
    ]
    for label, name in enumerate(first.classes):
        if not first.labelled(label):
            continue
        listed += [
            Measure(
                f"ap50_{name}",
                f"AP{round(100 * first.iou)}, {name}",
                f"Average precision of the {first.labelled(label)} labelled.",
                tuple(Quantity(each.average_precision(label), 3) for each in found),
            ),
            Measure(
                f"recall_{name}",
                f"recall, {name}",
                "Share of the labelled that is found as this class.",
                tuple(each.at(each.confidence, label).recall for each in found),
            ),
        ]
    return listed


def _title(found: Sequence[DetectionEvaluation]) -> str:
    return f"{len(found[0].images)} images"


def _details(found: Sequence[DetectionEvaluation]) -> dict[str, Any]:
    return {
        "thresholds": {
            each.name: [
                {
                    "confidence": point.confidence,
                    "recall": point.recall.value,
                    "precision": point.precision.value,
                    "false_boxes_per_image": point.false_boxes_per_image,
                }
                for point in each.points
            ]
            for each in found
        },
        "errors": {
            each.name: [
                {
                    "file": error.path.name,
                    "missed": error.missed,
                    "label": error.label,
                    "box": [error.box.x, error.box.y, error.box.w, error.box.h],
                    "confidence": error.confidence,
                    "reason": error.reason,
                }
                for error in [*false_boxes(each), *missed_boxes(each)]
            ]
            for each in found
        },
    }
