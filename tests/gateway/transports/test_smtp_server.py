"""Mail in: what smtplib is answered, and what becomes of each message."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from brokers import eventually, free_port
from certificates import make
from feeding import Taker, intake

from gateway.errors import SettingsError
from gateway.transports.health import Pulse
from gateway.transports.smtp_server import SmtpIn, SmtpReceiver, _Handler
from gateway.transports.tls import ServerTls

FROM, TO = "edi@line.example", "in@port.example"
Serve = Callable[..., SmtpReceiver]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(taker: Taker, *, max_bytes: int = 1_000_000, **options: Any) -> SmtpReceiver:
            url = options.pop("url", "smtp://127.0.0.1:0")
            config = SmtpIn(url, (TO,), ("line.example", "one@agent.example"), **options)
            made = SmtpReceiver(config, intake("", max_bytes=max_bytes))
            made.start(taker)
            stack.callback(made.stop)
            return made

        yield start


def client(receiver: SmtpReceiver) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", receiver.listens_on, "line.example", timeout=20)


def mail(*attachments: tuple[str, bytes], body: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = FROM, TO, "EDI", "<1@line.example>"
    if body:
        made.set_content(body)
    for name, content in attachments:
        made.add_attachment(content, "application", "edifact", filename=name)
    return made


def test_each_attachment_is_an_arrival_of_exactly_its_bytes(serve: Serve) -> None:
    taker = Taker()
    with client(serve(taker)) as smtp:
        smtp.send_message(mail(("a.edi", bytes(range(256))), ("b.edi", b"\r\n.\r\nb"), body="see below"), FROM, TO)
    assert taker.contents == [bytes(range(256)), b"\r\n.\r\nb"]
    assert taker.got[0].attributes == {
        "file_name": "a.edi",
        "content_type": "application/edifact",
        "sender": FROM,
        "message_id": "<1@line.example>",
        "principal": "coast",
    }


def test_without_attachments_the_body_is_the_arrival(serve: Serve) -> None:
    taker = Taker()
    with client(serve(taker)) as smtp:
        smtp.sendmail(FROM, TO, b"Subject: x\r\nContent-Type: application/edifact\r\n\r\nUNB+1'\r\nUNZ+1'\r\n\xff")
    assert taker.contents == [b"UNB+1'\r\nUNZ+1'\r\n\xff\r\n"]


def test_the_sender_hears_250_only_after_everything_is_durable(serve: Serve) -> None:
    taker = Taker()
    taker.open.clear()
    answered: list[Any] = []
    receiver = serve(taker)

    def send() -> None:
        with client(receiver) as smtp:
            answered.append(smtp.send_message(mail(("a.edi", b"a")), FROM, TO))

    thread = Thread(target=send)
    thread.start()
    eventually(lambda: receiver._open != set() and any(one.envelope.content for one in receiver._open if one.envelope))
    assert answered == []
    taker.open.set()
    thread.join()
    assert (answered, taker.contents) == ([{}], [b"a"])


def test_while_nothing_can_be_recorded_the_sender_keeps_the_mail(serve: Serve) -> None:
    taker = Taker(full=True)
    receiver = serve(taker)
    with client(receiver) as smtp:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            smtp.send_message(mail(("a.edi", b"a")), FROM, TO)
        assert receiver.health().trouble == "the disk is full"
        taker.full = False
        assert smtp.send_message(mail(("a.edi", b"a")), FROM, TO) == {}
    assert taker.contents == [b"a"]
    assert receiver.health().trouble == ""


def test_a_fault_of_ours_is_no_refusal(serve: Serve) -> None:
    with client(serve(Taker(poison=b"bad"))) as smtp, pytest.raises(smtplib.SMTPDataError, match="451"):
        smtp.send_message(mail(("a.edi", b"bad")), FROM, TO)


@pytest.mark.parametrize("sender", ["edi@evil.example", "two@agent.example", "", "edi@sub.line.example"])
def test_an_unknown_sender_is_refused(serve: Serve, sender: str) -> None:
    with client(serve(Taker())) as smtp, pytest.raises(smtplib.SMTPSenderRefused):
        smtp.sendmail(sender, TO, b"\r\nx")


@pytest.mark.parametrize("sender", ["ANY@Line.Example", "one@agent.example"])
def test_a_known_sender_is_taken_in_any_case(serve: Serve, sender: str) -> None:
    with client(serve(Taker())) as smtp:
        assert smtp.sendmail(sender, "IN@port.example", b"\r\nx") == {}


def test_an_unknown_recipient_is_refused(serve: Serve) -> None:
    with client(serve(Taker())) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail(FROM, "other@port.example", b"\r\nx")


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\r\n\r\n",
        b"Content-Type: application/edifact\r\nContent-Transfer-Encoding: base64\r\n\r\nab!c=d\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nnothing\r\n",
        b"Content-Type: multipart/mixed\r\n\r\n",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500)),
    ],
    ids=["empty", "base64", "no-part", "no-boundary", "deep"],
)
def test_a_message_with_nothing_to_take_is_refused(serve: Serve, content: bytes) -> None:
    taker = Taker()
    with client(serve(taker)) as smtp, pytest.raises(smtplib.SMTPDataError, match="554"):
        smtp.sendmail(FROM, TO, content)
    assert taker.got == []


def test_a_message_that_is_too_large_is_refused(serve: Serve) -> None:
    taker = Taker()
    receiver = serve(taker, max_bytes=1000)
    for size, code in ((1001, "552"), (200_000, "552")):
        with client(receiver) as smtp, pytest.raises(smtplib.SMTPException, match=code):
            smtp.send_message(mail(("a.edi", b"x" * size)), FROM, TO)
    assert taker.got == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "tab\tbell\x07", "x" * 2000, "ü港.edi", "CON"])
def test_a_hostile_file_name_is_an_attribute_and_nothing_else(serve: Serve, name: str) -> None:
    taker = Taker()
    with client(serve(taker)) as smtp:
        smtp.send_message(mail((name, b"a")), FROM, TO)
    said = taker.got[0].attributes["file_name"]
    assert said.isprintable()
    assert 0 < len(said) <= 500


def test_too_many_connections_are_told_so(serve: Serve) -> None:
    receiver = serve(Taker(), connections=1)
    with client(receiver), pytest.raises(smtplib.SMTPConnectError, match="421"):
        client(receiver)
    eventually(lambda: not receiver._open)
    client(receiver).quit()


def test_an_address_that_is_taken_is_a_fault_of_the_settings(serve: Serve) -> None:
    port = free_port()
    serve(Taker(), url=f"smtp://127.0.0.1:{port}")
    with pytest.raises(SettingsError, match="cannot listen"):
        serve(Taker(), url=f"smtp://127.0.0.1:{port}")


def test_with_tls_nothing_is_taken_before_it(serve: Serve, tmp_path: Path) -> None:
    folder = make(tmp_path)
    taker = Taker()
    receiver = serve(taker, tls=ServerTls(str(folder / "server.pem"), str(folder / "server.key")))
    with client(receiver) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
            smtp.sendmail(FROM, TO, b"\r\nx")
        smtp.starttls(context=ssl.create_default_context(cafile=str(folder / "ca.pem")))
        smtp.sendmail(FROM, TO, b"\r\nx")
    assert taker.contents == [b"x\r\n"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=b\r\n",
                b"Content-Disposition: attachment; filename*0*=x'y'%ff; filename=\"\xff\"\r\n",
                b"Content-Transfer-Encoding: x-uuencode\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Type: text/plain; charset=*\r\n",
                b"Message-ID: =?x?q?=ff?=\r\n",
                b"\r\n--b\r\n",
                b"begin 644 x\n",
                b"\r\n",
                b"YQ==",
            ]
        ),
        max_size=12,
    ).map(b"".join)
)
def test_any_bytes_get_an_answer(content: bytes) -> None:
    taken = intake("")
    handler = _Handler(SmtpIn("smtp://x", (), ()), taken, Taker(), Pulse(taken.clock))
    assert handler._take(content, FROM)[:4] in ("250 ", "554 ", "552 ")
