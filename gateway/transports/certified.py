"""Connections of our server that know the certificate which their client showed."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.transports.certificate_names import names


class Certified(H11Protocol):
    """Speaks HTTP, and tells the application the names in the certificate that the client showed."""

    def connection_made(self, transport: Any) -> None:
        """Look at the certificate, which the handshake has verified."""
        super().connection_made(transport)
        shown = tuple(names(transport.get_extra_info("peercert") or {}))
        app = self.app

        async def told(scope: Any, receive: Any, send: Any) -> None:
            scope["certificate_names"] = shown
            await app(scope, receive, send)

        self.app = told
