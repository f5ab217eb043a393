"""Connections of our server: they know the certificate that their client showed, and wait for a client only so long."""

from __future__ import annotations

from asyncio import TimerHandle
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.transports.certificate_names import names


class Certified(H11Protocol):
    """Speaks HTTP, and tells the application the names in the certificate that the client showed.

    A connection whose next head is not whole within `head_seconds` is closed, and so is one whose request was answered
    before its end and does not end within them: uvicorn itself waits for ever, as long as now and then a byte comes.
    """

    def __init__(self, *args: Any, head_seconds: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_seconds = head_seconds
        self._late: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Look at the certificate, which the handshake has verified."""
        super().connection_made(transport)
        self._wait()
        shown = tuple(names(transport.get_extra_info("peercert") or {}))
        app = self.app

        async def told(scope: Any, receive: Any, send: Any) -> None:
            scope["certificate_names"] = shown
            await app(scope, receive, send)

        self.app = told

    def data_received(self, data: bytes) -> None:
        """Take bytes, and note whether the client owes more."""
        super().data_received(data)
        if self._owed():
            self._wait()
        else:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for the end of this one."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _owed(self) -> bool:
        """Whether a head is under way, or the rest of a request that nobody reads any more."""
        theirs = self.conn.their_state
        return theirs is h11.IDLE or (theirs is h11.SEND_BODY and self.conn.our_state is h11.DONE)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._head_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
