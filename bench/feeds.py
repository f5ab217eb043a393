"""MQTT to durable store: QoS 1 messages a second from a NATS server into SQLite, in batches, each acknowledged after.

    python bench/feeds.py [--messages N] [--rounds N] [--url mqtt://BROKER]

The messages wait in the broker before the clock starts, as after an outage; every one is in the store, and was
acknowledged, when it stops. Beside the time on the clock stands the processor time of our process: where other programs
share the machine (the broker does), the second says what the machine could do. Last comes the same with a store that
takes everything at once, which is what the wire alone costs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Intake
from gateway.store import Store
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "gateway" / "transports"))

from brokers import Publisher, nats

_TOPIC = "bench/ais"
_LINE = b"\\s:bench,c:1790000000*5E\\!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*%02X"


class Taken:
    """What was taken in."""

    def __init__(self) -> None:
        self.id = ""
        self.duplicate = self.conflict = False


def measured(port: int, url: str, messages: int, accept: Accept) -> tuple[float, float, int]:
    """Return the messages a second by the clock and by processor time, and how many arrivals held them."""
    intake = Intake("bench", "bench", lambda: datetime.now(UTC), lambda: uuid.uuid4().hex, feed="nmea")
    receiver = MqttReceiver(MqttIn(Broker(url, "bench", "3.1.1"), (_TOPIC,)), intake)
    receiver.start(accept)
    until(lambda: receiver.health().connected)
    receiver.stop()
    publisher = Publisher(port, f"publisher-{uuid.uuid4().hex}")
    publisher.publish(_TOPIC, [_LINE % (number % 256) for number in range(messages)])
    publisher.close()
    receiver = MqttReceiver(receiver._config, intake)  # noqa: SLF001  # the same session, counted from 0
    clock, processor = time.perf_counter(), time.process_time()
    receiver.start(accept)
    until(lambda: receiver.health().messages >= messages)
    receiver.stop()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    health = receiver.health()
    return health.messages / clock, health.messages / processor, health.batches


def until(fact: Callable[[], bool]) -> None:
    """Wait until a fact holds."""
    while not fact():
        Event().wait(0.005)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--messages", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--url", default="")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = nats(folder / "nats")
        if not asked.url:
            broker.start()
        url = asked.url or broker.url
        port = Broker(url).tcp_port
        store = Store(f"sqlite:///{folder / 'pierhead.db'}")
        store.upgrade()

        def durable(arrival: Arrival) -> Taken:
            store.record(arrival, Claim(""))
            return Taken()

        print("| MQTT to | messages/s | messages/s of processor time | messages in a batch |")
        print("|---|---|---|---|")
        for what, accept in (("durable store", durable), ("nowhere", lambda _arrival: Taken())):
            found = [measured(port, url, asked.messages, accept) for _ in range(asked.rounds)]
            batches = min(found, key=lambda one: one[2])[2]
            clock, processor = (max(one[index] for one in found) for index in (0, 1))
            print(f"| {what} | {clock:,.0f} | {processor:,.0f} | {asked.messages / batches:,.0f} |", flush=True)
        store.close()
        broker.kill()


main()
