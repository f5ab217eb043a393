"""The published OpenAPI document is that of the routes, and its page names each of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from pages import ROOT

PATH = ROOT / "docs" / "reference" / "openapi.json"
PAGE = ROOT / "docs" / "reference" / "http-api.md"


def written(tool: Path) -> str:
    spec = importlib.util.spec_from_file_location("openapi", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.text())


def test_the_document_is_that_of_the_routes() -> None:
    assert PATH.read_text("utf-8") == written(ROOT / "tools" / "openapi.py")


def test_every_error_is_published_as_problem_details_and_every_route_names_its_keys() -> None:
    document = json.loads(PATH.read_text("utf-8"))
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
            public = path.startswith("/health/") or path == "/v1/openapi.json"
            assert ("security" in operation) != public


def test_the_page_names_every_path() -> None:
    page = PAGE.read_text("utf-8")
    for path, operations in json.loads(PATH.read_text("utf-8"))["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in page
