"""Acknowledgments over real HTTP: APERAK out and in, and CONTRL for what was sent, told where a person looks for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from stage import PATIENCE, Server, Stage, sample

from gateway.cli.main import cli

FILING = "blue-anchor/BA26-042E-01"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The example site, where the port community also answers in APERAK, and the line is answered in it."""
    made = Stage(tmp_path)
    agreements = made.folder / "agreements"
    manifests = agreements / "manifests.yaml"
    text = manifests.read_text("utf-8").replace("as: CUSRES D96B", "as: APERAK D07B")
    manifests.write_text(text.replace("as: CUSCAR D16A", "as: CUSCAR D16A\n    contrl_within: 1 h"), "utf-8")
    answers = agreements / "port-community-answers.yaml"
    answers.write_text(answers.read_text("utf-8").replace("- CONTRL", "- CONTRL\n  - APERAK D96A..D07B"), "utf-8")
    yield made
    made.close()


def asked(stage: Stage, *command: str) -> str:
    """What the command line prints for the site."""
    result = CliRunner().invoke(cli, ["--site", str(stage.folder), *command], env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    return result.output


def until(look: Callable[[], str], wanted: str) -> str:
    """What is told, once it holds a text."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = look()
        if wanted in told:
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def as_port_community(server: Server, message: str, body: str) -> None:
    """Post one message of the port community system."""
    inside = f"UNH+1+{message}:UN'{body}"
    content = (
        f"UNB+UNOC:3+EXPORTPCS:ZZ+PIERHEAD:ZZ+261102:1300+PCS1'{inside}UNT+{inside.count(chr(39)) + 1}+1'UNZ+1+PCS1'"
    )
    assert server.submit(content.encode(), "port-community").status_code == 202


def reference(content: bytes) -> str:
    """The interchange reference of a message."""
    return content.partition(b"UNB+")[2].split(b"'")[0].split(b"+")[4].decode()


def test_what_the_rules_refuse_is_told_in_aperak_behind_an_accepting_contrl(stage: Stage) -> None:
    with stage.serving() as server:
        assert server.submit(sample("wrong-check-digit.edi")).status_code == 202
        stage.wait_for((2, 0, 0))
    contrl, aperak = sorted(stage.line.received, key=lambda content: b"APERAK" in content)
    assert b"UCI+BA000302+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in contrl
    assert b"UNH+1+APERAK:D:07B:UN'" in aperak
    assert b"RFF+ACW:BA26-302E-01'" in aperak
    assert b"ERC+PH-1002::ZZZ'" in aperak
    assert b"FTX+AAO+++at segment 11 EQD, element 3, component 1:" in aperak


def test_what_contrl_rejects_gets_no_aperak(stage: Stage) -> None:
    with stage.serving() as server:
        assert server.submit(sample("wrong-unt-count.edi")).status_code == 202
        stage.wait_for((1, 0, 0))
        server.submit(sample("full.edi"))  # what comes after is answered after
        stage.wait_for((2, 1, 1))
    contrl, _ = stage.line.received
    assert b"+4+29+UNT+2'" in contrl
    assert not any(b"APERAK" in content for content in stage.line.received)


def test_an_aperak_on_what_was_sent_reaches_the_filer_and_its_timeline(stage: Stage) -> None:
    with stage.serving() as server:
        server.submit(sample("full.edi"))
        stage.wait_for((1, 1, 1))
        ours = reference(stage.community.received[0])
        body = f"BGM+963+PCSA-1+27'RFF+ACW:{ours}'ERC+PCS12::ZZZ'FTX+AAO+++BERTH IS CLOSED'RFF+BM:BANU26000418'"
        as_port_community(server, "APERAK:D:96A", body)
        (told,) = stage.line.wait_for(1, b"PCSA-1")
        assert b"UNB+UNOC:3+PIERHEAD:ZZ+BLUEANCHOR:ZZ+" in told
        assert b"RFF+ACW:BA26-042E-01'" in told
        assert b"ERC+PCS12::ZZZ'" in told
        life = asked(stage, "trace", FILING)
        assert "port-community answered rejected with 1 faults to delivery" in life
        assert "function rejected" in life
        assert "function rejected" in asked(stage, "find", ours)


def test_a_contrl_that_rejects_what_was_sent_is_seen_by_whoever_looks(stage: Stage) -> None:
    with stage.serving() as server:
        server.submit(sample("full.edi"))
        stage.wait_for((1, 1, 1))
        sent = stage.community.received[0]
        ours = reference(sent)
        assert sent.split(b"'")[1].endswith(b"++++1")  # UNB 0031: a CONTRL is asked for
        body = f"UCI+{ours}+PIERHEAD:ZZ+EXPORTPCS:ZZ+7'UCM+1+CUSCAR:D:16A:UN+4'UCS+5+16'"
        as_port_community(server, "CONTRL:D:3", body)
        life = until(lambda: asked(stage, "trace", FILING), "rejects the syntax of interchange")
        assert f"port-community rejects the syntax of interchange {ours}" in life
        assert "syntax rejected for message 1" in life
        assert "syntax rejected for message 1" in asked(stage, "find", ours)
    assert len(stage.line.keys) == 1  # it is ours to correct: the line is told nothing it could do
