"""The pages on EDIFACT and on AIS as libraries show what really happens."""

from __future__ import annotations

import doctest

import pytest
from pages import ROOT


@pytest.mark.parametrize(("name", "least"), [("edifact-library", 15), ("ais-library", 15)])
def test_every_example_of_a_library_page_prints_what_it_says(name: str, least: int) -> None:
    page = ROOT / "docs" / "reference" / f"{name}.md"
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > least
    assert found.failed == 0
