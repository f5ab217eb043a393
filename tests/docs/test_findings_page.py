"""docs/reference/findings.md lists every code that the code gives, and nothing else."""

from __future__ import annotations

import re

from pages import ROOT, section

from adapters.edifact.faults import MEANING
from gateway.model.finding import Kind
from gateway.model.policy import PRESETS

PAGE = (ROOT / "docs" / "reference" / "findings.md").read_text("utf-8")
CODE = re.compile(r"PH-(?:\d{4}|EDI-\d+)\b")


def given() -> set[str]:
    """Return every code of ours that is written in the source."""
    sources = (path for folder in ("gateway", "adapters") for path in (ROOT / folder).rglob("*.py"))
    return {code for path in sources for code in CODE.findall(path.read_text("utf-8"))}


def test_every_code_of_ours_is_on_the_page_or_has_a_page_of_its_own() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "rules").glob("PH-*.md")}
    assert given() <= set(re.findall(rf"^\| ({CODE.pattern}) ", PAGE, re.MULTILINE)) | pages


def test_every_code_on_the_page_is_given_somewhere() -> None:
    assert set(CODE.findall(PAGE)) <= given()


def test_the_codes_of_0085_are_listed_in_our_own_words() -> None:
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", section(PAGE, "Syntax: code list 0085"), re.MULTILINE)
    assert dict(rows) == dict(MEANING)


def test_the_policies_are_those_of_the_model() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    shown = {kind: severities for kind, *severities in rows}
    assert shown == {kind.value: [str(PRESETS[name][kind]) for name in PRESETS] for kind in Kind}


def test_the_ranges_of_rules_are_those_that_have_pages() -> None:
    ranges = set(re.findall(r"^\| PH-(1\d)xx ", PAGE, re.MULTILINE))
    assert ranges == {path.stem[3:5] for path in (ROOT / "docs" / "rules").glob("PH-1*.md")}
