"""The bench judges each passage as it is decoded, and keeps of most of them no more than their numbers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.batch import read_batch
from enforcement.bench import Bench
from enforcement.rows import passage_row
from enforcement.standing import still
from enforcement.store import Store
from enforcement.way import way_along
from streams.bus import Record
from streams.encoding import encode
from streams.messages import TrackPoint
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, passage, policy


def test_what_broke_no_rule_is_let_go_before_anything_is_looked_up(store: Store) -> None:
    lawful, fast = passage(0, 50.0, "B1INVENTED"), passage(1, 150.0, "B2INVENTED")
    records = [
        Record(Topic.PASSAGES, each.camera_id, encode(each), 0, at) for at, each in enumerate([lawful, fast])
    ]
    heard: list[str] = []
    judged = Bench(store, {CAMERA: policy()}).judge(read_batch(records), lambda: heard.append("once"))
    assert heard == ["once"]
    kept = {each.passage_id: each for each, _ in judged.judged}[lawful.passage_id]
    assert (kept.plate, kept.track) == (None, ())
    assert passage_row(kept) == passage_row(lawful)
    assert [(each.passage, each.finding.offence) for each in judged.found] == [(fast, "speeding")]


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.floats(0.001, 3.0), st.floats(-3.0, 3.0)), min_size=1, max_size=40),
    st.sampled_from([0.0, 0.5, 1.0, 5.0]) | st.floats(0.0, 20.0),
)
def test_points_at_which_a_vehicle_may_have_stood(steps: list[tuple[float, float]], least_s: float) -> None:
    at_ns, y_m, track = 0, 0.0, [TrackPoint(0, 0.0, 0.0, 0.0, 0.0, 0.1)]
    for later_s, moved_m in steps:
        at_ns, y_m = at_ns + round(later_s * 1e9), y_m + moved_m
        track.append(TrackPoint(at_ns, 0.0, 0.0, 0.0, y_m, 0.1))
    way = way_along(tuple(track))
    assert way is not None
    marks = [0]
    for i, time in enumerate(way.t):
        if time - way.t[marks[-1]] >= least_s / 2.0:
            marks.append(i)
    one_by_one = [i for then, i in pairwise(marks) if abs(way.y[i] - way.y[then]) < 2.0]
    assert list(still(way, least_s)) == (one_by_one if way.t[-1] >= least_s else [])
