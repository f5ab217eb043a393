from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli_bench import MANIFEST, Run

from gateway import app
from gateway.mapping.coverage import field_paths
from gateway.model.cargo_report import CargoReport

Write = Callable[[str, str], Path]


def test_every_value_has_its_place_on_both_sides(run: Run, manifest: Path) -> None:
    values = run("explain", manifest, "--to", "wco cargo-report 1", "--json").json["messages"][0]["values"]
    number = next(value for value in values if value["path"] == "consignments[0].transport_document.number")
    assert (number["input"]["segment"], number["input"]["tag"], number["input"]["name"]) == (11, "RFF", "1154")
    assert number["input"]["offset"] == MANIFEST.index("BL0001")
    assert number["output"]["xpath"] == "/Declaration/Consignment[1]/TransportContractDocument/ID"
    assert all(value["input"] and value["output"] for value in values)


def test_output_places_are_those_of_the_message_written(run: Run, manifest: Path) -> None:
    wanted = "CUSCAR D16A"
    values = run("explain", manifest, "--to", wanted, "--json").json["messages"][0]["values"]
    written = run("convert", manifest, "--to", wanted).out.encode()
    standards = app.standards()
    adapter = standards.adapters["edifact"]
    message = next(iter(adapter.decode([written])))
    for value in values:
        place = value["output"]
        record = message.records[place["segment"] - 1]
        assert record[0] == place["tag"]
        parts = record[place["element"]].split(":")
        assert parts[place.get("component", 1) - 1]


def test_a_path_selects_what_is_below_it_at_any_index(run: Run, manifest: Path) -> None:
    values = run("explain", manifest, "--to", "canonical", "--path", "consignments[].consignee", "--json").json
    paths = [value["path"] for value in values["messages"][0]["values"]]
    assert "consignments[0].consignee.address.city" in paths
    assert all(path.startswith("consignments[0].consignee.") for path in paths)


def test_an_absent_value_is_shown_where_it_would_stand(run: Run, manifest: Path) -> None:
    value = run("explain", manifest, "--to", "CUSCAR D16A", "--path", "consignments[0].consignor.name", "--json").json
    absent = value["messages"][0]["values"][0]
    assert "NAD[3035=CZ]" in absent["note"]
    assert absent["input"]["tag"] == "RFF"


def test_what_is_carried_on_neither_side_is_listed(run: Run, write: Write) -> None:
    text = MANIFEST.replace("DTM+132", "FTX+AAI+++UNMAPPED'\nDTM+132").replace("UNT+19", "UNT+20")
    text = text.replace("NAD+MS", "FTX+AAI+++REMARK'\nNAD+MS").replace("FTX+AAI+++UNMAPPED'\n", "")
    result = run("explain", write("ftx.edi", text), "--to", "CUSCAR D16A", "--json")
    assert [finding["position"]["tag"] for finding in result.json["messages"][0]["not_read"]] == ["FTX"]
    assert "not carried from the input" in run("explain", write("ftx.edi", text), "--to", "CUSCAR D16A").out


def test_the_table_shows_input_path_output_and_value(run: Run, manifest: Path) -> None:
    out = run("explain", manifest, "--to", "CUSCAR D16A").out
    line = next(line for line in out.splitlines() if "voyage.vessel.imo" in line)
    assert line.split("  ")[0] == "5 TDT 8.1 (8213)"
    assert line.rstrip().endswith("9074729")


def test_a_path_that_is_nowhere_exits_with_1(run: Run, manifest: Path) -> None:
    assert run("explain", manifest, "--to", "canonical", "--path", "nothing.here").code == 1


def test_unknown_content_exits_with_2(run: Run, write: Write) -> None:
    assert run("explain", write("x.txt", "words"), "--to", "canonical").code == 2


def test_field_paths_name_every_list_with_brackets() -> None:
    paths = set(field_paths(CargoReport))
    assert {"voyage.vessel.imo", "consignments[].houses[].items[].gross", "equipment[].seals[].number"} <= paths
