"""Spans go to an OTLP collector, a real HTTP server here, from `pierhead serve` as a site runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).parent))

from misbehaving import Misbehaving
from stage import KEYS, PATIENCE, ROOT, Stage, sample

from gateway.app.tracing import trace_of


def test_a_collector_gets_one_trace_from_arrival_to_receipt(tmp_path: Path) -> None:
    stage, collector = Stage(tmp_path), Misbehaving()
    collector.start()
    environ = os.environ | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.tcp_port}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", "from gateway.cli.main import main; main()", "--site", str(stage.folder)]
    with subprocess.Popen([*command, "serve", "--json"], env=environ, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            url = json.loads(serving.stdout.readline())["url"]
            headers = {"X-API-Key": KEYS["blue-anchor"], "Content-Type": "application/edifact"}
            answer = httpx2.post(f"{url}/v1/messages", content=sample("full.edi"), headers=headers, timeout=PATIENCE)
            trace = trace_of(answer.json()["id"]).trace_id.to_bytes(16, "big")
            wanted = {"accept": 1, "process": 1, "deliver": 3, "send": 3}
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and counted(collector, trace) != wanted:
                time.sleep(0.1)
            assert counted(collector, trace) == wanted
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(PATIENCE)
            stage.close()
            collector.stop()


def counted(collector: Misbehaving, trace: bytes) -> dict[str, int]:
    """How many spans of a trace were exported, by name."""
    names: dict[str, int] = {}
    for attempt in collector.attempts:
        for resource in ExportTraceServiceRequest.FromString(attempt.content).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    if span.trace_id == trace:
                        names[span.name] = names.get(span.name, 0) + 1
    return names
