"""Messages taken from a stream of a NATS server by a durable consumer, acknowledged once durable.

The consumer is made where it is missing, and keeps its place in the stream while we are away. What it has handed out
and we have not acknowledged comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration, whole
from gateway.transports.backoff import waits
from gateway.transports.batches import Batches, FeedHealth, Taken, form_of
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require
from gateway.transports.nats_server import NatsServer, name, read_nats_server, subject

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_WINDOW: Final = 100
_STEADY_SECONDS: Final = 10.0
_FETCH_SECONDS: Final = 5.0
_AGAIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NatsIn:
    """What to take of which stream, as which durable consumer. At most `window` messages are on the way at once.

    What is not acknowledged after `again_seconds` is handed out again.
    """

    server: NatsServer
    stream: str
    subject: str
    consumer: str
    window: int = _WINDOW
    again_seconds: float = 60.0
    idempotent: ClassVar[bool] = False

    @property
    def place(self) -> str:
        """The server, the stream and the subject."""
        return f"{self.server.url} {self.stream} {self.subject}"

    @property
    def owns(self) -> str:
        """The consumer: two that share it get half of the messages each."""
        return f"the NATS consumer {self.consumer!r} of {self.stream} at {self.server.url}"


class NatsReceiver:
    """A consumer in a thread of its own, with another one that makes messages durable.

    Raises:
        SettingsError: nats-py is not installed.
    """

    def __init__(self, config: NatsIn, intake: Intake) -> None:
        self._nats: Any = require("nats.errors", "nats")
        self._api: Any = require("nats.js.api", "nats")
        self._config = config
        self._intake = intake
        self._by_subject = intake.feed.startswith("nmea")
        self._batches = Batches(intake, form_of(intake.feed), config.window, config.window)
        self._loop = EventLoop(f"nats {intake.endpoint}")
        self._running = False
        self._unsettled: dict[int, Msg] = {}  # by number in the stream; used by the loop's thread alone
        self._acknowledging: set[asyncio.Task[None]] = set()

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NatsIn:
        """Read the keys of an endpoint.

        These are `receive_from`, `stream`, `subject`, `consumer`, `window`, `again`, and those of every server.
        """
        return NatsIn(
            server=read_nats_server(section, around, "receive_from"),
            stream=section.required("stream", name, "none"),
            subject=section.parsed("subject", subject, ">"),
            consumer=section.parsed("consumer", name, f"pierhead-{section.text('id', '').replace('.', '_')}"),
            window=section.parsed("window", whole(1, 10_000), _WINDOW),
            again_seconds=section.parsed("again", duration, _AGAIN).total_seconds(),
        )

    def start(self, accept: Accept) -> None:
        """Begin to connect; whether that works is told by `health`."""
        self._batches.start(accept)
        self._running = True
        self._loop.begin(self._run())

    def stop(self) -> None:
        """Make durable what was received, acknowledge it, and leave; the consumer keeps its place."""
        self._batches.stop()
        if self._running:
            self._running = False
            self._loop.run(self._acknowledged())
        self._loop.stop()

    def health(self) -> FeedHealth:
        """Return how the stream is consumed."""
        return self._batches.health(alive=self._running)

    def acknowledge(self, marks: Sequence[int]) -> None:
        """Acknowledge messages by their number in the stream."""

        async def send() -> None:
            for mark in marks:
                message = self._unsettled.pop(mark, None)
                if message is not None:
                    with contextlib.suppress(self._nats.Error, OSError):  # then it comes again
                        await message.ack()

        def begin() -> None:
            task = asyncio.ensure_future(send())
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)

        self._loop.call(begin)

    # in the loop's thread

    async def _run(self) -> None:
        """Connect again and again, until cancelled."""
        pauses = waits(0.5, 60.0)
        while True:
            started = time.monotonic()
            try:
                await self._consume()
            except Exception as error:  # noqa: BLE001  # the thread goes on, and the feed says what happened
                self._batches.away(f"{type(error).__name__} {error}".strip())
            if time.monotonic() - started > _STEADY_SECONDS:
                pauses = waits(0.5, 60.0)
            await asyncio.sleep(next(pauses))

    async def _consume(self) -> None:
        """Consume until the connection or the consumer is gone, which is raised."""
        config = self._config
        client = await config.server.connect(f"pierhead {self._intake.endpoint}")
        try:
            consumer = self._api.ConsumerConfig(ack_wait=config.again_seconds, max_ack_pending=config.window)
            pull = await client.jetstream(timeout=config.server.timeout_seconds).pull_subscribe(
                config.subject, config.consumer, config.stream, consumer
            )
            self._batches.connected()
            while client.is_connected:
                room = self._batches.room()
                if not room:
                    await asyncio.get_running_loop().run_in_executor(None, self._batches.wait_for_room, 0.5)
                    continue
                with contextlib.suppress(self._nats.TimeoutError):
                    for message in await pull.fetch(min(room, config.window), _FETCH_SECONDS):
                        await self._received(message)
            raise ConnectionError("the connection was closed")
        finally:
            with contextlib.suppress(self._nats.Error, OSError):
                await client.close()

    async def _received(self, message: Msg) -> None:
        """Put a message into the backlog; what is too large is not handed out again."""
        number = message.metadata.sequence.stream
        if (message.metadata.num_delivered or 1) > 1:
            self._batches.duplicate()
        known = number in self._unsettled  # in the backlog already: the server was impatient
        self._unsettled[number] = message
        if known:
            return
        if len(message.data) > self._intake.max_bytes:
            self._batches.drop(1, f"a message of {len(message.data)} bytes is more than is taken in")
            del self._unsettled[number]
            await message.term()
            return
        self._batches.put(
            Taken(
                message.data.rstrip(b"\r\n") if self._by_subject else message.data,
                self._intake.clock(),
                message.subject if self._by_subject else "",
                message.subject,
                origin=self,
                mark=number,
                attributes={} if self._intake.feed else _attributes(message),
            )
        )

    async def _acknowledged(self) -> None:
        await asyncio.gather(*self._acknowledging)


def _attributes(message: Msg) -> Mapping[str, str]:
    """Return what a message says of itself, as HTTP headers would."""
    headers = {key.lower(): value for key, value in (message.headers or {}).items()}
    found = {"content_type": headers.get("content-type", ""), "idempotency_key": headers.get("nats-msg-id", "")}
    return {key: value for key, value in found.items() if value}
