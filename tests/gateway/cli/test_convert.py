from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_bench import MANIFEST, TWO_MESSAGES, Run

Write = Callable[[str, str], Path]


def test_edifact_to_canonical_is_a_json_line_under_the_document_class(run: Run, manifest: Path) -> None:
    result = run("convert", manifest, "--to", "canonical")
    assert result.code == 0
    assert json.loads(result.out)["CargoReport"]["voyage"]["number"] == "12W"
    assert "1 message" in result.err


def test_several_messages_are_several_json_lines(run: Run, write: Write) -> None:
    result = run("convert", write("two.edi", TWO_MESSAGES), "--to", "canonical")
    assert len([json.loads(line) for line in result.out.splitlines()]) == 2


def test_edifact_to_wco_and_back_is_the_same_document(run: Run, manifest: Path, tmp_path: Path) -> None:
    xml = tmp_path / "report.xml"
    assert run("convert", manifest, "--to", "wco cargo-report 1", "--out", xml).code == 0
    there = json.loads(run("convert", manifest, "--to", "canonical").out)
    assert json.loads(run("convert", xml, "--to", "canonical").out) == there


def test_canonical_json_is_read_and_written_as_edifact(run: Run, manifest: Path, write: Write) -> None:
    canonical = write("report.json", run("convert", manifest, "--to", "canonical").out)
    options = ("--sender", "A:ZZ", "--recipient", "B", "--reference", "R9", "--syntax", "UNOA:3")
    out = run("convert", canonical, "--to", "CUSCAR D16A", *options).out
    assert "UNB+UNOA:3+A:ZZ+B+" in out
    assert "+R9'" in out
    assert "UNH+1+CUSCAR:D:16A:UN'" in out


def test_the_envelope_is_that_of_the_source(run: Run, manifest: Path) -> None:
    assert "UNB+UNOC:3+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+" in run("convert", manifest, "--to", "CUSCAR D16A").out


def test_a_folder_gets_a_numbered_file_for_each_message(run: Run, write: Write, tmp_path: Path) -> None:
    result = run("convert", write("two.edi", TWO_MESSAGES), "--to", "wco cargo-report 1", "--out", f"{tmp_path}/xml/")
    assert result.code == 0
    assert sorted(path.name for path in (tmp_path / "xml").iterdir()) == ["two-0001.xml", "two-0002.xml"]


def test_xml_documents_do_not_share_a_file_and_half_a_file_is_not_left(run: Run, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "all.xml"
    result = run("convert", write("two.edi", TWO_MESSAGES), "--to", "wco cargo-report 1", "--out", out)
    assert result.code == 2
    assert "give --out FOLDER/" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["two.edi"]


def test_edifact_interchanges_stand_one_after_the_other(run: Run, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "all.edi"
    assert run("convert", write("two.edi", TWO_MESSAGES), "--to", "CUSCAR D16A", "--out", out).code == 0
    assert out.read_bytes().count(b"UNB+") == 2
    assert run("validate", out).code == 0


def test_what_cannot_be_carried_is_listed(run: Run, write: Write) -> None:
    text = (
        MANIFEST.replace("LOC+60", "LOC+22+NL000396:ZZZ'\nLOC+60").replace("D:95B", "D:00B").replace("UNT+19", "UNT+20")
    )
    text = text.replace("LOC+22+NL000396:ZZZ'\n", "").replace("UNT+20", "UNT+19")
    text = text.replace("NAD+MS+BAL:172:20'", "NAD+MS+BAL:172:20'\nCTA+IC+:DESK'\nCOM+desk@example.test:EM'")
    file = write("contact.edi", text.replace("UNT+19", "UNT+21"))
    result = run("convert", file, "--to", "CUSCAR D95B", "--json")
    assert {loss["path"] for loss in result.json["messages"][0]["losses"]} == {"sender.contact"}
    assert "sender.contact" in run("convert", file, "--to", "CUSCAR D95B").err


def test_a_rejecting_finding_exits_with_1_and_what_could_be_read_is_written(run: Run, write: Write) -> None:
    result = run("convert", write("bad.edi", MANIFEST.replace("UNT+19", "UNT+12")), "--to", "canonical")
    assert result.code == 1
    assert json.loads(result.out)["CargoReport"]["reference"] == "MAN1"
    assert "UNT counts 12 segments" in result.err


def test_a_message_that_no_map_reads_is_counted_and_exits_with_1(run: Run, write: Write) -> None:
    result = run("convert", write("b.edi", MANIFEST.replace("CUSCAR:D:95B", "DESTIM:D:04A")), "--to", "canonical")
    assert (result.code, result.out) == (1, "")
    assert "1 not converted" in result.err


def test_json_without_out_holds_the_outputs(run: Run, manifest: Path) -> None:
    found = run("convert", manifest, "--to", "CUSCAR D16A", "--json").json
    assert "UNH+1+CUSCAR:D:16A:UN'" in found["messages"][0]["content"]


@pytest.mark.parametrize("to", ["", "cuscar", "CUSCAR", "CUSCAR D95B..D24A", "xml"])
def test_a_type_that_is_none_is_a_usage_error(run: Run, manifest: Path, to: str) -> None:
    result = run("convert", manifest, "--to", to)
    assert result.code == 2
    assert "--to" in result.err


@pytest.mark.parametrize("to", ["CUSRES D96B", "DESTIM D04A", "wco nothing 1"])
def test_a_type_that_no_map_writes_is_told_in_a_line(run: Run, manifest: Path, to: str) -> None:
    result = run("convert", manifest, "--to", to)
    assert result.code == 2
    assert result.err.startswith("message 1 (CUSCAR D95B 1): ")
    assert "Traceback" not in result.err
