"""The OpenAPI document of everything that is served, as published at /v1/openapi.json and in docs/reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.transports.problem import MEDIA_TYPE
from gateway.web import shapes

#: The version of the interface: the first number is that of the paths.
API_VERSION: Final = "1.0.0"

_OPEN: Final = ("live", "ready", "openapi")  # what needs no key
_SHAPES: Final[tuple[type[BaseModel], ...]] = (
    shapes.Problem,
    shapes.Submitted,
    shapes.Live,
    shapes.Ready,
)
_BINARY: Final = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TEXT: Final = {"schema": {"type": "string"}}
_OBJECT: Final = {"schema": {"type": "object"}}

#: What answers with something else than a shape: operation, status, content.
_CONTENTS: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "raw": {"200": _BINARY},
    "delivered": {"200": _BINARY},
    "document": {"200": {"application/json": _OBJECT}},
    "events": {"200": {"text/event-stream": _TEXT}},
    "metrics": {"200": {"text/plain": _TEXT}},
    "openapi": {"200": {"application/json": _OBJECT}},
}

#: What each operation can answer beside its success.
_PROBLEMS: Final[Mapping[str, tuple[int, ...]]] = {
    "submit": (400, 401, 403, 408, 409, 413, 415, 422, 503),
    "live": (400, 503),
    "ready": (400, 503),
    "openapi": (400, 503),
    "replay": (400, 401, 403, 404, 409, 422, 503),
}
_USUAL: Final = (400, 401, 403, 404, 422, 503)
_TITLES: Final = {
    400: "the request is wrong",
    401: "no API key, or an unknown one",
    403: "the API key does not open this",
    404: "there is no such thing, or not for this key",
    408: "the message took too long to arrive",
    409: "other bytes came under this reference before, or what it repeats is not processed yet",
    413: "the message is too large",
    415: "the message is compressed",
    422: "a parameter is wrong, or the Idempotency-Key came with other bytes before",
    503: "not now; Retry-After says when",
}


def publish(app: FastAPI) -> None:
    """Serve the document of an application, and have it say what the routes themselves do not."""

    def openapi() -> JSONResponse:
        """Give this document."""
        return JSONResponse(described(app))

    app.add_api_route("/v1/openapi.json", openapi, methods=["GET"], operation_id="openapi")


def described(app: FastAPI) -> dict[str, Any]:
    """Return the document of an application."""
    made = get_openapi(
        title="Pierhead",
        version=API_VERSION,
        description="Messages in, and everything that became of them. Errors are problem details (RFC 9457).",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        routes=app.routes,
    )
    components = made.setdefault("components", {})
    _, added = models_json_schema(
        [(one, "serialization") for one in _SHAPES], ref_template="#/components/schemas/{model}"
    )
    kept = {
        name: one
        for name, one in components.get("schemas", {}).items()
        if name not in ("HTTPValidationError", "ValidationError")
    }
    components["schemas"] = dict(sorted((kept | added.get("$defs", {})).items()))
    components["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    for path in made["paths"].values():
        for operation in path.values():
            _complete(operation)
    _submit(made["paths"]["/v1/messages"]["post"])
    for name, shape in (("live", "Live"), ("ready", "Ready")):
        made["paths"][f"/health/{name}"]["get"]["responses"]["200"]["content"] = _json(shape)
    return made


def _complete(operation: dict[str, Any]) -> None:
    """Add to one operation its problems, its contents and its security."""
    name = operation["operationId"]
    operation["summary"] = operation.pop("description", name).split(".")[0].split("\n")[0]
    answers = operation["responses"]
    answers.pop("422", None)
    for status in _PROBLEMS.get(name, _USUAL):
        answers[str(status)] = _problem(status)
    for answer, content in _CONTENTS.get(name, {}).items():
        answers[answer]["content"] = dict(content)
    if name not in _OPEN:
        operation["security"] = [{"key": []}, {"bearer": []}]


def _submit(operation: dict[str, Any]) -> None:
    """Describe the body and the answers of sending a message in."""
    operation["summary"] = "Send a message in"
    operation["requestBody"] = {
        "required": True,
        "description": "The message as it is: EDIFACT, XML, JSON.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
    }
    text = "The same key and bytes give the first answer again; the same key with other bytes is refused."
    operation.setdefault("parameters", []).append(
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string", "maxLength": 255},
        }
    )
    answers = operation["responses"]
    answers["202"] = {"description": "recorded", "content": _json("Submitted")}
    answers["200"] = {"description": "the same message was recorded before", "content": _json("Submitted")}


def _json(shape: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}


def _problem(status: int) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": _TITLES[status], "content": {MEDIA_TYPE: schema}}
