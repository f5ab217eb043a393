from __future__ import annotations

import importlib.util
import json
from types import ModuleType

import pytest
from pages import ROOT

from gateway.model.documents import DOCUMENTS

FOLDER = ROOT / "docs" / "reference" / "schemas"


@pytest.fixture(scope="module")
def export() -> ModuleType:
    spec = importlib.util.spec_from_file_location("export_json_schema", ROOT / "tools" / "export_json_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_schemas_are_those_of_the_model(export: ModuleType) -> None:
    assert {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == export.texts()


def test_exporting_twice_gives_the_same_files_and_removes_what_is_no_more(export: ModuleType, tmp_path: object) -> None:
    (tmp_path / "gone.json").write_text("{}")  # type: ignore[operator]  # a Path
    export.main(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}  # type: ignore[attr-defined]
    export.main(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first  # type: ignore[attr-defined]
    assert "gone.json" not in first


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_fields_carry_the_wco_id_and_name_that_the_model_gives_them(document: type) -> None:
    schemas = [json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")]
    schema = next(one for one in schemas if one["title"] == document.__name__)
    fields = document.model_fields  # type: ignore[attr-defined]  # a Part
    for name, field in fields.items():
        stated = field.json_schema_extra or {}
        shown = {key: value for key, value in schema["properties"][name].items() if key.startswith("wco_")}
        assert shown == stated
    assert any(field.json_schema_extra for field in fields.values())
