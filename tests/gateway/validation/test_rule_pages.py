from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.relations import COMPARISONS
from gateway.validation import Rule, rules

PAGES = Path(__file__).resolve().parents[3] / "docs" / "rules"

SECTIONS = ["What it checks", "Why", "Example", "What to do", "Changing its severity"]


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("PH-1*.md")} == {rule.id for rule in (*rules(), *COMPARISONS)}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_page_says_what_the_table_says(rule: Rule) -> None:
    page = (PAGES / f"{rule.id}.md").read_text("utf-8")
    assert page.startswith(f"# {rule.id} {rule.title}\n")
    assert f"Document: `{rule.document.__name__}`." in page
    assert f"unless the agreement says otherwise: **{rule.severity}**." in page
    assert f"\n{rule.remedy}\n" in page
    assert re.search(rf"policy:\n  codes:\n    {rule.id}: (error|warning|note)\n", page)
    assert f"{rule.id}: {rule.severity}\n" not in page


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_page_has_every_section_and_says_something_in_each(rule: Rule) -> None:
    page = (PAGES / f"{rule.id}.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert headings == SECTIONS
    assert all(len(section.split()) >= 8 for section in page.split("\n## ")[1:])


def test_the_index_lists_every_rule_with_title_and_severity() -> None:
    rows = re.findall(
        r"^\| \[(PH-1\d{3})\]\(\1\.md\) \| (.+) \| (\w+) \|$", (PAGES / "index.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(rule.id, rule.title, str(rule.severity)) for rule in (*rules(), *COMPARISONS)]


def test_links_between_pages_lead_somewhere() -> None:
    linked = {name for page in PAGES.glob("*.md") for name in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))}
    assert all((PAGES / name).is_file() for name in linked)
