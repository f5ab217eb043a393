"""`directory import` compiles what a user downloaded into the site; `directory diff` says what changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cli_bench import ROOT, Run

sys.path.insert(0, str(ROOT / "tests/adapters/edifact"))

from un_bench import EARLY, early, later, zipped

from adapters.edifact.directories.un_files import CompiledDirectory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    made.mkdir()
    return made


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "d90a.zip"
    path.write_bytes(zipped(early()))
    return path


def test_an_archive_becomes_a_directory_of_the_site(run: Run, folder: Path, archive: Path) -> None:
    result = run("--site", folder, "directory", "import", archive)
    assert result.code == 0
    path = folder / "edifact/directories/d90a.json.xz"
    assert result.out.splitlines() == [
        f"D90A is in {path}",
        "       1 messages",
        "       5 segments",
        "       1 composites",
        "       4 elements",
        "       1 code lists",
        "       5 code values",
        "0 warnings, 0 other files left aside",
    ]
    made = CompiledDirectory.unpack(path.read_bytes())
    assert made.name == "D90A"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_loose_files_become_the_same_directory(run: Run, folder: Path, archive: Path, tmp_path: Path) -> None:
    run("--site", folder, "directory", "import", archive)
    path = folder / "edifact/directories/d90a.json.xz"
    first = path.read_bytes()
    path.unlink()
    files = []
    for name, content in early().items():
        files.append(tmp_path / Path(name).name)
        files[-1].write_bytes(content)
    assert run("--site", folder, "directory", "import", *files).code == 0
    assert path.read_bytes() == first


def test_json_says_the_same_for_programs(run: Run, folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "d30b.zip"
    archive.write_bytes(zipped(later()))
    assert run("--site", folder, "directory", "import", archive, "--json").json == {
        "directory": "D30B",
        "file": str(folder / "edifact/directories/d30b.json.xz"),
        "warnings": [],
        "left_aside": [f"{archive}/IDSD.30B"],
        "messages": 1,
        "segments": 3,
        "composites": 1,
        "elements": 4,
        "code_lists": 1,
        "code_values": 4,
    }


def test_a_warning_is_told_with_file_and_line_and_does_no_harm(run: Run, folder: Path, tmp_path: Path) -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("2:  XEE-XBB", "2:  XEE")
    archive = tmp_path / "d90a.zip"
    archive.write_bytes(zipped(early({"TRMD/EXAMPL_D.90A": text})))
    result = run("--site", folder, "directory", "import", archive)
    assert result.code == 0
    assert result.err.startswith(f"{archive}/TRMD/EXAMPL_D.90A:")
    assert result.err.rstrip().endswith("segment group 2 is XEE in the prose, XEE-XBB in the table")
    assert "1 warning, 0 other files" in result.out


def test_a_fault_leaves_the_earlier_import_as_it_was(run: Run, folder: Path, archive: Path) -> None:
    run("--site", folder, "directory", "import", archive)
    path = folder / "edifact/directories/d90a.json.xz"
    before = path.read_bytes()
    archive.write_bytes(zipped(early({"TRED.90A": EARLY["TRED.90A"].replace("n3", "x3")})))
    result = run("--site", folder, "directory", "import", archive)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"{archive}/TRED.90A:")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_message_may_be_left_out(run: Run, folder: Path, tmp_path: Path) -> None:
    broken = EARLY["TRMD/EXAMPL_D.90A"].replace("EXAMPL", "BROKEN").replace("0120   UNT", "0120   U")
    archive = tmp_path / "d90a.zip"
    archive.write_bytes(zipped(early({"TRMD/BROKEN_D.90A": broken})))
    refused = run("--site", folder, "directory", "import", archive)
    assert refused.code == 2
    assert refused.err.rstrip().endswith("(--without BROKEN imports the rest)")
    assert run("--site", folder, "directory", "import", archive, "--without", "BROKEN").code == 0


def test_a_site_that_is_not_there_is_not_made(run: Run, archive: Path, tmp_path: Path) -> None:
    result = run("--site", tmp_path / "nowhere", "directory", "import", archive)
    assert result.code == 2
    assert "there is no such folder: 'pierhead init DIR' makes a site" in result.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(("file", "said"), [("absent.zip", "No such file"), ("README.md", "no part of a UN/EDIFACT")])
def test_a_file_that_cannot_be_taken_is_named(run: Run, folder: Path, tmp_path: Path, file: str, said: str) -> None:
    (tmp_path / "README.md").write_text("Read me.")
    result = run("--site", folder, "directory", "import", tmp_path / file)
    assert result.code == 2
    assert result.err.startswith(str(tmp_path / file))
    assert said in result.err


def test_a_difference_is_shown_by_structure_elements_and_codes(run: Run) -> None:
    lines = [line.split() for line in run("directory", "diff", "CUSCAR", "D95B", "D16A").out.splitlines()]
    assert lines[0] == ["CUSCAR", "D95B", "→", "D16A"]
    assert ["changed", "NAD", "segment", "C", "9", "group", "C", "99"] in lines
    assert ["replaced", "TDT", "4", "C228", "C", "1", "C001", "C", "1"] in lines
    dimensions = next(line for line in lines if line[:1] == ["6313"])
    assert "+..." in dimensions


def test_a_difference_in_json_has_every_value(run: Run) -> None:
    found = run("directory", "diff", "CUSCAR", "D95B", "D16A", "--json").json
    assert {"what": "added", "place": "CNI/RFF/NAD/DTM", "before": "", "after": "segment C 9"} in found["structure"]
    assert {"what": "added", "of": "TDT", "position": 10, "before": "", "after": "C003 C 1"} in found["contents"]
    codes = next(change for change in found["codes"] if change["number"] == "6313")
    assert "VGM" in codes["added"]


def test_no_difference_is_said(run: Run) -> None:
    assert run("directory", "diff", "CUSCAR", "D16A", "D16A").out.splitlines()[1:] == ["nothing changed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("CUSCRA", "D95B", "D16A"), "no message 'CUSCRA'"),
        (("VERMAS", "D95B", "D16A"), "no version 'D95B'"),
        (("CUSCAR", "D95B", "D16X"), "no version 'D16X'"),
    ],
)
def test_what_is_unknown_is_told(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("directory", "diff", *words)
    assert result.code == 2
    assert said in result.err


def test_what_was_imported_is_shown_with_its_own_words(run: Run, folder: Path, archive: Path) -> None:
    run("--site", folder, "directory", "import", archive)
    shown = run("--site", folder, "directory", "show", "EXAMPL:D:90A")
    assert "Says what an invented message is for." in shown.out
    segment = json.loads(run("--site", folder, "directory", "show", "EXAMPL", "D90A", "--segment", "XAA", "--json").out)
    assert segment["description"] == "To begin with something."
    code = next(value for value in segment["values"] if value["locator"].strip() == "9001")
    assert code["description"].startswith("A code.")
    codes = run("--site", folder, "directory", "show", "EXAMPL", "D90A", "--segment", "XAA", "--codes", "9001")
    assert "Second of a name that takes two lines" in codes.out
    assert run("--site", folder, "directory", "versions", "EXAMPL").out == "edifact EXAMPL: D90A\n"
