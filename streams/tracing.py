"""Traces by OpenTelemetry, an extra: from a unit's sending through a worker's batch into the store.

Without the extra ``roadwitness[otel]``, or without an endpoint in OTEL_EXPORTER_OTLP_ENDPOINT, nothing is
loaded and a span costs one comparison. Spans hold counts and names of topics and tables; nothing of what a
message says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from streams.events import Events
from streams.schema_header import Headers

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PARENT = "traceparent"
_MOST_LINKS = 64
_OFF = nullcontext()

_events = Events(__name__)
_tracer: Any = None


@contextmanager
def traced(process: str, exporter: Any = None) -> Iterator[None]:
    """Trace within it where the environment names an endpoint; what was collected is sent at its end.

    ``exporter`` takes the spans instead of the endpoint.
    """
    global _tracer
    if exporter is None and not any(os.environ.get(name) for name in _ENDPOINTS):
        yield
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = exporter or _otlp()
    except ImportError as error:
        # A worker must not stand still since nobody watches it.
        _events.warning("traces-off", f"No traces ({error}): pip install 'roadwitness[otel]'.")
        yield
        return
    provider = TracerProvider(resource=Resource.create({"service.name": f"roadwitness-{process}"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("roadwitness")
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """A step of this process, below the step that it is taken in."""
    if _tracer is None:
        return _OFF
    started: AbstractContextManager[Any] = _tracer.start_as_current_span(name, attributes=attributes)
    return started


def span_after(
    name: str, came_with: Iterable[Headers], **attributes: str | int
) -> AbstractContextManager[Any]:
    """A step that handles what other processes sent: below the first sender's step, linked to the others."""
    if _tracer is None:
        return _OFF
    from opentelemetry.trace import Link, get_current_span
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    senders = dict.fromkeys(value for headers in came_with for header, value in headers if header == _PARENT)
    read = TraceContextTextMapPropagator()
    contexts = [read.extract({_PARENT: sender.decode("ascii", "replace")}) for sender in senders]
    links = [Link(get_current_span(each).get_span_context()) for each in contexts[1 : 1 + _MOST_LINKS]]
    started: AbstractContextManager[Any] = _tracer.start_as_current_span(
        name, context=contexts[0] if contexts else None, links=links, attributes=attributes
    )
    return started


def headers_of_span() -> Headers:
    """What goes beside a record, so that its reader's step can be found from this one; often nothing."""
    if _tracer is None:
        return ()
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return ((_PARENT, carrier[_PARENT].encode()),) if _PARENT in carrier else ()


def _otlp() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()
