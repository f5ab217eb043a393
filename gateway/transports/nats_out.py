"""Deliveries published to a stream of a NATS server (JetStream), and what each answer means.

| answer | outcome |
|---|---|
| acknowledged | delivered: the stream has it |
| acknowledged as a duplicate | delivered by an earlier attempt |
| no stream takes the subject | busy: nobody has it |
| an error of the stream (full, or at its limits) | busy |
| an error that says the message is wrong (400) | refused |
| larger than the server takes | refused |
| no connection, or a server that refuses it | busy: nothing was sent |
| connection lost, or time out, after publishing | busy and ambiguous |

A server forgets `Nats-Msg-Id` after the stream's duplicate window, two minutes when nobody says more.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.nats_server import NatsServer, name, read_nats_server, subject
from gateway.transports.placeholders import bare, words

if TYPE_CHECKING:
    from nats.aio.client import Client

T = TypeVar("T")

_HEADER: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?")
_OVERHEAD: Final = 2500  # what the headers may have, at most


@dataclass(frozen=True, slots=True)
class NatsOut:
    """Where to publish. With `stream` no other one may take the message."""

    server: NatsServer
    subject: str
    stream: str = ""
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The server and the subject."""
        return f"{self.server.url} {self.subject}"


class NatsTransport:
    """Publishes each delivery under its idempotency key; the connection is kept. Safe to share between threads.

    Raises:
        SettingsError: nats-py is not installed.
    """

    def __init__(self, config: NatsOut, clock: Clock) -> None:
        self._nats: Any = require("nats.errors", "nats")
        self._stream_errors: Any = require("nats.js.errors", "nats")
        self._config = config
        self._clock = clock
        self._loop = EventLoop("nats out")
        self._opening = asyncio.Lock()
        self._client: Client | None = None
        self._over = asyncio.Event()  # the connection at hand is
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NatsOut:
        """Read the keys of an endpoint: `send_to`, `subject`, `stream`, and those of every server."""
        server = read_nats_server(section, around, "send_to")
        return NatsOut(server, section.required("subject", _subject, "none"), section.parsed("stream", name, ""))

    def send(self, delivery: Delivery) -> Receipt:
        """Publish the delivery's bytes once, unchanged.

        Raises:
            TransportBusy: try again; `ambiguous` when the stream may have the message.
            TransportRefused: the server will not take it as it is, or it cannot be expressed in NATS.
        """
        headers = {"Nats-Msg-Id": delivery.key, "Content-Type": delivery.content_type}
        with self._pulse.attempt():
            for field, value in headers.items():
                if value and not _HEADER.fullmatch(value):
                    raise TransportRefused(f"NATS cannot carry this {field}")
            detail = self._loop.run(self._publish(delivery, {key: value for key, value in headers.items() if value}))
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, detail)

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._loop.run(self._end())
        self._loop.stop()

    # in the loop's thread

    async def _publish(self, delivery: Delivery, headers: dict[str, str]) -> str:
        client = await self._open()
        if len(delivery.content) + _OVERHEAD > client.max_payload:
            raise TransportRefused(f"the server takes {client.max_payload} bytes at most, headers included")
        to = words(self._config.subject, delivery)
        seconds = self._config.server.timeout_seconds
        try:
            answer = await self._unless_over(
                client.jetstream(timeout=seconds).publish(
                    to, delivery.content, timeout=seconds, stream=self._config.stream or None, headers=headers
                )
            )
        except self._stream_errors.NoStreamResponseError as error:
            raise TransportBusy(f"no stream takes {to}") from error
        except self._stream_errors.APIError as error:
            said = f"the server answered: {error.code} {error.description}"
            raise TransportRefused(said) if error.code == 400 else TransportBusy(said) from error
        except (self._nats.Error, OSError, asyncio.CancelledError) as error:
            await self._end()
            said = f"{type(error).__name__} {error}".strip()
            raise TransportBusy(f"no acknowledgment: {said}", ambiguous=True) from error
        earlier = ", by an earlier attempt" if answer.duplicate else ""
        return f"number {answer.seq} of {answer.stream}{earlier}"

    async def _unless_over(self, answer: Coroutine[Any, Any, T]) -> T:
        """Return an answer; a connection that is over before is an error now, and not when time is out."""
        asked, over = asyncio.ensure_future(answer), asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({asked, over}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise ConnectionError("the connection was closed")
        finally:
            asked.cancel()
            over.cancel()

    async def _open(self) -> Client:
        """Return a connection that is open, made anew where there is none."""
        async with self._opening:
            if self._client is None or not self._client.is_connected:
                await self._end()
                try:
                    self._over = over = asyncio.Event()

                    async def closed() -> None:
                        over.set()

                    self._client = await self._config.server.connect("pierhead", closed)
                except (self._nats.Error, OSError) as error:
                    raise TransportBusy(f"no connection: {type(error).__name__} {error}".strip()) from error
            return self._client

    async def _end(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(self._nats.Error, OSError):
                await client.close()


def _subject(text: str) -> str:
    """Read the subject of an endpoint: words and placeholders, no wildcards."""
    if re.search(r"[{}*>]", bare(text, "subject")):
        raise ValueError(f"'{text}' is no subject to publish to: leave out '*', '>' and single braces")
    subject(re.sub(r"\{\w+\}", "x", text))
    return text
