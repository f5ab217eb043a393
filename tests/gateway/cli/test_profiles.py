"""Profiles over directories on the command line: listed, checked with the site, and used by every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_bench import MANIFEST, Run

from gateway import app
from gateway.errors import SettingsError

PROFILE = """\
profile: exampleport
about: What Exampleport asks.
messages:
- message: CUSCAR D95B..D96A
  guide: Exampleport Manual
  association: ['*']
  require:
  - AUT
"""


def with_profile(site: Path, text: str = PROFILE) -> Path:
    path = site / "edifact" / "profiles" / "exampleport.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_profiles_are_listed(run: Run) -> None:
    found = run("directory", "profiles")
    assert found.code == 0
    for word in ("itigg", "protect", "smdg", "wco-paxlst", "PAXLST", "PROT2*"):
        assert word in found.out


def test_a_profile_is_shown_with_what_it_lies_over_and_what_it_changes(run: Run) -> None:
    found = run("directory", "profiles", "wco-paxlst")
    assert found.code == 0
    assert "PAXLST D02B..D09B  IATA" in found.out
    assert "  structure TDT/DTM: C" in found.out
    made = json.loads(run("directory", "profiles", "wco-paxlst", "--json").out)
    (profile,) = made["profiles"]
    assert profile["messages"][0]["versions"][0] == "D02B"
    assert profile["messages"][0]["changes"][:2] == ["structure TDT/DTM: C", "structure NAD#4/RFF: 99999"]


def test_an_unknown_profile_exits_with_1_and_the_nearest_name(run: Run) -> None:
    found = run("directory", "profiles", "smgd")
    assert found.code == 1
    assert "there is no profile 'smgd'; did you mean smdg?" in found.err


def test_a_sites_profile_is_listed_and_judges_what_is_validated(run: Run, site: Path, manifest: Path) -> None:
    assert "Exampleport Manual" not in run("--site", site, "validate", manifest).out
    with_profile(site)
    assert "exampleport" in run("--site", site, "directory", "profiles").out
    found = run("--site", site, "validate", manifest, "--json")
    assert found.code == 1
    assert "AUT is missing, by Exampleport Manual (profile exampleport)" in found.out
    assert "CUSCAR:D:95B" in MANIFEST


def test_check_tells_a_fault_of_a_profile_by_file_line_and_column(run: Run, site: Path) -> None:
    path = with_profile(site)
    path.write_text(PROFILE.replace("AUT", "AUX"), encoding="utf-8")
    found = run("--site", site, "check")
    assert found.code == 2
    assert "edifact/profiles/exampleport.yaml:8:5: there is no AUX in CUSCAR D95B; did you mean AUT?" in found.err


def test_an_agreement_with_an_unknown_profile_is_a_fault_and_does_not_start(run: Run, site: Path) -> None:
    path = site / "agreements" / "manifests.yaml"
    path.write_text(f"{path.read_text('utf-8')}\nsyntax: {{profiles: [smgd]}}\n", encoding="utf-8")
    told = "agreement manifests, syntax.profiles: there is no profile 'smgd'; did you mean smdg?"
    for command in ("check", "serve"):
        found = run("--site", site, command)
        assert found.code == 2
        assert told in found.err


def test_a_folder_of_a_standard_that_takes_nothing_is_a_fault(run: Run, site: Path) -> None:
    (site / "wco").mkdir()
    (site / "wco" / "note.txt").write_text("x", encoding="utf-8")
    found = run("--site", site, "check")
    assert found.code == 2
    assert "wco/note.txt" in found.err


def test_equal_files_of_a_site_make_one_adapter_and_changed_ones_another(tmp_path: Path) -> None:
    installed = app.adapters()
    assert app.adapters(tmp_path) is installed
    path = with_profile(tmp_path)
    first = app.adapters(tmp_path)["edifact"]
    assert first is not installed["edifact"]
    assert app.adapters(tmp_path)["edifact"] is first
    (path.parent / ".hidden").write_text("x", encoding="utf-8")
    assert app.adapters(tmp_path)["edifact"] is first
    path.write_text(PROFILE.replace("AUT", "AUX"), encoding="utf-8")
    with pytest.raises(SettingsError, match="there is no AUX"):
        app.standards(tmp_path)
