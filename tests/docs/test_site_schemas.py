"""The schemas of a site's files are those of the readers, and take every site that the readers take."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, ClassVar

import pytest
import yaml
from pages import ROOT

FOLDER = ROOT / "docs" / "reference" / "schemas" / "site"
KINDS = {"site.yaml": "site", "partners": "partner", "endpoints": "endpoint", "agreements": "agreement"}
SAMPLES = sorted((ROOT / "samples" / "site").rglob("*.yaml"))
PAGES = [ROOT / "docs" / "reference" / f"{name}.md" for name in ("site", "feeds", "triggers")]
TYPES = {"string": str, "number": (int, float), "boolean": bool, "object": dict, "array": list}


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it since 1.2: `on` and `off` are texts."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in some if not (tag.endswith(":bool") and first not in "tTfF")]
        for first, some in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read(text: str) -> Any:
    return yaml.load(text, Yaml12)  # it is a SafeLoader


@pytest.fixture(scope="module")
def export() -> ModuleType:
    spec = importlib.util.spec_from_file_location("export_site_schema", ROOT / "tools" / "export_site_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))
    return found


def faults(schema: dict[str, Any], value: Any, path: str = "") -> Iterator[str]:
    """Yield what of a value a schema refuses, by the keywords that these schemas use."""
    assert schema.keys() <= {
        *("$schema", "$id", "title", "type", "properties", "additionalProperties", "required", "enum", "anyOf", "items")
    }
    kinds = schema.get("type", list(TYPES))
    if not isinstance(value, tuple(TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))):  # type: ignore[arg-type]  # types, and a tuple of two
        yield f"{path}: is no {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value} is not one of {schema['enum']}"
    if "anyOf" in schema and all(list(faults(one, value, path)) for one in schema["anyOf"]):
        yield f"{path}: {value} is none of the forms"
    if isinstance(value, dict):
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        yield from (f"{path}: needs {key}" for key in schema.get("required", ()) if key not in value)
        for key, below in value.items():
            if key in known:
                yield from faults(known[key], below, f"{path}.{key}")
            elif rest is False:
                yield f"{path}: has no {key}"
            elif isinstance(rest, dict):
                yield from faults(rest, below, f"{path}.{key}")
    if isinstance(value, list) and "items" in schema:
        for one in value:
            yield from faults(schema["items"], one, path)


def test_the_committed_schemas_are_those_of_the_readers(export: ModuleType) -> None:
    assert {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()} == export.texts()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_file_of_the_example_site_is_taken(path: Any) -> None:
    kind = KINDS.get(path.name) or KINDS[path.parent.name]
    assert not list(faults(schema(kind), read(path.read_text("utf-8"))))


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every whole file that the pages show, with its kind."""
    for page in PAGES:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            value = read(block)
            if not isinstance(value, dict) or ("id" not in value and "identity" not in value):
                continue
            kind = "site" if "identity" in value else "endpoint" if "transport" in value else "partner"
            yield "agreement" if "from" in value else kind, value


@pytest.mark.parametrize(("kind", "value"), list(examples()))
def test_every_file_that_a_page_shows_is_taken(kind: str, value: dict[str, Any]) -> None:
    assert not list(faults(schema(kind), value))


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("agreement", {"id": "a", "from": "b"}, "needs to"),
        ("agreement", {"id": "a", "from": "b", "to": "us", "route": []}, "has no route"),
        ("agreement", {"id": "a", "from": "b", "to": "us", "routes": {"document": "CargoRaport"}}, "none of the forms"),
        ("partner", {"id": "a", "fleet": {"x": 1}}, "none of the forms"),
        ("endpoint", {"id": "a", "partner": "b", "transport": "pigeon", "send_to": "x"}, "none of the forms"),
        ("site", {"name": "x", "identity": "y", "timing": {"pull": "1 s"}}, "has no pull"),
    ],
)
def test_what_a_reader_would_refuse_is_refused(kind: str, value: dict[str, Any], why: str) -> None:
    assert any(why in fault for fault in faults(schema(kind), value))
