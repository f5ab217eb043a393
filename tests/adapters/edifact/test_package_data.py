"""The packed facts are what the generator makes of the published ones."""

from __future__ import annotations

import importlib.util
import lzma
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
FACTS = REPOSITORY.parent / "shared" / "facts" / "edifact"


@pytest.mark.skipif(not FACTS.is_dir(), reason="the published facts are not beside the repository")
def test_the_package_data_is_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("pack_edifact", REPOSITORY / "tools" / "pack_edifact.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "DATA", tmp_path)
    monkeypatch.setattr("sys.argv", ["pack_edifact.py", str(FACTS)])
    tool.main()
    for made in tmp_path.iterdir():
        shipped = REPOSITORY / "adapters" / "edifact" / "directories" / "data" / made.name
        assert lzma.decompress(made.read_bytes()) == lzma.decompress(shipped.read_bytes())
