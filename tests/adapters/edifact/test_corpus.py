"""Real and authored files beside the repository: every conformance case, and every file byte-exact."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.edifact import EdifactAdapter, read
from adapters.edifact.writer import exact
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.policy import STRICT, TOLERANT, Policy
from gateway.model.stages import Interchange, Message

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "edifact"
CONFORMANCE = CORPUS / "conformance"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")

#: Cases that are wrong only by an agreement, with what the holder of one says (ADR 0013).
AGREED = {
    "e27_recipient.edi": Finding(
        "7", Kind.PARTY, "not us", Position(tag="UNB", element=3, component=1, offset=0), level="UCI"
    ),
    "e29_message_version.edi": Finding("17", Kind.PARTY, "D16B is not agreed", Position("1", 1, "UNH", 2), level="UCM"),
}
#: Fragments that show one tokenizer rule: the message around it is no whole APERAK, so structure is not judged.
FRAGMENTS = frozenset(
    ("t_rel_term.edi", "t_rel_x6.edi", "t_rel_cr.edi", "t_tdt_allempty_composite.edi", "t_tag_only.edi", "t_v4_rep.edi")
)
#: The codes of the short cases, which the table states in its note.
NOTED = {"t_no_unz.edi": "13", "t_bad_unt_count.edi": "29", "t_bad_unz_ref.edi": "28", "t_lowercase_unoa.edi": "21"}


def cases() -> list[Any]:
    if not CONFORMANCE.is_dir():
        return []
    with (CONFORMANCE / "EXPECTED.tsv").open(encoding="utf-8", newline="") as table:
        return [pytest.param(row, id=Path(row["file"]).name) for row in csv.DictReader(table, delimiter="\t")]


def files() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.suffix != ".tsv")


def errors(content: bytes) -> list[Finding]:
    found = [finding for part in read([content]) for finding in part.findings]
    return [finding for finding in found if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("row", cases())
def test_conformance(row: dict[str, str]) -> None:
    name = Path(row["file"]).name
    found = errors((CONFORMANCE / row["file"]).read_bytes())
    if name in AGREED:
        assert row["error_0085"] not in {finding.code for finding in found}  # the decoder knows no agreement
        found = [AGREED[name]]
    if row["verdict"] in ("valid", "tolerated"):
        assert all(f.level in ("UCS", "UCD") for f in found) if name in FRAGMENTS else found == []
        return
    if name in NOTED or name == "e51_empty_file.edi":
        assert NOTED.get(name, "13") in {f.code for f in found}
        return

    def number(column: str) -> int | None:
        return int(row[column]) if row[column] else None

    def as_expected(finding: Finding) -> bool:
        at = finding.position
        return (
            finding.code == row["error_0085"]
            and finding.level == row["contrl_level"]
            and row["service_segment"] in ("", at.tag)
            and number("segment_pos_0096") in (None, at.segment)
            and number("element_pos_0098(tag=1)") in (None, (at.element or 0) + 1)
            and number("component_pos_0104") in (None, at.component)
        )

    assert any(map(as_expected, found)), found


@pytest.mark.parametrize("row", cases())
def test_conformance_contrl(row: dict[str, str]) -> None:
    """The CONTRL of a case holds the action and error expected, at the level expected."""
    adapter = EdifactAdapter()
    name = Path(row["file"]).name
    parts = list(adapter.decode([(CONFORMANCE / row["file"]).read_bytes()]))
    findings = [finding for part in parts for finding in part.findings]
    findings += [AGREED[name]] if name in AGREED else []
    content = adapter.acknowledge(parts[-1], findings, reference="C1", now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    if name == "e51_empty_file.edi":
        assert content is None
        return
    answer = next(part for part in adapter.decode([content]) if isinstance(part, Message))
    if name in NOTED or name in FRAGMENTS:
        return
    level, action, code = row["contrl_level"], row["action_0083"], row["error_0085"]
    said = adapter.acknowledgments(answer)
    codes = {f.code for f in said.findings} | {f.code for m in said.messages for f in m.findings}
    assert code in codes if code else not codes
    header = {"UCI": "UCI", "UCF": "UCF", "": "UCI"}.get(level, "UCM")
    at = {"UCI": 4, "UCF": 4, "UCM": 3}[header]
    assert (action or "7") in {record[at] for record in answer.records if record[0] == header}


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_every_file_is_read_placed_and_given_back_byte_exact(path: Path) -> None:
    content = path.read_bytes()
    parts = list(read([content[i : i + 1000] for i in range(0, len(content), 1000)]))
    assert isinstance(parts[-1], Interchange)
    for part in parts:
        for finding in part.findings:
            assert finding.position.offset is not None
            assert 0 <= finding.position.offset <= len(content)
        if isinstance(part, Message):
            raw = exact(part)
            assert content[part.origin.base :].startswith(raw)
            assert len(part.origin.spans) == len(part.records) == len(part.places)


def test_the_authored_messages_are_without_fault_of_structure() -> None:
    for path in files():
        if path.name.startswith("AUTHORED"):
            assert Counter(f.code for f in errors(path.read_bytes()) if f.level != "UCD") == {}, path.name


def counted() -> list[Path]:
    return [
        path for path in files() if any(f.code == "29" and f.position.tag == "UNT" for f in errors(path.read_bytes()))
    ]


def test_a_wrong_count_is_accepted_or_refused_by_policy() -> None:
    """A good part of real files carries one."""
    found = counted()
    assert len(found) > 5
    for path in found:
        parts = list(read([path.read_bytes()]))
        for part in parts:
            counts = [finding for finding in part.findings if finding.code == "29" and finding.position.tag == "UNT"]
            assert all(finding.kind is Kind.COUNT and finding.level == "UCM" for finding in counts)
            assert {finding.severity for finding in Policy(STRICT).judge_all(counts)} <= {Severity.ERROR}
            assert {finding.severity for finding in Policy(TOLERANT).judge_all(counts)} <= {Severity.WARNING}
            if counts and isinstance(part, Message):
                assert part.records[-1][0] == "UNT"
                assert not part.known or part.places[-1]
        assert ("29+UNT+2" in answer(parts, STRICT)) is not answer(parts, STRICT).startswith("none")
        assert "29+UNT+2" not in answer(parts, TOLERANT)


def answer(parts: list[Message | Interchange], policy: Mapping[Kind, Severity]) -> str:
    """The CONTRL of the last interchange of a file under a policy; "none" where it has no UNB to answer."""
    judged = Policy(policy).judge_all([finding for part in parts for finding in part.findings])
    content = EdifactAdapter().acknowledge(
        parts[-1], judged, reference="C1", now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    )
    return "none" if content is None else content.decode("utf-8", "replace")
