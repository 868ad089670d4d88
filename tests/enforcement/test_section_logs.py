"""Who is matched in a section is a function of the log, however it is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.reading import Order, Reading
from streams.messages import Passage
from tests.enforcement.samples import SECOND
from tests.enforcement.stretches import ENDS, entering, leaving, memory

#: A plate is one of a few, so that vehicles come twice and are taken for one another.
_PLATES = ("AB123CD", "A8123CD", "XY999ZZ")


@st.composite
def traffic(draw: st.DrawFn) -> list[list[tuple[Passage, Order]]]:
    """What two cameras publish, each in its own partition and in order: who enters, leaves, or both."""
    ends: list[list[Passage]] = [[], []]
    for _ in range(draw(st.integers(1, 8))):
        plate, begins = draw(st.sampled_from(_PLATES)), draw(st.integers(0, 900))
        if draw(st.integers(0, 4)):
            ends[0].append(entering(float(begins), plate))
        if draw(st.integers(0, 4)):
            ends[1].append(leaving(float(begins + draw(st.integers(30, 590))), plate))
    logs = []
    for partition, passages in enumerate(ends):
        late_s = draw(st.integers(0, 30))
        passages.sort(key=lambda each: each.started_at_ns)
        logs.append(
            [
                (each, (each.ended_at_ns + late_s * SECOND + partition, partition, offset))
                for offset, each in enumerate(passages)
            ]
        )
    return logs


def judged(
    logs: list[list[tuple[Passage, Order]]], batches: list[tuple[int, int]], dies_after: int
) -> set[tuple[str, str]]:
    """Who is matched with whom when the logs are read in ``batches`` of so many of each, then to their end.

    After so many batches the worker dies, and another one reads again.
    """
    found: set[tuple[str, str]] = set()
    done = [0, 0]
    reading = Reading(ENDS.index)
    remembered = memory(reading=reading)
    for number, counts in enumerate([*batches, (99, 99)]):
        if number == dies_after:
            reading = Reading(ENDS.index)
            remembered = memory(reading=reading)
            done, counts = [0, 0], (done[0] + counts[0], done[1] + counts[1])
        for side, count in enumerate(counts):
            for each, order in logs[side][done[side] : done[side] + count]:
                remembered.observe(each, order)
                reading.reached({side: order[0]})
            done[side] += count
            if done[side] >= len(logs[side]):
                reading.reached({side: 10**19})
        matches = remembered.matches()
        found |= {(match.entered.passage_id, match.left.passage_id) for match in matches}
        remembered.settle(matches)
        remembered.release(remembered.ended())
    return found


@settings(max_examples=60, deadline=None)
@given(
    traffic(),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6),
    st.integers(0, 8),
)
def test_who_is_matched_depends_on_the_log_and_not_on_who_reads_how_much_of_it_when(
    logs: list[list[tuple[Passage, Order]]], batches: list[tuple[int, int]], dies_after: int
) -> None:
    assert judged(logs, batches, dies_after) == judged(logs, [], 99)


@pytest.mark.parametrize("batches", [[], [(3, 4)], [(2, 5)], [(3, 2), (0, 1)]], ids=str)
def test_who_is_forgotten_makes_nobody_else_certain(batches: list[tuple[int, int]]) -> None:
    """Three entered with one plate. When two are forgotten it is not sure that the third is who left."""
    ends = (
        [entering(at_s, "A8123CD") for at_s in (0.0, 10.0, 601.0)],
        [
            *(leaving(at_s) for at_s in (30.0, 30.0)),
            *(leaving(at_s, "A8123CD") for at_s in (31.0, 600.0, 631.0)),
        ],
    )
    logs = [
        [(each, (each.ended_at_ns + partition, partition, offset)) for offset, each in enumerate(passages)]
        for partition, passages in enumerate(ends)
    ]
    assert judged(logs, batches, 99) == set()
