"""Every code of ours that a partner may be told has a page, every page a code, and the index lists them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import ROOT

RULES = ROOT / "docs" / "rules"
PAGES = sorted(RULES.glob("PH-*.md"))
INDEX = (RULES / "index.md").read_text("utf-8")
CODE = re.compile(r"PH-(?:\d{4}|EDI-\d+)\b")
SECTIONS = ["What it means", "Why", "Example", "What to do", "Changing its severity"]
OTHERS = [page for page in PAGES if not page.name.startswith("PH-1")]  # pages of rules have a test of their own


def codes_in(folder: str) -> set[str]:
    sources = (path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py"))
    return {code for text in sources for code in CODE.findall(text)}


@pytest.mark.parametrize("folder", ["gateway", "adapters"])
def test_every_code_in_the_source_has_a_page(folder: str) -> None:
    found = codes_in(folder)
    assert found
    assert found <= {page.stem for page in PAGES}


def test_every_page_is_of_a_code_in_the_source() -> None:
    assert {page.stem for page in PAGES} == codes_in("gateway") | codes_in("adapters")


def test_the_index_lists_every_page_with_its_title_and_severity() -> None:
    rows = re.findall(r"^\| \[(PH-[\w-]+)\]\(\1\.md\) \| (.+) \| (\w+) \|$", INDEX, re.MULTILINE)
    shown = {code: (title, severity) for code, title, severity in rows}
    assert len(shown) == len(rows)
    assert shown == {page.stem: stated(page) for page in PAGES}


def stated(page: Path) -> tuple[str, str]:
    """Title and severity that a page states in its head."""
    head, _, rest = page.read_text("utf-8").partition("\n")
    severity = re.search(r"everity[^*\n]*: \*\*(\w+)\*\*\.", rest)
    assert severity
    return head.removeprefix(f"# {page.stem} "), severity[1]


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.stem)
def test_a_page_says_what_why_an_example_and_what_to_do(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert all(len(part.split()) >= 6 for part in text.split("\n## ")[1:])
    changed = re.findall(r"^    (PH-[\w-]+): (\w+)$", text, re.MULTILINE)
    assert all(code == page.stem and severity != stated(page)[1] for code, severity in changed)
