from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.evaluation.shares import Share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0000, 0.1611, id="none of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share_and_mirrors(sample: tuple[int, int]) -> None:
    hits, of = sample
    low, high = Share(hits, of).interval
    assert 0 <= low <= hits / of <= high <= 1
    assert Share(of - hits, of).interval == pytest.approx((1 - high, 1 - low))


def test_an_empty_sample_says_nothing() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0, 1)
