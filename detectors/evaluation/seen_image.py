"""One labelled image and what a detector found in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats, iou_matrix, to_box
from detectors.evaluation.matching import NO_MATCH, match_greedily
from detectors.letterbox import Image
from detectors.yolo import Detection
from streams.messages import Box

Indices = NDArray[np.int64]


class Detector(Protocol):
    """Whatever finds boxes in an image."""

    def detect(self, image: Image) -> list[Detection]:
        """The boxes in one BGR image (H, W, 3)."""
        ...


@dataclass(frozen=True, eq=False)
class SeenImage:
    """Boxes ``xyxy`` in px: ``truth`` (M, 4) as labelled and ``found`` (N, 4), the most confident first.

    ``truth_labels`` (M,) and ``found_labels`` (N,) are indices of classes, ``scores`` (N,) confidences.
    ``matches`` (N,) holds for each found box the index of the labelled one of its class that it is, or
    ``NO_MATCH``. ``others`` were found in classes that the data set does not label.
    """

    path: Path
    truth: Floats
    truth_labels: Indices
    found: Floats
    found_labels: Indices
    scores: Floats
    matches: Indices
    milliseconds: float
    others: tuple[Detection, ...] = ()

    @property
    def hits(self) -> NDArray[np.bool_]:
        """Whether each found box is a labelled one, (N,)."""
        return np.asarray(self.matches != NO_MATCH)

    @property
    def overlaps(self) -> Floats:
        """IoU of each found box with the labelled box that it is, 0 for false ones: (N,)."""
        own = np.zeros(len(self.found), np.float32)
        hits = self.hits
        if hits.any():
            shared = iou_matrix(self.found[hits], self.truth)
            own[hits] = shared[np.arange(int(hits.sum())), self.matches[hits]]
        return own

    def taken(self, confidence: float) -> NDArray[np.bool_]:
        """Whether each labelled box is found by a box at least so confident, (M,)."""
        taken = np.zeros(len(self.truth), np.bool_)
        taken[self.matches[self.hits & (self.scores >= confidence)]] = True
        return taken

    def labelled_boxes(self) -> list[Box]:
        """The labelled boxes."""
        return [to_box(row) for row in self.truth]

    def found_boxes(self, confidence: float) -> list[Box]:
        """The found boxes that are at least so confident."""
        return [to_box(row) for row in self.found[self.scores >= confidence]]


def match_by_class(
    found: Floats, found_labels: Indices, scores: Floats, truth: Floats, truth_labels: Indices, iou: float
) -> Indices:
    """As ``match_greedily``, each class for itself: for each found box the index of its label, (N,)."""
    matches = np.full(len(found), NO_MATCH, np.int64)
    for label in np.unique(found_labels):
        mine, theirs = np.flatnonzero(found_labels == label), np.flatnonzero(truth_labels == label)
        own = match_greedily(found[mine], scores[mine], truth[theirs], iou)
        right = own != NO_MATCH
        matches[mine[right]] = theirs[own[right]]
    return matches
