from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.frames import CaptureCounts, Sequencer
from detectors.prefetch import prefetch


@settings(deadline=None)
@given(st.lists(st.integers(), max_size=40), st.integers(1, 5))
def test_items_come_complete_and_in_order(items: list[int], depth: int) -> None:
    assert list(prefetch(iter(items), depth=depth)) == items


def test_an_error_comes_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the disk is gone")

    items = prefetch(failing())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="the disk is gone"):
        next(items)


def test_it_works_ahead_but_no_further_than_the_queue() -> None:
    made = itertools.count()
    latest = [0]

    def endless() -> Iterator[int]:
        for item in made:
            latest[0] = item
            yield item

    items = prefetch(endless(), depth=3)
    assert next(items) == 0
    time.sleep(0.3)
    assert 3 <= latest[0] <= 5
    items.close()  # type: ignore[attr-defined]


def test_closing_ends_the_thread_and_closes_the_items() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            yield from itertools.count()
        finally:
            closed.set()

    items = prefetch(endless(), depth=2)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert closed.wait(2)
    assert not [thread for thread in threading.enumerate() if thread.name == "prefetch"]


def test_a_live_source_loses_its_oldest_items_and_counts_them() -> None:
    lost = itertools.count(1)
    count = [0]
    done = threading.Event()

    def quick() -> Iterator[int]:
        yield from range(50)
        done.set()

    def count_one() -> None:
        count[0] = next(lost)

    items = prefetch(quick(), depth=4, on_overflow=count_one)
    first = next(items)
    assert done.wait(5)
    rest = list(items)
    assert rest[-1] == 49
    assert rest == sorted(rest)
    assert count[0] == 50 - 1 - len(rest)
    assert first < rest[0]


@settings(deadline=None)
@given(st.lists(st.integers(-5, 30), max_size=50))
def test_accepted_times_increase_strictly_and_nothing_goes_uncounted(times: list[int]) -> None:
    counts = CaptureCounts()
    sequencer = Sequencer(counts)
    accepted = [(sequencer.accept(time), time) for time in times]
    kept = [(index, time) for index, time in accepted if index is not None]
    assert all(a[1] < b[1] and a[0] < b[0] for a, b in itertools.pairwise(kept))
    assert counts.frames == len(kept)
    assert counts.out_of_order == len(times) - len(kept)
    assert [times[index] for index, _ in kept] == [time for _, time in kept]
