"""kill -9 of the gateway and of the broker in the middle of a vessel feed: no line lost, every event told once."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "gateway" / "transports"))

from brokers import Publisher, RunningBroker, nats
from stage import PATIENCE, ROOT, Server, Stage

from adapters.ais import encode, message
from gateway.store import Store

CALL = (ROOT / "samples/ais/exampleport-call.nmea").read_bytes().splitlines()
TOPIC = "ais/exampleport/nmea"
MESSAGES = 5000
TOLD = 12  # six things that the ship does, each provisional and confirmed
FEED = (
    "id: coast-stations\npartner: port-community\ntransport: mqtt\nreceive_from: {}\ntopics: ais/+/nmea\nfeed: nmea\n"
)


def feed() -> list[bytes]:
    """The sample's call, with other ships passing in between: every line once."""
    others = []
    for number in range(MESSAGES - len(CALL)):
        ship, step = number % 40, number // 40
        values = {"lon": round(2 + ship * 0.05, 4), "lat": round(56 + step * 0.01, 4), "sog": 12.0, "cog": 0.0}
        others.append(encode(message("1", mmsi=200_100_000 + ship, **values, heading=step, second=number % 60))[0])
    each = len(others) // len(CALL)
    lines = []
    for number, line in enumerate(CALL):
        lines += [line, *others[number * each : (number + 1) * each]]
    lines += others[len(CALL) * each :]
    assert len(lines) == MESSAGES
    return lines


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    made = nats(tmp_path / "broker", sync="always")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def stage(tmp_path: Path, broker: RunningBroker) -> Iterator[Stage]:
    made = Stage(tmp_path)
    (made.folder / "endpoints/coast-stations.yaml").write_text(FEED.format(broker.url))
    yield made
    made.close()


def stored(stage: Stage) -> Counter[bytes]:
    """Every line of the feed that is in the store, with how often."""
    store = Store(f"sqlite:///{stage.folder}/var/pierhead.db")
    found: Counter[bytes] = Counter()
    for summary in store.recent(MESSAGES):
        arrival = store.arrival(summary.id)
        if arrival is not None and arrival.arrival.endpoint == "coast-stations":
            found.update(arrival.arrival.content.split(b"\n"))
    store.close()
    return found


def wait_for_subscription(server: Server) -> None:
    """Wait until the broker knows who subscribes: what is published before is nobody's."""
    ready = server.url.replace("/v1/messages", "/health/ready")
    deadline = time.monotonic() + PATIENCE
    while not httpx2.get(ready, timeout=30).json()["feeds"]["coast-stations"]["connected"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_everything(stage: Stage, lines: Collection[bytes]) -> None:
    """Wait for all events and all lines: the broker gives what died with a consumer again after 30 s only."""
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline and (len(events(stage)) < TOLD or not set(lines) <= set(stored(stage))):
        time.sleep(0.5)


def events(stage: Stage) -> list[str]:
    return sorted(json.loads(one)["id"] for one in stage.community.received if one.startswith(b"{"))


def test_a_kill_of_gateway_and_broker_loses_no_line_and_tells_every_event_once(
    stage: Stage, broker: RunningBroker
) -> None:
    lines = feed()
    with stage.serving() as server:
        wait_for_subscription(server)
    publisher = Publisher(broker.port)
    with stage.serving("observe", "3") as server:
        publisher.publish(TOPIC, lines[:2000])
        assert server.ended() == -signal.SIGKILL
    with stage.serving("observed", "2") as server:
        publisher.publish(TOPIC, lines[2000:3000])
        assert server.ended() == -signal.SIGKILL
    with stage.serving():
        publisher.publish(TOPIC, lines[3000:4000], wait=False)
        broker.kill()
        broker.start()
        publisher.publish(TOPIC, lines[4000:])
        wait_for_everything(stage, lines)
    publisher.client.loop_stop()
    publisher.client.disconnect()
    assert len(set(lines) - set(stored(stage))) == 0
    assert len(events(stage)) == len(set(events(stage))) == TOLD
