"""The examples of docs/reference/cli.md are run, one after the other, and print what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_bench import ROOT, Run, process, watch

from gateway.cli.samples import samples

PAGE = ROOT / "docs/reference/cli.md"
#: They go on until they are stopped, or play for a while; test_site.py and the demo's own tests run them.
NOT_HERE = ("serve", "demo")


def examples() -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the lines that the page shows below it."""
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = example.splitlines()
            yield command, shown


def test_every_example_prints_what_the_page_shows(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    (tmp_path / "samples").symlink_to(samples())
    for command, shown in examples():
        name, *arguments = shlex.split(command)
        if name == "sed":
            expression, source, _, target = arguments
            _, old, new, _ = expression.split("/")
            Path(target).write_text(Path(source).read_text().replace(old, new))
        elif not set(NOT_HERE) & set(arguments):
            result = run(*arguments)
            assert result.code == (1 if "broken.edi" in arguments else 0), command
            assert missing(shown, result.out + result.err) == [], command
        if "init" in arguments:
            process(tmp_path / "site", (samples() / "edifact/cuscar/full.edi").read_bytes())
        if arguments[:2] == ["feed", "replay"]:
            watch(tmp_path / "site")


def missing(shown: list[str], printed: str) -> list[str]:
    """Return the lines shown that were not printed in this order; `...` stands for anything."""
    lines = iter(printed.splitlines())
    patterns = [".*".join(map(re.escape, line.rstrip().split("..."))) for line in shown if line != "..."]
    return [pattern for pattern in patterns if not any(re.fullmatch(pattern, line.rstrip()) for line in lines)]
