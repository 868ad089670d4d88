"""Which found box is which labelled box, and what follows from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats, iou_matrix

#: Stands where a found box belongs to no labelled one.
NO_MATCH = -1


def match_greedily(found: Floats, scores: Floats, truth: Floats, iou: float) -> NDArray[np.int64]:
    """For each found box the index of the labelled one that it is, or ``NO_MATCH``: (N,).

    The most confident box chooses first, and takes the free labelled box that it overlaps most, if that is by
    ``iou`` at least; each labelled box is taken once. ``found`` is (N, 4), ``truth`` (M, 4), both ``xyxy``.
    """
    matches = np.full(len(found), NO_MATCH, np.int64)
    if len(found) == 0 or len(truth) == 0:
        return matches
    overlap = iou_matrix(found, truth)
    for i in np.argsort(-scores, kind="stable"):
        best = int(overlap[i].argmax())
        if overlap[i, best] >= iou:
            matches[i] = best
            overlap[:, best] = -1.0
    return matches


def average_precision(scores: Floats, hits: NDArray[np.bool_], labelled: int) -> float:
    """Area under precision over recall, with precision made non-increasing (as in Pascal VOC since 2010).

    ``scores`` and ``hits`` (N,) are those of all found boxes of all images, ``labelled`` counts labels.
    """
    if labelled == 0 or len(scores) == 0:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    true_so_far = np.cumsum(hits[order])
    precision = true_so_far / np.arange(1, len(order) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[hits[order]].sum() / labelled)
