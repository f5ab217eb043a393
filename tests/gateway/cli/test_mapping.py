from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_bench import MANIFEST, Run

Write = Callable[[str, str], Path]
OWN = """map: edifact/own
document: CargoReport
message: CUSCAR D95B
rules:
  BGM: {1004: reference}
"""


@pytest.fixture
def folder(write: Write, tmp_path: Path) -> Path:
    write("samples/edifact/cuscar/one.edi", MANIFEST)
    return tmp_path / "samples"


def test_the_shipped_samples_are_read_as_expected_and_come_back_whole(run: Run) -> None:
    found = run("mapping", "test", "--json").json["samples"]
    assert any(sample["maps"] for sample in found)
    assert [
        (sample["sample"], fault) for sample in found for fault in sample["faults"] if fault["what"] != "read"
    ] == []


def test_an_expectation_is_recorded_and_then_holds(run: Run, folder: Path) -> None:
    assert run("mapping", "test", "--samples", folder, "--record").code == 0
    recorded = json.loads((folder / "edifact/cuscar/one.canonical.json").read_text())
    assert recorded["CargoReport"]["reference"] == "MAN1"
    found = run("mapping", "test", "--samples", folder, "--json").json["samples"]
    assert (found[0]["expected"], found[0]["faults"], found[0]["maps"]) == (True, [], ["edifact/cuscar/d95b"])


def test_a_difference_is_told_at_its_canonical_path(run: Run, folder: Path) -> None:
    run("mapping", "test", "--samples", folder, "--record")
    file = folder / "edifact/cuscar/one.canonical.json"
    file.write_text(file.read_text().replace("IMPORTER BV", "OTHER BV"))
    result = run("mapping", "test", "--samples", folder)
    assert result.code == 1
    assert 'canonical: consignments[0].consignee.name expected "OTHER BV", got "IMPORTER BV"' in result.out


def test_expected_findings_must_be_found_and_no_others(run: Run, folder: Path) -> None:
    file = folder / "edifact/cuscar/one.findings.json"
    (folder / "edifact/cuscar/one.edi").write_text(MANIFEST.replace("UNT+19", "UNT+12"))
    file.write_text('[{"code": "29", "position": {"tag": "UNT"}}]')
    assert run("mapping", "test", "--samples", folder).code == 0
    file.write_text('[{"code": "28"}]')
    told = [
        fault["text"] for fault in run("mapping", "test", "--samples", folder, "--json").json["samples"][0]["faults"]
    ]
    assert told[0].startswith("expected and not found")
    assert told[1].startswith("not expected: 29")


def test_only_the_samples_of_the_map_named_are_tried(run: Run, folder: Path) -> None:
    assert run("mapping", "test", "edifact/cuscar/d95b", "--samples", folder).code == 0
    result = run("mapping", "test", "edifact/cuscar/d96a", "--samples", folder)
    assert result.code == 1
    assert "there is no sample" in result.err


def test_a_name_of_no_map_is_told_with_the_nearest(run: Run) -> None:
    for command in ("test", "doc", "coverage"):
        result = run("mapping", command, "edifact/cuscar/d95")
        assert result.code == 2
        assert "did you mean edifact/cuscar/d95b?" in result.err


def test_a_new_map_is_written_and_nothing_overwritten(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "site/mappings/edifact/coprar/d00b.yaml"
    arguments = ("mapping", "new", "COPRAR", "--directory", "D00B", "--document", "CargoReport", "--out", file)
    assert run(*arguments).code == 0
    (tmp_path / "site/site.yaml").write_text("name: X\nidentity: A:ZZ\n")
    assert run("--site", tmp_path / "site", "check").code == 0
    assert run(*arguments).code == 2


def test_a_new_map_goes_to_standard_output(run: Run) -> None:
    assert "message: COPRAR D24A" in run("mapping", "new", "COPRAR").out
    assert run("mapping", "new", "COPRAR", "--json").json["type"] == "edifact COPRAR D24A"


def test_the_version_of_a_new_map_stands_behind_the_message(run: Run) -> None:
    assert "message: COPRAR D00B" in run("mapping", "new", "COPRAR", "D00B").out
    result = run("mapping", "new", "COPRAR", "D00B", "--directory", "D00A")
    assert result.code == 2
    assert "twice" in result.err


def test_what_is_to_be_decided_in_a_new_map_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    result = run("mapping", "new", "COPRAR", "D00B", "--out", file)
    assert f"to be decided: {file}:4:11: choose its document: " in result.err
    result = run("mapping", "new", "COPRAR", "D00B", "--document", "CargoReprot")
    assert result.code == 2
    assert "did you mean CargoReport?" in result.err


def test_guides_of_all_maps_are_a_folder_of_pages(run: Run, tmp_path: Path, write: Write) -> None:
    write("site/mappings/edifact/own/own.yaml", OWN)
    result = run("--site", tmp_path / "site", "mapping", "doc", "edifact/own", "--html", tmp_path / "guides", "--json")
    assert result.json["files"] == ["edifact/own/own.html", "index.html"]
    page = (tmp_path / "guides/edifact/own/own.html").read_text()
    assert 'href="../../index.html"' in page
    assert 'href="edifact/own/own.html"' in (tmp_path / "guides/index.html").read_text()


def test_a_guide_needs_a_name_or_a_folder(run: Run) -> None:
    result = run("mapping", "doc")
    assert result.code == 2
    assert "--html DIR" in result.err


def test_a_watch_only_tells(run: Run, folder: Path) -> None:
    for option in ("--record", "--json"):
        assert run("mapping", "test", "--samples", folder, "--watch", option).code == 2


def test_the_guide_is_markdown_or_html(run: Run, tmp_path: Path) -> None:
    assert run("mapping", "doc", "edifact/cuscar/d95b").out.startswith("# edifact CUSCAR D95B\n")
    file = tmp_path / "guide.html"
    assert run("mapping", "doc", "wco/cargo-report/1", "--format", "html", "--out", file).code == 0
    assert file.read_text().startswith("<!doctype html>")


def test_the_guide_of_another_version_of_the_map(run: Run) -> None:
    assert run("mapping", "doc", "edifact/cuscar/d02b", "--directory", "D16A").out.startswith("# edifact CUSCAR D16A\n")
    result = run("mapping", "doc", "edifact/cuscar/d02b", "--directory", "D95B")
    assert result.code == 2
    assert "serves D02B to D24A" in result.err


def test_coverage_lists_what_is_left_on_both_sides(run: Run) -> None:
    found = run("mapping", "coverage", "edifact/cuscar/d95b", "--json").json["maps"][0]
    left = {place["place"] for place in found["places"] if not place["rules"]}
    assert "FTX" in left
    assert "sender.contact.email" in found["fields_left"]
    out = run("mapping", "coverage", "edifact/cuscar/d95b").out
    assert "fields of CargoReport left" in out


def test_coverage_of_all_maps_is_a_line_each(run: Run) -> None:
    out = run("mapping", "coverage").out
    assert all(name in out for name in ("edifact/cuscar/d95b", "edifact/cusres/d96b", "wco/response/1"))
