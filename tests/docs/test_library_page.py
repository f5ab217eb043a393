"""The page on EDIFACT as a library shows what really happens."""

from __future__ import annotations

import doctest

from pages import ROOT


def test_every_example_of_the_library_page_prints_what_it_says() -> None:
    page = ROOT / "docs" / "reference" / "edifact-library.md"
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 15
    assert found.failed == 0
