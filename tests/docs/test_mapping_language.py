"""The examples of the mapping language are maps that compile; the pages of its findings quote what is really said."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks

from gateway import app
from gateway.mapping.compiler import compile_map
from gateway.mapping.registry import Registry
from gateway.mapping.rules import CheckedMap
from gateway.mapping.source import read_source
from gateway.model.finding import Finding
from gateway.model.stages import Message, MessageType
from gateway.pipeline.standards import Standards, loss_finding

PAGE = (ROOT / "docs" / "reference" / "mapping-language.md").read_text("utf-8")
RULES = ROOT / "docs" / "rules"
FILES = {block.title: block.text for block in blocks(PAGE) if block.title.endswith(".yaml")}
FRAGMENTS = [block for block in blocks(PAGE) if block.title.startswith("rules of ")]

#: A manifest of which the pages change a few segments.
MANIFEST = """
BGM+85:::CARGO MANIFEST+MAN0001+9'
TDT+20+0511E+1+++++9074729:146'
DTM+133:20250315:102'
EQD+CN+PHDU0001034++2+3+5'
SEL+SEAL1+CA'
CNI+1'
RFF+BM:BILL0001'
NAD+CZ+SHP1'
GID+1+40:CT'
"""
#: Where a segment of a page's example goes: in place of the segment that begins so.
PLACES = {
    "PH-2001": ("CUSCAR D95B", "GID"),
    "PH-2002": ("CUSCAR D95B", "NAD+CZ"),
    "PH-2003": ("CUSCAR D95B", "DTM+133"),
    "PH-2004": ("CUSCAR D11A", "CNI"),
    "PH-2006": ("CUSCAR D95B", "SEL"),
    "PH-2008": ("CUSCAR D95B", "CNI"),
}
CONSTANT = """map: constant
document: CargoReport
message: CUSCAR D95B
rules:
  BGM: {%s, 1000: type_name, 1004: reference, 1225: intent}
"""


@cache
def standards() -> Standards:
    return app.standards()


def message(text: str, kind: MessageType) -> Message:
    count = text.count("'") + 2
    unh = f"UNH+1+{kind.name}:{kind.version[0]}:{kind.version[1:]}:UN'"
    raw = f"UNB+UNOC:3+A+B+250314:1230+1'{unh}{text}UNT+{count}+1'UNZ+1+1'".encode("latin-1")
    return next(item for item in standards().adapters["edifact"].decode([raw]) if isinstance(item, Message))


def compiled(files: dict[str, str], file: str) -> CheckedMap:
    registry = Registry(files, standards().adapters)
    entry = next(entry for entry in registry.entries() if entry.head.file == file)
    types = [MessageType(entry.standard, entry.message, version) for version in entry.versions]
    maps = [compile_map(entry.source, standards().adapters[entry.standard].grammar(one)) for one in types]
    return maps[0]


@pytest.mark.parametrize("file", FILES)
def test_a_map_of_the_page_fits_every_version_it_claims(file: str) -> None:
    assert compiled(FILES, file).warnings == []


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda block: f"{block.title} {block.text.split(' ')[0]}")
def test_rules_of_the_page_compile(block: Block) -> None:
    name, version = block.title.removeprefix("rules of ").split(" ")
    standard = "edifact" if name.isupper() else "wco"
    rules = "".join(f"  {line}\n" for line in block.text.splitlines())
    first = "  BGM: {1004: reference}\n" if standard == "edifact" and "BGM" not in rules else ""
    text = f"map: m\ndocument: CargoReport\nmessage: {name} {version}\nrules:\n{first}{rules}"
    assert compiled({f"{standard}/m.yaml": text}, f"{standard}/m.yaml").rules


def test_the_table_of_the_page_is_the_one_of_its_first_map() -> None:
    (table,) = (block.text.strip() for block in blocks(PAGE) if block.title == "tables")
    assert table in FILES["edifact/shortsea/d95b.yaml"]
    source = read_source("edifact/shortsea/d95b.yaml", FILES.__getitem__)
    assert source.tables["intent"] == {"9": "submit", "5|05": "replace", "1": "cancel"}


def findings(code: str, example: str) -> list[Finding]:
    kind, place = PLACES[code]
    type_ = MessageType("edifact", *kind.split(" "))
    lines = MANIFEST.strip().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(place))
    behind = lines[at + 1 + example.count("RFF") :]
    found = message("".join([*lines[:at], example, *behind]), type_)
    reader = standards().registry.reader(type_)
    assert reader is not None
    return list(reader.read(found, standards().adapters["edifact"].position).findings)


def quoted(code: str) -> tuple[str, str, str]:
    """The example of a page, the text it quotes, and the line below that."""
    page = (RULES / f"{code}.md").read_text("utf-8")
    example = "".join(block.text for block in blocks(page) if block.language == "text").replace("\n", "")
    text, *rest = re.findall(r"^> (.+)$", page, re.MULTILINE)
    return example, text, rest[0]


def said(finding: Finding) -> tuple[str, str]:
    place = f"at `{finding.path}`, " if finding.path else ""
    return finding.text, f"{place}value `{finding.value}`"


@pytest.mark.parametrize("code", PLACES)
def test_the_page_of_a_finding_quotes_what_its_example_gets(code: str) -> None:
    example, text, rest = quoted(code)
    given = [said(finding) for finding in findings(code, example) if finding.code == code]
    assert (text, rest) in given


def test_the_page_on_constants_quotes_what_its_example_gets() -> None:
    example, text, rest = quoted("PH-2007")
    (rule,) = re.findall(r"rule `([^`]+)`", (RULES / "PH-2007.md").read_text("utf-8"))
    type_ = MessageType("edifact", "CUSCAR", "D95B")
    reader = Registry({"edifact/m.yaml": CONSTANT % rule}, standards().adapters).reader(type_)
    assert reader is not None
    mapped = reader.read(message(example, type_), standards().adapters["edifact"].position)
    assert [said(finding) for finding in mapped.findings] == [(text, rest)]


def test_the_page_on_losses_quotes_what_its_example_gets() -> None:
    _, text, rest = quoted("PH-2101")
    type_ = MessageType("edifact", "CUSCAR", "D95B")
    reader, writer = standards().registry.reader(type_), standards().registry.writer(type_)
    assert reader is not None
    assert writer is not None
    report = reader.read(message(MANIFEST.replace("\n", ""), type_), standards().adapters["edifact"].position).document
    assert report is not None
    values = report.model_dump()
    values["voyage"]["vessel"]["call_sign"] = "PAAB"
    written = writer.write(writer.map.document.model_validate(values))
    lost = [said(loss_finding(loss, type_)) for loss in written.losses if loss.path.startswith("voyage")]
    assert lost == [(text, rest)]


@pytest.mark.parametrize("page", sorted(RULES.glob("PH-2*.md")), ids=lambda page: page.stem)
def test_a_page_on_a_finding_of_the_maps_has_every_section(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE)
    assert headings == ["What it means", "Why", "Example", "What to do", "Changing its severity"]


def test_language_page_and_index_name_every_finding_of_the_maps() -> None:
    pages = {page.stem for page in RULES.glob("PH-2*.md")}
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "gateway").rglob("*.py"))
    index = (RULES / "index.md").read_text("utf-8")
    assert set(re.findall(r"PH-2\d{3}", sources)) == pages
    assert set(re.findall(r"\[(PH-2\d{3})\]", PAGE)) == pages == set(re.findall(r"\[(PH-2\d{3})\]", index))
