"""Shares with their doubt, and agreement beyond chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.quality.intervals import kappa, wilson

COUNTS = st.integers(0, 10_000)


@given(hits=COUNTS, more=COUNTS)
def test_an_interval_holds_the_share_and_lies_within_0_and_1(hits: int, more: int) -> None:
    low, high = wilson(hits, hits + more)
    assert 0.0 <= low <= high <= 1.0
    if hits + more:
        assert low - 1e-12 <= hits / (hits + more) <= high + 1e-12


@given(hits=st.integers(1, 100), more=st.integers(1, 100))
def test_more_cases_make_it_narrower(hits: int, more: int) -> None:
    def width(times: int) -> float:
        low, high = wilson(times * hits, times * (hits + more))
        return high - low

    assert width(4) < width(1)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param((20, 5, 10, 15), 0.4, id="the usual example"),
        pytest.param((45, 15, 25, 15), 0.130435, id="another one"),
        pytest.param((25, 25, 25, 25), 0.0, id="chance"),
        pytest.param((0, 10, 10, 0), -1.0, id="always the opposite"),
        pytest.param((7, 0, 0, 3), 1.0, id="always alike"),
        pytest.param((9, 0, 0, 0), None, id="never anything but yes"),
        pytest.param((0, 0, 0, 0), None, id="no case"),
    ],
)
def test_kappa(table: tuple[int, int, int, int], expected: float | None) -> None:
    assert kappa(*table) == expected


@given(*[st.integers(0, 50)] * 4)
def test_kappa_is_the_same_whoever_is_called_first(a: int, b: int, c: int, d: int) -> None:
    assert kappa(a, b, c, d) == kappa(a, c, b, d)
    assert kappa(a, b, c, d) is None or -1.0 <= (kappa(a, b, c, d) or 0.0) <= 1.0
