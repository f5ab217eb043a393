"""`--agreement`: a file is read and judged as the gateway would under an agreement of the site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_bench import MANIFEST, Run

from gateway.cli.samples import copy_example_site

Write = Callable[[str, str], Path]
BAD = MANIFEST.replace("UNT+19+1", "UNT+12+1")
TO = ("--to", "wco cargo-report 1")


@pytest.fixture
def agreed(tmp_path: Path) -> Path:
    """The example site, whose manifests may count wrongly, are refused with a code outside its list, and are UNOC."""
    folder = tmp_path / "site"
    copy_example_site(folder)
    path = folder / "agreements" / "manifests.yaml"
    text = path.read_text("utf-8")
    changed = text.replace(
        "policy: strict", "policy: {kinds: {count: tolerant, code-list: error}}\nsyntax: {charset: UNOC}"
    )
    assert changed != text
    path.write_text(changed, "utf-8")
    return folder


def test_an_agreements_policy_lowers_what_a_preset_would_reject(run: Run, write: Write, agreed: Path) -> None:
    file = write("bad.edi", BAD)
    assert run("validate", file).code == 1
    result = run("--site", agreed, "validate", file, "--agreement", "manifests", "--contrl", "--json")
    assert result.code == 0
    (found,) = result.json["files"]
    assert [(one["code"], one["severity"]) for one in found["findings"]] == [("29", "warning")]
    assert "+4+29" not in found["contrl"][0]


def test_an_agreements_policy_raises_what_every_preset_lets_pass(run: Run, write: Write, agreed: Path) -> None:
    file = write("code.edi", MANIFEST.replace("BGM+85", "BGM+ZX7"))
    strict = run("validate", file, "--json")
    assert [one["severity"] for one in strict.json["files"][0]["findings"] if one["kind"] == "code-list"] == ["warning"]
    result = run("--site", agreed, "validate", file, "--agreement", "manifests", "--json")
    assert [one["severity"] for one in result.json["files"][0]["findings"] if one["kind"] == "code-list"] == ["error"]
    assert result.code == 1


def test_convert_and_explain_go_by_an_agreement_too(run: Run, write: Write, agreed: Path) -> None:
    file = write("bad.edi", BAD)
    assert run("convert", file, *TO).code == 1
    assert run("--site", agreed, "convert", file, *TO, "--agreement", "manifests").code == 0
    assert run("--site", agreed, "explain", file, *TO, "--agreement", "manifests").code == 0


def test_an_agreement_that_is_not_there_is_told_with_the_nearest(run: Run, manifest: Path, agreed: Path) -> None:
    result = run("--site", agreed, "validate", manifest, "--agreement", "manifest")
    assert result.code == 2
    assert "there is no agreement 'manifest' in this site; did you mean manifests?" in result.err


def test_a_policy_beside_an_agreement_is_refused(run: Run, manifest: Path, agreed: Path) -> None:
    both = ("--agreement", "manifests", "--policy", "tolerant")
    result = run("--site", agreed, "validate", manifest, *both)
    assert result.code == 2
    assert "either --policy or --agreement" in result.err


def test_an_agreement_needs_a_site(run: Run, manifest: Path, tmp_path: Path) -> None:
    result = run("--site", tmp_path / "nowhere", "explain", manifest, *TO, "--agreement", "manifests")
    assert result.code == 2
    assert "there is no site.yaml in it" in result.err
