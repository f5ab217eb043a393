from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT, pages, prose

_LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")


def relative_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(prose(page.read_text("utf-8"))):
        if not _ELSEWHERE.match(target):
            yield target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in relative_links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: there is no such heading"


def test_every_page_below_docs_is_reached_from_its_index() -> None:
    start = ROOT / "docs" / "index.md"
    reached, new = {start}, [start]
    while new:
        page = new.pop()
        for link in relative_links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached:
                reached.add(target)
                new.append(target)
    assert {page for page in pages() if ROOT / "docs" in page.parents} <= reached


def test_pages_of_the_site_link_only_within_it() -> None:
    for page in pages():
        if ROOT / "docs" in page.parents:
            outside = [
                link for link in relative_links(page) if ROOT / "docs" not in (page.parent / link).resolve().parents
            ]
            assert not outside, f"{page.name} links to {outside}, which the built site does not hold"
