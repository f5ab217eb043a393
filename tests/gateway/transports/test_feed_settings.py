"""What an endpoint's YAML makes of feeds and brokers, and what it says of mistakes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import SettingsError
from gateway.section import Faults, Secret, SecretSource, Section, Surroundings
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.settings.site import Endpoint
from gateway.transports.http import HttpEndpoint
from gateway.transports.mqtt import MqttIn
from gateway.transports.mqtt_broker import Broker, Tls
from gateway.transports.mqtt_out import MqttOut
from gateway.transports.nmea_file import NmeaFileIn
from gateway.transports.nmea_tcp import NmeaTcpIn
from gateway.transports.nmea_tcp_server import NmeaTcpServerIn
from gateway.transports.nmea_udp import NmeaUdpIn
from gateway.transports.signature import SigningKey
from gateway.yaml_source import MarkedMap, load

SECRET = "an invented secret of some length"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("ca.pem", "own.pem", "own.key", "log.nmea"):
        (tmp_path / name).write_text("x")
    return tmp_path


def read(site: Path, text: str) -> tuple[Endpoint, list[str]]:
    node: Any = load(f"id: e\npartner: coast\n{text}", "e.yaml", SettingsError)
    assert isinstance(node, MarkedMap)
    faults = Faults()
    around = Surroundings(site, (), SecretSource(site, {"SECRET": SECRET}))
    wires = replace(Wires.installed(), feeds=("nmea", "digitraffic"))
    endpoint = read_endpoint(Section(node, faults, "endpoint"), around, ["coast"], wires)
    return endpoint, [text for _, text in faults.found]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (
            "transport: mqtt\nreceive_from: mqtt://broker.example\ntopics: ais/#\nfeed: nmea",
            MqttIn(Broker("mqtt://broker.example", "pierhead-e"), ("ais/#",)),
        ),
        (
            (
                "transport: mqtt\nreceive_from: wss://broker.example/mqtt\ntopics: [a/+/b, c]\nwindow: 200\n"
                "session: 2 h\nclient_id: port-1\nprotocol: 3.1.1\nusername: us\npassword: {env: SECRET}\n"
                "keepalive: 30 s\ntimeout: 5 s"
            ),
            MqttIn(
                Broker("wss://broker.example/mqtt", "port-1", "3.1.1", "us", Secret(SECRET), Tls(), 30, 5.0),
                ("a/+/b", "c"),
                200,
                7200,
            ),
        ),
        (
            "transport: mqtt\nsend_to: mqtt://broker.example:1884\ntopic: vessels/{kind}/{name}\nretain: true",
            MqttOut(Broker("mqtt://broker.example:1884"), "vessels/{kind}/{name}", retain=True),
        ),
        (
            "transport: nmea_tcp\nreceive_from: tcp://station.example:4001\nfeed: nmea\nsilence: 1 min",
            NmeaTcpIn("station.example", 4001, 60.0),
        ),
        (
            "transport: nmea_tcp_server\nreceive_from: tcp://0.0.0.0:4001\nfeed: nmea\nstations: 5",
            NmeaTcpServerIn("0.0.0.0", 4001, 300.0, 5),
        ),
        (
            "transport: nmea_udp\nreceive_from: udp://[::]:10110\nfeed: nmea\nbacklog: 500",
            NmeaUdpIn("::", 10110, 500),
        ),
        (
            "transport: http\nsend_to: https://port.example/hook\nsign: {env: SECRET, key_id: k1}",
            HttpEndpoint("https://port.example/hook", signing=SigningKey(Secret(SECRET), "k1")),
        ),
    ],
)
def test_an_endpoint_is_read(site: Path, text: str, way: object) -> None:
    endpoint, faults = read(site, text)
    assert faults == []
    assert endpoint.way == way


def test_files_are_found_in_the_site(site: Path) -> None:
    tls = "tls: {ca: ca.pem, certificate: own.pem, key: own.key}"
    endpoint, faults = read(site, f"transport: mqtt\nsend_to: mqtts://broker.example\ntopic: x\n{tls}")
    assert faults == []
    assert isinstance(endpoint.way, MqttOut)
    assert endpoint.way.broker.tls == Tls(*(str(site / name) for name in ("ca.pem", "own.pem", "own.key")))
    endpoint, faults = read(site, "transport: nmea_file\nreceive_from: log.nmea\nfeed: nmea\nfollow: true")
    assert (faults, endpoint.way) == ([], NmeaFileIn(site / "log.nmea", follow=True))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("receive_from: mqt://b\ntopics: x", "'mqt' is not allowed here"),
        ("receive_from: mqtt://\ntopics: x", "needs a host"),
        ("receive_from: mqtt://b:x\ntopics: x", "check host and port"),
        ("receive_from: mqtt://me:pw@b\ntopics: x", "credentials do not belong in a URL"),
        ("receive_from: mqtt://b/ais\ntopics: x", "has a path"),
        ("receive_from: mqtt://b", "needs 'topics'"),
        ("receive_from: mqtt://b\ntopics: a/#/b", "is no topic filter"),
        ("receive_from: mqtt://b\ntopics: a+/b", "is no topic filter"),
        ("receive_from: mqtt://b\ntopics: $share/g/a", "shared subscriptions"),
        ("receive_from: mqtt://b\ntopics: x\nprotocol: '4'", "'4' is not one of 5, 3.1.1"),
        ("receive_from: mqtt://b\ntopics: x\ntls: {ca: ca.pem}", "needs a URL that starts with mqtts://"),
        ("receive_from: mqtts://b\ntopics: x\ntls: {ca: nothing.pem}", "there is no file"),
        ("receive_from: mqtts://b\ntopics: x\ntls: {key: own.key}", "needs the 'certificate'"),
        ("receive_from: mqtt://b\ntopics: x\npassword: {env: SECRET}", "needs a 'username'"),
        ("receive_from: mqtt://b\ntopics: x\nusername: u\npassword: {env: NOTHING}", "is not set"),
        ("receive_from: mqtt://b\ntopics: x\nkeepalive: 1 s", "between 5 s and 1 h"),
        ("receive_from: mqtt://b\ntopics: x\nwindow: 0", "whole number from 1 to 65535"),
        ("receive_from: mqtt://b\ntopics: x\ntopic: y", "a endpoint has no 'topic'"),
        ("send_to: mqtt://b", "needs 'topic'"),
        ("send_to: mqtt://b\ntopic: a/#", "is no topic to publish to"),
        ("send_to: mqtt://b\ntopic: $SYS/x", "is no topic to publish to"),
        ("send_to: mqtt://b\ntopic: a/{kin}", "a topic has no '{kin}'"),
        ("send_to: mqtt://b\ntopic: 'a/{kind'", "is no topic to publish to"),
    ],
)
def test_a_mistake_of_mqtt_is_told(site: Path, text: str, fault: str) -> None:
    _, faults = read(site, f"transport: mqtt\n{text}")
    assert any(fault in one for one in faults), faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("transport: nmea_tcp\nreceive_from: station:4001\nfeed: nmea", "write tcp://HOST:PORT"),
        ("transport: nmea_tcp\nreceive_from: tcp://station:4001", "write 'feed: nmea'"),
        ("transport: nmea_udp\nreceive_from: tcp://station:4001\nfeed: nmea", "write udp://HOST:PORT"),
        ("transport: nmea_tcp_server\nreceive_from: tcp://station:4001\nfeed: digitraffic", "write 'feed: nmea'"),
        ("transport: nmea_file\nreceive_from: nothing.nmea\nfeed: nmea", "there is no file"),
        ("transport: nmea_file\nreceive_from: ../x\nfeed: nmea", "leads out of the site"),
        ("transport: http\nsend_to: http://b\nsign: {key_id: x}", "needs either 'env' or 'file'"),
        ("transport: http\nsend_to: http://b\nsign: {file: ca.pem}", "at least 24 characters"),
    ],
)
def test_a_mistake_of_another_wire_is_told(site: Path, text: str, fault: str) -> None:
    _, faults = read(site, text)
    assert any(fault in one for one in faults), faults


def test_no_place_shows_a_secret(site: Path) -> None:
    endpoint, _ = read(site, "transport: mqtt\nsend_to: mqtt://b\ntopic: x\nusername: u\npassword: {env: SECRET}")
    assert SECRET not in repr(endpoint)


def test_two_endpoints_of_one_client_id_own_the_same(site: Path) -> None:
    text = "transport: mqtt\nreceive_from: mqtt://b\ntopics: {}\nclient_id: one"
    owned = {read(site, text.format(topic))[0].way.owns for topic in ("x", "y")}  # type: ignore[union-attr]
    assert len(owned) == 1
