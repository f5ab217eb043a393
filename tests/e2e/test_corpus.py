"""Real messages of others, read and converted: no exception, every finding at a place, whatever is written readable."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import app
from gateway.errors import EncodeError
from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Finding
from gateway.model.stages import Envelope, Interchange, MessageType, Party
from gateway.pipeline.canonical import differences, from_json, to_values
from gateway.pipeline.standards import Read, Standards

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
CUSTOMS = [path for name in ("CUSCAR", "CUSRES") for path in sorted((CORPUS / "edifact" / name).glob("*"))]
SHIPS = [
    path
    for name in ("BERMAN", "CALINF", "CUSREP", "PAXLST", "VESDEP", "WASDIS")
    for path in sorted((CORPUS / "edifact" / name).glob("*"))
]
TERMINAL = [
    path
    for name in ("BAPLIE", "MOVINS", "COPRAR", "COARRI", "CODECO", "COPARN", "COREOR")
    for path in sorted((CORPUS / "edifact" / name).glob("*"))
]
TRANSPORT = [
    path
    for name in ("CUSDEC", "IFCSUM", "IFTDGN", "IFTMBC", "IFTMBF", "IFTMCS", "IFTMIN", "IFTSAI", "IFTSTA", "VERMAS")
    for path in sorted((CORPUS / "edifact" / name).glob("*"))
]
#: Directories that no map serves.
UNSERVED = frozenset(("D93A",))
UK = sorted((CORPUS / "wco").rglob("*.xml"))
ALL = [CUSTOMS, SHIPS, TERMINAL, TRANSPORT, UK]
ENVELOPE = Envelope("", Party("SENDER"), Party("RECIPIENT"), "CORPUS", "UNOW:3", "250101:0000")
NO_CODE = "no code for the verdict"
ONLY_UK = {"assessed", "cleared", "received", "amended", "request"}  # verdicts of the UK
TARGETS = {
    "GoodsDeclaration": (
        MessageType("wco", "declaration", "1", association="pierhead"),
        MessageType("edifact", "CUSDEC", "D96B", "UN"),
        MessageType("edifact", "CUSDEC", "D16A", "UN"),
    ),
    "BerthRequest": (
        MessageType("edifact", "BERMAN", "D01B", "UN"),
        MessageType("edifact", "BERMAN", "D04A", "UN"),
        MessageType("edifact", "BERMAN", "D16A", "UN"),
    ),
    "ConveyanceReport": (
        MessageType("wco", "conveyance-report", "1", association="pierhead"),
        MessageType("edifact", "CUSREP", "D96B", "UN"),
        MessageType("edifact", "CUSREP", "D16A", "UN"),
    ),
    "PersonReport": (
        MessageType("edifact", "PAXLST", "D05B", "UN"),
        MessageType("edifact", "PAXLST", "D16A", "UN"),
        MessageType("edifact", "PAXLST", "D24A", "UN"),
    ),
    "WasteReport": (
        MessageType("edifact", "WASDIS", "D03B", "UN"),
        MessageType("edifact", "WASDIS", "D16A", "UN"),
        MessageType("edifact", "WASDIS", "D24A", "UN"),
    ),
    "CargoReport": (
        MessageType("wco", "cargo-report", "1", association="pierhead"),
        MessageType("edifact", "CUSCAR", "D95B", "UN"),
        MessageType("edifact", "CUSCAR", "D16A", "UN"),
    ),
    "CustomsResponse": (
        MessageType("wco", "response", "1", association="pierhead"),
        MessageType("edifact", "CUSRES", "D96B", "UN"),
        MessageType("edifact", "CUSRES", "D11A", "UN"),
    ),
}

pytestmark = pytest.mark.skipif(not CUSTOMS, reason="the corpus is not part of the repository")


@pytest.fixture(scope="module")
def standards() -> Standards:
    return app.standards()


def read(standards: Standards, content: bytes) -> tuple[list[Read], list[Finding]]:
    adapter = standards.recognise(content)
    assert adapter is not None
    items = list(standards.read(adapter, [content]))
    reads = [item for item in items if not isinstance(item, Interchange)]
    return reads, [finding for item in items for finding in item.findings]


def placed(finding: Finding) -> bool:
    position = finding.position
    return any(value is not None for value in (position.segment, position.line, position.offset))


@pytest.mark.parametrize("paths", ALL, ids=["customs", "ships", "terminal", "transport", "uk"])
def test_every_message_is_read_and_every_finding_placed(standards: Standards, paths: list[Path]) -> None:
    for path in paths:
        reads, findings = read(standards, path.read_bytes())
        assert [finding for finding in findings if not placed(finding)] == [], path.name
        assert all(finding.text for finding in findings)
        assert reads or any(finding.severity == "error" for finding in findings), path.name


def refused(document: Part, error: EncodeError) -> str:
    """What a refusal comes to: a document that says no function, a verdict that our own response has no code for."""
    if "add FunctionCode" not in str(error):
        return str(error)
    return NO_CODE if isinstance(document, CustomsResponse) and document.verdict in ONLY_UK else "incomplete"


def written(standards: Standards, path: Path) -> Iterator[tuple[str, list[Finding]]]:
    """Yield how each conversion of a file went, and the findings on what was written."""
    for one in read(standards, path.read_bytes())[0]:
        for target in TARGETS.get(type(one.document).__name__, ()):
            assert one.document is not None
            try:
                output = standards.write(one.document, target, ENVELOPE)
            except EncodeError as error:
                yield refused(one.document, error), []
                continue
            again, findings = read(standards, output.content)
            assert type(again[0].document) is type(one.document)
            yield target.name, findings


@pytest.mark.parametrize("path", SHIPS, ids=lambda path: path.parent.name)
def test_a_message_of_a_ships_call_becomes_canonical_json_and_is_written_again(
    standards: Standards, path: Path
) -> None:
    (one,) = read(standards, path.read_bytes())[0]
    assert one.document is not None
    (kept,) = from_json(json.dumps(to_values(one.document)))
    assert kept.document == one.document
    output = standards.write(one.document, one.message.type, ENVELOPE)
    (again,) = read(standards, output.content)[0]
    assert again.document is not None
    lost = tuple(loss.path for loss in output.losses)
    (before,), (after,) = to_values(one.document).values(), to_values(again.document).values()
    assert [path for path, *_ in differences(before, after) if not path.startswith(lost)] == []


@pytest.mark.parametrize("paths", [CUSTOMS, SHIPS, UK], ids=["customs", "ships", "uk"])
def test_every_document_is_converted_to_both_standards_or_refused_with_the_reason(
    standards: Standards, paths: list[Path]
) -> None:
    outcomes: Counter[str] = Counter()
    for path in paths:
        for outcome, findings in written(standards, path):
            outcomes[outcome] += 1
            syntax = [finding for finding in findings if finding.kind in ("syntax", "envelope", "count", "schema")]
            assert syntax == [], path.name
    names = {target.name for targets in TARGETS.values() for target in targets}
    assert set(outcomes) <= names | {"incomplete", NO_CODE}
    assert outcomes["incomplete"] < 0.05 * outcomes.total()
    assert outcomes.total() >= 3 * len(paths) * 0.9


@pytest.mark.parametrize("path", TERMINAL, ids=lambda path: path.name)
def test_every_stowage_and_terminal_message_becomes_canonical_json_and_a_message_again(
    standards: Standards, path: Path
) -> None:
    reads = [one for one in read(standards, path.read_bytes())[0] if one.message.type.name != "CONTRL"]
    assert reads
    for one in reads:
        assert one.document is not None
        (again,) = from_json(json.dumps(to_values(one.document)))
        assert again.document == one.document
        output = standards.write(again.document, one.message.type, ENVELOPE)
        (back,) = read(standards, output.content)[0]
        assert back.document == one.document
        assert output.losses == ()


@pytest.mark.parametrize("path", TRANSPORT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_message_of_a_transport_becomes_canonical_json_and_a_message_again(
    standards: Standards, path: Path
) -> None:
    reads = [one for one in read(standards, path.read_bytes())[0] if one.message.type.name in path.parts]
    assert reads
    for one in reads:
        if one.message.type.version in UNSERVED:
            assert one.document is None
            continue
        assert one.document is not None
        (again,) = from_json(json.dumps(to_values(one.document)))
        assert again.document == one.document
        output = standards.write(again.document, one.message.type, ENVELOPE)
        (back,) = read(standards, output.content)[0]
        assert back.document is not None
        lost = tuple(loss.path for loss in output.losses)
        (before,), (after,) = to_values(one.document).values(), to_values(back.document).values()
        changed = [path for path, *_ in differences(before, after)]
        unnamed = [path for path in changed if not path.startswith(lost)]
        assert [path for path in unnamed if not any(at.startswith(path) for at in lost)] == []
