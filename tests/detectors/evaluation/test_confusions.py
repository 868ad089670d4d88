from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.alignment import distance
from detectors.evaluation.confusions import aligned, confusions

TEXTS = st.text("AB01", max_size=8)


@given(TEXTS, TEXTS)
def test_both_texts_are_kept_and_the_places_that_differ_are_as_few_as_can_be(truth: str, read: str) -> None:
    places = aligned(truth, read)
    assert "".join(stood for stood, _ in places) == truth
    assert "".join(seen for _, seen in places) == read
    assert sum(stood != seen for stood, seen in places) == distance(truth, read)


def test_confusions_are_counted_over_all_reads() -> None:
    counted = confusions([("B80", "88O"), ("0A", "OA"), ("AB", "A"), ("AB", "AB1")])
    assert counted == {("B", "8"): 1, ("0", "O"): 2, ("B", ""): 1, ("", "1"): 1}
