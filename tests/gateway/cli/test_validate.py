from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_bench import MANIFEST, TWO_MESSAGES, Run

from gateway.cli.reading import PolicyName
from gateway.model.policy import PRESETS

Write = Callable[[str, str], Path]


def test_a_clean_message_is_accepted_with_exit_code_0(run: Run, manifest: Path) -> None:
    result = run("validate", manifest)
    assert result.code == 0
    assert "accepted: 1 message" in result.out


def test_a_fault_is_shown_with_its_place_the_segment_as_received_and_a_caret(run: Run, write: Write) -> None:
    file = write("bad.edi", MANIFEST.replace("NAD+MS+BAL", "NAD++BAL"))
    result = run("validate", file)
    assert result.code == 1
    lines = result.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "NAD++BAL:172:20'" in line)
    assert lines[at + 1].index("^") == lines[at].index("NAD++") + len("NAD+")
    assert "segment 4 NAD" in result.out
    assert "element 1" in result.out


def test_json_has_every_finding_with_position_excerpt_and_counts(run: Run, write: Write) -> None:
    file = write("bad.edi", MANIFEST.replace("UNT+19+1", "UNT+12+1"))
    result = run("validate", file, "--json")
    assert result.code == 1
    found = result.json["files"][0]
    count = next(finding for finding in found["findings"] if finding["code"] == "29")
    assert count["position"]["offset"] == MANIFEST.index("UNT+") + len("UNT+")
    assert count["excerpt"] == "UNT+12+1'"
    assert found["errors"] == 1
    assert found["messages"][0]["document"] == "CargoReport"


def test_report_only_lets_a_fault_pass(run: Run, write: Write) -> None:
    file = write("bad.edi", MANIFEST.replace("UNT+19+1", "UNT+12+1"))
    assert run("validate", file, "--policy", "report-only").code == 0


def test_the_contrl_that_would_be_sent_is_shown(run: Run, write: Write) -> None:
    file = write("bad.edi", MANIFEST.replace("UNT+19+1", "UNT+12+1"))
    contrl = run("validate", file, "--contrl", "--json").json["files"][0]["contrl"]
    assert len(contrl) == 1
    assert "UCI+REF1+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in contrl[0]
    assert "UCM+1+CUSCAR:D:95B:UN+4+29+UNT" in contrl[0]
    assert "UCI+REF1" in run("validate", file, "--contrl").out


def test_each_interchange_of_a_file_gets_its_own_contrl(run: Run, write: Write) -> None:
    bad = MANIFEST.replace("UNT+19+1", "UNT+12+1").replace("REF1", "REF2").removeprefix("UNA:+.? '\n")
    contrl = run("validate", write("two.edi", MANIFEST + bad), "--contrl", "--json").json["files"][0]["contrl"]
    assert ["UCM" in one for one in contrl] == [False, True]


def test_every_message_of_an_interchange_is_judged(run: Run, write: Write) -> None:
    result = run("validate", write("two.edi", TWO_MESSAGES), "--json")
    assert [message["reference"] for message in result.json["files"][0]["messages"]] == ["1", "2"]
    assert result.code == 0


def test_a_business_rule_points_at_the_segment(run: Run, write: Write) -> None:
    file = write("digit.edi", MANIFEST.replace("BANU1000013", "BANU1000014"))
    findings = run("validate", file, "--json").json["files"][0]["findings"]
    digit = next(finding for finding in findings if finding["code"] == "PH-1002")
    assert (digit["position"]["tag"], digit["position"]["name"]) == ("EQD", "8260")
    assert digit["remedy"]


def test_bytes_of_no_standard_are_rejected(run: Run, write: Write) -> None:
    result = run("validate", write("notes.txt", "just some words"))
    assert result.code == 1
    assert "PH-0001" in result.out


def test_canonical_json_is_checked_too(run: Run, write: Write) -> None:
    file = write("report.json", '{"CargoReport": {"reference": "A", "equipment": [{"numbr": "X"}]}}')
    result = run("validate", file, "--json")
    assert result.code == 1
    assert result.json["files"][0]["findings"][0]["path"] == "equipment[0].numbr"


def test_standard_input_is_read_for_a_dash(run: Run) -> None:
    assert run("validate", "-", stdin=MANIFEST.encode()).code == 0


def test_a_file_that_is_not_there_is_told_in_a_line_with_exit_code_2(run: Run) -> None:
    result = run("validate", "nowhere.edi")
    assert result.code == 2
    assert result.err == "nowhere.edi: cannot be read: No such file or directory\n"


def test_excerpts_know_other_service_characters(run: Run, write: Write) -> None:
    text = MANIFEST.removeprefix("UNA:+.? '").translate(str.maketrans({"'": "~", "+": "*", ":": ">"}))
    file = write("other.edi", "UNA>*.? ~" + text.replace("UNT*19", "UNT*12"))
    finding = run("validate", file, "--json").json["files"][0]["findings"][0]
    assert finding["excerpt"] == "UNT*12*1~"


def test_a_message_that_no_map_reads_is_said_to_be_unchecked(run: Run, write: Write) -> None:
    text = MANIFEST.replace("CUSCAR:D:95B", "DESTIM:D:04A")
    result = run("validate", write("berman.edi", text))
    assert "no map reads DESTIM D04A, so the content of 1 message was not checked" in result.out


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_named(run: Run, manifest: Path, name: str) -> None:
    assert name in list(PolicyName)
    assert run("validate", manifest, "--policy", name).code == 0
