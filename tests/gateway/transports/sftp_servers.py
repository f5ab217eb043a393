"""A real SFTP server on the loopback (asyncssh's own), over a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from gateway.section import Secret
from gateway.transports.event_loop import EventLoop
from gateway.transports.sftp_host import SftpHost

PASSWORD = "an invented password"


class _Login(asyncssh.SSHServer):
    def __init__(self, connections: list[Any]) -> None:
        self._connections = connections

    def connection_made(self, conn: Any) -> None:
        self._connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("port", PASSWORD)


@dataclass
class RunningSftp:
    """A server whose clients see `folder` as their root. `on` is told each request before it is served."""

    folder: Path
    authorized: str = ""
    key: Any = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    more_keys: list[Any] = field(default_factory=list)
    on: Callable[[str], None] = lambda _request: None
    tcp_port: int = 0
    connections: int = 0
    open: list[Any] = field(default_factory=list)

    def start(self) -> RunningSftp:
        self.loop = EventLoop("sftp server")
        running = self

        class Files(asyncssh.SFTPServer):
            def __init__(self, channel: Any) -> None:
                super().__init__(channel, chroot=str(running.folder).encode())
                running.connections += 1

            def open(self, path: bytes, *rest: Any) -> object:
                running.on(f"open {path.decode('utf-8', 'replace')}")
                return super().open(path, *rest)

            def write(self, *args: Any) -> Any:
                running.on("write")
                return super().write(*args)

            def rename(self, *args: Any) -> Any:
                running.on("rename")
                return super().rename(*args)

        async def listen() -> Any:
            keys = {}
            if self.authorized:
                keys["authorized_client_keys"] = asyncssh.import_authorized_keys(self.authorized)
            return await asyncssh.listen(
                "127.0.0.1",
                self.tcp_port,
                server_factory=lambda: _Login(self.open),
                server_host_keys=[self.key, *self.more_keys],
                sftp_factory=Files,
                **keys,
            )

        self.listener = self.loop.run(listen(), 10)
        self.tcp_port = self.listener.get_port()
        return self

    def cut(self) -> None:
        """Close every connection, as a failing network does; new ones are taken."""
        self.stop()
        self.start()

    def stop(self) -> None:
        async def close() -> None:
            self.listener.close()
            connections, self.open = self.open, []
            for connection in connections:
                connection.abort()
                await connection.wait_closed()
            await self.listener.wait_closed()

        self.loop.run(close(), 10)
        self.loop.stop()

    @property
    def host_key(self) -> str:
        return str(self.key.export_public_key().decode().strip())

    def host(self, path: str = "/", **options: Any) -> SftpHost:
        chosen = {"password": Secret(PASSWORD), "timeout_seconds": 20.0} | options
        keys = chosen.pop("host_keys", (self.host_key,))
        return SftpHost(f"sftp://127.0.0.1:{self.tcp_port}{path}", chosen.pop("username", "port"), keys, **chosen)
