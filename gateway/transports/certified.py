"""Connections of our server: they know the certificate that their client showed, and wait for a head only so long."""

from __future__ import annotations

from asyncio import TimerHandle
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.transports.certificate_names import names


class Certified(H11Protocol):
    """Speaks HTTP, and tells the application the names in the certificate that the client showed.

    A connection whose next head is not whole within `head_seconds` is closed: uvicorn itself waits for ever.
    """

    def __init__(self, *args: Any, head_seconds: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_seconds = head_seconds
        self._late: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Look at the certificate, which the handshake has verified."""
        super().connection_made(transport)
        self._await_head()
        shown = tuple(names(transport.get_extra_info("peercert") or {}))
        app = self.app

        async def told(scope: Any, receive: Any, send: Any) -> None:
            scope["certificate_names"] = shown
            await app(scope, receive, send)

        self.app = told

    def data_received(self, data: bytes) -> None:
        """Take bytes, and note whether they begin, go on with or end a head."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._late is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._late = self.loop.call_later(self._head_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
