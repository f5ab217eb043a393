"""Messages taken from a queue of an AMQP broker, acknowledged once durable.

What the broker has sent and we have not acknowledged comes again after every loss of the connection, of our process or
of the machine. The queue is the partner's or the broker's: it is consumed, never declared.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import whole
from gateway.transports.amqp_broker import AmqpBroker, read_amqp_broker, short
from gateway.transports.backoff import waits
from gateway.transports.batches import Batches, FeedHealth, Taken, form_of
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

_WINDOW: Final = 50
_STEADY_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class AmqpIn:
    """Which queue to consume. At most `window` messages are on the way to the store at once."""

    broker: AmqpBroker
    queue: str
    window: int = _WINDOW
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The broker and the queue."""
        return f"{self.broker.url} {self.queue}"


class AmqpReceiver:
    """A consumer in a thread of its own, with another one that makes messages durable.

    Raises:
        SettingsError: aio-pika is not installed.
    """

    def __init__(self, config: AmqpIn, intake: Intake) -> None:
        self._amqp: Any = require("aiormq.exceptions", "amqp")
        self._config = config
        self._intake = intake
        self._by_key = intake.feed.startswith("nmea")
        self._batches = Batches(intake, form_of(intake.feed), config.window, config.window)
        self._loop = EventLoop(f"amqp {intake.endpoint}")
        self._running = False
        self._acknowledging: set[asyncio.Task[None]] = set()

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> AmqpIn:
        """Read the keys of an endpoint: `receive_from`, `queue`, `window`, and those of every broker."""
        broker = read_amqp_broker(section, around, "receive_from")
        window = section.parsed("window", whole(1, 65_535), _WINDOW)
        return AmqpIn(broker, section.required("queue", short, ""), window)

    def start(self, accept: Accept) -> None:
        """Begin to connect; whether that works is told by `health`."""
        self._batches.start(accept)
        self._running = True
        self._loop.begin(self._run())

    def stop(self) -> None:
        """Make durable what was received, acknowledge it, and leave."""
        self._batches.stop()
        if self._running:
            self._running = False
            self._loop.run(self._acknowledged())
        self._loop.stop()

    def health(self) -> FeedHealth:
        """Return how the queue is consumed."""
        return self._batches.health(alive=self._running)

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
        """Consume until the connection, the channel or the queue is gone, which is raised."""
        connection = await self._config.broker.connect(f"pierhead {self._intake.endpoint}")
        try:
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=self._config.window)
            queue = await channel.get_queue(self._config.queue)
            origin = _Origin(self, channel)
            gone = asyncio.Event()
            for closing in (connection, channel):
                closing.close_callbacks.add(lambda *_: gone.set())
            await queue.consume(partial(self._received, origin))
            self._batches.connected()
            while not gone.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(gone.wait(), _LOOK_SECONDS)
                    raise ConnectionError("the connection was closed")
                await channel.get_queue(self._config.queue)  # a queue that was deleted says nothing by itself
        finally:
            await connection.close()

    async def _received(self, origin: _Origin, message: AbstractIncomingMessage) -> None:
        """Put a message into the backlog; the broker's dead letters get what is too large."""
        if message.redelivered:
            self._batches.duplicate()
        body, key = message.body, message.routing_key or ""
        if len(body) > self._intake.max_bytes:
            self._batches.drop(1, f"a message of {len(body)} bytes is more than is taken in")
            await message.reject(requeue=False)
            return
        self._batches.put(
            Taken(
                body.rstrip(b"\r\n") if self._by_key else body,
                self._intake.clock(),
                key if self._by_key else "",
                key,
                origin=origin,
                mark=message.delivery_tag or 0,
                attributes={} if self._intake.feed else _attributes(message),
            )
        )

    def acknowledge(self, channel: AbstractChannel, marks: Sequence[int]) -> None:
        """Acknowledge on the channel that messages came by, and on no other."""

        async def send() -> None:
            with contextlib.suppress(self._amqp.AMQPError, OSError, RuntimeError):  # then they come again
                under = await channel.get_underlay_channel()
                for mark in marks:
                    await under.basic_ack(mark)

        def begin() -> None:
            task = asyncio.ensure_future(send())
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)

        self._loop.call(begin)

    async def _acknowledged(self) -> None:
        await asyncio.gather(*self._acknowledging)


class _Origin:
    """Acknowledges messages of one channel."""

    def __init__(self, receiver: AmqpReceiver, channel: AbstractChannel) -> None:
        self._receiver = receiver
        self._channel = channel

    def acknowledge(self, marks: Sequence[int]) -> None:
        self._receiver.acknowledge(self._channel, marks)


def _attributes(message: AbstractIncomingMessage) -> Mapping[str, str]:
    """Return what a message says of itself, as HTTP headers would."""
    found = {"content_type": message.content_type or "", "idempotency_key": message.message_id or ""}
    return {name: value for name, value in found.items() if value}
