"""Traces: who sent, who handled and who stored are steps of one trace; and nothing where none are wanted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.bus import Record
from streams.forwarding import Forwarder
from streams.local import LocalBus
from streams.spool import Spool
from streams.topics import Topic
from streams.tracing import headers_of_span, span, span_after, traced


@pytest.fixture
def spans() -> Any:
    """What was traced, once ``traced`` has ended or ``force_flush`` was called."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = sdk.InMemorySpanExporter()
    exporter.shutdown = lambda: None  # keeps what it has
    return exporter


def forwarded(tmp_path: Path) -> list[Record]:
    """A record as it arrives from a unit's spool through a forwarder."""
    spool, bus = Spool(tmp_path / "spool.sqlite"), LocalBus(tmp_path / "bus.sqlite")
    spool.publish(Topic.HEARTBEATS, "camera", b"{}")
    forwarder = Forwarder(spool, lambda: LocalBus(tmp_path / "bus.sqlite"))
    forwarder.start()
    assert forwarder.drain(10.0) == 0
    forwarder.stop()
    try:
        return list(bus.recall(Topic.HEARTBEATS))
    finally:
        spool.close()
        bus.close()


def test_a_batch_hangs_below_what_sent_it_and_an_insert_below_the_batch(spans: Any, tmp_path: Path) -> None:
    with traced("test", spans):
        records = forwarded(tmp_path)
        with span_after("worker batch", [each.headers for each in records], records=1), span("store insert"):
            pass
    insert, batch, publish = (
        next(each for each in spans.get_finished_spans() if each.name == name)
        for name in ("store insert", "worker batch", "bus publish")
    )
    assert insert.parent.span_id == batch.context.span_id
    assert batch.parent.span_id == publish.context.span_id
    assert {insert.context.trace_id, batch.context.trace_id} == {publish.context.trace_id}


def test_a_batch_of_several_senders_is_linked_to_each(spans: Any) -> None:
    with traced("test", spans):
        came_with = []
        for _ in range(3):
            with span("bus publish"):
                came_with.append(headers_of_span())
        with span_after("worker batch", [*came_with, ()]):
            pass
    *sent, batch = spans.get_finished_spans()
    assert batch.parent.span_id == sent[0].context.span_id
    assert {each.context.span_id for each in batch.links} == {each.context.span_id for each in sent[1:]}


@pytest.mark.parametrize(
    "header", [b"", b"00-zz-1-1", b"\xff" * 55, b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"]
)
def test_a_header_that_is_no_parent_is_left_out(spans: Any, header: bytes) -> None:
    with traced("test", spans), span_after("worker batch", [(("traceparent", header),)]):
        pass
    (batch,) = spans.get_finished_spans()
    assert batch.parent is None


def test_without_an_endpoint_nothing_is_added_to_a_record(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    with traced("test"), span("bus publish"), span_after("worker batch", []):
        assert headers_of_span() == ()
        (record,) = forwarded(tmp_path)
    assert "traceparent" not in dict(record.headers)


WITHOUT_EXTRA = """
import sys
sys.modules["opentelemetry.sdk"] = None
from streams.tracing import headers_of_span, span, traced
with traced("test"), span("bus publish"):
    assert headers_of_span() == ()
"""


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:9"])
def test_without_the_extra_the_work_goes_on_and_says_so_where_traces_are_wanted(endpoint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA],
        env={"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("pip install 'roadwitness[otel]'" in done.stderr) == bool(endpoint)
