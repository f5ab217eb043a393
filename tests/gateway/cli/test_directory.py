from __future__ import annotations

import pytest
from cli_bench import Run


@pytest.mark.parametrize("words", [("CUSCAR:D:11A",), ("CUSCAR:D:11A:UN",), ("CUSCAR", "D11A"), ("CUSCAR D11A",)])
def test_a_message_may_be_named_in_any_usual_way(run: Run, words: tuple[str, ...]) -> None:
    assert run("directory", "show", *words).out.startswith("edifact CUSCAR D11A\n")


def test_the_diagram_shows_status_repeat_group_and_name(run: Run) -> None:
    lines = run("directory", "show", "CUSCAR", "D95B").out.splitlines()
    assert "├── BGM M 1  Beginning of message" in [line.rstrip() for line in lines]
    assert any("TDT C 9  group 1  Details of transport" in line for line in lines)


def test_the_newest_version_is_meant_where_none_is_named(run: Run) -> None:
    assert run("directory", "show", "CUSCAR").out.startswith("edifact CUSCAR D24A")


def test_json_is_the_same_tree(run: Run) -> None:
    places = run("directory", "show", "CUSCAR", "D95B", "--json").json["places"]
    assert [place["name"] for place in places][:3] == ["UNH", "BGM", "DTM"]
    trigger = next(place for place in places if place["name"] == "CNI")
    assert trigger["group"] is not None
    assert any(child["name"] == "RFF" for child in trigger["children"])


def test_a_segment_shows_its_values_with_formats(run: Run) -> None:
    values = run("directory", "show", "CUSCAR", "D95B", "--segment", "NAD", "--json").json["values"]
    qualifier = values[0]
    assert (qualifier["locator"], qualifier["status"], qualifier["format"]) == ("3035", "M", "an..3")
    assert qualifier["codes"] > 200
    assert [value["locator"].strip() for value in values][1:4] == ["C082", "3039", "1131"]
    assert "Party qualifier" in run("directory", "show", "CUSCAR", "D95B", "--segment", "NAD").out


def test_a_code_list_can_be_listed(run: Run) -> None:
    assert "CN" in run("directory", "show", "CUSCAR", "D95B", "--codes", "8053", "--json").json["codes"]
    assert " CN " in run("directory", "show", "CUSCAR", "D95B", "--segment", "EQD", "--codes", "8053").out


def test_xml_messages_are_shown_alike(run: Run) -> None:
    assert "Consignment C" in run("directory", "show", "wco", "cargo-report").out
    values = run("directory", "show", "wco", "cargo-report", "--segment", "Consignment", "--json").json["values"]
    assert values[0]["locator"] == "SequenceNumeric"


def test_versions_are_listed_in_order(run: Run) -> None:
    versions = run("directory", "versions", "CUSCAR", "--json").json["versions"]["edifact"]
    assert (versions[0], versions[-1]) == ("D95B", "D24A")
    assert run("directory", "versions", "CUSCAR").out.startswith("edifact CUSCAR: D95B ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("CUSCRA",), "no message 'CUSCRA'"),
        (("CUSCAR", "D11X"), "no version 'D11X'"),
        (("CUSCAR", "D95B", "--segment", "NAF"), "did you mean NAD?"),
        (("CUSCAR", "D95B", "--codes", "1004"), "1004 has no code list"),
        (("a", "b", "c", "d"), "is no message type"),
    ],
)
def test_a_wrong_name_is_told_with_exit_code_2(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("directory", "show", *words)
    assert result.code == 2
    assert said in result.err


def test_versions_of_nothing_exit_with_1(run: Run) -> None:
    assert run("directory", "versions", "NOTHING").code == 1


def test_a_message_that_is_not_there_is_answered_with_the_nearest_name(run: Run) -> None:
    asked = {("show", "CUSCR"): 2, ("versions", "CUSCR"): 1, ("diff", "CUSCR", "D95B", "D96A"): 2}
    for words, code in asked.items():
        result = run("directory", *words)
        assert result.code == code
        assert "did you mean CUSCAR?" in result.err
