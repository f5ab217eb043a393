"""The page of the catalogue's coverage is that of the maps, and the site has every guide."""

from __future__ import annotations

import importlib.util
import re

from pages import ROOT

from gateway import app

PAGE = ROOT / "docs" / "reference" / "coverage.md"


def test_the_page_of_coverage_is_that_of_the_maps() -> None:
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "tools" / "coverage_page.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert PAGE.read_text("utf-8") == tool.text(), "run tools/coverage_page.py"


def test_the_page_of_coverage_has_a_line_for_each_map_whose_figures_add_up() -> None:
    rows = re.findall(r"^\| `([\w/-]+)` \|.+?\|.+?\|.+?\|(.+)\|.+?\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in rows] == [entry.head.name for entry in app.standards().registry.entries()]
    for _, figures in rows:
        values, read, carried, compared, reported = (int(one) for one in figures.split("|"))
        assert values == read + reported
        assert read == carried + compared
