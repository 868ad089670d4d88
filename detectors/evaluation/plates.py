"""How well plates are found: recall, precision and false boxes an image, on labelled images."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats, iou_matrix, to_xyxy
from detectors.evaluation.dataset import DatasetError, LabelledImage, labelled_images
from detectors.evaluation.matching import NO_MATCH, average_precision, match_greedily
from detectors.folder_source import read_image
from detectors.letterbox import Image
from detectors.plates import CAREFUL_CONFIDENCE, PlateDetector
from detectors.yolo import Detection

#: Boxes below the threshold in use still count for the average precision.
_LEAST_CONFIDENCE = 0.05
_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


class Detector(Protocol):
    """Whatever finds boxes in an image."""

    def detect(self, image: Image) -> list[Detection]:
        """The boxes in one BGR image (H, W, 3)."""
        ...


@dataclass(frozen=True)
class Careful:
    """A plate detector as it is used on stills: two looks, every confidence reported."""

    plates: PlateDetector

    def detect(self, image: Image) -> list[Detection]:
        """The boxes in one BGR image (H, W, 3)."""
        return self.plates.detect_carefully(image, _LEAST_CONFIDENCE)


@dataclass(frozen=True)
class OperatingPoint:
    """What a confidence threshold gives. ``mean_iou`` is that of the boxes that are right."""

    confidence: float
    recall: float
    precision: float
    false_boxes_per_image: float
    mean_iou: float


@dataclass(frozen=True)
class PlateEvaluation:
    """The result on one data set. ``point`` is at the threshold in use, ``points`` at others."""

    images: int
    labelled: int
    iou: float
    point: OperatingPoint
    points: tuple[OperatingPoint, ...]
    average_precision: float
    ms_per_image: float

    def rows(self) -> list[tuple[str, str]]:
        """The result as (what, value) for a table."""
        return [
            ("images", f"{self.images}"),
            ("plates labelled", f"{self.labelled}"),
            (f"recall at IoU {self.iou:g}", f"{self.point.recall:.3f}"),
            ("precision", f"{self.point.precision:.3f}"),
            ("false boxes an image", f"{self.point.false_boxes_per_image:.3f}"),
            ("mean IoU of right boxes", f"{self.point.mean_iou:.3f}"),
            (f"AP{round(self.iou * 100)}", f"{self.average_precision:.3f}"),
            ("confidence threshold", f"{self.point.confidence:g}"),
            ("ms an image", f"{self.ms_per_image:.1f}"),
        ]


@dataclass(frozen=True)
class _Found:
    """All found boxes of all images: score, and overlap with the label that each is (0 for false ones)."""

    scores: Floats
    overlaps: Floats


def evaluate_plates(
    folder: Path,
    detector: Detector | None = None,
    *,
    confidence: float = CAREFUL_CONFIDENCE,
    iou: float = 0.5,
    part: str = "val",
    threads: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> PlateEvaluation:
    """Find plates in every image of a YOLO data set and compare with its labels.

    ``folder`` may be the data set or a folder of images in it (see ``labelled_images``). Without a
    ``detector`` the shipped one is used as on stills, with two looks. One that is given should report boxes
    below ``confidence`` too, else the average precision is too low. ``progress`` is called with (done, all).
    Raises DatasetError.
    """
    detector = detector or Careful(PlateDetector(threads=threads))
    pairs = labelled_images(folder, part)
    scores: list[Floats] = []
    overlaps: list[Floats] = []
    labelled, seconds = 0, 0.0
    for done, pair in enumerate(pairs, start=1):
        image, truth = _load(pair)
        started = time.perf_counter()
        detections = detector.detect(image)
        seconds += time.perf_counter() - started
        labelled += len(truth)
        scores.append(np.asarray([d.confidence for d in detections], np.float32))
        overlaps.append(_overlaps(to_xyxy([d.box for d in detections]), scores[-1], truth, iou))
        if progress is not None:
            progress(done, len(pairs))
    found = _Found(np.concatenate(scores), np.concatenate(overlaps))
    return PlateEvaluation(
        images=len(pairs),
        labelled=labelled,
        iou=iou,
        point=_point(found, labelled, len(pairs), confidence),
        points=tuple(_point(found, labelled, len(pairs), threshold) for threshold in _THRESHOLDS),
        average_precision=average_precision(found.scores, found.overlaps > 0, labelled),
        ms_per_image=1000 * seconds / len(pairs),
    )


def _load(pair: LabelledImage) -> tuple[Image, Floats]:
    image = read_image(pair.image)
    if image is None:
        raise DatasetError(f"The image {pair.image} cannot be read; remove it or restore it.")
    return image, pair.boxes(image.shape[1], image.shape[0])


def _overlaps(found: Floats, scores: Floats, truth: Floats, iou: float) -> Floats:
    matches = match_greedily(found, scores, truth, iou)
    overlaps = np.zeros(len(found), np.float32)
    right = matches != NO_MATCH
    if right.any():
        overlaps[right] = iou_matrix(found[right], truth)[np.arange(right.sum()), matches[right]]
    return overlaps


def _point(found: _Found, labelled: int, images: int, confidence: float) -> OperatingPoint:
    used: NDArray[np.bool_] = found.scores >= confidence
    right = used & (found.overlaps > 0)
    hits, boxes = int(right.sum()), int(used.sum())
    return OperatingPoint(
        confidence=confidence,
        recall=hits / labelled if labelled else 0.0,
        precision=hits / boxes if boxes else 0.0,
        false_boxes_per_image=(boxes - hits) / images,
        mean_iou=float(found.overlaps[right].mean()) if hits else 0.0,
    )
