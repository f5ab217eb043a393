"""Mail out, against aiosmtpd."""

from __future__ import annotations

import email
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from threading import Event
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import free_port
from certificates import make
from mail_servers import RunningMail

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.section import Secret
from gateway.transports.smtp import SmtpOut, SmtpTransport
from gateway.transports.tls import Tls

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery(
    "d1", "key-1", "a", "e", b"UNB+UNOC:3'\r\n.\r\n", "application/edifact", "document", NOW, name="report.edi"
)


@pytest.fixture
def server() -> Iterator[RunningMail]:
    made = RunningMail().start()
    yield made
    made.stop()


To = Callable[..., SmtpTransport]


@pytest.fixture
def to() -> Iterator[To]:
    made: list[SmtpTransport] = []

    def make_one(port: int, **options: Any) -> SmtpTransport:
        chosen = {"recipients": ("in@customs.example",), "starttls": False, "timeout_seconds": 20.0} | options
        url = f"{chosen.pop('scheme', 'smtp')}://localhost:{port}"
        made.append(SmtpTransport(SmtpOut(url, "edi@port.example", **chosen), lambda: NOW))
        return made[-1]

    yield make_one
    for transport in made:
        transport.close()


def busy(transport: SmtpTransport) -> TransportBusy:
    with pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    return caught.value


def test_the_delivery_is_the_attachment_and_its_key_the_message_id(to: To, server: RunningMail) -> None:
    receipt = to(server.tcp_port, subject="EDI {kind} {name}").send(DELIVERY)
    assert (receipt.outcome, receipt.detail) == (Outcome.DELIVERED, "250 taken")
    (raw,) = server.got
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert mail.get_payload(decode=True) == DELIVERY.content
    assert mail["Message-ID"] == "<key-1@port.example>"
    assert mail["Subject"] == "EDI document report.edi"
    assert (mail["From"], mail["To"]) == ("edi@port.example", "in@customs.example")
    assert mail.get_content_type() == "application/edifact"
    assert mail.get_content_disposition() == "attachment"
    assert mail.get_filename().startswith("report-")


def test_every_attempt_sends_the_same_message(to: To, server: RunningMail) -> None:
    server.answers = ["451 later", "250 taken"]
    transport = to(server.tcp_port)
    busy(transport)
    transport.send(DELIVERY)
    transport.send(DELIVERY)
    assert len(set(server.got)) == 1


def test_one_connection_carries_delivery_after_delivery(to: To, server: RunningMail) -> None:
    transport = to(server.tcp_port)
    for _ in range(3):
        transport.send(DELIVERY)
    assert server.connections == 1


def test_a_connection_that_the_server_closed_is_made_anew(to: To, server: RunningMail) -> None:
    transport = to(server.tcp_port)
    transport.send(DELIVERY)
    server.hang_up()
    assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
    assert server.connections == 2


@pytest.mark.parametrize(("answer", "error"), [("452 full", TransportBusy), ("554 no", TransportRefused)])
def test_an_answer_to_the_message_is_busy_or_refused(
    to: To, server: RunningMail, answer: str, error: type[Exception]
) -> None:
    server.answers = [answer, "250 taken"]
    transport = to(server.tcp_port)
    with pytest.raises(error, match=answer) as caught:
        transport.send(DELIVERY)
    assert not getattr(caught.value, "ambiguous", False)
    assert transport.send(DELIVERY).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(("answer", "error"), [("450 later", TransportBusy), ("550 unknown", TransportRefused)])
def test_with_one_recipient_refused_nobody_gets_it(
    to: To, server: RunningMail, answer: str, error: type[Exception]
) -> None:
    server.recipients["b@customs.example"] = answer
    transport = to(server.tcp_port, recipients=("a@customs.example", "b@customs.example"))
    with pytest.raises(error, match=answer):
        transport.send(DELIVERY)
    assert server.got == []


def test_what_is_larger_than_the_server_says_is_refused_unsent(to: To) -> None:
    server = RunningMail(limit=1000).start()
    try:
        with pytest.raises(TransportRefused, match="1000 bytes at most"):
            to(server.tcp_port).send(replace(DELIVERY, content=b"x" * 1000))
    finally:
        server.stop()
    assert server.got == []


def test_no_connection_means_nothing_was_sent(to: To) -> None:
    transport = to(free_port())
    assert not busy(transport).ambiguous
    assert transport.health().busy == 1


def test_silence_after_the_whole_message_is_ambiguous(to: To, server: RunningMail) -> None:
    held = Event()
    server.on_data = lambda: held.wait() and None
    try:
        assert busy(to(server.tcp_port, timeout_seconds=0.5)).ambiguous
    finally:
        held.set()


def test_a_key_that_is_no_atom_is_a_digest_in_the_message_id(to: To, server: RunningMail) -> None:
    to(server.tcp_port).send(replace(DELIVERY, key="ключ\r\nBcc: x@evil.example"))
    mail = email.message_from_bytes(server.got[0], policy=policy.default)
    assert mail["Bcc"] is None
    assert len(mail["Message-ID"].partition("@")[0]) == 33


def test_a_content_type_that_breaks_the_line_is_refused(to: To, server: RunningMail) -> None:
    with pytest.raises(TransportRefused, match="content type"):
        to(server.tcp_port).send(replace(DELIVERY, content_type="text/plain\r\nBcc: x@evil.example"))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(certificates: Path) -> Iterator[RunningMail]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    made = RunningMail(tls=context).start()
    yield made
    made.stop()


def test_a_password_goes_over_tls_only(to: To, secure: RunningMail, certificates: Path) -> None:
    ours = {"username": "port", "password": Secret("an invented password"), "starttls": True}
    assert (
        to(secure.tcp_port, tls=Tls(str(certificates / "ca.pem")), **ours).send(DELIVERY).outcome is Outcome.DELIVERED
    )
    assert "CERTIFICATE" in str(busy(to(secure.tcp_port, **ours))).upper()
    assert secure.logins == [b"port"]


def test_a_login_that_fails_is_busy(to: To, secure: RunningMail, certificates: Path) -> None:
    trust = Tls(str(certificates / "ca.pem"))
    transport = to(secure.tcp_port, tls=trust, starttls=True, username="port", password=Secret("wrong"))
    error = busy(transport)
    assert "535" in str(error)
    assert not error.ambiguous


def test_a_server_without_starttls_gets_nothing(to: To, server: RunningMail) -> None:
    assert "STARTTLS" in str(busy(to(server.tcp_port, starttls=True)))
    assert server.got == []
