"""What the repository holds beside code: licence, notices, nothing of this machine, nothing left out."""

from __future__ import annotations

import re
import tomllib

import pytest
from pages import ROOT, git, pages

DOCUMENTS = (
    *pages(),
    *(ROOT / name for name in ("mkdocs.yml", "constraints.txt", "Makefile", "pyproject.toml", ".ci/run", ".gitignore")),
    *sorted((ROOT / "docs").rglob("*.json")),
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users|tmp)/\w+")
PACKAGE_INDEX = re.compile(r"index-url|find-links|trusted-host|registry=|--hash=|\.whl\b|\.tar\.gz\b", re.IGNORECASE)
PINNED = re.compile(r"[A-Za-z0-9._-]+==[\w.]+")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_document_names_a_path_of_a_machine_or_a_package_index(document: object) -> None:
    text = document.read_text("utf-8")  # type: ignore[attr-defined]  # a Path
    assert not MACHINE_PATH.findall(text)
    assert not PACKAGE_INDEX.findall(text)


def test_the_constraints_are_names_and_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_the_licence_is_apache_2_in_file_and_metadata() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE"]


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_the_notices_on_directories_and_data_model_are_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert "UN/EDIFACT directories © United Nations" in text
    assert "not an official copy" in text
    assert "WCO Data Model" in text


def test_the_changelog_has_the_version_that_the_code_has() -> None:
    from gateway.version import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout has files to ignore")
def test_git_ignores_nothing_that_is_packed_or_documented() -> None:
    needed = ("gateway", "adapters", "mappings", "xsd", "samples", "docs", "tests", "tools")
    ignored = git("ls-files", "--others", "--ignored", "--exclude-standard", "--", *needed).splitlines()
    assert [path for path in ignored if not path.endswith(".pyc") and "/." not in path] == []
