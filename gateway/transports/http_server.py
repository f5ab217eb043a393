"""Arrivals taken in over HTTP: authenticated before a byte of the body is read, confirmed once durable.

POST /v1/messages        the message as the raw body; X-API-Key or Authorization: Bearer
    202 {id, status}     recorded          200 the same message was recorded before
    409 {id, status}     other bytes came under this reference before: recorded, and refused
    401 unknown key      408 too slow      413 too large      415 compressed      503 try again (Retry-After)
GET /v1/messages/{id}    what became of it, to the partner that sent it
GET /health/live, /health/ready
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Thread
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from gateway.errors import SettingsError, StoreError, StoreFull
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Clock

_RETRY_SECONDS: Final = "10"
_FULL_SECONDS: Final = "60"  # a disk or a queue is not emptied in a moment
_KEPT_HEADERS: Final = (("content-type", "content_type"), ("idempotency-key", "idempotency_key"))

Status = Callable[[str, str], Mapping[str, Any] | None]
"""Given an arrival's id and the partner that asks, what to tell of it; None when it has no such arrival."""

Ready = Callable[[], Mapping[str, Any]]
"""What a readiness check shows; it is ready when "ready" is true."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A partner and the SHA-256 digest of one of its API keys."""

    partner: str
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class HttpIn:
    """Where to listen, and what to take: `tcp_port` 0 means any free one."""

    host: str
    tcp_port: int
    endpoint: str = "http"
    keys: tuple[ApiKey, ...] = ()
    max_bytes: int = 50_000_000
    receive_seconds: float = 120.0
    max_connections: int = 200


class HttpReceiver:
    """A server in a thread with an event loop of its own.

    Args:
        config: where and what.
        clock: gives the time of arrival.
        new_id: gives a new arrival id.
        status: tells a partner what became of its message.
        ready: tells whether messages can be taken in.
    """

    def __init__(
        self, config: HttpIn, clock: Clock, new_id: Callable[[], str], *, status: Status, ready: Ready
    ) -> None:
        self._config = config
        self._clock = clock
        self._new_id = new_id
        self._status = status
        self._ready = ready
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def tcp_port(self) -> int:
        """The port that is listened on."""
        return self._config.tcp_port if self._socket is None else int(self._socket.getsockname()[1])

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, accept: Accept) -> None:
        """Listen; returns once connections are taken.

        Raises:
            SettingsError: the address cannot be listened on.
        """
        self._socket = _bound(self._config)
        config = uvicorn.Config(
            self.application(accept),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            limit_concurrency=self._config.max_connections,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=10,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="http receiver", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at hand and close."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def application(self, accept: Accept) -> FastAPI:
        """Return the application alone, for a server or a test client of the caller's."""
        app = FastAPI(title="Pierhead", docs_url=None, redoc_url=None, openapi_url=None)

        @app.post("/v1/messages")
        async def post(request: Request) -> JSONResponse:
            return await self._post(request, accept)

        @app.get("/v1/messages/{id_}")
        async def get(id_: str, request: Request) -> JSONResponse:
            return await self._get(id_, request)

        @app.get("/health/live")
        async def live() -> JSONResponse:
            return JSONResponse({"live": True})

        @app.get("/health/ready")
        async def ready() -> JSONResponse:
            return await self._get_ready()

        return app

    async def _post(self, request: Request, accept: Accept) -> JSONResponse:
        """Take one message in."""
        partner = self._partner(request)
        if partner is None:
            return _problem(401, "unknown API key", {"WWW-Authenticate": "Bearer"})
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return _problem(415, "send the message without compression")
        try:
            content = await asyncio.wait_for(self._body(request), self._config.receive_seconds)
        except TimeoutError:
            return _problem(408, "the message took too long to arrive", {"Connection": "close"})
        except ClientDisconnect:
            return _problem(400, "the connection was closed before the message was complete")
        if content is None:
            return _problem(413, f"more than {self._config.max_bytes} bytes", {"Connection": "close"})
        if not content:
            return _problem(400, "the message is empty")
        attributes = {"principal": partner} | {
            name: request.headers[header] for header, name in _KEPT_HEADERS if header in request.headers
        }
        arrival = Arrival(self._new_id(), self._config.endpoint, self._clock(), content, attributes)
        try:
            accepted = await run_in_threadpool(accept, arrival)
        except StoreError as error:
            return _not_now(error)
        code = 409 if accepted.conflict else 200 if accepted.duplicate else 202
        told = {"id": accepted.id, "status": f"/v1/messages/{accepted.id}"}
        if accepted.conflict:
            told["error"] = "another message was received under this reference"
        return JSONResponse(told, code, {"Location": told["status"]})

    async def _get(self, id_: str, request: Request) -> JSONResponse:
        """Tell a partner what became of its message."""
        partner = self._partner(request)
        if partner is None:
            return _problem(401, "unknown API key", {"WWW-Authenticate": "Bearer"})
        try:
            told = await run_in_threadpool(self._status, id_, partner)
        except StoreError:
            return _problem(503, "the store cannot be read now", {"Retry-After": _RETRY_SECONDS})
        return _problem(404, "no such message") if told is None else JSONResponse(dict(told))

    async def _get_ready(self) -> JSONResponse:
        try:
            told = dict(await run_in_threadpool(self._ready))
        except StoreError:
            told = {"ready": False, "error": "the store cannot be read"}
        return JSONResponse(told, 200 if told.get("ready") else 503)

    async def _body(self, request: Request) -> bytes | None:
        """Return the body, or None as soon as it is too large."""
        stated = request.headers.get("content-length", "")
        if stated.isdigit() and int(stated) > self._config.max_bytes:
            return None
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > self._config.max_bytes:
                return None
        return bytes(received)

    def _partner(self, request: Request) -> str | None:
        """Return the partner whose API key was presented. Every key is compared, in constant time."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        presented = request.headers.get("x-api-key", "") or (bearer.strip() if scheme.lower() == "bearer" else "")
        digest = sha256(presented.encode("utf-8", "surrogateescape")).digest()
        found = None
        for key in self._config.keys:
            if hmac.compare_digest(digest, key.digest) and presented:
                found = key.partner
        return found


def _not_now(error: StoreError) -> JSONResponse:
    if isinstance(error, StoreFull):
        return _problem(503, "there is no room for it now: send it again later", {"Retry-After": _FULL_SECONDS})
    return _problem(503, "nothing can be recorded now: send it again", {"Retry-After": _RETRY_SECONDS})


def _problem(status: int, text: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers)


def _bound(config: HttpIn) -> socket.socket:
    """Return a listening socket; a name that stands for IPv6 is listened on as such."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            config.host, config.tcp_port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(128)
        except OSError:
            made.close()
            raise
    except OSError as error:
        where = f"{config.host}:{config.tcp_port}"
        raise SettingsError(f"cannot listen on {where}: {error.strerror or error}") from error
    return made
