"""Damaged files of every format: an exit code and findings, never a traceback."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_bench import MANIFEST, TWO_MESSAGES, Run

PIECES = (
    b"",
    b"'",
    b"+",
    b":",
    b"?",
    b"\x00",
    b"\xff",
    b"UNH+",
    b"UNZ+",
    b"<",
    b"</",
    b'"',
    b"{",
    b"[]",
    b"\r\n",
    b"9" * 40,
)


@pytest.fixture
def sources(run: Run, tmp_path: Path) -> list[bytes]:
    file = tmp_path / "m.edi"
    file.write_text(MANIFEST)
    xml = run("convert", file, "--to", "wco cargo-report 1").out
    canonical = run("convert", file, "--to", "canonical").out
    return [MANIFEST.encode(), TWO_MESSAGES.encode(), xml.encode(), canonical.encode()]


def damaged(sources: list[bytes], number: int) -> Iterator[bytes]:
    chance = random.Random(20250314)
    for _ in range(number):
        content = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            content[at : at + chance.randint(0, 30)] = chance.choice(PIECES)
        yield bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.2 else content)


@pytest.fixture
def files(sources: list[bytes], tmp_path: Path) -> list[Path]:
    folder = tmp_path / "damaged"
    folder.mkdir()
    made = []
    for number, content in enumerate(damaged(sources, 150)):
        made.append(folder / f"{number:03d}")
        made[-1].write_bytes(content)
    return made


def test_damaged_files_are_judged_and_their_contrl_shown(run: Run, files: list[Path]) -> None:
    result = run("validate", "--json", "--contrl", *files)
    assert result.code == 1
    assert len(result.json["files"]) == len(files)
    assert run("validate", "--contrl", *files[:40]).code == 1


def test_the_sarif_log_of_damaged_files_is_complete_and_each_region_has_its_bytes(run: Run, files: list[Path]) -> None:
    results = run("validate", "--sarif", "-", *files).json["runs"][0]["results"]
    assert len(results) > len(files)
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        region = place.get("region", {"byteOffset": 0, "byteLength": 0, "startLine": 1})
        content = files[place["artifactLocation"]["index"]].read_bytes()
        assert 0 <= region["byteOffset"] <= region["byteOffset"] + region["byteLength"] <= len(content)
        assert region["startLine"] == content.count(b"\n", 0, region["byteOffset"]) + 1


@pytest.mark.parametrize("command", ["convert", "explain"])
def test_damaged_files_are_converted_or_refused(run: Run, files: list[Path], command: str) -> None:
    for file in files[:20]:
        assert run(command, file, "--to", "CUSCAR D16A", "--json").code in (0, 1, 2)
