"""Arrivals taken in over HTTP: authenticated before a byte of the body is read, confirmed once durable.

POST /v1/messages        the message as the raw body; X-API-Key, Authorization: Bearer, or a client certificate
    202 {id, status}     recorded          200 the same message was recorded before
    409                  other bytes came under this reference before: recorded, and refused
    422                  other bytes came under this Idempotency-Key before: not recorded
    401 unknown key      403 not by this key      408 too slow      413 too large      415 compressed
    503 try again (Retry-After)
GET /health/live, /health/ready

Errors are problem details (RFC 9457). What else is served is of what stands behind (`Behind.mount`).
"""

from __future__ import annotations

import asyncio
import hmac
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from threading import Thread
from typing import Any, Final, Protocol, cast

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gateway.errors import SettingsError, StoreError
from gateway.model.access import ApiKey, Scope
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Accepted, Clock
from gateway.transports.certified import Certified
from gateway.transports.http_gate import HttpGate
from gateway.transports.problem import problem, tell_as_problems
from gateway.transports.tls import ServerTls

_BEYOND: Final = 50  # connections above the requests taken at once, which are told so in a problem
_HEAD_SECONDS: Final = 15.0  # for the head of a request
_LONGEST_KEY: Final = 255  # characters of an Idempotency-Key
_KEPT_HEADERS: Final = (("content-type", "content_type"), ("idempotency-key", "idempotency_key"))

Identify = Callable[[Request, Scope], ApiKey]
"""Returns the key of a request that opens a scope; raises `HTTPException`, 401 or 403."""


class Behind(Protocol):
    """What stands behind the server."""

    def ready(self) -> Mapping[str, Any]:
        """Return what a readiness check shows; it is ready when "ready" is true."""
        ...

    def admit(self, key: ApiKey, arrival: Arrival) -> Arrival:
        """Return the arrival to record, under the id that its Idempotency-Key has; raises `HTTPException`."""
        ...

    def validate(self, arrival: Arrival) -> Mapping[str, Any] | None:
        """Return what processing an arrival gives, at once; None where that has to wait."""
        ...

    def mount(self, app: FastAPI, identify: Identify, stopping: Callable[[], bool]) -> None:
        """Add what else is served; nothing that goes on may do so once `stopping` says so."""
        ...


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
    tls: ServerTls | None = None
    certificates: Mapping[str, str] = field(default_factory=dict)  # a name in a client's certificate, to its partner


class HttpReceiver:
    """A server in a thread with an event loop of its own.

    Args:
        config: where and what.
        clock: gives the time of arrival.
        new_id: gives a new arrival id.
        behind: decides what is taken in, and serves the rest.
    """

    def __init__(self, config: HttpIn, clock: Clock, new_id: Callable[[], str], *, behind: Behind) -> None:
        self._config = config
        self._clock = clock
        self._new_id = new_id
        self._behind = behind
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

    def admit(self, keys: tuple[ApiKey, ...], certificates: Mapping[str, str]) -> None:
        """Take other API keys and names in certificates from the next request on."""
        self._config = replace(self._config, keys=keys, certificates=certificates)

    def start(self, accept: Accept) -> None:
        """Listen; returns once connections are taken.

        Raises:
            SettingsError: the address cannot be listened on, or the files of `tls` cannot be used.
        """
        tls = self._config.tls
        if tls is not None:
            tls.context()  # says now what uvicorn would say in its thread
        self._socket = _bound(self._config)
        connections = partial(Certified, head_seconds=min(_HEAD_SECONDS, self._config.receive_seconds))
        config = uvicorn.Config(
            self.application(accept),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            limit_concurrency=self._config.max_connections + _BEYOND,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=10,
            http=cast("type[asyncio.Protocol]", connections),
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=(tls.key or None) if tls else None,
            ssl_ca_certs=(tls.clients_ca or None) if tls else None,
            ssl_cert_reqs=ssl.CERT_OPTIONAL if tls and tls.clients_ca else ssl.CERT_NONE,
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
        app.add_middleware(HttpGate, most=self._config.max_connections)
        tell_as_problems(app)

        @app.post("/v1/messages", operation_id="submit")
        async def post(request: Request, *, validate: bool = False) -> JSONResponse:
            return await self._post(request, accept, validate=validate)

        @app.get("/health/live", operation_id="live")
        async def live() -> JSONResponse:
            return JSONResponse({"live": True})

        @app.get("/health/ready", operation_id="ready")
        async def ready() -> JSONResponse:
            return await self._get_ready()

        self._behind.mount(app, self.identify, self._stopping)
        return app

    def _stopping(self) -> bool:
        return self._server is not None and self._server.should_exit

    async def _post(self, request: Request, accept: Accept, *, validate: bool) -> JSONResponse:
        """Take one message in."""
        key = self.identify(request, Scope.SUBMIT)
        content = await self._content(request)
        attributes = {"principal": key.partner} | {
            name: request.headers[header] for header, name in _KEPT_HEADERS if header in request.headers
        }
        arrival = Arrival(self._new_id(), self._config.endpoint, self._clock(), content, attributes)
        accepted, told = await run_in_threadpool(self._taken, key, arrival, accept, validate=validate)
        status = f"/v1/messages/{accepted.id}"
        if accepted.conflict:
            text = "another message was received under this reference"
            return problem(409, text, {"Location": status}, id=accepted.id)
        body = {"id": accepted.id, "status": status} | ({"validation": told} if told is not None else {})
        return JSONResponse(body, 200 if accepted.duplicate else 202, {"Location": status})

    def _taken(
        self, key: ApiKey, arrival: Arrival, accept: Accept, *, validate: bool
    ) -> tuple[Accepted, Mapping[str, Any] | None]:
        """Record an arrival; return the answer, and what processing it gives where that is asked for."""
        admitted = self._behind.admit(key, arrival)
        accepted = accept(admitted)
        wanted = validate and not accepted.conflict
        return accepted, self._behind.validate(admitted) if wanted else None

    async def _content(self, request: Request) -> bytes:
        """Return the message of a request; raises `HTTPException`."""
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise HTTPException(415, "send the message without compression")
        if len(request.headers.get("idempotency-key", "")) > _LONGEST_KEY:
            raise HTTPException(400, f"an Idempotency-Key has {_LONGEST_KEY} characters at most")
        try:
            content = await asyncio.wait_for(self._body(request), self._config.receive_seconds)
        except TimeoutError:
            raise HTTPException(408, "the message took too long to arrive", {"Connection": "close"}) from None
        except ClientDisconnect:
            raise HTTPException(400, "the connection was closed before the message was complete") from None
        if content is None:
            raise HTTPException(413, f"more than {self._config.max_bytes} bytes", {"Connection": "close"})
        if not content:
            raise HTTPException(400, "the message is empty")
        return content

    async def _get_ready(self) -> JSONResponse:
        try:
            told = dict(await run_in_threadpool(self._behind.ready))
        except StoreError:
            return problem(503, "the store cannot be read", ready=False)
        return JSONResponse(told) if told.get("ready") else problem(503, "not ready", **told)

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

    def identify(self, request: Request, scope: Scope) -> ApiKey:
        """Return the key that was presented, or else that of the certificate shown, if it opens the scope.

        Every key is compared, in constant time. Of what a certificate says only its verified names count.

        Raises:
            HTTPException: 401 for no key or an unknown one, 403 for one that does not open this.
        """
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        presented = request.headers.get("x-api-key", "") or (bearer.strip() if kind.lower() == "bearer" else "")
        digest = sha256(presented.encode("utf-8", "surrogateescape")).digest()
        found = None
        for key in self._config.keys:
            if hmac.compare_digest(digest, key.digest) and presented:
                found = key
        if found is None and not presented:
            found = self._certified(request.scope.get("certificate_names", ()))
        if found is None:
            raise HTTPException(401, "unknown API key", {"WWW-Authenticate": "Bearer"})
        if not found.opens(scope):
            raise HTTPException(403, f"this API key has no scope '{scope}'")
        return found

    def _certified(self, names: Iterable[str]) -> ApiKey | None:
        """Return what the names in a certificate open: what a partner's key usually does, if they are of one."""
        partners = {self._config.certificates[name] for name in names if name in self._config.certificates}
        return ApiKey(partners.pop(), b"", name="client certificate") if len(partners) == 1 else None


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
