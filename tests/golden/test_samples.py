"""Every sample is read as its expectation says, comes back byte for byte, and loses nothing on a long way round."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from trips import ENVELOPE, End, changed, ends, travel, unexplained

from adapters.edifact.writer import exact
from gateway import app
from gateway.errors import EncodeError
from gateway.model.stages import Message, MessageType
from gateway.pipeline.standards import Standards

ROOT = Path(__file__).resolve().parents[2]
SERVICE = re.compile(r"UN[ABGEZ]")


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden", ROOT / "tools" / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN = _tool()
SAMPLES: list[Path] = GOLDEN.sample_files()
EDIFACT = [path for path in SAMPLES if path.suffix == ".edi"]
CUSCAR = [path for path in EDIFACT if path.parent.name == "cuscar"]
EVERYTHING = [path for path in SAMPLES if path.stem.startswith("everything") and path.parent.name != "contrl"]


def named(path: Path) -> str:
    return path.relative_to(GOLDEN.SAMPLES).as_posix()


@pytest.fixture(scope="module")
def standards() -> Standards:
    return app.standards()


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_gives_exactly_what_is_expected(standards: Standards, sample: Path) -> None:
    found = GOLDEN.expected(standards, sample.read_bytes())
    kept = {path.suffixes[-2][1:]: path.read_text("utf-8") for path in sample.parent.glob(f"{sample.stem}.*.json")}
    for kind, text in found.items():
        assert json.loads(text) == json.loads(kept[kind]), kind
    assert kept == found


def test_every_expectation_belongs_to_a_sample() -> None:
    for path in GOLDEN.SAMPLES.glob("*/*/*.json"):
        stem = path.name.partition(".")[0]
        assert any((path.parent / f"{stem}{suffix}").exists() for suffix in (".edi", ".xml", ".json")), path.name


def test_there_is_a_full_a_minimal_and_a_faulty_sample_of_each_message() -> None:
    for folder in {path.parent for path in SAMPLES}:
        stems = {path.stem.partition("-")[0] for path in SAMPLES if path.parent == folder}
        assert "minimal" in stems, folder.name
        assert stems & {"everything", "full"}, folder.name  # an authority's declaration has no use for all it could say
        assert any(json.loads(path.read_text("utf-8")) for path in folder.glob("*.findings.json")), folder.name


def expected_findings(sample: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(sample.with_suffix(".findings.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("sample", [path for path in SAMPLES if expected_findings(path)], ids=named)
def test_every_finding_has_its_place_in_the_message(sample: Path) -> None:
    content = sample.read_bytes()
    for finding in expected_findings(sample):
        position = finding["position"]
        if sample.suffix in (".xml", ".json"):
            assert 1 <= position["line"] <= content.count(b"\n") + 1
            unread = finding["code"].startswith(("PH-300", "PH-330"))  # what cannot be parsed has no path
            assert "xpath" in position or unread or finding["code"] == "PH-3311"
        else:
            assert "segment" in position
            at_tag = content[position["offset"] :].startswith(position["tag"].encode())
            assert at_tag or "element" in position or finding["code"] == "13"  # 13 stands where something should be
            assert position["message"]


@pytest.mark.parametrize("sample", [path for path in EDIFACT if expected_findings(path)], ids=named)
def test_the_byte_of_a_finding_is_where_its_value_stands(sample: Path) -> None:
    content = sample.read_bytes()
    for finding in expected_findings(sample):
        value = finding.get("value", "")
        position = finding["position"]
        if finding["code"] in ("12", "28", "29", "37", "39", "PH-2006") and "element" in position:
            assert content[position["offset"] :].decode("latin-1").startswith(value), finding


@pytest.mark.parametrize("sample", EVERYTHING, ids=named)
def test_a_full_sample_fills_every_place_of_its_map_and_rejects_nothing(standards: Standards, sample: Path) -> None:
    content = sample.read_bytes()
    adapter = standards.recognise(content)
    assert adapter is not None
    (end,) = ends(standards, content)
    origins = standards.origins(adapter, end.message)
    assert origins is not None
    used = {(end.message.places[entry.record], entry.locator.key) for entry in origins.reading.lineage if entry.locator}
    empty = [
        f"{rule.trail} {value.locator.text}"
        for rule in origins.map.rules
        for value in rule.values
        if value.path and not value.copy and (rule.place.id, value.locator.key) not in used
    ]
    assert empty == []
    assert all(finding.severity != "error" for finding in end.findings)


def messages(standards: Standards, content: bytes) -> Iterator[Message]:
    return (item for item in standards.adapters["edifact"].decode([content]) if isinstance(item, Message))


@pytest.mark.parametrize("sample", EDIFACT, ids=named)
def test_every_message_of_a_sample_comes_back_byte_for_byte(standards: Standards, sample: Path) -> None:
    content = sample.read_bytes()
    between, at = b"", 0
    for message in messages(standards, content):
        start = standards.adapters["edifact"].position(message, 0).offset
        raw = exact(message)
        assert start is not None
        assert content[start : start + len(raw)] == raw
        between, at = between + content[at:start], start + len(raw)
    outside = (between + content[at:]).decode("latin-1")
    tags = [segment.strip()[:3] for segment in re.split(r"'|\x1c", outside) if segment.strip()]
    assert all(SERVICE.fullmatch(tag) for tag in tags), tags


def documents(paths: list[Path]) -> list[Any]:
    found = app.standards()
    return [
        pytest.param(end, id=f"{named(path)}-{number}")
        for path in paths
        for number, end in enumerate(ends(found, path.read_bytes()))
    ]


def accepted(end: End) -> bool:
    return all(finding.severity != "error" for finding in end.findings)


WRITABLE = [path for path in SAMPLES if path.stem not in ("schema-faults", "no-ship")]


@pytest.mark.parametrize("end", documents(WRITABLE))
def test_a_document_written_by_its_own_map_is_read_the_same(standards: Standards, end: End) -> None:
    kind = end.message.type
    output = standards.write(end.document, kind, ENVELOPE)
    (again,) = ends(standards, output.content)
    assert unexplained(end.document, again.document, output.losses) == []
    if accepted(end):
        assert output.losses == ()
        assert again.document == end.document


@pytest.mark.parametrize("end", documents([path for path in SAMPLES if path not in WRITABLE]))
def test_what_lacks_something_mandatory_is_refused_when_written_and_not_sent(standards: Standards, end: End) -> None:
    with pytest.raises(
        EncodeError, match=r"add FunctionCode|needs one of vesselIMONumber or MMSINumber|does not have the form wanted"
    ):
        standards.write(end.document, end.message.type, ENVELOPE)


@pytest.mark.parametrize("end", documents(CUSCAR))
def test_a_manifest_goes_to_xml_and_back_without_an_unreported_loss(standards: Standards, end: End) -> None:
    trip = travel(standards, end)
    assert unexplained(end.document, trip.middle.document, trip.there.losses) == []
    assert unexplained(trip.middle.document, trip.end.document, trip.back.losses) == []
    assert changed(standards, trip) == []


def test_what_a_target_cannot_hold_is_reported_as_lost_and_nothing_else_changes(standards: Standards) -> None:
    content = (GOLDEN.SAMPLES / "edifact" / "cuscar" / "full.edi").read_bytes()
    (end,) = ends(standards, content.replace(b"GID+1+600:CT'", b"GID+1+600:EXBOX:ZZZ:ZZZ'"))
    trip = travel(standards, end)
    path = "consignments[0].items[0].packages.type"
    assert [loss.path for loss in trip.losses] == [path]
    assert changed(standards, replace(trip, there=replace(trip.there, losses=()))) != []  # it would be noticed
    assert unexplained(end.document, trip.end.document, trip.losses) == []
    assert [where for where, *_ in unexplained(end.document, trip.end.document, ())] == [path]
    assert changed(standards, trip) == []


def test_a_sample_of_another_directory_is_written_in_each_directory_of_its_family(standards: Standards) -> None:
    content = (GOLDEN.SAMPLES / "edifact" / "cuscar" / "everything-d11a.edi").read_bytes()
    (end,) = ends(standards, content)
    for version in ("D99B", "D02B", "D16A", "D24A"):
        kind = MessageType("edifact", "CUSCAR", version, "UN")
        output = standards.write(end.document, kind, ENVELOPE)
        (again,) = ends(standards, output.content)
        assert unexplained(end.document, again.document, output.losses) == []
