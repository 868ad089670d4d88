from __future__ import annotations

import numpy as np
import pytest

from detectors.evaluation.reliability import reliability
from detectors.evaluation.shares import Share


@pytest.mark.parametrize(
    ("confidences", "right", "ece", "equal_mass"),
    [
        pytest.param([1.0] * 10, [True] * 10, 0.0, 0.0, id="sure and right"),
        pytest.param([1.0] * 10, [False] * 10, 1.0, 1.0, id="sure and wrong"),
        # All in one bin of equal width: |0.9 - 0.5|; each bin of equal mass holds one: 0.1 or 0.9.
        pytest.param([0.9] * 10, [True, False] * 5, 0.4, 0.5, id="sure and half right"),
        # Two bins of five: 0.5 * |0.95 - 0.8| + 0.5 * |0.15 - 0.4| = 0.2.
        pytest.param(
            [0.95] * 5 + [0.15] * 5,
            [True] * 4 + [False] + [True] * 2 + [False] * 3,
            0.2,
            (4 * 0.05 + 0.95 + 2 * 0.85 + 3 * 0.15) / 10,
            id="two bins, by hand",
        ),
        # On an edge a confidence belongs to the bin below: 0.8 and 0.75 share one. |0.775 - 0.5|.
        pytest.param([0.8, 0.75], [True, False], 0.275, (0.2 + 0.75) / 2, id="on an edge"),
        pytest.param([0.0, 0.0], [False, False], 0.0, 0.0, id="nothing read"),
        pytest.param([], [], 0.0, 0.0, id="no samples"),
    ],
)
def test_the_calibration_error_by_hand(
    confidences: list[float], right: list[bool], ece: float, equal_mass: float
) -> None:
    found = reliability(confidences, right)
    assert found.ece == pytest.approx(ece)
    assert found.ece_equal_mass == pytest.approx(equal_mass)


def test_every_sample_lies_in_one_bin_of_each_kind() -> None:
    rng = np.random.default_rng(1)
    confidences, right = rng.uniform(0, 1, 1003), rng.uniform(0, 1, 1003) < 0.5
    found = reliability(confidences.tolist(), right.tolist())
    for bins in (found.equal_width, found.equal_mass):
        assert sum(each.right.of for each in bins) == 1003
        assert sum(each.right.hits for each in bins) == right.sum()
    assert {each.right.of for each in found.equal_mass} == {100, 101}


def test_an_honest_forecast_has_nearly_no_error() -> None:
    rng = np.random.default_rng(2)
    confidences = rng.uniform(0, 1, 20_000)
    found = reliability(confidences.tolist(), (rng.uniform(0, 1, 20_000) < confidences).tolist())
    assert found.ece < 0.02
    assert reliability(confidences.tolist(), (confidences > 2).tolist()).ece == pytest.approx(0.5, abs=0.01)


def test_the_confident_half_and_the_surest_are_counted() -> None:
    found = reliability([0.999, 0.99, 0.9, 0.5, 0.4, 0.3], [True, False, True, True, False, False])
    assert found.confident_half == Share(2, 3)
    assert found.surest == Share(1, 2)


def test_equal_confidences_are_not_divided_by_chance() -> None:
    assert reliability([0.7] * 4, [True, True, False, False]).confident_half == Share(2, 4)
