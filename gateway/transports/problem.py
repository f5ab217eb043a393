"""Every error over HTTP as problem details (RFC 9457), whoever found it: a route, the router, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gateway.errors import StoreError, StoreFull

MEDIA_TYPE: Final = "application/problem+json"

#: Seconds until it is worth trying again: a database comes back soon, a disk or a queue is not emptied in a moment.
RETRY_SECONDS: Final = "10"
FULL_SECONDS: Final = "60"


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """Return an error: its title is that of the status, `detail` a sentence for people, `more` what programs need."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body | more, status, dict(headers or {}), media_type=MEDIA_TYPE)


def not_now(error: StoreError) -> JSONResponse:
    """Return the answer to whoever asks while the store cannot be used."""
    if isinstance(error, StoreFull):
        return problem(503, "there is no room for it now: send it again later", {"Retry-After": FULL_SECONDS})
    return problem(503, "the store cannot be used now: try again", {"Retry-After": RETRY_SECONDS})


def tell_as_problems(app: FastAPI) -> None:
    """Have an application tell its errors in this form."""

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def wrong(_request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"in": ".".join(str(step) for step in one["loc"]), "text": str(one["msg"])} for one in error.errors()]
        return problem(422, "a parameter is missing or wrong", errors=faults)

    @app.exception_handler(StoreError)
    async def unusable(_request: Request, error: StoreError) -> JSONResponse:
        return not_now(error)
