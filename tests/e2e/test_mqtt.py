"""A manifest submitted over MQTT, and its acknowledgment over MQTT, through a gateway that may be killed in between."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "gateway" / "transports")]

from brokers import Publisher, RunningBroker, eventually, nats
from feeding import Taker, intake
from stage import Stage, sample

from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker

_IN = """
id: blue-anchor-mqtt-in
partner: blue-anchor
transport: mqtt
receive_from: {url}
topics: blue-anchor/manifests
"""
_OUT = """
id: blue-anchor-mqtt-out
partner: blue-anchor
transport: mqtt
send_to: {url}
topic: blue-anchor/answers/{{kind}}
idempotent: true
retry: {{first: 100 ms, at_most: 1 s, attempts: 20}}
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    made = nats(tmp_path / "nats", ack_wait="1s")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def stage(tmp_path: Path, broker: RunningBroker) -> Iterator[Stage]:
    """The example site, where the shipping line speaks MQTT."""
    made = Stage(tmp_path)
    for name, text in (("mqtt-in", _IN), ("mqtt-out", _OUT)):
        (made.folder / "endpoints" / f"{name}.yaml").write_text(text.format(url=broker.url), "utf-8")
    manifests = made.folder / "agreements" / "manifests.yaml"
    manifests.write_text(
        manifests.read_text("utf-8").replace("contrl: blue-anchor-inbox", "contrl: blue-anchor-mqtt-out")
    )
    yield made
    made.close()


@pytest.fixture
def answers(broker: RunningBroker) -> Iterator[Taker]:
    taker = Taker()
    receiver = MqttReceiver(MqttIn(Broker(broker.url, "blue-anchor", "3.1.1"), ("blue-anchor/answers/#",)), intake(""))
    receiver.start(taker)
    eventually(lambda: receiver._subscribed)
    yield taker
    receiver.stop()


@pytest.fixture
def submit(broker: RunningBroker) -> Iterator[Publisher]:
    """What publishes; the broker knows the gateway's session already, as if it had subscribed before."""
    config = MqttIn(Broker(broker.url, "pierhead-blue-anchor-mqtt-in", "3.1.1"), ("blue-anchor/manifests",))
    receiver = MqttReceiver(config, intake(""))
    receiver.start(Taker())
    eventually(lambda: receiver._subscribed)
    receiver.stop()
    made = Publisher(broker.port)
    yield made
    made.close()


def test_a_manifest_over_mqtt_is_acknowledged_over_mqtt(stage: Stage, answers: Taker, submit: Publisher) -> None:
    submit.publish("blue-anchor/manifests", [sample("full.edi")])
    with stage.serving():
        stage.wait_for((0, 1, 1))
        eventually(lambda: len(answers.got) >= 1)
    assert b"CONTRL" in answers.contents[0]
    assert answers.got[0].attributes["topic"] == "blue-anchor/answers/acknowledgment"


def test_a_gateway_that_dies_before_it_acknowledges_takes_the_manifest_once(
    stage: Stage, answers: Taker, submit: Publisher
) -> None:
    with stage.serving("record", "1") as server:
        submit.publish("blue-anchor/manifests", [sample("full.edi")])
        server.ended()
    with stage.serving():
        stage.wait_for((0, 1, 1))
        eventually(lambda: len(answers.got) >= 1)
    assert len(set(answers.contents)) == 1
