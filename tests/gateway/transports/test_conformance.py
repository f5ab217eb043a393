"""What holds for every transport, run over each."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from benches import NOW, Bench, clock, delivery

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Outcome
from gateway.plugin import Transport
from gateway.transports.health import WireHealth

EVERY_BYTE = bytes(range(256)) * 40
HOSTILE = [
    "../../escape.xml",
    "/etc/passwd",
    "..",
    ".",
    ".hidden",
    "a/b\\c.xml",
    "nul\0byte.xml",
    "line\r\nbreak: x.xml",
    "CON",
    "x" * 500 + ".xml",
    "manifest.part",
    "-rf",
    "ünïcode 港.xml",
    "",
]


@pytest.mark.parametrize("content", [EVERY_BYTE, b"", b"\r\n\n\r", b"x" * 3_000_000])
def test_exactly_the_bytes_arrive(bench: Bench, transport: Transport, content: bytes) -> None:
    receipt = transport.send(delivery(content))
    assert (receipt.delivery, receipt.at, receipt.outcome) == ("d1", NOW, Outcome.DELIVERED)
    assert bench.received() == [content]


def test_deliveries_of_one_name_do_not_overwrite_each_other(bench: Bench, transport: Transport) -> None:
    for number in range(3):
        transport.send(delivery(f"{number}".encode(), f"key-{number}"))
    assert sorted(bench.received()) == [b"0", b"1", b"2"]


def test_a_counterparty_that_is_away_is_busy_and_not_ambiguous(away: Transport) -> None:
    with pytest.raises(TransportBusy) as caught:
        away.send(delivery())
    assert not caught.value.ambiguous


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_harmless(bench: Bench, transport: Transport, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    assert transport.send(delivery(name=name)).outcome is Outcome.DELIVERED
    assert bench.received() == [b"<x/>"]
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before
    shown = [path for path in (tmp_path / "out").rglob("*") if not path.name.startswith(".")]
    assert all(path.name.isascii() and path.name.isprintable() and len(path.name) < 120 for path in shown)


@pytest.mark.parametrize("key", ["x" * 300, "../../x", "ключ", "a\r\nb"])
def test_a_strange_key_is_delivered_or_refused_but_never_harmful(
    bench: Bench, transport: Transport, tmp_path: Path, key: str
) -> None:
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    try:
        transport.send(delivery(key=key))
    except TransportRefused:
        assert bench.received() == []
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before


def test_every_attempt_shows_the_same_key_and_bytes(bench: Bench, transport: Transport) -> None:
    for _ in range(2):
        transport.send(delivery())
    assert bench.received() == [b"<x/>"] * bench.attempts
    assert bench.keys() in (set(), {"key-1"})


def test_a_transport_sends_again_after_another_delivery_failed(transport: Transport, away: Transport) -> None:
    with pytest.raises(TransportBusy):
        away.send(delivery())
    assert transport.send(replace(delivery(), id="d2")).delivery == "d2"


def test_a_final_no_is_refused_and_nothing_arrives(bench: Bench, transport: Transport) -> None:
    if bench.refusing is None:
        pytest.skip("a folder refuses nothing")
    refused = bench.refusing()
    with pytest.raises(TransportRefused):
        transport.send(refused)
    assert (
        refused.content not in bench.received() or bench.make.__name__ == "HttpTransport"
    )  # which got it, and said no


def test_what_is_cut_off_in_the_middle_is_never_seen(bench: Bench, transport: Transport) -> None:
    content = EVERY_BYTE * 300
    with bench.cut() as config:
        broken = bench.make(config, clock)
        with pytest.raises(TransportBusy):
            broken.send(delivery(content))
        broken.close()
    transport.send(delivery(b"another", "key-2", "another.xml"))
    assert bench.received() == [b"another"]
    transport.send(delivery(content))
    assert sorted(bench.received(), key=len) == [b"another", content]


def test_health_tells_of_an_answer_and_of_its_absence(transport: Any, away: Any) -> None:
    transport.send(delivery())
    assert transport.health() == WireHealth(NOW)
    for _ in range(2):
        with pytest.raises(TransportBusy) as caught:
            away.send(delivery())
    assert away.health() == WireHealth(None, 2, str(caught.value))
