"""`pierhead demo --vessels`: a ship's call, from the sentences that coast stations hear to customs and the port.

A recorded-style log of an invented ship is published to a real MQTT broker. The gateway subscribes to it, sees her
approach, anchor, berth and leave, reminds her line of the manifest that is missing, tells customs of the arrival, and
publishes what she does for the port community.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from rich.console import Console

from gateway.app import service
from gateway.cli.broker import broker as own_broker
from gateway.cli.counterparty import PATIENCE
from gateway.cli.play import Cast, Edit, Play, on_stage, sample_manifest, voyage_log
from gateway.errors import SettingsError
from gateway.model.occasion import NEVER
from gateway.transports.mqtt_broker import Broker
from gateway.transports.replay import time_of

_FAR = 10 * 3600.0  # seconds into the log: she is within 120 nautical miles
_FEED = "ais/exampleport/nmea"
_EVENTS = "pierhead/events"
_SITE = {
    "endpoints/coast-stations.yaml": (
        "id: coast-stations\npartner: port-community\ntransport: mqtt\nreceive_from: {url}\ntopics: ais/+/nmea\n"
        "client_id: pierhead-{token}\nfeed: nmea\n"
    ),
    "endpoints/port-community-events.yaml": (
        "id: port-community-events\npartner: port-community\ntransport: mqtt\nsend_to: {url}\n"
        "topic: pierhead/events/{token}\nidempotent: true\n"
    ),
}
_AT_ONCE = "    as: CUSCAR D16A\n"  # of the copy for the port community, in the agreement on manifests


@dataclass(slots=True)
class Listener:
    """The port community's own client, which subscribes to what the gateway publishes."""

    topic: str
    got: list[bytes] = field(default_factory=list)
    _came: Condition = field(default_factory=Condition)

    def take(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        """Keep a message."""
        with self._came:
            self.got.append(bytes(message.payload))
            self._came.notify_all()

    def wait_for(self, type_: str) -> dict[str, Any]:
        """Return the confirmed event of a type, once it has come."""
        with self._came:
            if not self._came.wait_for(lambda: self.find(type_) is not None, PATIENCE):
                raise TimeoutError(f"no confirmed {type_} was published")
        return self.find(type_) or {}

    def find(self, type_: str) -> dict[str, Any] | None:
        """Return the confirmed event of a type, or None."""
        for one in map(json.loads, self.got):
            if (one["data"]["type"], one["data"]["certainty"]) == (type_, "confirmed"):
                return dict(one)
        return None


def run(console: Console, url: str = "", *, as_json: bool = False) -> int:
    """Play the demo over the broker at `url`, or over one of our own; return the exit code."""
    play, token = Play(console, quiet=as_json), secrets.token_hex(4)
    listener = Listener(f"{_EVENTS}/{token}")
    with nullcontext(url) if url else own_broker() as where, _client(where, listener) as client:
        with on_stage(_edits(where, token)) as cast:
            _subscribed(cast.gateway)
            _call(play, cast, client, listener)
        _table(play, listener)
    play.end("Every sentence and event above went over a real MQTT broker.")
    return 0


def _edits(url: str, token: str) -> dict[str, Edit]:
    """Return how the site differs here: feed and events on the broker, and a copy that waits."""

    def waiting(agreement: str) -> str:
        return agreement.replace(_AT_ONCE, f"{_AT_ONCE}    trigger: on berth arrival at XZEXP or after 48 h\n")

    def of(template: str) -> Edit:
        return lambda _: template.format(url=url, token=token)

    return {name: of(template) for name, template in _SITE.items()} | {"agreements/manifests.yaml": waiting}


def _subscribed(gateway: service.Gateway) -> None:
    """Wait until the gateway hears its feed: what is published before that, a new subscriber does not get."""
    deadline = time.monotonic() + PATIENCE
    while not all(feed.health().connected for feed in gateway.feeds.values()):
        if time.monotonic() > deadline:
            raise TimeoutError("the broker did not take our subscription")
        time.sleep(0.05)


@contextmanager
def _client(url: str, listener: Listener) -> Iterator[Client]:
    """Connect a client, subscribed to what the gateway publishes."""
    where = Broker(url)
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    client.on_message = listener.take
    client.on_connect = lambda made, *_: made.subscribe(listener.topic, 1)
    try:
        client.connect(where.host, where.tcp_port)
    except OSError as error:
        raise SettingsError(f"the broker {where.host}:{where.tcp_port} cannot be reached: {error.strerror}") from error
    client.loop_start()
    try:
        yield client
    finally:
        client.loop_stop()
        client.disconnect()


def _hear(client: Client, lines: Sequence[bytes]) -> None:
    """Publish lines of the log, as the coast stations do, and wait until the broker has them."""
    sent = [client.publish(_FEED, line, 1) for line in lines]
    for one in sent:
        one.wait_for_publish(PATIENCE)


def _call(play: Play, cast: Cast, client: Client, listener: Listener) -> None:
    log = voyage_log()
    start = time_of(log[0]) or 0.0
    arriving = next(number for number, line in enumerate(log) if (time_of(line) or 0.0) > start + _FAR)
    play.show("1  A ship comes", "Coast stations publish what they hear to an MQTT broker.", b"\n".join(log[:4]))
    _hear(client, log[:arriving])
    reminder = cast.line.wait_for(1, b"PH-5004")[0]
    said = "120 nautical miles off, and no manifest for her call is lodged: her line is reminded by APERAK."
    play.show("2  The manifest is missing", said, reminder)
    manifest = sample_manifest("full.edi")
    cast.submit(manifest).raise_for_status()
    cast.customs.wait_for(1, b"cargo-report:1")
    said = "Blue Anchor lodges it. The port community's copy waits until she is at her berth."
    play.show("3  The manifest is lodged", said, manifest)
    _hear(client, log[arriving:])
    for number, type_ in enumerate(("anchorage start", "port arrival"), 4):
        event = listener.wait_for(type_)
        _show_event(play, f"{number}  {type_.capitalize()}", event)
    notice = cast.customs.wait_for(1, b"conveyance-report:1")[0]
    play.show("6  The arrival notice", "Customs gets it with what was declared for the voyage.", notice, "xml")
    _show_event(play, "7  At the berth", listener.wait_for("berth arrival"))
    copy = cast.community.wait_for(1, b"CUSCAR:D:16A")[0]
    play.show("8  The copy that waited", "Now the port community gets the manifest.", copy)
    for number, type_ in enumerate(("berth departure", "port departure"), 9):
        _show_event(play, f"{number}  {type_.capitalize()}", listener.wait_for(type_))
    _summary(play, cast)


def _summary(play: Play, cast: Cast) -> None:
    """Show what is gathered for the hourly list."""
    agreement = cast.gateway.site.agreement("vessel-summary")
    waiting = [
        one
        for told in (agreement.events if agreement else ())
        for one in cast.gateway.store.gathered("vessel-summary", told.route.name, NEVER)
    ]
    times = ", ".join(sorted({f"{one.fire_at:%H:%M}" for one in waiting}))
    said = "Beside each event the port community gets a list every hour, of what was certain."
    play.show("11  The hourly summary", f"{said} {len(waiting)} events are gathered, and go as one at {times} UTC.")


def _show_event(play: Play, title: str, event: dict[str, Any]) -> None:
    said = f"{event['data']['detail']} (confidence {event['data']['confidence']})."
    play.show(title, said, json.dumps(event, indent=1, ensure_ascii=False).encode(), "json")


def _table(play: Play, listener: Listener) -> None:
    told = sorted(map(json.loads, listener.got), key=lambda one: (one["data"]["at"], one["id"]))
    columns = ("at", "certainty", "type", "detail")
    rows = [{name: one["data"][name] for name in columns} for one in told]
    play.show_table("events", "What the port community was told", ("when", "certainty", "event", "what"), rows)
