"""The README is run: its commands print what it shows, and its tutorial makes a map that works."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest
from pages import ROOT, Block, blocks, section
from typer.testing import CliRunner

from gateway.cli.main import cli

README = (ROOT / "README.md").read_text("utf-8")
PATIENCE = 30.0  # seconds


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that has the repository's samples, to be worked in."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def run(command: str) -> str:
    """Run one command line as the README has it; return all it printed."""
    program, *arguments = shlex.split(command)
    assert program == "pierhead"
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, f"{command}\n{result.output}\n{result.exception!r}"
    return result.output


def steps(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a block with the lines shown below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, shown


def play(block: Block) -> None:
    for command, shown in steps(block):
        output = run(command)
        for line in shown:
            assert line in output, f"{command} does not print {line!r} but\n{output}"


def test_the_tutorial_makes_a_map_that_reads_and_writes(here: Path) -> None:
    run("pierhead init site")
    for block in blocks(section(README, "Add a mapping")):
        if block.title:
            path = here / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            play(block)
    assert (here / "try/edifact/genral/refused.canonical.json").exists()


def test_single_files_are_looked_at_without_a_site(here: Path) -> None:
    *_, block = (one for one in blocks(section(README, "Run it for real")) if one.language == "console")
    play(block)
    assert (here / "report.xml").read_bytes().startswith(b"<?xml")


@pytest.mark.usefixtures("here")
def test_edifact_is_looked_at_by_command_and_as_a_library() -> None:
    shown = [*blocks(section(README, "EDIFACT to the letter"))]
    play(next(block for block in shown if block.language == "console"))
    example = next(block.text for block in shown if block.language == "pycon")
    found = doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(example, {}, "README", None, None))
    assert found.attempted > 2
    assert found.failed == 0


@contextmanager
def served(command: str, folder: Path) -> Iterator[str]:
    """Run `pierhead serve` in a process of its own; give its address."""
    arguments = shlex.split(command)[1:]
    start = [sys.executable, "-c", "from gateway.cli.main import main; main()", *arguments]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(start, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        try:
            assert found, (folder / "log").read_text()
            yield found[0]
        finally:
            process.terminate()
            process.wait(PATIENCE)


def submitted(command: str, address: str, folder: Path) -> httpx2.Response:
    """Post what a curl command posts, to another address."""
    words = shlex.split(command.replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    key_file = re.fullmatch(r"\$\(cat (\S+)\)", headers["X-API-Key"])
    assert key_file
    headers["X-API-Key"] = (folder / key_file[1]).read_text("ascii")
    content = (folder / words[words.index("--data-binary") + 1].removeprefix("@")).read_bytes()
    url = words[-1].replace("http://127.0.0.1:8080", address)
    return httpx2.post(url, content=content, headers=headers, timeout=PATIENCE)


def processed(answer: httpx2.Response, address: str) -> None:
    """Return when the message is no longer waiting."""
    deadline = time.monotonic() + PATIENCE
    key = answer.request.headers["X-API-Key"]
    while time.monotonic() < deadline:
        told = httpx2.get(f"{address}{answer.json()['status']}", headers={"X-API-Key": key}, timeout=PATIENCE).json()
        if told["documents"]:
            return
        time.sleep(0.1)
    raise TimeoutError(told)


def test_a_site_is_made_checked_served_and_asked(here: Path) -> None:
    shown = [*blocks(section(README, "Run it for real"))]
    first, second, _ = (block for block in shown if block.language == "console")
    *before, (serve, _) = steps(first)
    for command, lines in before:
        output = run(command)
        assert all(line in output for line in lines), output
    site = here / "site" / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("port: 8080", "port: 0"), encoding="utf-8")
    curl = next(block.text for block in shown if block.text.startswith("curl "))
    with served(serve, here) as address:
        answer = submitted(curl, address, here)
        assert answer.status_code == httpx2.codes.ACCEPTED
        processed(answer, address)
        play(second)
        assert submitted(curl, address, here).status_code == httpx2.codes.OK


def test_every_act_of_the_demo_is_told_in_order() -> None:
    source = (ROOT / "gateway" / "cli" / "demo.py").read_text("utf-8")
    acts = sorted(set(re.findall(r'show\(\s*"(\d)  ', source)))
    told = re.findall(r"^\| (\d|last) \|", section(README, "What the demo just showed"), re.MULTILINE)
    assert told == [*acts, "last"]
