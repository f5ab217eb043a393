"""Requests made from the OpenAPI document against a real server: no 500, and every answer as the document says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from served import Served

EXAMPLES = 8
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def sent(served: Served) -> str:
    return str(served.settled(served.submit().json()["id"])["id"])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("by", ["blue-anchor", "operator"])
def test_every_answer_is_as_the_document_says(served: Served, sent: str, by: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{served.url}/v1/openapi.json")
    asked = []
    for found in schema.exclude(path="/v1/events").get_all_operations():
        operation = found.ok()
        path = operation.path
        asked.append(path)
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue  # there is nothing that could be wrong

        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"X-API-Key": served.keys[by]}, checks=CHECKS)

        bounded(given(case=operation.as_strategy(generation_mode=mode))(ask))()
        if "{id}" in path and "messages" in path and mode is GenerationMode.POSITIVE:
            ask(operation.Case(path_parameters={"id": sent}))
    published = served.client.get(f"{served.url}/v1/openapi.json").json()["paths"]
    assert set(published) - set(asked) == {"/v1/events", "/v1/openapi.json"}  # it has asked for the latter itself
