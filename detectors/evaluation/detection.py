"""How well things are found: recall, precision, false boxes an image and average precision, by class."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats, to_xyxy
from detectors.evaluation.dataset import DatasetError, LabelledImage
from detectors.evaluation.matching import NO_MATCH, average_precision, match_greedily
from detectors.evaluation.reliability import Reliability, reliability
from detectors.evaluation.seen_image import Detector, SeenImage, match_by_class
from detectors.evaluation.shares import Share
from detectors.folder_source import read_image
from detectors.letterbox import Image
from detectors.yolo import Detection

#: Boxes below the threshold in use still count for the average precision.
LEAST_CONFIDENCE = 0.05
_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class OperatingPoint:
    """What a confidence threshold gives. ``mean_iou`` is that of the boxes that are right."""

    confidence: float
    recall: Share
    precision: Share
    false_boxes_per_image: float
    mean_iou: float


@dataclass(frozen=True, eq=False)
class DetectionEvaluation:
    """One detector on one data set.

    ``classes`` are the names of the data set's classes, ``confidence`` the threshold in use, ``iou`` the
    overlap at which a box is right. A labelled class that the detector does not know is found never.
    """

    name: str
    classes: tuple[str, ...]
    images: tuple[SeenImage, ...]
    confidence: float
    iou: float

    def labelled(self, label: int | None = None) -> int:
        """How many boxes are labelled, of one class or in all."""
        return sum(
            len(seen.truth) if label is None else int((seen.truth_labels == label).sum())
            for seen in self.images
        )

    def at(self, confidence: float, label: int | None = None) -> OperatingPoint:
        """What the boxes with at least ``confidence`` are worth, of one class or of all."""
        scores, hits, overlaps = self._boxes(label)
        used = scores >= confidence
        right, boxes = int((used & hits).sum()), int(used.sum())
        return OperatingPoint(
            confidence=confidence,
            recall=Share(right, self.labelled(label)),
            precision=Share(right, boxes),
            false_boxes_per_image=(boxes - right) / len(self.images),
            mean_iou=float(overlaps[used & hits].mean()) if right else 0.0,
        )

    @cached_property
    def point(self) -> OperatingPoint:
        """All classes at the threshold in use."""
        return self.at(self.confidence)

    @cached_property
    def points(self) -> tuple[OperatingPoint, ...]:
        """All classes at other thresholds."""
        return tuple(self.at(threshold) for threshold in _THRESHOLDS)

    @cached_property
    def found_as_anything(self) -> Share:
        """Recall at the threshold in use whatever class was found, also one that nobody labelled."""
        found = 0
        for seen in self.images:
            used = seen.scores >= self.confidence
            others = [other for other in seen.others if other.confidence >= self.confidence]
            boxes = np.concatenate([seen.found[used], to_xyxy([other.box for other in others])])
            own = np.asarray([other.confidence for other in others], np.float32)
            scores = np.concatenate([seen.scores[used], own])
            found += int((match_greedily(boxes, scores, seen.truth, self.iou) != NO_MATCH).sum())
        return Share(found, self.labelled())

    def average_precision(self, label: int) -> float:
        """Area under the precision-recall curve of one class."""
        scores, hits, _ = self._boxes(label)
        return average_precision(scores, hits, self.labelled(label))

    @cached_property
    def mean_average_precision(self) -> float:
        """Mean of the average precisions of the classes that have labels (mAP)."""
        found = [self.average_precision(i) for i in range(len(self.classes)) if self.labelled(i)]
        return sum(found) / len(found) if found else 0.0

    def curve(self, label: int) -> list[tuple[float, float]]:
        """(recall, precision) of one class as the threshold falls, precision as it is."""
        scores, hits, _ = self._boxes(label)
        order = np.argsort(-scores, kind="stable")
        right = np.cumsum(hits[order])
        labelled = max(1, self.labelled(label))
        return [(float(r) / labelled, float(r) / n) for n, r in enumerate(right, start=1)]

    @cached_property
    def reliability(self) -> Reliability:
        """What the boxes' confidences are worth, of the boxes in use."""
        scores, hits, _ = self._boxes(None)
        used = scores >= self.confidence
        return reliability(scores[used].tolist(), hits[used].tolist())

    def recall_by_width(self, edges_px: Sequence[float]) -> list[tuple[float, float, Share]]:
        """Recall of the labelled boxes whose width in px lies between two edges: (from, to, share)."""
        widths = np.concatenate([seen.truth[:, 2] - seen.truth[:, 0] for seen in self.images])
        taken = np.concatenate([seen.taken(self.confidence) for seen in self.images])
        parts = []
        for low, high in itertools.pairwise(edges_px):
            within = (widths >= low) & (widths < high)
            parts.append((low, high, Share(int((within & taken).sum()), int(within.sum()))))
        return parts

    @cached_property
    def milliseconds(self) -> Floats:
        """Of each image, (images,)."""
        return np.asarray([seen.milliseconds for seen in self.images], np.float32)

    def _boxes(self, label: int | None) -> tuple[Floats, NDArray[np.bool_], Floats]:
        """Scores, hits and overlaps of the found boxes of all images."""
        chosen = [
            np.ones(len(seen.found), np.bool_) if label is None else seen.found_labels == label
            for seen in self.images
        ]
        pairs = list(zip(self.images, chosen, strict=True))
        return (
            np.concatenate([seen.scores[mask] for seen, mask in pairs]),
            np.concatenate([seen.hits[mask] for seen, mask in pairs]),
            np.concatenate([seen.overlaps[mask] for seen, mask in pairs]),
        )


def evaluate_detectors(
    pairs: Sequence[LabelledImage],
    detectors: Mapping[str, Detector],
    classes: Sequence[str],
    *,
    confidence: float,
    iou: float = 0.5,
    progress: Callable[[int, int], None] | None = None,
) -> list[DetectionEvaluation]:
    """Let every detector look at every image, in turns, and compare with the labels; one evaluation each.

    ``classes`` are the names of the data set's classes; with one name alone every label is of that class.
    Found boxes of other classes are neither right nor wrong, because nobody labelled those. A detector should
    report boxes below ``confidence`` too, else the average precision is too low. ``progress`` is called with
    (done, all). Raises DatasetError.
    """
    seen: dict[str, list[SeenImage]] = {name: [] for name in detectors}
    for done, pair in enumerate(pairs, start=1):
        image, truth, truth_labels = _load(pair, len(classes))
        for name, detector in detectors.items():
            if done == 1:
                detector.detect(image)  # the first call prepares what later ones find ready
            started = time.perf_counter()
            detections = detector.detect(image)
            elapsed_ms = 1000 * (time.perf_counter() - started)
            seen[name].append(_matched(pair, detections, classes, truth, truth_labels, iou, elapsed_ms))
        if progress is not None:
            progress(done, len(pairs))
    return [
        DetectionEvaluation(name, tuple(classes), tuple(seen[name]), confidence, iou) for name in detectors
    ]


def _matched(
    pair: LabelledImage,
    detections: Sequence[Detection],
    classes: Sequence[str],
    truth: Floats,
    truth_labels: NDArray[np.int64],
    iou: float,
    elapsed_ms: float,
) -> SeenImage:
    known = [found for found in detections if found.label in classes]
    others = tuple(found for found in detections if found.label not in classes)
    ordered = sorted(known, key=lambda found: -found.confidence)
    boxes = to_xyxy([found.box for found in ordered])
    labels = np.asarray([classes.index(found.label) for found in ordered], np.int64)
    scores = np.asarray([found.confidence for found in ordered], np.float32)
    matches = match_by_class(boxes, labels, scores, truth, truth_labels, iou)
    return SeenImage(pair.image, truth, truth_labels, boxes, labels, scores, matches, elapsed_ms, others)


def _load(pair: LabelledImage, classes: int) -> tuple[Image, Floats, NDArray[np.int64]]:
    image = read_image(pair.image)
    if image is None:
        raise DatasetError(f"The image {pair.image} cannot be read; remove it or restore it.")
    labels = pair.classes() if classes > 1 else np.zeros(len(pair.classes()), np.int64)
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise DatasetError(
            f"{pair.labels} has class {labels.max()}, and only {classes} classes are named; name all."
        )
    return image, pair.boxes(image.shape[1], image.shape[0]), labels
