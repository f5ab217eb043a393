"""What an endpoint's YAML makes of wires, and what it says of mistakes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import SettingsError
from gateway.section import Faults, Secret, SecretSource, Section, Surroundings
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.settings.site import Endpoint
from gateway.transports.amqp_broker import AmqpBroker
from gateway.transports.amqp_in import AmqpIn
from gateway.transports.amqp_out import AmqpOut
from gateway.transports.extra import require
from gateway.transports.http import HttpEndpoint
from gateway.transports.nats_in import NatsIn
from gateway.transports.nats_out import NatsOut
from gateway.transports.nats_server import NatsServer
from gateway.transports.oauth2 import ClientCredentials
from gateway.transports.sftp_host import SftpHost
from gateway.transports.sftp_in import SftpIn
from gateway.transports.sftp_out import SftpOut
from gateway.transports.smtp import SmtpOut
from gateway.transports.smtp_server import SmtpIn
from gateway.transports.tls import Tls

SECRET = Secret("an invented secret")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
RSA = KEY.replace("ed25519", "rsa")  # whose bytes say otherwise
SFTP = f"username: us\nhost_keys: {KEY}\npassword: {{env: SECRET}}"
SMTP = "from: a@port.example\nto: b@x.example"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("ca.pem", "own.pem", "own.key"):
        (tmp_path / name).write_text("x")
    return tmp_path


def read(site: Path, text: str) -> tuple[Endpoint, list[str]]:
    node: Any = load_text(f"id: e.1\npartner: line\n{text}")
    faults = Faults()
    around = Surroundings(site, (), SecretSource(site, {"SECRET": SECRET.value}))
    endpoint = read_endpoint(Section(node, faults, "endpoint"), around, ["line"], Wires.installed())
    return endpoint, [text for _, text in faults.found]


def load_text(text: str) -> Any:
    from gateway.yaml_source import load

    return load(text, "e.yaml", SettingsError)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (
            (
                "transport: http\nsend_to: https://x.example/\n"
                "oauth2: {token_url: 'https://t.example/', client_id: u, client_secret: {env: SECRET}, secret_in: body}"
            ),
            HttpEndpoint(
                "https://x.example/", {}, oauth2=ClientCredentials("https://t.example/", "u", SECRET, in_body=True)
            ),
        ),
        (
            f"transport: sftp\nsend_to: sftp://x.example:2222/in\n{SFTP}",
            SftpOut(SftpHost("sftp://x.example:2222/in", "us", (KEY,), password=SECRET)),
        ),
        (
            f"transport: sftp\nreceive_from: sftp://x.example/out\nafter: delete\npoll: 1 min\n{SFTP}",
            SftpIn(SftpHost("sftp://x.example/out", "us", (KEY,), password=SECRET), 60.0, deletes=True),
        ),
        (
            f"transport: smtp\nsend_to: smtps://x.example\n{SMTP}",
            SmtpOut("smtps://x.example", "a@port.example", ("b@x.example",)),
        ),
        (
            "transport: smtp\nreceive_from: smtp://127.0.0.1:2525\nrecipients: In@Port.Example\nsenders: [X.example]",
            SmtpIn("smtp://127.0.0.1:2525", ("in@port.example",), ("x.example",)),
        ),
        (
            "transport: amqp\nsend_to: amqp://x.example/v%2Fh\nrouting_key: '{kind}'",
            AmqpOut(AmqpBroker("amqp://x.example/v%2Fh"), "", "{kind}"),
        ),
        ("transport: amqp\nreceive_from: amqp://x\nqueue: q", AmqpIn(AmqpBroker("amqp://x"), "q")),
        (
            "transport: nats\nsend_to: nats://x\nsubject: a.{key}\ntoken: {env: SECRET}",
            NatsOut(NatsServer("nats://x", token=SECRET), "a.{key}"),
        ),
        (
            "transport: nats\nreceive_from: nats://x\nstream: S\nsubject: a.*.>",
            NatsIn(NatsServer("nats://x"), "S", "a.*.>", "pierhead-e_1"),
        ),
    ],
)
def test_a_wire_is_read(site: Path, text: str, way: Any) -> None:
    endpoint, faults = read(site, text)
    assert faults == []
    assert endpoint.way == way
    assert SECRET.value not in repr(endpoint)
    assert endpoint.way is not None
    assert SECRET.value not in endpoint.way.place


def test_the_files_of_tls_are_found_in_the_site(site: Path) -> None:
    endpoint, faults = read(
        site, "transport: http\nsend_to: https://x.example/\ntls: {ca: ca.pem, certificate: own.pem, key: own.key}"
    )
    assert faults == []
    assert isinstance(endpoint.way, HttpEndpoint)
    assert endpoint.way.tls == Tls(*(str(site / name) for name in ("ca.pem", "own.pem", "own.key")))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("transport: http\nsend_to: http://x/\ntls: {ca: ca.pem}", "'tls' needs a URL that starts with https://"),
        ("transport: http\nsend_to: https://x/\noauth2: {client_id: us}", "the oauth2 section needs 'client_secret'"),
        (
            (
                "transport: http\nsend_to: https://x/\nauthorization: {env: SECRET}\n"
                "oauth2: {token_url: 'https://t/', client_id: us, client_secret: {env: SECRET}}"
            ),
            "either 'oauth2' or a header 'Authorization'",
        ),
        (f"transport: sftp\nsend_to: ftp://x/in\n{SFTP}", "is no URL of SFTP"),
        (f"transport: sftp\nsend_to: sftp://us:pw@x/in\n{SFTP}", "credentials do not belong in a URL"),
        ("transport: sftp\nsend_to: sftp://x/in\nusername: us\npassword: {env: SECRET}", "needs 'host_keys'"),
        (f"transport: sftp\nsend_to: sftp://x/in\n{SFTP}\nkey: own.key", "either 'key' or 'password'"),
        (
            "transport: sftp\nsend_to: sftp://x/in\nusername: us\nkey: own.key\nhost_keys: SHA256:abc",
            "a host key is one line",
        ),
        (
            f"transport: sftp\nsend_to: sftp://x/in\nusername: us\nkey: own.key\nhost_keys: {RSA}",
            "a host key is one line",
        ),
        (f"transport: smtp\nsend_to: smtp://x\n{SMTP}\nsubject: '{{who}}'", "a subject has no '{who}'"),
        ("transport: smtp\nsend_to: smtp://x\nfrom: Us <a@b.example>\nto: b@x.example", "is no mail address"),
        (
            f"transport: smtp\nsend_to: smtp://x\n{SMTP}\nusername: us\npassword: {{env: SECRET}}\nstarttls: false",
            "a password is not sent without TLS",
        ),
        (f"transport: smtp\nsend_to: smtp://x\n{SMTP}\nusername: us", "belong together"),
        (
            "transport: smtp\nreceive_from: smtps://0.0.0.0\nrecipients: a@b.example\nsenders: b.example",
            "smtps:// needs 'tls'",
        ),
        ("transport: smtp\nreceive_from: smtp://0.0.0.0\nrecipients: a@b.example", "needs 'senders'"),
        ("transport: amqp\nsend_to: amqp://x?heartbeat=0\nrouting_key: x", "has options"),
        ("transport: amqp\nsend_to: amqp://x\nrouting_key: 'a{'", "is no routing key"),
        ("transport: amqp\nsend_to: amqp://x\nrouting_key: a\ntls: {ca: ca.pem}", "'tls' needs a URL"),
        ("transport: nats\nsend_to: nats://x\nsubject: a.>", "is no subject to publish to"),
        ("transport: nats\nsend_to: nats://x\nsubject: a..b", "is no subject"),
        ("transport: nats\nreceive_from: nats://x\nstream: a.b", "is no name in NATS"),
        ("transport: nats\nreceive_from: nats://x\nstream: S\nsubject: a.>.b", "is no subject"),
    ],
)
def test_a_mistake_is_told(site: Path, text: str, fault: str) -> None:
    _, faults = read(site, text)
    assert any(fault in told for told in faults), faults


def test_a_library_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(SettingsError, match=r"needs asyncssh: install pierhead\[sftp\]"):
        require("asyncssh", "sftp")
