"""Batches of Kafka's are unpacked as its client unpacks them, and what is no batch is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from streams.kafka_unpacking import unpacked

Written = tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]

content = st.none() | st.binary(max_size=300)
headers = st.lists(st.tuples(st.text(max_size=12), st.none() | st.binary(max_size=70)), max_size=3)
records = st.tuples(st.integers(0, 2**45), content, content, headers)
NONE, LZ4, ZSTD = 0, 3, 4


def batch_of(many: Sequence[Written], codec: int) -> bytearray:
    """As a producer writes it."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 2**20)
    for number, (at_ms, key, value, beside) in enumerate(many):
        assert builder.append(number, at_ms, key, value, beside) is not None
    return bytearray(builder.build())


@settings(max_examples=50)
@given(st.lists(records, min_size=1, max_size=8), st.sampled_from([NONE, LZ4, ZSTD]), st.booleans())
def test_it_gives_what_the_client_itself_would(many: list[Written], codec: int, by_broker: bool) -> None:
    written = batch_of(many, codec)
    if by_broker:  # the broker's own time for all of them
        written[22] |= DefaultRecordBatch.TIMESTAMP_TYPE_MASK
    theirs = [(r.offset, r.timestamp, r.key, r.value, r.headers) for r in DefaultRecordBatch(written)]
    ours = list(unpacked(DefaultRecordBatch(written), "passages", 3))
    assert [tuple(record[2:]) for record in ours] == theirs
    assert {(record.topic, record.partition) for record in ours} == {("passages", 3)}


@settings(max_examples=50)
@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_what_is_cut_or_longer_or_changed_is_never_taken_for_more(
    many: list[Written], data: st.DataObject
) -> None:
    written = batch_of(many, NONE)
    head = DefaultRecordBatch.HEADER_STRUCT.size
    cut = data.draw(st.integers(head, len(written) - 1))
    for spoilt in (written[:cut], written + b"\0"):
        with pytest.raises(CorruptRecordError):
            list(unpacked(DefaultRecordBatch(spoilt), "passages", 0))
    written[data.draw(st.integers(head, len(written) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with contextlib.suppress(CorruptRecordError):  # the client's checksum tells such a batch, not its form
        list(unpacked(DefaultRecordBatch(written), "passages", 0))
