"""An SFTP server as an endpoint names it, and a session with it that is kept.

Only a host that shows one of the pinned keys is spoken to. Nothing is read of the machine's own SSH settings: no
`known_hosts`, no agent, no keys of a home folder.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import posixpath
import re
import stat
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from gateway.section import Secret, Section, Surroundings
from gateway.section.values import duration
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SSHClientConnection

T = TypeVar("T")

_WAIT: Final = timedelta(seconds=30)
_PORT: Final = 22
_CHUNK: Final = 1_048_576
_MOST_FILES: Final = 10_000  # of one look; what is left is seen by the next
_KEY: Final = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]{40,4000}={0,2})( .*)?")


@dataclass(frozen=True, slots=True)
class SftpHost:
    """Where a server is, who we are to it, and the keys that it may show (lines of OpenSSH).

    We show the private key in the file `key`, or a password. `timeout_seconds` bounds the wait for each answer.
    """

    url: str
    username: str
    host_keys: tuple[str, ...]
    key: str = ""
    passphrase: Secret | None = None
    password: Secret | None = None
    timeout_seconds: float = 30.0

    @property
    def host(self) -> str:
        """The name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def tcp_port(self) -> int:
        """The port."""
        return urlsplit(self.url).port or _PORT

    @property
    def folder(self) -> str:
        """The folder on the server: absolute, or below the folder that a login starts in when the URL says `/~/`."""
        path = unquote(urlsplit(self.url).path) or "/~"
        return posixpath.normpath(path.removeprefix("/~").lstrip("/") or ".") if path.startswith("/~") else path


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A regular file of the folder: its name as the server gives it, size in bytes, time of change."""

    name: bytes
    size: int
    changed: int


class SftpSession:
    """One connection to a server, made when first needed and kept. Safe to share between threads.

    Every method raises `OSError` for what goes wrong; `TimeoutError` and `ConnectionError`, which are of it, say that
    the connection is over, and that what was asked may have been done.

    Raises:
        SettingsError: asyncssh is not installed.
    """

    def __init__(self, host: SftpHost, name: str) -> None:
        self._ssh: Any = require("asyncssh", "sftp")
        self._host = host
        self._loop = EventLoop(name)
        self._folder = host.folder.encode()
        self._opening = asyncio.Lock()
        self._connection: SSHClientConnection | None = None
        self._client: SFTPClient | None = None

    def size(self, name: str) -> int | None:
        """Return the size of what has a name in the folder; None when nothing has."""
        return self._run(self._size, self._path(name.encode()))

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the folder from its start, durably where the server can."""
        self._run(self._write, self._path(name.encode()), content)

    def rename(self, name: bytes, to: bytes) -> None:
        """Rename a file of the folder; one that has the new name already is not replaced."""
        self._run(self._rename, self._path(name), self._path(to))

    def remove(self, name: bytes) -> None:
        """Delete a file of the folder."""
        self._run(self._remove, self._path(name))

    def make(self, name: str) -> None:
        """Make a folder in the folder where it is missing."""
        self._run(self._make, self._path(name.encode()))

    def files(self) -> Sequence[RemoteFile]:
        """Return the regular files of the folder; what has no proper name is not among them."""
        return self._run(self._files)

    def read(self, file: RemoteFile) -> bytes | None:
        """Return a file's bytes, or None when it is not, or no longer, what was seen."""
        return self._run(self._read, file)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._loop.run(self._close())
        self._loop.stop()

    def _path(self, name: bytes) -> bytes:
        return posixpath.join(self._folder, name)

    def _run(self, step: Callable[..., Coroutine[Any, Any, T]], *args: object) -> T:
        return self._loop.run(self._guarded(step, *args))

    # in the loop's thread

    async def _guarded(self, step: Callable[..., Coroutine[Any, Any, T]], *args: object) -> T:
        """Do one step; a connection that hangs or is lost is given up, so that the next step makes another."""
        try:
            return await step(*args)
        except (TimeoutError, ConnectionError):
            self._abort()
            raise
        except self._ssh.SFTPConnectionLost as error:
            self._abort()
            raise ConnectionError(str(error)) from error
        except self._ssh.Error as error:
            raise OSError(f"{type(error).__name__} {error.reason}") from error
        except self._ssh.KeyImportError as error:
            raise OSError(f"the key {self._host.key} cannot be used: {error}") from error

    async def _wait(self, answer: Awaitable[T]) -> T:
        """Return what the server answers, within the time that it has."""
        try:
            return await asyncio.wait_for(answer, self._host.timeout_seconds)
        except TimeoutError:
            raise TimeoutError("no answer in time") from None

    async def _open(self) -> SFTPClient:
        async with self._opening:
            if self._client is None or self._connection is None or self._connection.is_closed():
                self._connection = self._client = None
                self._connection = await self._wait(self._connect())
                self._client = await self._wait(self._connection.start_sftp_client())
            return self._client

    async def _connect(self) -> SSHClientConnection:
        host = self._host
        keys = [self._ssh.read_private_key(host.key, _value(host.passphrase))] if host.key else None
        made: SSHClientConnection = await self._ssh.connect(
            host.host,
            host.tcp_port,
            config=None,
            known_hosts=([self._ssh.import_public_key(line) for line in host.host_keys], [], []),
            username=host.username,
            client_keys=keys,
            password=_value(host.password),
            preferred_auth="publickey" if keys else "password,keyboard-interactive",
            agent_path=None,
            gss_kex=False,
            gss_auth=False,
            keepalive_interval=15,
            keepalive_count_max=3,
        )
        return made

    async def _close(self) -> None:
        made = self._connection
        self._abort()
        if made is not None:
            await made.wait_closed()

    def _abort(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._client = None

    async def _size(self, path: bytes) -> int | None:
        client = await self._open()
        try:
            return (await self._wait(client.stat(path))).size
        except self._ssh.SFTPNoSuchFile:
            return None

    async def _write(self, path: bytes, content: bytes) -> None:
        client = await self._open()
        file = await self._wait(client.open(path, "wb"))
        try:
            for start in range(0, len(content), _CHUNK):
                await self._wait(file.write(content[start : start + _CHUNK]))
            with contextlib.suppress(self._ssh.SFTPOpUnsupported):
                await self._wait(file.fsync())
        finally:
            await self._wait(file.close())

    async def _rename(self, path: bytes, to: bytes) -> None:
        client = await self._open()
        await self._wait(client.rename(path, to))

    async def _remove(self, path: bytes) -> None:
        client = await self._open()
        await self._wait(client.remove(path))

    async def _make(self, path: bytes) -> None:
        client = await self._open()
        if not await self._wait(client.isdir(path)):
            await self._wait(client.mkdir(path))

    async def _files(self) -> Sequence[RemoteFile]:
        client = await self._open()
        entries = aiter(client.scandir(self._folder))
        found: list[RemoteFile] = []
        while len(found) < _MOST_FILES:
            try:
                entry = await self._wait(anext(entries))
            except StopAsyncIteration:
                break
            name, attributes = entry.filename, entry.attrs
            regular = attributes.permissions is not None and stat.S_ISREG(attributes.permissions)
            if isinstance(name, bytes) and regular and _proper(name):
                found.append(RemoteFile(name, attributes.size or 0, attributes.mtime or 0))
        return found

    async def _read(self, seen: RemoteFile) -> bytes | None:
        client = await self._open()
        content = bytearray()
        file = await self._wait(client.open(self._path(seen.name), "rb"))
        try:
            while len(content) <= seen.size:
                chunk: Any = await self._wait(file.read(min(_CHUNK, seen.size + 1 - len(content))))
                if not chunk:
                    break
                content += chunk
            after = await self._wait(file.stat())
        finally:
            await self._wait(file.close())
        unchanged = (after.size, after.mtime) == (seen.size, seen.changed) and len(content) == seen.size
        return bytes(content) if unchanged else None


def read_host(section: Section, around: Surroundings, key: str) -> SftpHost:
    """Read the keys of an endpoint that both directions have; `key` holds the URL."""
    url = section.required(key, _url, "sftp://none")
    texts = section.texts("host_keys", required=True)
    secrets = {}
    for name in ("password", "passphrase"):
        named = section.section(name, name)
        secrets[name] = around.secrets.read(named) if named is not None else None
        if named is not None:
            named.done()
    private = str(section.parsed("key", around.file, Path())) if section.text("key", "") else ""
    if bool(private) == (section.get("password") is not None):
        section.faults.at(section.mark, "the endpoint needs either 'key' or 'password'")
    if section.get("passphrase") is not None and not private:
        section.fault("passphrase", "a 'passphrase' needs the 'key' that it opens")
    return SftpHost(
        url=url,
        username=section.text("username"),
        host_keys=tuple(section.read(one.mark, one, _host_key, "") for one in texts),
        key=private,
        passphrase=secrets["passphrase"],
        password=secrets["password"],
        timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
    )


def _value(secret: Secret | None) -> str | None:
    return None if secret is None else secret.value


def _proper(name: bytes) -> bool:
    """Whether a name that a server gives is one component: what else it says could lead anywhere."""
    return name not in (b"", b".", b"..") and not re.search(rb"[/\0]", name)


def _url(value: str) -> str:
    """Read the URL of a folder on a server, without credentials."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{value}' is no URL: check host and port") from None
    if parts.scheme != "sftp" or not parts.hostname or port == 0:
        raise ValueError(f"'{value}' is no URL of SFTP: write sftp://host/folder, like sftp://customs.example/inbox")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'username', and 'key' or 'password'")
    if parts.query or parts.fragment or "\0" in unquote(parts.path):
        raise ValueError(f"'{value}' has more than a host and a folder")
    return value


def _host_key(text: str) -> str:
    """Read a public key as OpenSSH writes it on one line; whether its bytes are of that type is checked here too."""
    found = _KEY.fullmatch(text)
    try:
        blob = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        blob = b""
    if found is None or not blob[4:].startswith(found[1].encode()):
        raise ValueError(
            "a host key is one line like 'ssh-ed25519 AAAA...': ask the partner for it, and compare it with ssh-keyscan"
        )
    return f"{found[1]} {found[2]}"
