"""How well plates are found on labelled images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from detectors.classes import PLATE
from detectors.evaluation.dataset import labelled_images
from detectors.evaluation.detection import LEAST_CONFIDENCE, DetectionEvaluation, evaluate_detectors
from detectors.evaluation.seen_image import Detector
from detectors.letterbox import Image
from detectors.plates import CAREFUL_CONFIDENCE, PlateDetector
from detectors.yolo import Detection


@dataclass(frozen=True)
class Careful:
    """A plate detector as it is used on stills: two looks, every confidence reported."""

    plates: PlateDetector

    def detect(self, image: Image) -> list[Detection]:
        """The boxes in one BGR image (H, W, 3)."""
        return self.plates.detect_carefully(image, LEAST_CONFIDENCE)


def evaluate_plates(
    folder: Path,
    detectors: Mapping[str, Detector],
    *,
    confidence: float = CAREFUL_CONFIDENCE,
    iou: float = 0.5,
    part: str = "val",
    progress: Callable[[int, int], None] | None = None,
) -> list[DetectionEvaluation]:
    """Find plates in every image of a YOLO data set and compare with its labels; one evaluation a detector.

    ``folder`` may be the data set or a folder of images in it (see ``labelled_images``). Every label is taken
    for a plate. See ``evaluate_detectors`` for the rest. Raises DatasetError.
    """
    pairs = labelled_images(folder, part)
    return evaluate_detectors(pairs, detectors, (PLATE,), confidence=confidence, iou=iou, progress=progress)
