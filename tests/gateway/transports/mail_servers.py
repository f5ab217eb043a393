"""A real mail server on the loopback (aiosmtpd's), that answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from gateway.transports.event_loop import EventLoop


@dataclass
class RunningMail:
    """`answers` are given in turn to each whole message, the last one for good; `on_data` may wait before."""

    answers: list[str] = field(default_factory=lambda: ["250 taken"])
    recipients: dict[str, str] = field(default_factory=dict)
    got: list[bytes] = field(default_factory=list)
    on_data: Callable[[], None] = lambda: None
    connections: int = 0
    logins: list[bytes] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    limit: int = 200_000_000

    def start(self) -> RunningMail:
        self.loop = EventLoop("mail server")
        self.open: set[Any] = set()
        running = self

        class Protocol(SMTP):
            def connection_made(self, transport: Any) -> None:
                running.connections += 1
                running.open.add(transport)
                super().connection_made(transport)

        async def listen() -> asyncio.Server:
            loop = asyncio.get_running_loop()
            return await loop.create_server(
                lambda: Protocol(
                    self,
                    hostname="mail.invented.example",
                    data_size_limit=self.limit,
                    tls_context=self.tls,
                    require_starttls=self.tls is not None,
                    authenticator=self.authenticate,
                    loop=loop,
                ),
                "127.0.0.1",
                0,
            )

        self.server = self.loop.run(listen(), 10)
        return self

    @property
    def tcp_port(self) -> int:
        return int(self.server.sockets[0].getsockname()[1])

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"an invented password", handled=False)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, recipient: str, _options: Any
    ) -> str:
        answer = self.recipients.get(recipient, "250 ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(recipient)
        return answer

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        await asyncio.get_running_loop().run_in_executor(None, self.on_data)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            self.got.append(envelope.content)
        return answer

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle clients."""
        for transport in self.open:
            self.loop.call(transport.abort)

    def stop(self) -> None:
        async def close() -> None:
            self.server.close()
            for transport in self.open:
                transport.abort()
            await asyncio.sleep(0.01)
            await self.server.wait_closed()

        self.loop.run(close(), 10)
        self.loop.stop()
