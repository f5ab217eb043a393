from __future__ import annotations

import re

import pytest
from pages import ROOT

FOLDER = ROOT / "docs" / "adr"
DECISIONS = sorted(FOLDER.glob("0*.md"))
PAGE_LENGTH = 550  # words


def test_numbers_run_from_one_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == [*range(1, len(DECISIONS) + 1)]


def test_the_index_lists_every_decision_with_its_title() -> None:
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = [(page.name[:4], page.name, page.read_text("utf-8").splitlines()[0]) for page in DECISIONS]
    assert rows == [(number, name, title.removeprefix(f"# {number} ")) for number, name, title in titles]


def test_the_site_lists_every_decision() -> None:
    assert re.findall(r"adr/(0\S+)", (ROOT / "mkdocs.yml").read_text("utf-8")) == [page.name for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_status_context_decision_and_consequences_and_fits_a_page(page: object) -> None:
    text = page.read_text("utf-8")  # type: ignore[attr-defined]  # a Path
    assert re.search(r"^Status: (proposed|accepted|superseded by \d{4}) \(\d{4}-\d\d\)$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:3] == ["Context", "Decision", "Consequences"]
    assert set(headings[3:]) <= {"Alternatives"}
    assert len(text.split()) < PAGE_LENGTH


def test_every_decision_that_the_code_cites_is_there() -> None:
    numbers = {page.name[:4] for page in DECISIONS}
    for folder in ("gateway", "adapters", "mappings", "tools"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".yaml"):
                assert set(re.findall(r"docs/adr/(\d{4})", path.read_text("utf-8"))) <= numbers, path.name
