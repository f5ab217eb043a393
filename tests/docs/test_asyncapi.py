"""The AsyncAPI document is that of the tables, keeps to the rules of AsyncAPI 3.0, and its schemas to the samples."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from pages import ROOT

PATH = ROOT / "docs" / "reference" / "asyncapi.json"
DOCUMENT: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
SAMPLES = ROOT / "samples" / "portcall"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("asyncapi", ROOT / "tools" / "asyncapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_is_that_of_the_tables(tool: ModuleType) -> None:
    assert PATH.read_text("utf-8") == tool.text()


def resolved(pointer: str) -> Any:
    here: Any = DOCUMENT
    for step in pointer.removeprefix("#/").split("/"):
        here = here[step]
    return here


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        for below in value.values():
            yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


def test_every_reference_leads_to_something_in_the_document() -> None:
    found = [*references(DOCUMENT)]
    assert found
    assert all(resolved(one) for one in found)


def test_the_document_has_the_members_that_asyncapi_3_asks_for() -> None:
    allowed = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    assert set(DOCUMENT) <= allowed
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"]["title"]
    assert DOCUMENT["info"]["version"]
    for server in DOCUMENT["servers"].values():
        assert server["host"]
        assert server["protocol"]
        assert set(re.findall(r"\{(\w+)\}", server["host"])) == set(server.get("variables", {}))
        assert all(set(one) <= {"enum", "default", "description", "examples"} for one in server["variables"].values())


def test_a_channel_has_an_address_its_parameters_and_its_messages() -> None:
    assert len({one["address"] for one in DOCUMENT["channels"].values()}) == len(DOCUMENT["channels"])
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel.get("parameters", {}))
        for parameter in channel.get("parameters", {}).values():
            assert set(parameter) <= {"enum", "default", "description", "examples", "location"}  # no schema in 3.0
        assert all(one["$ref"].startswith("#/servers/") for one in channel["servers"])
        assert channel["messages"]


def test_an_operation_sends_messages_of_its_own_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] == "send"
        channel = operation["channel"]["$ref"]
        assert resolved(channel)
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


def test_a_message_says_its_content_type_and_its_schema_with_the_format_of_that() -> None:
    for message in DOCUMENT["components"]["messages"].values():
        assert message["contentType"] == "application/cloudevents+json"
        payload = resolved(message["payload"]["$ref"])
        assert set(payload) == {"schemaFormat", "schema"}
        assert payload["schema"]["type"] == "object"


@pytest.mark.parametrize(
    "path",
    [one for one in sorted(SAMPLES.glob("*/*.json")) if "." not in one.stem],
    ids=lambda path: path.relative_to(SAMPLES).as_posix(),
)
def test_a_schema_takes_the_samples_that_are_read_without_an_error_and_no_others(path: Any) -> None:
    found = json.loads(path.with_suffix(".findings.json").read_text("utf-8"))
    if any(one["code"].startswith(("PH-330", "PH-331")) for one in found):
        return  # what the schema cannot see, or what is put right
    schema = DOCUMENT["components"]["schemas"][path.parent.name]["schema"]
    value = json.loads(path.read_text("utf-8"))
    faults = [fault for one in (value if isinstance(value, list) else [value]) for fault in against(schema, one, "")]
    wrong = [one["position"]["xpath"] for one in found if one["code"].startswith("PH-332")]
    assert bool(faults) == bool(wrong), (faults, wrong)


TYPES = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int}


def against(schema: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    """What a value has against a schema, by the keywords that ours use."""
    known = {
        "title",
        "format",
        "type",
        "properties",
        "required",
        "anyOf",
        "allOf",
        "additionalProperties",
        "if",
        "then",
    }
    known |= {
        "not",
        "const",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "maxItems",
    }
    assert set(schema) <= known
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):  # type: ignore[arg-type]  # classes
        yield f"{at} is no {schema['type']}"
        return
    yield from (f"{at} is not {schema['const']}" for _ in "1" if schema.get("const", value) != value)
    yield from (f"{at} is not listed" for _ in "1" if value not in schema.get("enum", [value]))
    yield from _combined(schema, value, at)
    if isinstance(value, dict):
        yield from _members(schema, value, at)
    elif isinstance(value, list):
        short, long = schema.get("minItems", 0), schema.get("maxItems", len(value))
        yield from (f"{at} has {len(value)}" for _ in "1" if not short <= len(value) <= long)
        for number, item in enumerate(value):
            yield from against(schema.get("items", {}), item, f"{at}/{number}")
    elif isinstance(value, str):
        short, long = schema.get("minLength", 0), schema.get("maxLength", len(value))
        pattern = schema.get("pattern", "").replace("(?<", "(?P<")
        if not short <= len(value) <= long or not re.search(pattern, value):
            yield f"{at} has the wrong form"
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at} is out of bounds"


def _members(schema: dict[str, Any], value: dict[str, Any], at: str) -> Iterator[str]:
    yield from (f"{at}/{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, below in value.items():
        if name in schema.get("properties", {}):
            yield from against(schema["properties"][name], below, f"{at}/{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}/{name} is unknown"


def _combined(schema: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    for below in schema.get("allOf", ()):
        yield from against(below, value, at)
    if "anyOf" in schema and all([*against(below, value, at)] for below in schema["anyOf"]):
        yield f"{at} fits none"
    if "not" in schema and not [*against(schema["not"], value, at)]:
        yield f"{at} must not"
    if "if" in schema and not [*against(schema["if"], value, at)]:
        yield from against(schema["then"], value, at)
