"""The examples on the pages of EDIFACT's own codes are answered with what the pages say."""

from __future__ import annotations

import re

import pytest
from pages import ROOT

from adapters.edifact import validate

UNB, UNZ = "UNB+UNOC:3+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+261102:0815+BA000001'\n", "UNZ+1+BA000001'\n"
TIMES = re.compile(r"with (\d+) times `(.+)`")


@pytest.mark.parametrize("code", ["PH-EDI-7", "PH-EDI-8", "PH-EDI-9", "PH-EDI-10"])
def test_the_example_is_answered_as_shown(code: str) -> None:
    page = (ROOT / "docs" / "rules" / f"{code}.md").read_text("utf-8")
    example = page.split("```text\n")[1].split("```")[0]
    answer = [line.removeprefix("> ") for line in page.splitlines() if line.startswith("> ")]
    repeated = TIMES.search(page)
    if repeated is not None:
        first, part = example.index(repeated[2]), repeated[2]
        example = example[:first] + part * int(repeated[1]) + ("'" if part != "ABC+1'" else "") + "UNT+4+1'"
    (found,) = (one for one in validate((UNB + example + UNZ).encode()) if one.code == code)
    assert found.text == answer[0]
    place, _, value = answer[1].removeprefix("at ").partition(", value ")
    assert re.sub(r" byte \d+$", "", str(found.position)).endswith(place)
    assert found.value == value.strip("`")
    assert f"Kind: `{found.kind}`" in page
    assert f"otherwise: **{found.severity}**" in page
