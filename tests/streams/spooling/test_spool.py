"""What a roadside unit keeps until it is sent: durable, in order, bounded by a stated policy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.bus import BusFull, BusUnavailable
from streams.local import LocalBus
from streams.metrics import REGISTRY
from streams.spool import Outgoing, Spool, is_dear
from streams.topics import Topic
from tests.streams.spooling.conftest import number_of, statistic, violation


class TestSpool:
    def test_gives_records_in_order_until_they_are_sent(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool()
        spool.publish_many([statistic(1), violation(2)])
        spool.publish(*statistic(3))
        assert [number_of(r.value) for r in spool.next(2)] == [1, 2]
        assert [number_of(r.value) for r in spool.next(2)] == [1, 2], "they stay until they are sent"
        spool.sent(spool.next(2))
        assert [number_of(r.value) for r in spool.next()] == [3]

    def test_a_batch_is_bounded_by_bytes(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool()
        spool.publish_many([violation(n, 1000) for n in range(10)])
        assert len(spool.next(most_bytes=2500)) == 3

    def test_survives_a_new_start(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool()
        spool.publish_many([statistic(n) for n in range(5)])
        spool.sent(spool.next(2))
        spool.close()
        again = open_spool()
        assert [number_of(r.value) for r in again.next()] == [2, 3, 4]
        assert again.state().size_bytes == 300

    def test_says_how_much_waits_and_for_how_long(self, tmp_path: Path) -> None:
        now = [10**18]
        spool = Spool(tmp_path / "s", reserve_bytes=0, clock=lambda: now[0])
        assert spool.state().oldest_age_s == 0.0
        spool.publish(*statistic(1, 60))
        now[0] += 90 * 10**9
        spool.publish(*statistic(2, 50))
        state = spool.state()
        assert (state.records, state.size_bytes, state.oldest_age_s, state.given_up) == (2, 110, 90.0, 0)
        spool.close()

    def test_is_readable_by_its_owner_only(self, open_spool: Callable[..., Spool]) -> None:
        assert open_spool().path.stat().st_mode & 0o077 == 0

    def test_keeps_no_copy_of_what_was_sent(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool()
        spool.publish(Topic.EVIDENCE, "digest", b"a picture of somebody" * 1000)
        spool.sent(spool.next())
        left = b"".join(path.read_bytes() for path in spool.path.parent.iterdir())
        assert b"a picture of somebody" not in left


class TestWhenThereIsNoMoreRoom:
    def test_the_oldest_statistics_go_first(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool(limit_bytes=500)
        spool.publish_many([violation(0)])
        for n in range(1, 7):
            spool.publish(*statistic(n))
        spool.publish(*violation(7))
        assert [number_of(r.value) for r in spool.next()] == [0, 4, 5, 6, 7]
        assert spool.state().given_up == 3

    def test_statistics_give_way_to_violations_only(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool(limit_bytes=300)
        spool.publish_many([violation(0), violation(1), violation(2)])
        spool.publish(*statistic(3))
        assert [number_of(r.value) for r in spool.next()] == [0, 1, 2]
        assert spool.state().given_up == 1

    def test_a_violation_is_refused_and_not_swallowed(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool(limit_bytes=300)
        spool.publish_many([violation(0), violation(1), violation(2)])
        with pytest.raises(BusFull, match="full of violations that wait to be sent"):
            spool.publish(*violation(3))
        assert [number_of(r.value) for r in spool.next()] == [0, 1, 2], "nothing that was kept is lost"
        spool.sent(spool.next(1))
        spool.publish(*violation(3))

    @pytest.mark.parametrize(
        ("record", "given_up", "refused"),
        [(statistic(9), 1, 0), (violation(9), 0, 1), (violation(9, 200), 0, 1)],
    )
    def test_what_found_no_room_is_counted_once_for_operators(
        self, open_spool: Callable[..., Spool], record: Outgoing, given_up: int, refused: int
    ) -> None:
        def counted() -> list[float]:
            names = ("spool_given_up_total", "spool_refused_total")
            return [REGISTRY.get_sample_value(f"roadwitness_{name}") or 0.0 for name in names]

        spool = open_spool(limit_bytes=350)
        spool.publish_many([violation(0), violation(1), violation(2)])
        before = counted()
        with suppress(BusFull):
            spool.publish(*record)
        assert [now - then for now, then in zip(counted(), before, strict=True)] == [given_up, refused]
        assert spool.state().given_up == given_up

    def test_statistics_that_were_kept_after_all_are_not_counted(
        self, open_spool: Callable[..., Spool]
    ) -> None:
        spool = open_spool(limit_bytes=350)
        spool.publish_many([violation(0), violation(1)])
        spool.publish(*statistic(2))
        spool._reserve_bytes = 2**62
        with pytest.raises(BusFull):  # erasing the statistic makes room in the limit, but not on the disk
            spool.publish(*violation(3))
        assert [number_of(r.value) for r in spool.next()] == [0, 1, 2]
        assert spool.state().given_up == 0

    def test_a_full_disk_is_met_by_giving_up_statistics(self, open_spool: Callable[..., Spool]) -> None:
        spool = open_spool()
        spool.publish_many([statistic(n, 4000) for n in range(10)])
        spool._reserve_bytes = 2**62  # no disk has so much room
        spool.publish(*violation(99, 4000))
        numbers = [number_of(r.value) for r in spool.next()]
        assert numbers == [*range(1, 10), 99]

    @given(st.lists(st.tuples(st.booleans(), st.integers(60, 400)), max_size=40))
    @settings(max_examples=40, deadline=None)
    def test_no_violation_is_ever_given_up(
        self, tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[bool, int]]
    ) -> None:
        spool = Spool(tmp_path_factory.mktemp("spool") / "s", limit_bytes=1500, reserve_bytes=0)
        kept = []
        for number, (is_violation, size) in enumerate(sent):
            record = (violation if is_violation else statistic)(number, size)
            try:
                spool.publish(*record)
            except BusFull:
                continue
            if is_violation:
                kept.append(number)
        waiting = [number_of(r.value) for r in spool.next()]
        assert [n for n in waiting if sent[n][0]] == kept
        assert waiting == sorted(waiting)
        assert spool.state().size_bytes == sum(len(r.value) for r in spool.next()) <= 1500
        spool.close()


@pytest.mark.parametrize(
    ("topic", "value", "dear"),
    [
        (Topic.EVIDENCE, b"{}", True),
        (Topic.PASSAGES, violation(1)[2], True),
        (Topic.PASSAGES, statistic(1)[2], False),
        (Topic.PASSAGES, b"not a message", True),
        (Topic.HEARTBEATS, b"{}", False),
        (Topic.SIGNALS, b"{}", False),
        (Topic.DECISIONS, b"{}", True),
    ],
)
def test_what_is_never_given_up(topic: Topic, value: bytes, dear: bool) -> None:
    assert is_dear(topic, value) is dear


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no database at all, but long enough to look at" * 100, "not a readable log"),
        (None, "another program"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "spool.sqlite"
    if content is None:
        LocalBus(path, reserve_bytes=0).close()
    else:
        path.write_bytes(content)
    with pytest.raises(BusUnavailable, match=says):
        Spool(path)
