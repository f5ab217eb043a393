from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families as parsed
from structlog.testing import capture_logs

from gateway.app import service, tracing
from gateway.app.metering import Metering
from gateway.app.metrics import Figures
from gateway.app.tracing import Traces, trace_of
from gateway.cli.samples import copy_example_site, samples
from gateway.errors import SettingsError
from gateway.model.stages import Arrival
from gateway.settings import load_site

MANIFEST = (samples() / "edifact/cuscar/full.edi").read_bytes()
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARRIVAL = "20260301T120000-0123456789ab"


class Stage:
    """The example site with one manifest taken in and processed, and one attempt at each delivery to a dead address."""

    def __init__(self, folder: Path) -> None:
        copy_example_site(folder)
        self.gateway = service.build(load_site(folder))
        self.spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.figures = Figures()
        self.figures.watch(self.gateway.store, dict, lambda: AT)
        self.runner = self.gateway.runner("test")
        self.runner.meter = Metering(self.figures, Traces(provider.get_tracer("test")))
        with capture_logs() as self.logs:
            self.runner.accept(Arrival(ARRIVAL, "http", AT, MANIFEST, {"principal": "blue-anchor"}))
            self.runner.process()
            while self.runner.deliver():
                pass

    def figure(self, name: str, **labels: str) -> float:
        for family in parsed(self.figures.text().decode()):
            for sample in family.samples:
                if sample.name == f"pierhead_{name}" and labels.items() <= sample.labels.items():
                    return sample.value
        raise AssertionError(f"no figure {name} {labels}")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    structlog.reset_defaults()
    made = Stage(tmp_path_factory.mktemp("stage") / "site")
    yield made
    made.gateway.store.close()


def test_the_figures_count_arrivals_verdicts_and_attempts_by_endpoint(stage: Stage) -> None:
    assert stage.figure("arrivals_total", endpoint="http", outcome="new") == 1
    assert stage.figure("verdicts_total", agreement="manifests", state="accepted") == 1
    assert stage.figure("delivery_attempts_total", endpoint="customs-api", outcome="busy") == 1
    assert stage.figure("step_seconds_count", step="process") == 1


def test_the_figures_tell_how_store_queue_and_breakers_stand(stage: Stage) -> None:
    assert stage.figure("store_usable") == 1
    assert stage.figure("stored_arrivals", state="accepted") == 1
    assert stage.figure("queue_ready", kind="deliver") >= 2
    assert stage.figure("breaker", endpoint="customs-api", state="closed") == 1
    assert stage.figure("breaker", endpoint="customs-api", state="open") == 0
    assert stage.figure("endpoint_queued", endpoint="customs-api") >= 1
    assert stage.figure("acknowledgments_overdue") >= 0


def test_a_store_that_is_lost_leaves_what_was_counted(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "site")
    stage.gateway.store.close()
    assert stage.figure("store_usable") == 0
    assert stage.figure("arrivals_total", endpoint="http") == 1


def test_one_trace_leads_from_the_arrival_to_each_answer(stage: Stage) -> None:
    spans = stage.spans.get_finished_spans()
    assert {span.context.trace_id for span in spans if span.context} == {trace_of(ARRIVAL).trace_id}
    names = [span.name for span in spans]
    assert (names.count("accept"), names.count("process")) == (1, 1)
    assert names.count("deliver") == names.count("send") >= 2
    by_id = {span.context.span_id: span for span in spans if span.context}
    for span in spans:
        assert span.parent is not None
        if span.name == "send":
            assert by_id[span.parent.span_id].name == "deliver"


def test_neither_log_nor_spans_nor_figures_hold_anything_of_the_content(stage: Stage) -> None:
    assert {line["event"] for line in stage.logs} == {"received", "processed", "sent"}
    assert all(ARRIVAL in json.dumps(line) for line in stage.logs)
    told = json.dumps(stage.logs) + "".join(span.to_json() for span in stage.spans.get_finished_spans())
    told += stage.figures.text().decode()
    values = {word.decode("latin-1") for word in re.split(rb"['+:\n?]", MANIFEST) if len(word) >= 6}
    assert len(values) > 40
    assert {value for value in values if value in told} == set()


def test_a_step_that_fails_tells_the_kind_of_error_alone(stage: Stage) -> None:
    with pytest.raises(ValueError, match="secret"), stage.runner.meter.step("process", "a1"):
        raise ValueError("secret content")
    span = stage.spans.get_finished_spans()[-1]
    assert span.status.description == "ValueError"
    assert "secret" not in span.to_json()


def test_spans_are_sent_only_where_the_environment_says() -> None:
    tracing.export({})()
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter  # noqa: F401  # whether it is there
    except ImportError:
        with pytest.raises(SettingsError, match=r"pierhead\[tracing\]"):
            tracing.export({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
