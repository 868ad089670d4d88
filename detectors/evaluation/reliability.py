"""Whether a stated confidence means what it says: reliability diagram and expected calibration error.

The confidences are put into bins; in each, the share that was right is compared with the mean confidence. The
expected calibration error (ECE; Naeini, Cooper and Hauskrecht, 2015) is the mean of these differences,
weighted by the bins' sizes. Bins of equal width are the usual ones and the headline; in bins of equal mass
every figure rests on as many samples, also where most confidences lie near 1 (Nixon et al., 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.evaluation.shares import Share

BINS = 10
#: Reads at least so certain count as certain.
SUREST = 0.99


@dataclass(frozen=True)
class Bin:
    """The samples with a confidence from ``low`` to ``high``: how confident, and how many were right."""

    low: float
    high: float
    confidence: float
    right: Share

    @property
    def gap(self) -> float:
        """Mean confidence less the share right; above 0 is overconfident."""
        return self.confidence - (self.right.value or 0.0)


@dataclass(frozen=True)
class Reliability:
    """What a set of confidences is worth. ``ece`` is that of bins of equal width.

    ``confident_half`` are the samples with at least the median confidence, so that equal confidences are not
    divided by chance; ``surest`` those with 0.99 and more. Empty bins are left out.
    """

    samples: int
    equal_width: tuple[Bin, ...]
    equal_mass: tuple[Bin, ...]
    confident_half: Share
    surest: Share

    @property
    def ece(self) -> float:
        """Expected calibration error over bins of equal width."""
        return calibration_error(self.equal_width)

    @property
    def ece_equal_mass(self) -> float:
        """Expected calibration error over bins of equal mass."""
        return calibration_error(self.equal_mass)


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> Reliability:
    """Compare confidences, 0 to 1, with which samples were right; both of one length."""
    stated = np.asarray(confidences, np.float64)
    hits = np.asarray(right, np.bool_)
    edges = np.linspace(0, 1, BINS + 1)
    # A confidence on an edge belongs to the bin below it, as in the usual (low, high].
    place = np.clip(np.searchsorted(edges, stated, side="left") - 1, 0, BINS - 1)
    width = [
        _bin(stated, hits, place == i, edges[i], edges[i + 1]) for i in range(BINS) if (place == i).any()
    ]
    order = np.argsort(stated, kind="stable")
    mass = []
    for chosen in np.array_split(order, BINS):
        if len(chosen):
            mask = np.zeros(len(stated), np.bool_)
            mask[chosen] = True
            mass.append(_bin(stated, hits, mask, stated[chosen].min(), stated[chosen].max()))
    half = stated >= (np.median(stated) if len(stated) else 0.0)
    surest = stated >= SUREST
    return Reliability(
        samples=len(stated),
        equal_width=tuple(width),
        equal_mass=tuple(mass),
        confident_half=Share(int(hits[half].sum()), int(half.sum())),
        surest=Share(int(hits[surest].sum()), int(surest.sum())),
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between confidence and share right, weighted by the bins' sizes."""
    samples = sum(each.right.of for each in bins)
    return sum(abs(each.gap) * each.right.of for each in bins) / samples if samples else 0.0


def _bin(
    stated: NDArray[np.float64], hits: NDArray[np.bool_], mask: NDArray[np.bool_], low: float, high: float
) -> Bin:
    return Bin(
        low=float(low),
        high=float(high),
        confidence=float(stated[mask].mean()),
        right=Share(int(hits[mask].sum()), int(mask.sum())),
    )
