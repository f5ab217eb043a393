"""Deliveries published to an AMQP broker, persistent, mandatory and confirmed, and what each answer means.

| answer | outcome |
|---|---|
| ack | delivered: the broker is responsible now |
| return: no queue is bound for it | busy: nobody has it |
| nack: a queue has no room | busy |
| the exchange is not there | busy |
| access refused, or a message that the broker does not take | refused |
| no connection, or a broker that refuses it | busy: nothing was sent |
| connection lost, or time out, after publishing | busy and ambiguous |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.transports.amqp_broker import AmqpBroker, read_amqp_broker, short
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.placeholders import bare, words

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange


@dataclass(frozen=True, slots=True)
class AmqpOut:
    """Where to publish: an exchange ("" is the default one, whose routing keys are names of queues)."""

    broker: AmqpBroker
    exchange: str
    routing_key: str
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The broker, the exchange and the routing key."""
        return f"{self.broker.url} {self.exchange or 'default'} {self.routing_key}"


class AmqpTransport:
    """Publishes each delivery with its idempotency key; the connection is kept. Safe to share between threads.

    Raises:
        SettingsError: aio-pika is not installed.
    """

    def __init__(self, config: AmqpOut, clock: Clock) -> None:
        self._pika: Any = require("aio_pika", "amqp")
        self._amqp: Any = require("aiormq.exceptions", "amqp")
        self._config = config
        self._clock = clock
        self._loop = EventLoop("amqp out")
        self._opening = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> AmqpOut:
        """Read the keys of an endpoint: `send_to`, `exchange`, `routing_key`, and those of every broker."""
        broker = read_amqp_broker(section, around, "send_to")
        return AmqpOut(
            broker, section.parsed("exchange", short, ""), section.required("routing_key", _routing_key, "none")
        )

    def send(self, delivery: Delivery) -> Receipt:
        """Publish the delivery's bytes once, unchanged.

        Raises:
            TransportBusy: try again; `ambiguous` when the broker may have the message.
            TransportRefused: the broker will not take it as it is, or it cannot be expressed in AMQP.
        """
        routing_key = words(self._config.routing_key, delivery)
        with self._pulse.attempt():
            for value in (delivery.key, delivery.content_type, routing_key):
                try:
                    short(value)
                except ValueError as error:
                    raise TransportRefused(f"{error}: {value[:40]!r}") from None
            self._loop.run(self._publish(delivery, routing_key))
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, f"confirmed for {routing_key}")

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._loop.run(self._end())
        self._loop.stop()

    # in the loop's thread

    async def _publish(self, delivery: Delivery, routing_key: str) -> None:
        exchange = await self._open()
        message = self._pika.Message(
            delivery.content,
            content_type=delivery.content_type or None,
            message_id=delivery.key,
            headers={"Idempotency-Key": delivery.key},
            delivery_mode=self._pika.DeliveryMode.PERSISTENT,
        )
        errors = self._amqp
        try:
            await exchange.publish(message, routing_key, mandatory=True, timeout=self._config.broker.timeout_seconds)
        except errors.PublishError as error:
            raise TransportBusy(f"no queue takes what goes to {routing_key}") from error
        except errors.DeliveryError as error:
            raise TransportBusy("the broker has no room for it now") from error
        except errors.ChannelNotFoundEntity as error:
            raise TransportBusy(f"the broker answered: {error}") from error
        except (errors.ChannelAccessRefused, errors.ChannelPreconditionFailed) as error:
            raise TransportRefused(f"the broker answered: {error}") from error
        except (errors.AMQPError, OSError, RuntimeError, asyncio.CancelledError) as error:
            await self._end()
            said = f"{type(error).__name__} {error}".strip()
            raise TransportBusy(f"no confirmation: {said}", ambiguous=True) from error

    async def _open(self) -> AbstractExchange:
        """Return the exchange on a channel that is open, made anew where there is none."""
        async with self._opening:
            if self._exchange is not None and self._channel is not None and not self._channel.is_closed:
                return self._exchange
            await self._end()
            try:
                self._connection = await self._config.broker.connect("pierhead")
                self._channel = channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
                name = self._config.exchange
                self._exchange = await channel.get_exchange(name) if name else channel.default_exchange
            except (self._amqp.AMQPError, OSError) as error:
                await self._end()
                raise TransportBusy(f"no connection: {type(error).__name__} {error}".strip()) from error
            return self._exchange

    async def _end(self) -> None:
        connection = self._connection
        self._connection = self._channel = self._exchange = None
        if connection is not None:
            await connection.close()


def _routing_key(text: str) -> str:
    """Read a routing key: placeholders, no single braces."""
    if any(brace in bare(short(text), "routing key") for brace in "{}"):
        raise ValueError(f"'{text}' is no routing key to publish with: leave out single braces")
    return text
