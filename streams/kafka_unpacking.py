"""Unpacking the batches in which brokers give records: what a consumer does most often.

kafka-python (3.0) takes a batch apart in some fifty calls a record, a tenth of what a worker can do. Here the
same is done in a few. All else stays the client's: fetching, checksums, decompressing, places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kafka import KafkaConsumer
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError

_MOST_KNOWN = 64
_SECOND_FORMAT = 2  # that of every broker since 0.11

_Headers = list[tuple[str, bytes | None]]


class Unpacked(NamedTuple):
    """A record as a broker gave it, by the names that kafka-python uses. ``timestamp`` is in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: _Headers


def unpack_quickly(consumer: KafkaConsumer) -> KafkaConsumer:
    """Let ``consumer`` unpack in this way; it gives :class:`Unpacked` then. Not with transactions."""
    consumer._fetcher.PartitionRecords = _PartitionRecords
    return consumer


class _PartitionRecords(Fetcher.PartitionRecords):  # type: ignore[misc]  # it has no types
    """What was fetched of one partition. The client takes as many as it wants, so that places are kept."""

    def _unpack_records(self, tp: Any, records: Any, *_deserializers: Any) -> Iterator[Unpacked]:
        last = None
        while (batch := records.next_batch()) is not None:
            if batch.magic < _SECOND_FORMAT:
                raise CorruptRecordError(f"a batch of {tp} is older than Kafka 0.11, and has no headers")
            if self.check_crcs and not batch.validate_crc():
                raise CorruptRecordError(f"a batch of {tp} at {batch.base_offset} does not have its checksum")
            last = batch
            self.leader_epoch = batch.leader_epoch
            if batch.is_control_batch:
                self.next_fetch_offset = batch.next_offset
                continue
            self.records_read += batch.records_count
            self.bytes_read += batch.size_in_bytes
            for record in unpacked(batch, tp.topic, tp.partition):
                self.next_fetch_offset = record.offset + 1
                yield record
        if last is not None:
            # Where the end of a batch was compacted away its last record is not the last of its places.
            self.next_fetch_offset = last.next_offset
        self.drain()


def unpacked(batch: Any, topic: str, partition: int) -> Iterator[Unpacked]:
    """The records of a batch (kafka-python's ``DefaultRecordBatch``), in order.

    Raises:
        CorruptRecordError: where its bytes are no records.
    """
    batch._maybe_uncompress()
    content = bytes(memoryview(batch._buffer)[batch._pos :])
    first_offset, first_ms = batch.base_offset, batch.first_timestamp
    by_broker_ms = batch.max_timestamp if batch.timestamp_type == batch.LOG_APPEND_TIME else None
    known: dict[bytes, _Headers] = {}
    try:
        at = 0
        for _ in range(batch.records_count):
            size, at = _number(content, at)
            end = at + size
            later_ms, at = _number(content, at + 1)  # a byte of attributes, which mean nothing yet
            further, at = _number(content, at)
            size, at = _number(content, at)
            key = None if size < 0 else content[at : (at := at + size)]
            size, at = _number(content, at)
            value = None if size < 0 else content[at : (at := at + size)]
            if not at < end <= len(content):
                raise ValueError("a record ends before its content does")
            beside = content[at:end]
            headers = known.get(beside)
            if headers is None:
                headers = _headers(beside)
                if len(known) < _MOST_KNOWN:  # nearly all say the same
                    known[beside] = headers
            at = end
            at_ms = first_ms + later_ms if by_broker_ms is None else by_broker_ms
            yield Unpacked(topic, partition, first_offset + further, at_ms, key, value, headers)
        if at != len(content):
            raise ValueError(f"{len(content) - at} bytes follow the last record")
    except (ValueError, IndexError) as error:
        raise CorruptRecordError(f"a batch of {topic} at {first_offset} holds no records: {error}") from error


def _headers(content: bytes) -> _Headers:
    count, at = _number(content, 0)
    headers: _Headers = []
    for _ in range(count):
        size, at = _number(content, at)
        name = content[at : (at := at + size)].decode()
        size, at = _number(content, at)
        headers.append((name, None if size < 0 else content[at : (at := at + size)]))
    if count < 0 or at != len(content):
        raise ValueError("its headers are not as long as it says")
    return headers


def _number(content: bytes, at: int) -> tuple[int, int]:
    """The number that begins ``at``, in zigzag varint, and where the next thing begins."""
    byte = content[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    value = byte & 0x7F
    shift = 7
    while byte >= 0x80:
        at += 1
        byte = content[at]
        value |= (byte & 0x7F) << shift
        shift += 7
    if shift > 70:
        raise ValueError("a number is longer than any")
    return (value >> 1) ^ -(value & 1), at + 1
