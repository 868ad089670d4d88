"""Making the reader's confidence mean what it says: fitted on plates that no weight was trained on.

A network that is trained to be right is too sure of itself (Guo et al., "On Calibration of Modern Neural
Networks", 2017). Two things are fitted, on tuning plates only: one temperature for the characters, and the
logistic map from the read's product of probabilities and the network's legibility to 'the read is right'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TuningReads:
    """What the network said of tuning plates: logits (N, 10, classes), legibility (N,), true numbers (N, 10).

    ``weights`` (N,) lets a large set of rendered plates not outweigh a small set of real ones.
    """

    logits: Floats
    legibility: Floats
    numbers: NDArray[np.int64]
    weights: Floats


@dataclass(frozen=True)
class Calibration:
    """See :class:`detectors.readers.slots.ReaderFacts`: what the reader applies."""

    temperature: float
    coefficients: tuple[float, float, float]
    leanings: dict[str, dict[str, float]] = field(default_factory=dict)


def calibrate(reads: TuningReads) -> Calibration:
    """Fit the temperature, then the map to the probability of a right read, by maximum likelihood."""
    temperature = _temperature(reads)
    positions = _softmax(reads.logits / temperature)
    product = np.clip(np.exp(np.log(np.maximum(positions.max(-1), 1e-9)).sum(-1)), 1e-6, 1 - 1e-6)
    right = (positions.argmax(-1) == reads.numbers).all(-1).astype(np.float64)
    features = np.stack([np.ones_like(product), np.log(product / (1 - product)), reads.legibility], axis=1)

    def loss(coefficients: Floats) -> float:
        score = features @ coefficients
        each = np.logaddexp(0, score) - right * score
        # A slight pull to one keeps a small tuning set from growing steep coefficients.
        return float(
            (reads.weights * each).sum() / reads.weights.sum() + 1e-3 * ((coefficients[1:] - 0.5) ** 2).sum()
        )

    found = minimize(
        loss, np.array([0.0, 0.7, 0.3]), method="L-BFGS-B", bounds=[(None, None), (0, None), (0, None)]
    )
    bias, optics, legible = (float(value) for value in found.x)
    return Calibration(temperature, (bias, optics, legible))


def lean(logits: Floats, shares: Floats, numbers: NDArray[np.int64], classes: Sequence[int]) -> Floats:
    """How much to add to the logits of ``classes`` on plates of a region, by maximum likelihood.

    ``logits`` (N, 10, all classes), ``shares`` (N,) how likely each plate is of the region, ``numbers``
    (N, 10) what stands there. Shapes that a region's dies share (O and 0, I and 1) cannot be told apart by
    looking: what is left is how often each occurs, which renderings get wrong. A pull to nought keeps a
    small set from deciding much.
    """

    def loss(added: Floats) -> float:
        leaning = logits.copy()
        leaning[:, :, list(classes)] += shares[:, None, None] * added
        truth = np.take_along_axis(_softmax(leaning), numbers[..., None], axis=-1)[..., 0]
        return float(-np.log(np.maximum(truth, 1e-6)).sum() + 0.5 * (added**2).sum())

    return np.asarray(minimize(loss, np.zeros(len(classes)), method="Powell").x)


def _temperature(reads: TuningReads) -> float:
    candidates = np.exp(np.linspace(np.log(0.5), np.log(4.0), 43))

    def loss(temperature: float) -> float:
        positions = _softmax(reads.logits / temperature)
        truth = np.take_along_axis(positions, reads.numbers[..., None], axis=-1)[..., 0]
        each = -np.log(np.maximum(truth, 1e-6)).sum(-1)
        return float((reads.weights * each).sum())

    return float(min(candidates, key=loss))


def _softmax(logits: Floats) -> Floats:
    grown = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))
