"""How the partitions of a topic are shared out: evenly, topic by topic, and with few moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("kafka")

from streams.kafka_assignor import TopicByTopicAssignor, share_out


@st.composite
def groups(draw: st.DrawFn) -> tuple[dict[int, str | None], list[str], dict[str, int]]:
    members = [f"m{number}" for number in range(draw(st.integers(1, 6)))]
    holder = st.sampled_from([None, "gone", *members])
    held = {part: draw(holder) for part in range(draw(st.integers(0, 12)))}
    return held, members, {member: draw(st.integers(0, 3)) for member in members}


@given(groups())
def test_every_partition_has_one_owner_and_shares_differ_by_one_at_most(
    group: tuple[dict[int, str | None], list[str], dict[str, int]],
) -> None:
    held, members, load = group
    shared = share_out(held, members, load)
    assert set(shared) == set(held)
    sizes = [list(shared.values()).count(member) for member in members]
    assert max(sizes) - min(sizes) <= 1


@given(groups())
def test_once_shared_out_nothing_moves(
    group: tuple[dict[int, str | None], list[str], dict[str, int]],
) -> None:
    held, members, load = group
    shared = share_out(held, members, load)
    assert share_out(dict(shared), members, load) == shared


@given(groups())
def test_nobody_gives_up_more_than_what_is_too_much(
    group: tuple[dict[int, str | None], list[str], dict[str, int]],
) -> None:
    held, members, load = group
    shared = share_out(held, members, load)
    most = -(-len(held) // len(members))
    for member in members:
        had = [part for part, owner in held.items() if owner == member]
        kept = sum(shared[part] == member for part in had)
        assert kept >= min(len(had), most - 1)


class Cluster:
    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1}


class Member:
    def __init__(self, member_id: str, topics: list[str], owned: list[tuple[str, int]]) -> None:
        assignor = TopicByTopicAssignor()
        assignor.member_assignment = [_Part(*part) for part in owned]
        self.member_id = member_id
        self.metadata = assignor.metadata(topics)
        self.metadata.generation_id = -1


class _Part:
    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition = topic, partition


def test_a_newcomer_gets_its_part_of_each_topic_once_the_owner_has_given_it_up() -> None:
    topics = ["evidence", "passages"]
    everything = [(topic, part) for topic in topics for part in (0, 1)]
    assignor = TopicByTopicAssignor()

    def shared(first: list[tuple[str, int]], second: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
        found = assignor.assign(Cluster(), [Member("a", topics, first), Member("b", topics, second)])
        return [
            sorted((part.topic, part.partition) for part in found[member].partitions()) for member in "ab"
        ]

    first, second = shared(everything, [])
    assert ([len(first), second]) == [2, []]
    first, second = shared(first, [])
    assert sorted(first + second) == everything
    assert [topic for topic, _ in first] == [topic for topic, _ in second] == topics
