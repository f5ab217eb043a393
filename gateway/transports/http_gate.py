"""What every request passes before the application: room for it, a clean address, and an answer whatever happens."""

from __future__ import annotations

import traceback
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.transports.problem import RETRY_SECONDS, problem

_LOG = structlog.get_logger("pierhead")
_NUL: Final = b"%00"  # no name of ours holds one, and no database takes one
_FRAMES: Final = 6


class HttpGate:
    """An ASGI application around another.

    Args:
        app: what is behind.
        most: requests under way at once; further ones are told to come again.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._under_way >= self._most:
            answer = problem(503, "too many requests at once: try again", {"Retry-After": RETRY_SECONDS})
            await answer(scope, receive, send)
        elif _NUL in scope.get("raw_path", b"") or _NUL in scope.get("query_string", b""):
            await problem(400, "an address holds no NUL")(scope, receive, send)
        else:
            self._under_way += 1
            try:
                await self._guarded(scope, receive, send)
            finally:
                self._under_way -= 1

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            frames = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
            _LOG.error("request failed", error=type(error).__name__, frames=frames[-_FRAMES:])
            if begun:
                raise
            await problem(500, "this is a fault of ours; it has been logged")(scope, receive, send)
