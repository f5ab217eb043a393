"""Spans from arrival to receipt in one trace, although hours and processes lie between them.

The trace id of an arrival is made from its id, so that whoever works on it later, in whichever process, adds to the
same trace. Spans hold ids and never contents. Without an SDK they cost next to nothing and go nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, Tracer

from gateway.errors import SettingsError
from gateway.version import __version__

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def trace_of(arrival: str) -> SpanContext:
    """Return the trace of an arrival, as its spans' remote parent."""
    digest = sha256(arrival.encode()).digest()
    return SpanContext(
        trace_id=int.from_bytes(digest[:16], "big"),
        span_id=int.from_bytes(digest[16:24], "big"),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


class Traces:
    """Makes spans by a tracer: that of whatever provider the process has, unless one is given."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer or trace.get_tracer("pierhead", __version__)

    @contextmanager
    def step(self, name: str, arrival: str, subject: str = "") -> Iterator[None]:
        """Put a span round a step; of one that fails it says the kind of error, never its text."""
        attributes = {"pierhead.arrival": arrival} | ({"pierhead.delivery": subject} if subject else {})
        with self._tracer.start_as_current_span(
            name, _context(arrival), attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


def _context(arrival: str) -> Context | None:
    """Return where a span of an arrival belongs: below the one at work on it here, or else below its trace."""
    if not arrival:
        return None
    parent = trace_of(arrival)
    if trace.get_current_span().get_span_context().trace_id == parent.trace_id:
        return None
    return trace.set_span_in_context(NonRecordingSpan(parent))


def export(environ: Mapping[str, str]) -> Callable[[], object]:
    """Send spans where OTEL_EXPORTER_OTLP_ENDPOINT says, if it says so; return what ends that.

    Raises:
        SettingsError: it says so, and what sends them is not installed.
    """
    if not any(environ.get(name) for name in _ENDPOINTS):
        return lambda: None
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        batches = import_module("opentelemetry.sdk.trace.export")
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        raise SettingsError(
            f"{_ENDPOINTS[0]} is set, and {error.name} is not installed: pip install 'pierhead[tracing]'"
        ) from error
    provider = sdk.TracerProvider()
    provider.add_span_processor(batches.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    end: Callable[[], object] = provider.shutdown
    return end
