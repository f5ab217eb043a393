"""A process that takes a topic into a store until it is killed: consumer.py DATABASE URL TOPIC."""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime
from threading import Event

from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.plugin import Accepted, Intake
from gateway.store import Store
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker


def main(database: str, url: str, topic: str) -> None:
    store = Store(f"sqlite:///{database}")

    def accept(arrival: Arrival) -> Accepted:
        return store.record(arrival, Claim(""))

    intake = Intake("ais", "coast", lambda: datetime.now(UTC), lambda: uuid.uuid4().hex, feed="nmea")
    receiver = MqttReceiver(MqttIn(Broker(url, "consumer", "3.1.1"), (topic,), window=200), intake)
    receiver.start(accept)
    while not receiver.health().connected:
        Event().wait(0.01)
    print("ready", flush=True)
    Event().wait()


main(*sys.argv[1:])
