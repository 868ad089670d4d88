"""Boxes that are wrong and boxes that are missing, the worst first, and how each came about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detectors.boxes import iou_matrix, to_box, to_xyxy
from detectors.evaluation.detection import DetectionEvaluation
from detectors.evaluation.seen_image import SeenImage
from detectors.yolo import Detection
from streams.messages import Box

#: Overlaps that say that a box was meant for a label although it is not right.
_NEARLY = 0.1


@dataclass(frozen=True)
class BoxError:
    """One box that is ``missed`` or not (then it is a false one), in px of the image at ``path``.

    ``confidence`` is None for what was not found at all; ``reason`` says what was there instead.
    """

    path: Path
    box: Box
    label: str
    missed: bool
    confidence: float | None
    reason: str


def false_boxes(evaluation: DetectionEvaluation) -> list[BoxError]:
    """The found boxes at or above the threshold that are no labelled one, the most confident first."""
    errors = [
        BoxError(
            seen.path,
            to_box(seen.found[i]),
            evaluation.classes[seen.found_labels[i]],
            False,
            float(seen.scores[i]),
            _why_false(evaluation, seen, int(i)),
        )
        for seen in evaluation.images
        for i in np.flatnonzero(~seen.hits & (seen.scores >= evaluation.confidence))
    ]
    return sorted(errors, key=lambda error: (-(error.confidence or 0.0), error.path.name))


def missed_boxes(evaluation: DetectionEvaluation) -> list[BoxError]:
    """The labelled boxes that no found box at or above the threshold is, the largest first."""
    errors = []
    for seen in evaluation.images:
        for k in np.flatnonzero(~seen.taken(evaluation.confidence)):
            confidence, reason = _why_missed(evaluation, seen, int(k))
            box, label = to_box(seen.truth[k]), evaluation.classes[seen.truth_labels[k]]
            errors.append(BoxError(seen.path, box, label, True, confidence, reason))
    return sorted(errors, key=lambda error: (-error.box.w * error.box.h, error.path.name))


def _why_false(evaluation: DetectionEvaluation, seen: SeenImage, i: int) -> str:
    overlaps = iou_matrix(seen.found[i : i + 1], seen.truth)[0]
    if not overlaps.size or overlaps.max() < _NEARLY:
        return "nothing is labelled there"
    nearest = int(overlaps.argmax())
    label = evaluation.classes[seen.truth_labels[nearest]]
    if overlaps[nearest] < evaluation.iou:
        return f"too loose on a {label}: IoU {overlaps[nearest]:.2f}"
    if seen.truth_labels[nearest] != seen.found_labels[i]:
        return f"labelled {label}"
    return f"a second box of one {label}"


def _why_missed(evaluation: DetectionEvaluation, seen: SeenImage, k: int) -> tuple[float | None, str]:
    overlaps = iou_matrix(seen.truth[k : k + 1], seen.found)[0]
    own = np.flatnonzero(seen.matches == k)
    if len(own):
        score = float(seen.scores[own[0]])
        return score, f"below the threshold: {score:.2f}"
    other = _found_as_another(evaluation, seen, k)
    if other is not None:
        return other.confidence, f"found as {other.label}"
    near = np.flatnonzero(overlaps >= _NEARLY)
    if not len(near):
        return None, "not found"
    best = int(near[overlaps[near].argmax()])
    score = float(seen.scores[best])
    if overlaps[best] < evaluation.iou:
        return score, f"too loose: IoU {overlaps[best]:.2f}"
    if seen.found_labels[best] != seen.truth_labels[k]:
        return score, f"found as {evaluation.classes[seen.found_labels[best]]}"
    return score, "taken for a neighbour"


def _found_as_another(evaluation: DetectionEvaluation, seen: SeenImage, k: int) -> Detection | None:
    """What was found at a labelled box in a class that nobody labelled, at or above the threshold."""
    others = [other for other in seen.others if other.confidence >= evaluation.confidence]
    overlaps = iou_matrix(seen.truth[k : k + 1], to_xyxy([other.box for other in others]))[0]
    best = int(overlaps.argmax()) if len(others) else -1
    return others[best] if others and overlaps[best] >= evaluation.iou else None
