"""Tutorials and how-tos are run as they stand: files are written, commands run, outputs and made files compared."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks
from typer.testing import CliRunner

from gateway.cli.main import cli

PAGES = sorted(path for folder in ("tutorials", "how-to") for path in (ROOT / "docs" / folder).glob("*.md"))
OVERLAY = ROOT / "docs" / "how-to" / "partner-overlay.md"
#: The title of a block whose commands are to fail.
REFUSED = "refused"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    shown = list(blocks(page.read_text("utf-8")))
    assert any(block.language == "console" for block in shown)
    for block in shown:
        if block.language == "console":
            play(block)
        elif block.language == "json":
            assert json.loads((tmp_path / block.title).read_text("utf-8")) == json.loads(block.text)
        elif block.title:
            path = tmp_path / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def play(block: Block) -> None:
    """Run each command of a block; the lines shown below it must be in its output, in that order."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        output, code = run(command)
        assert (code != 0) == (block.title == REFUSED), f"{command} ends with {code}\n{output}"
        at = 0
        for line in lines:
            found = output.find(line.strip(), at)
            assert found >= 0, f"{command} does not print {line!r} but\n{output}"
            at = found


def run(command: str) -> tuple[str, int]:
    program, *arguments = shlex.split(command)
    assert program == "pierhead"
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output, result.exit_code


def test_an_overlay_for_a_partner_is_one_file_of_under_thirty_lines() -> None:
    files = [block for block in blocks(OVERLAY.read_text("utf-8")) if block.language == "yaml"]
    assert len(files) == 1
    assert len(files[0].text.splitlines()) < 30
