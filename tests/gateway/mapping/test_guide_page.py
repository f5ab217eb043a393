from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench import standards

from gateway.cli.mapping_guides import guide_page
from gateway.cli.samples import samples
from gateway.mapping.checking import type_of
from gateway.mapping.guide_page import Example, ExampleLine, GuidePage, index_page, page
from gateway.mapping.markup import element, safe, table
from gateway.pipeline.examples import example

REGISTRY = standards().registry
NAMES = [
    "edifact/cuscar/d95b",
    "edifact/cusres/d96b",
    "wco/cargo-report/1",
    "portcall/dcsa/2",
    "portcall/vessel-event/1",
]
ATTACK = "'\"><script>alert(1)</script><img src=x onerror=alert(1)>\x00\x1b<!-- </style></svg>"


@pytest.fixture(scope="module")
def pages() -> dict[str, GuidePage]:
    entries = [REGISTRY.named(name) for name in NAMES]
    return {e.head.name: guide_page(standards(), e, e.versions[0], samples()) for e in entries}


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser.found


def well_formed(text: str) -> ET.Element:
    return ET.fromstring(text.removeprefix("<!doctype html>"))


def links(text: str) -> Iterator[str]:
    for _, attributes in tags(text):
        if attributes.get("href"):
            yield str(attributes["href"])


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_well_formed_and_asks_for_nothing_from_elsewhere(name: str, pages: dict[str, GuidePage]) -> None:
    text = page(pages[name], "../../index.html")
    well_formed(text)
    assert not {tag for tag, _ in tags(text)} & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not re.search(r"url\(|@import", text)
    ids = [attributes["id"] for _, attributes in tags(text) if "id" in attributes]
    assert len(ids) == len(set(ids))
    leads = set(links(text))
    assert "../../index.html" in leads
    assert {link[1:] for link in leads if link.startswith("#")} <= set(ids)
    assert leads - {f"#{one}" for one in ids} == {"../../index.html"}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_every_rule_field_and_place(name: str, pages: dict[str, GuidePage]) -> None:
    made = pages[name]
    text = page(made)
    for place in made.guide.places:
        assert f'id="rule-{place.rule}"' in text
    assert all(safe(field.path) in text for field in made.guide.fields)
    assert all(safe(path) in text for path in made.coverage.fields_left)
    assert all(safe(place.trail) in text for place in made.coverage.places if not place.rules)


@pytest.mark.parametrize("name", NAMES)
def test_the_diagram_has_every_place_but_those_below_what_is_not_carried(
    name: str, pages: dict[str, GuidePage]
) -> None:
    svg = ET.fromstring(pages[name].diagram)
    texts = [node.text or "" for node in svg.iter("text")]
    folded = sum(int(found[1]) for text in texts if (found := re.search(r"and (\d+) below$", text)))
    entry = REGISTRY.named(name)
    grammar = standards().adapters[entry.standard].grammar(type_of(entry, entry.versions[0]))
    assert len(list(svg.iter("rect"))) + folded == len(grammar.places) - 1
    carried = [group for group in svg.iter("g") if group.get("class") == "carried"]
    assert len(carried) == len({place.place for place in pages[name].guide.places})


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_stands_beside_the_fields_it_becomes(name: str, pages: dict[str, GuidePage]) -> None:
    found = pages[name].example
    assert found is not None
    carried = {field.path for field in pages[name].guide.fields}
    shown = {re.sub(r"\[\d+\]", "[]", path) for line in found.lines for path, _, _ in line.fields}
    assert len(shown) > 5
    assert shown <= carried


def test_a_segment_carries_what_its_lineage_says(pages: dict[str, GuidePage]) -> None:
    found = pages["edifact/cuscar/d95b"].example
    assert found is not None
    assert found.name == "edifact/cuscar/full.edi"
    bgm = next(line for line in found.lines if line.text.startswith("BGM"))
    assert [path for path, _, _ in bgm.fields] == ["type", "reference", "intent"]
    assert bgm.fields[2][1:] == ("submit", "message 1 segment 2 BGM element 3 (1225) byte 121")


def test_a_line_with_something_that_is_not_carried_is_marked() -> None:
    content = (samples() / "edifact/cuscar/full.edi").read_bytes().replace(b"-01+9'", b"-01+9+AB'", 1)
    found = example(standards(), REGISTRY.named("edifact/cuscar/d95b"), "x", content)
    assert found is not None
    assert [line.text for line in found.lines if line.reported] == ["BGM+85+BA26-042E-01+9+AB'"]


def test_a_map_without_a_sample_shows_one_of_another_version_as_it_writes_it() -> None:
    entry = REGISTRY.named("edifact/cuscar/d97b")
    found = guide_page(standards(), entry, "D97B", samples()).example
    assert found is not None
    assert (found.name, found.type) == ("edifact/cuscar/full.edi as this map writes it", "CUSCAR D97B")


def test_text_of_a_sample_or_a_map_can_open_no_element(pages: dict[str, GuidePage]) -> None:
    made = pages["edifact/cuscar/d95b"]
    line = ExampleLine(ATTACK, ((f"sender.name{ATTACK}", ATTACK, ATTACK),), reported=True)
    guide = replace(made.guide, about=ATTACK, map=ATTACK)
    hostile = replace(made, guide=guide, versions=ATTACK, example=Example(ATTACK, ATTACK, (line,)))
    plain = replace(made, example=Example("a", "b", (ExampleLine("c", (("sender.name", "d", "e"),)),)))
    assert made.guide.about
    for text, other in ((page(hostile), page(plain)), (index_page("x", [hostile]), index_page("x", [plain]))):
        well_formed(text)
        assert [tag for tag, _ in tags(text)] == [tag for tag, _ in tags(other)]
        assert not any(name.startswith("on") for _, attributes in tags(text) for name in attributes)


@given(st.text())
def test_any_text_comes_back_from_an_element_as_it_was_or_replaced(text: str) -> None:
    node = ET.fromstring(element("p", text, title=f"x{text}"))
    assert len(node) == 0
    if text.isprintable():
        assert (node.text or "", node.get("title")) == (text, f"x{text}")


def test_what_is_markup_is_not_escaped_again() -> None:
    assert table(["A"], [[element("b", "<")]]).count("<b>&lt;</b>") == 1


def test_the_index_leads_to_every_page(pages: dict[str, GuidePage]) -> None:
    text = index_page("Partner guides", pages.values())
    well_formed(text)
    assert set(links(text)) == {f"{name}.html" for name in NAMES}
