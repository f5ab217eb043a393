"""What codes mean, on the command line and on their pages: the same words."""

from __future__ import annotations

import re

import pytest
from cli_bench import ROOT

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.faults import MEANING
from adapters.portcall.adapter import PortcallAdapter
from adapters.wco.adapter import WcoAdapter
from gateway.cli.rules import clause, page
from gateway.model.finding import Finding, Kind
from gateway.plugin import Adapter

PAGES = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs/rules").glob("PH-*.md")}
#: Given where partners and agreements are known: by the gateway, not by `validate`.
ELSEWHERE = {code for code in PAGES if code.startswith(("PH-4", "PH-5"))}


def adapter_of(code: str) -> Adapter | None:
    if "EDI" in code or code.isdecimal():
        return EdifactAdapter()
    return PortcallAdapter() if code.startswith("PH-33") else WcoAdapter() if code.startswith("PH-3") else None


@pytest.mark.parametrize("code", sorted(set(PAGES) - ELSEWHERE))
def test_a_code_of_ours_has_the_title_of_its_page_and_a_source(code: str) -> None:
    found = clause(adapter_of(code), None, Finding(code, Kind.RULE, ""))
    assert PAGES[code].startswith(f"# {code} {found.title}\n")
    assert found.source
    assert (ROOT / page(code)).is_file()


@pytest.mark.parametrize("code", MEANING)
def test_a_code_of_0085_has_its_meaning_and_a_source(code: str) -> None:
    found = clause(EdifactAdapter(), None, Finding(code, Kind.ELEMENT, "", level="UCI"))
    assert found.title == MEANING[code]
    assert re.match(r"ISO 9735|agreement", found.source)


def test_what_validate_gives_says_what_to_do() -> None:
    given = re.findall(r"^\| (\w+) \| [^|]+ \| [^ |][^|]* \|$", (ROOT / page("13")).read_text("utf-8"), re.MULTILINE)
    codes = [code for code in given if code in MEANING and code != "18"]
    assert len(codes) > 20
    assert all(clause(EdifactAdapter(), None, Finding(code, Kind.ELEMENT, "")).remedy for code in codes)
