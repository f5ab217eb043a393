"""Our own conformance suite: each case with its errors at their places, and its whole CONTRL.

`tests/conformance/edifact/README.md` says what the files hold.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.edifact import EdifactAdapter
from adapters.edifact.contrl import acknowledge
from adapters.edifact.faults import CODES, MEANING
from gateway.model.finding import Finding, Severity
from gateway.model.stages import Interchange, Message

SUITE = Path(__file__).resolve().parents[2] / "conformance" / "edifact"
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)

#: The tags that 0013 and 0135 have a code for, packages and security only 0135.
SERVICE_SEGMENTS = frozenset(["UNA", "UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"])
SERVICE_SEGMENTS_4 = SERVICE_SEGMENTS.union(["UNO", "UNP", "USH", "UST", "UIB"])
#: Codes of 0085 that a decoder cannot give, and who does.
OF_OTHERS = {
    "7": "the pipeline: no agreement has the recipient",
    "17": "the pipeline: no agreement takes the message type",
    "18": "an agreement that refuses what ISO 9735 has no code for",
    "23": "the pipeline: no agreement has the sender",
    "24": "a recipient that refuses what comes late",
    "25": "the pipeline: no agreement takes tests",
    "41": "a network provider",
    "42": "a network provider",
    "43": "a network provider",
}
#: And one of version 4 alone.
OF_OTHERS_4 = {"2": "a version that we do not know is answered by CONTRL of version 3"}


def rows() -> Iterator[dict[str, str]]:
    with (SUITE / "CASES.tsv").open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table, delimiter="\t")


def cases() -> dict[str, list[dict[str, str]]]:
    """The errors of each case; one without any has a row without a code."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows():
        errors = found.setdefault(row["case"], [])
        if row["error_0085"]:
            errors.append(row)
    return found


CASES = cases()


def parts(case: str) -> list[Message | Interchange]:
    return list(EdifactAdapter().decode([(SUITE / "cases" / f"{case}.edi").read_bytes()]))


def errors(found: Sequence[Message | Interchange]) -> list[Finding]:
    return [finding for part in found for finding in part.findings if finding.severity is Severity.ERROR]


def placed(finding: Finding, version: str) -> tuple[str, ...]:
    """An error as CONTRL counts its place: the tag is element 1."""
    at = finding.position
    known = SERVICE_SEGMENTS_4 if version == "v4" else SERVICE_SEGMENTS
    unnamed = finding.level in ("UCS", "UCD") or at.tag not in known
    element = "" if at.element is None else at.element + 1
    places = (at.segment if finding.level in ("UCS", "UCD") else "", element, at.component or "", at.occurrence or "")
    return (finding.level, finding.code, "" if unnamed else at.tag, *map(str, places))


def expected(row: dict[str, str]) -> tuple[str, ...]:
    columns = (
        "level error_0085 service_0013_0135 segment_0096 element_0098 component_0104 occurrence_0136".split()  # noqa: SIM905  # as the header has them
    )
    return tuple(row[column] for column in columns)


def bodies(found: Sequence[Message | Interchange]) -> list[tuple[str, ...]]:
    """The segments of each CONTRL that answers, UNH and UNT left out, one interchange after the other."""
    made: list[tuple[str, ...]] = []
    findings: list[Finding] = []
    for part in found:
        findings += part.findings
        if isinstance(part, Interchange):
            content = acknowledge(part, findings, reference="C1", now=NOW)
            findings = []
            if content is not None:
                made.append(tuple(content.decode().replace("\r\n", "\n").splitlines()[3:-2]))
    return made


@pytest.mark.parametrize("case", CASES)
def test_each_error_is_found_at_its_place_and_no_other(case: str) -> None:
    assert sorted(placed(error, case[:2]) for error in errors(parts(case))) == sorted(map(expected, CASES[case]))


@pytest.mark.parametrize("case", CASES)
def test_contrl_says_it_in_the_words_of_the_standard(case: str) -> None:
    answer = SUITE / "cases" / f"{case}.contrl"
    said = [line for body in bodies(parts(case)) for line in body]
    assert said == (answer.read_text("utf-8").splitlines() if answer.exists() else [])


@pytest.mark.parametrize("case", [case for case in CASES if (SUITE / "cases" / f"{case}.contrl").exists()])
def test_contrl_is_itself_without_error(case: str) -> None:
    findings: list[Finding] = []
    for part in parts(case):
        findings += part.findings
        if not isinstance(part, Interchange):
            continue
        content = acknowledge(part, findings, reference="C1", now=NOW)
        findings = []
        assert content is not None
        found = [f for f in errors(list(EdifactAdapter().decode([content]))) if not lacking_as_received(f)]
        assert found == []


def lacking_as_received(finding: Finding) -> bool:
    """Whether our CONTRL lacks what the subject lacks, and it therefore cannot repeat."""
    return finding.position.tag in ("UCI", "UCF", "UCM") and finding.code == "13"


@pytest.mark.parametrize("case", CASES)
def test_the_action_is_that_of_the_level(case: str) -> None:
    at = {"UCI": 4, "UCF": 4, "UCM": 3, "UCS": 3, "UCD": 3}
    for row in CASES[case]:
        if not row["action_0083"]:
            continue
        tag = row["level"] if row["level"] in ("UCI", "UCF") else "UCM"
        lines = [line.rstrip("'").split("+") for body in bodies(parts(case)) for line in body]
        assert row["action_0083"] in {line[at[row["level"]]] for line in lines if line[0] == tag}


@pytest.mark.parametrize("version", ["3", "4"])
def test_every_code_of_the_version_has_a_case(version: str) -> None:
    shown = {row["error_0085"] for row in rows() if row["error_0085"] and row["case"].startswith(f"v{version}")}
    others = OF_OTHERS | (OF_OTHERS_4 if version == "4" else {})
    assert CODES[version] - shown == CODES[version] & others.keys()
    assert shown <= CODES[version]


def test_every_file_is_a_case_in_the_table() -> None:
    assert {path.stem for path in (SUITE / "cases").iterdir()} == set(CASES)


def test_every_code_of_every_version_has_a_meaning() -> None:
    assert set().union(*CODES.values()) == MEANING.keys()


def test_every_case_has_its_rule() -> None:
    first: dict[str, Any] = {}
    for row in rows():
        first.setdefault(row["case"], row["rule"])
    assert [case for case, rule in first.items() if not rule] == []
