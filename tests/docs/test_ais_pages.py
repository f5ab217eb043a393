"""The pages on AIS name every field, every reason and nothing else."""

from __future__ import annotations

import importlib.util
import re

from pages import ROOT, section

from adapters.ais import Reason


def test_the_page_of_fields_is_that_of_the_tables() -> None:
    spec = importlib.util.spec_from_file_location("ais_fields_page", ROOT / "tools" / "ais_fields_page.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert (ROOT / "docs" / "reference" / "ais-fields.md").read_text("utf-8") == tool.text()


def test_every_reason_of_a_reject_is_described() -> None:
    page = (ROOT / "docs" / "reference" / "ais-library.md").read_text("utf-8")
    first_column = re.findall(r"^\| (`[^|]+) \|", section(page, "What is no message"), re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(first_column)) == [reason.name for reason in Reason]
