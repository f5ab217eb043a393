"""The time that a whole answer may take: whoever sends a byte now and then is not waited for any longer.

A client's own timeout is for each read, and a read ends with any byte. Here the time runs from the last byte of the
request to the last of the answer.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore2
import httpx2


class PatientTransport(httpx2.HTTPTransport):
    """Connections whose answers take `seconds` at most; what takes longer is an `httpx2.ReadTimeout`."""

    def __init__(self, verify: ssl.SSLContext, seconds: float) -> None:
        super().__init__(verify=verify, trust_env=False)
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=verify,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(seconds),
        )


class _Backend(httpcore2.NetworkBackend):
    """Opens streams that keep the time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._wires = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._wires.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Timed(stream, self._seconds)


class _Timed(httpcore2.NetworkStream):
    """A stream on which reading ends `seconds` after the last write."""

    def __init__(self, stream: httpcore2.NetworkStream, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._until = monotonic() + seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._until - monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout(f"the answer is not whole after {self._seconds:g} s")
        return self._stream.read(max_bytes, left if timeout is None else min(timeout, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)
        self._until = monotonic() + self._seconds

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, timeout), self._seconds)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
