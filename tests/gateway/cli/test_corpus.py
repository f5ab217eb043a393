"""Real messages of others: no traceback, whatever they hold, and every finding at a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_bench import CORPUS, Run

EDIFACT = sorted(path for path in CORPUS.glob("edifact/*/*") if path.is_file() and path.suffix != ".tsv")
CASES = sorted(path for path in CORPUS.glob("edifact/conformance/cases/*") if path.is_file())
XML = sorted(CORPUS.glob("wco/**/*.xml"))
FILES = [*EDIFACT, *CASES, *XML]


@pytest.mark.skipif(not FILES, reason="the corpus is not here")
def test_every_finding_on_real_files_has_a_place(run: Run) -> None:
    result = run("validate", "--json", *FILES)
    assert result.code == 1
    unplaced = [
        (file["file"], finding["code"], finding["text"])
        for file in result.json["files"]
        for finding in file["findings"]
        if finding["place"] == "whole message"
    ]
    assert unplaced == []


@pytest.mark.skipif(not FILES, reason="the corpus is not here")
def test_real_files_are_shown_to_people(run: Run) -> None:
    for start in range(0, len(FILES), 20):
        result = run("validate", "--contrl", *FILES[start : start + 20])
        assert result.code in (0, 1)


@pytest.mark.skipif(not FILES, reason="the corpus is not here")
@pytest.mark.parametrize("file", [*CORPUS.glob("edifact/CUS*/*"), *XML[:5]], ids=lambda path: Path(path).name)
def test_real_customs_files_are_converted_or_refused_with_reasons(run: Run, file: Path) -> None:
    assert run("convert", file, "--to", "canonical").code in (0, 1)
    assert run("explain", file, "--to", "canonical").code in (0, 1)
