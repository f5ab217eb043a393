"""`pierhead demo --vessels`: a ship's call, from the sentences that coast stations hear to customs and the port.

A recorded-style log of an invented ship is published to a real MQTT broker. The gateway subscribes to it, sees her
approach, anchor, berth and leave, reminds her line of the manifest that is missing, tells customs of the arrival, and
publishes what she does for the port community.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any

import httpx2
import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from gateway.app import service
from gateway.cli.broker import broker as own_broker
from gateway.cli.counterparty import LOOPBACK, PATIENCE, Counterparty, demo_site, only_errors
from gateway.cli.samples import samples
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


@dataclass(slots=True)
class Play:
    """The demo under way."""

    console: Console
    quiet: bool
    gateway: service.Gateway
    client: Client
    listener: Listener
    line: Counterparty
    customs: Counterparty
    community: Counterparty
    key: str
    acts: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, lines: Sequence[bytes]) -> None:
        """Publish lines of the log, as the coast stations do, and wait until the broker has them."""
        sent = [self.client.publish(_FEED, line, 1) for line in lines]
        for one in sent:
            one.wait_for_publish(PATIENCE)

    def show(self, title: str, said: str, content: bytes = b"", language: str = "text") -> None:
        """Show one act: a sentence, and the bytes it is about."""
        text = content.decode("utf-8", "replace").strip()
        self.acts.append({"act": title, "said": said, "content": text})
        if self.quiet:
            return
        self.console.rule(f"[bold]{title}", align="left")
        self.console.print(said)
        if text:
            self.console.print(Panel(Syntax(text, language, word_wrap=True, background_color="default"), expand=False))


def run(console: Console, url: str = "", *, as_json: bool = False) -> int:
    """Play the demo over the broker at `url`, or over one of our own; return the exit code."""
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr), processors=[only_errors])
    with nullcontext(url) if url else own_broker() as where, _stage(console, where, quiet=as_json) as play:
        _call(play)
        _table(play)
        if as_json:
            console.print_json(json.dumps({"acts": play.acts}))
        else:
            console.print("\n[bold green]Done.[/] Every sentence and event above went over a real MQTT broker.")
    return 0


@contextmanager
def _stage(console: Console, url: str, *, quiet: bool) -> Iterator[Play]:
    """Set up the example site with its feed and its events on the broker, the counterparties, and the gateway."""
    token = secrets.token_hex(4)
    listener = Listener(f"{_EVENTS}/{token}")
    client = _client(url, listener)
    line, customs, community = Counterparty("shipping line"), Counterparty("customs"), Counterparty("port community")
    parties = (line, customs, community)
    for party in parties:
        party.start()
    with tempfile.TemporaryDirectory(prefix="pierhead-demo-") as folder:
        site_folder = Path(folder) / "site"
        keys = {name: secrets.token_hex(32) for name in ("blue-anchor", "customs", "port-community")}
        ports = {"9101": line, "9102": customs, "9103": community}
        gateway = service.build(demo_site(site_folder, keys, ports, _instead(url, token)))
        gateway.start()
        try:
            _subscribed(gateway)
            yield Play(console, quiet, gateway, client, listener, line, customs, community, keys["blue-anchor"])
        finally:
            gateway.stop()
            client.loop_stop()
            client.disconnect()
            for party in parties:
                party.stop()


def _subscribed(gateway: service.Gateway) -> None:
    """Wait until the gateway hears its feed: what is published before that, a new subscriber does not get."""
    deadline = time.monotonic() + PATIENCE
    while not all(feed.health().connected for feed in gateway.feeds.values()):
        if time.monotonic() > deadline:
            raise TimeoutError("the broker did not take our subscription")
        time.sleep(0.05)


def _instead(url: str, token: str) -> dict[str, str]:
    """Return the files of the site that are others here: feed and events on the broker, and a copy that waits."""
    manifests = samples().joinpath("site", "agreements", "manifests.yaml").read_text("utf-8")
    waiting = manifests.replace(_AT_ONCE, f"{_AT_ONCE}    trigger: on berth arrival at XZEXP or after 48 h\n")
    found = {name: text.format(url=url, token=token) for name, text in _SITE.items()}
    return found | {"agreements/manifests.yaml": waiting}


def _client(url: str, listener: Listener) -> Client:
    """Return a client that is connected, and subscribed to what the gateway publishes."""
    where = Broker(url)
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    client.on_message = listener.take
    client.on_connect = lambda made, *_: made.subscribe(listener.topic, 1)
    try:
        client.connect(where.host, where.tcp_port)
    except OSError as error:
        raise SettingsError(f"the broker {where.host}:{where.tcp_port} cannot be reached: {error.strerror}") from error
    client.loop_start()
    return client


def _call(play: Play) -> None:
    log = samples().joinpath("ais", "exampleport-call.nmea").read_bytes().splitlines()
    start = time_of(log[0]) or 0.0
    arriving = next(number for number, line in enumerate(log) if (time_of(line) or 0.0) > start + _FAR)
    play.show("1  A ship comes", "Coast stations publish what they hear to an MQTT broker.", b"\n".join(log[:4]))
    play.hear(log[:arriving])
    reminder = play.line.wait_for(1, b"PH-5004")[0]
    said = "120 nautical miles off, and no manifest for her call is lodged: her line is reminded by APERAK."
    play.show("2  The manifest is missing", said, reminder)
    manifest = samples().joinpath("edifact", "cuscar", "full.edi").read_bytes().replace(b"NLRTM", b"XZEXP")
    manifest = manifest.replace(b"202611280600", b"202611210600")
    _submit(play, manifest)
    play.customs.wait_for(1, b"cargo-report:1")
    said = "Blue Anchor lodges it. The port community's copy waits until she is at her berth."
    play.show("3  The manifest is lodged", said, manifest)
    play.hear(log[arriving:])
    for number, type_ in enumerate(("anchorage start", "port arrival"), 4):
        event = play.listener.wait_for(type_)
        _show_event(play, f"{number}  {type_.capitalize()}", event)
    notice = play.customs.wait_for(1, b"conveyance-report:1")[0]
    play.show("6  The arrival notice", "Customs gets it with what was declared for the voyage.", notice, "xml")
    _show_event(play, "7  At the berth", play.listener.wait_for("berth arrival"))
    copy = play.community.wait_for(1, b"CUSCAR:D:16A")[0]
    play.show("8  The copy that waited", "Now the port community gets the manifest.", copy)
    for number, type_ in enumerate(("berth departure", "port departure"), 9):
        _show_event(play, f"{number}  {type_.capitalize()}", play.listener.wait_for(type_))
    _summary(play)


def _summary(play: Play) -> None:
    """Show what is gathered for the hourly list."""
    agreement = play.gateway.site.agreement("vessel-summary")
    waiting = [
        one
        for told in (agreement.events if agreement else ())
        for one in play.gateway.store.gathered("vessel-summary", told.route.name, NEVER)
    ]
    times = ", ".join(sorted({f"{one.fire_at:%H:%M}" for one in waiting}))
    said = "Beside each event the port community gets a list every hour, of what was certain."
    play.show("11  The hourly summary", f"{said} {len(waiting)} events are gathered, and go as one at {times} UTC.")


def _submit(play: Play, content: bytes) -> None:
    url = f"http://{LOOPBACK}:{play.gateway.http_port}/v1/messages"
    headers = {"X-API-Key": play.key, "Content-Type": "application/edifact"}
    httpx2.post(url, content=content, headers=headers, timeout=PATIENCE).raise_for_status()


def _show_event(play: Play, title: str, event: dict[str, Any]) -> None:
    said = f"{event['data']['detail']} (confidence {event['data']['confidence']})."
    play.show(title, said, json.dumps(event, indent=1, ensure_ascii=False).encode(), "json")


def _table(play: Play) -> None:
    told = [json.loads(content) for content in play.listener.got]
    told.sort(key=lambda one: (one["data"]["at"], one["id"]))
    table = Table("when", "certainty", "event", "what", title="What the port community was told", title_justify="left")
    rows = [
        {"at": one["data"]["at"], "certainty": one["data"]["certainty"], "type": one["data"]["type"]} for one in told
    ]
    for one in told:
        data = one["data"]
        table.add_row(data["at"], data["certainty"], data["type"], data["detail"])
    play.acts.append({"act": "events", "events": rows})
    if not play.quiet:
        play.console.print(table)
