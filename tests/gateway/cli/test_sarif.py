"""The SARIF log against what SARIF 2.1.0 (OASIS) demands of one, and against the bytes it speaks of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from cli_bench import CORPUS, MANIFEST, ROOT, Run

Write = Callable[[str, str], Path]
REPORT = Path(__file__).parent / "reports/every-kind.edi"
SAMPLES = sorted((ROOT / "samples").glob("*/*/*.edi")) + sorted((ROOT / "samples").glob("*/*/*.xml"))
CASES = sorted(CORPUS.glob("edifact/conformance/cases/*.edi"))

#: The members that each object of the standard may have (those that we write), and those it must have.
OBJECTS: dict[str, tuple[set[str], set[str]]] = {
    "sarifLog": ({"version", "$schema", "runs"}, {"version", "runs"}),
    "run": ({"results", "tool", "artifacts", "columnKind", "invocations"}, {"tool"}),
    "toolComponent": ({"name", "version", "rules"}, {"name"}),
    "reportingDescriptor": ({"id", "shortDescription", "help", "defaultConfiguration", "properties"}, {"id"}),
    "result": ({"ruleId", "ruleIndex", "level", "message", "locations", "properties"}, {"message"}),
    "location": ({"physicalLocation", "logicalLocations"}, set()),
    "physicalLocation": ({"artifactLocation", "region", "contextRegion"}, {"artifactLocation"}),
    "artifactLocation": ({"uri", "index", "description"}, set()),
    "region": (
        {"startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength", "snippet"},
        {"startLine"},
    ),
    "logicalLocation": ({"name", "fullyQualifiedName", "kind"}, set()),
    "invocation": ({"executionSuccessful"}, {"executionSuccessful"}),
    "message": ({"text", "markdown"}, {"text"}),
}
LEVELS = {"none", "note", "warning", "error"}


def is_a(kind: str, value: Any) -> None:
    allowed, needed = OBJECTS[kind]
    assert isinstance(value, dict), kind
    assert needed <= set(value) <= allowed, (kind, value)


def checked(log: Any) -> Iterator[dict[str, Any]]:
    """Yield the results of a log that is as the standard demands."""
    is_a("sarifLog", log)
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        is_a("run", run)
        assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
        for invocation in run["invocations"]:
            is_a("invocation", invocation)
        rules = run["tool"]["driver"]["rules"]
        is_a("toolComponent", run["tool"]["driver"])
        assert len({rule["id"] for rule in rules}) == len(rules)
        for rule in rules:
            is_a("reportingDescriptor", rule)
            is_a("message", rule["shortDescription"])
            is_a("message", rule["help"])
            assert rule["shortDescription"]["text"]
            assert rule["defaultConfiguration"]["level"] in LEVELS
        for artifact in run["artifacts"]:
            is_a("artifactLocation", artifact["location"])
        for result in run["results"]:
            check_result(result, rules, run["artifacts"])
            yield result


def check_result(result: dict[str, Any], rules: list[Any], artifacts: list[Any]) -> None:
    is_a("result", result)
    is_a("message", result["message"])
    assert result["level"] in LEVELS
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for location in result["locations"]:
        is_a("location", location)
        physical = location["physicalLocation"]
        is_a("physicalLocation", physical)
        is_a("artifactLocation", physical["artifactLocation"])
        at = physical["artifactLocation"]
        assert artifacts[at["index"]]["location"]["uri"] == at["uri"]
        for region in (physical[name] for name in ("region", "contextRegion") if name in physical):
            is_a("region", region)
            assert all(isinstance(region[name], int) for name in set(region) - {"snippet"})
            assert min(region["startLine"], region["startColumn"], region["endColumn"]) >= 1
            assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
            is_a("message", region["snippet"])
        if "contextRegion" in physical:  # SARIF 2.1.0, 3.29.5: a proper superset of the region
            inner, outer = physical["region"], physical["contextRegion"]
            assert outer["byteOffset"] <= inner["byteOffset"]
            assert inner["byteOffset"] + inner["byteLength"] <= outer["byteOffset"] + outer["byteLength"]
            assert inner["byteLength"] < outer["byteLength"]
        for logical in location.get("logicalLocations", ()):
            is_a("logicalLocation", logical)


def file_of(result: dict[str, Any]) -> Path:
    return Path(unquote(urlparse(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).path))


def test_the_log_of_every_kind_of_fault_is_as_the_standard_demands(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.sarif"
    printed = run("validate", REPORT, "--sarif", log)
    assert printed.code == 1
    assert "rejected: 3 messages" in printed.out
    results = list(checked(json.loads(log.read_text("utf-8"))))
    assert len(results) == len(run("validate", REPORT, "--json").json["files"][0]["findings"])


@pytest.mark.parametrize("files", [SAMPLES, CASES], ids=["samples", "corpus"])
def test_lines_columns_and_bytes_of_a_region_are_the_same_place(run: Run, files: list[Path]) -> None:
    if not files:
        pytest.skip("the corpus is not here")
    seen = 0
    for result in checked(run("validate", "--sarif", "-", *files).json):
        region = result["locations"][0]["physicalLocation"].get("region")
        if region is None:
            continue
        content = file_of(result).read_bytes()
        start, stop = region["byteOffset"], region["byteOffset"] + region["byteLength"]
        assert region["startLine"] == content.count(b"\n", 0, start) + 1
        assert region["endLine"] == content.count(b"\n", 0, stop) + 1
        if content.isascii():
            assert region["startColumn"] == start - (content.rfind(b"\n", 0, start) + 1) + 1
            assert region["snippet"]["text"] == content[start:stop].decode()
        seen += 1
    assert seen > 20


def test_a_result_names_message_segment_and_element(run: Run, write: Write) -> None:
    file = write("bad.edi", MANIFEST.replace("BAL:172:20'", "BAL:1722:20'"))
    result = next(one for one in checked(run("validate", file, "--sarif", "-").json) if one["ruleId"] == "39")
    logical = result["locations"][0]["logicalLocations"]
    assert logical == [{"name": "2.2 1131", "fullyQualifiedName": "CUSCAR D95B 1/4 NAD/2.2 1131", "kind": "element"}]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["snippet"]["text"]) == (6, 12, "1722")


def test_a_result_names_the_occurrence_of_a_repeated_element(run: Run, write: Write) -> None:
    contacts = "NAD+MS+B:160:ZZZ'CTA+IC'COM+1:TE*2:FX*3:EMX'"
    content = f"UNB+UNOC:4+A+B+20261102:0815+R1'UNH+1+CUSCAR:D:16A:UN'BGM+85+X+9'{contacts}UNT+6+1'UNZ+1+R1'"
    found = checked(run("validate", write("repeated.edi", content), "--sarif", "-").json)
    logical = next(one for one in found if one["ruleId"] == "12")["locations"][0]["logicalLocations"]
    assert logical[0]["fullyQualifiedName"] == "CUSCAR D16A 1/5 COM/1.2 3155 occurrence 3"


def test_a_rule_leads_to_its_page(run: Run, write: Write) -> None:
    file = write("digit.edi", MANIFEST.replace("BANU1000013", "BANU1000014"))
    log = run("validate", file, "--sarif", "-").json
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert (ROOT / rules["PH-1002"]["properties"]["page"]).is_file()
    assert "(docs/rules/PH-1002.md)" in rules["PH-1002"]["help"]["markdown"]


def test_a_log_without_findings_is_complete(run: Run, manifest: Path) -> None:
    result = run("validate", manifest, "--sarif", "-")
    assert result.code == 0
    assert list(checked(result.json)) == []


def test_sarif_and_json_cannot_share_standard_output(run: Run, manifest: Path) -> None:
    result = run("validate", manifest, "--sarif", "-", "--json")
    assert result.code == 2
    assert "give --sarif a file" in result.err


def test_the_file_that_is_read_is_never_written(run: Run, manifest: Path) -> None:
    assert run("validate", manifest, "--sarif", manifest).code == 2
    assert manifest.read_text() == MANIFEST


def test_a_log_that_cannot_be_written_is_told_in_a_line(run: Run, manifest: Path, tmp_path: Path) -> None:
    result = run("validate", manifest, "--sarif", tmp_path / "nowhere/log.sarif")
    assert result.code == 2
    assert "cannot be written: No such file or directory" in result.err


def test_standard_input_has_a_name_in_the_log(run: Run) -> None:
    result = run("validate", "-", "--sarif", "-", stdin=MANIFEST.replace("UNT+19", "UNT+12").encode())
    [one] = checked(result.json)
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "standard%20input"
