from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from certificates import make

from gateway.errors import SettingsError, TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.transports.health import WireHealth
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.tls import Tls

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml; charset=UTF-8", "document", NOW)


To = Callable[..., HttpTransport]


@pytest.fixture
def to() -> Iterator[To]:
    made: list[HttpTransport] = []

    def make(url: str, **options: Any) -> HttpTransport:
        made.append(HttpTransport(HttpEndpoint(url, **options), lambda: NOW))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def busy(transport: HttpTransport) -> TransportBusy:
    with pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    return caught.value


def test_key_type_and_configured_headers_are_sent(to: To, peer: Any) -> None:
    to(peer.url, headers={"X-API-Key": "secret"}).send(DELIVERY)
    ((headers, _),) = peer.got
    assert headers["idempotency-key"] == "key-1"
    assert headers["content-type"] == "application/xml; charset=UTF-8"
    assert headers["x-api-key"] == "secret"


def test_connections_are_reused(to: To, peer: Any) -> None:
    transport = to(peer.url)
    for _ in range(3):
        assert transport.send(DELIVERY).answer == b"taken"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_busy(to: To, peer: Any, status: int) -> None:
    peer.answers = [(status, {}, b"later\nplease")]
    error = busy(to(peer.url))
    assert error.ambiguous == (status in (502, 504))
    assert f"{status}" in str(error)
    assert str(error).endswith(": later please")
    assert error.retry_at is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(minutes=2)),
        ("Sun, 01 Mar 2026 13:00:00 GMT", NOW + timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_understood_in_both_forms(to: To, peer: Any, value: str, expected: datetime | None) -> None:
    peer.answers = [(503, {"Retry-After": value}, b"")]
    assert busy(to(peer.url)).retry_at == expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_a_final_status_is_refused(to: To, peer: Any, status: int) -> None:
    peer.answers = [(status, {}, b"no")]
    with pytest.raises(TransportRefused, match=f"{status}.*no"):
        to(peer.url).send(DELIVERY)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(to: To, peer: Any, status: int) -> None:
    peer.answers = [(status, {"Location": peer.url + "/elsewhere"}, b"")]
    with pytest.raises(TransportRefused, match="redirects are not followed"):
        to(peer.url).send(DELIVERY)
    assert len(peer.got) == 1


def test_no_connection_means_nothing_was_sent(to: To, closed_url: str) -> None:
    assert not busy(to(closed_url)).ambiguous
    assert not busy(to("http://name.invalid/")).ambiguous


def test_a_connection_reset_after_sending_is_ambiguous(to: To, rude_peer: Any) -> None:
    with rude_peer(reset=True) as url:
        assert busy(to(url)).ambiguous


def test_silence_after_sending_is_ambiguous(to: To, rude_peer: Any) -> None:
    with rude_peer(reset=False) as url:
        assert busy(to(url, timeout_seconds=0.5)).ambiguous


def test_an_answer_is_kept_up_to_its_limit(to: To, peer: Any) -> None:
    peer.answers = [(200, {}, b"y" * 100_000)]
    receipt = to(peer.url, answer_bytes=1000).send(DELIVERY)
    assert (receipt.outcome, receipt.answer) == (Outcome.DELIVERED, b"y" * 1000)
    assert "cut off" in receipt.detail


def test_a_compressed_answer_is_not_unpacked(to: To, peer: Any) -> None:
    peer.answers = [(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b not unpacked")]
    assert to(peer.url).send(DELIVERY).answer == b"\x1f\x8b not unpacked"


def test_an_answer_lost_after_its_status_is_still_a_delivery(to: To, peer: Any) -> None:
    peer.answers = [(202, {"Content-Length": "500", "Connection": "close"}, b"part")]
    receipt = to(peer.url).send(DELIVERY)
    assert receipt.outcome is Outcome.DELIVERED
    assert "cut off" in receipt.detail


def test_secrets_do_not_show() -> None:
    assert "secret" not in repr(HttpEndpoint("https://x", {"X-API-Key": "secret"}))


def test_one_connection_carries_delivery_after_delivery(to: To, peer: Any) -> None:
    transport = to(peer.url)
    for _ in range(3):
        transport.send(DELIVERY)
    assert len(peer.ports) == 1


def test_health_tells_of_the_last_attempts(to: To, peer: Any) -> None:
    transport = to(peer.url)
    peer.answers = [(503, {}, b"later"), (503, {}, b"later"), (202, {}, b"")]
    for _ in range(2):
        busy(transport)
    assert transport.health() == WireHealth(None, 2, "503 Service Unavailable: later")
    transport.send(DELIVERY)
    assert transport.health() == WireHealth(NOW)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tls"))


def server_context(folder: Path) -> ssl.SSLContext:
    """A server that demands a certificate of our authority."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    made.load_cert_chain(folder / "server.pem", folder / "server.key")
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def test_our_certificate_is_shown_and_theirs_is_checked(to: To, new_peer: Any, certificates: Path) -> None:
    peer = new_peer(server_context(certificates))
    ca, certificate, key = (str(certificates / name) for name in ("ca.pem", "client.pem", "client.key"))
    assert to(peer.url, tls=Tls(ca, certificate, key)).send(DELIVERY).answer == b"taken"
    assert not busy(to(peer.url, tls=Tls("", certificate, key))).ambiguous
    assert len(peer.got) == 1


def test_without_our_certificate_nothing_is_taken(to: To, new_peer: Any, certificates: Path) -> None:
    peer = new_peer(server_context(certificates))
    busy(to(peer.url, tls=Tls(str(certificates / "ca.pem"))))
    assert peer.got == []


def test_files_that_are_no_certificates_are_named(to: To, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    with pytest.raises(SettingsError, match=r"ca\.pem"):
        to("https://customs.example", tls=Tls(str(tmp_path / "ca.pem")))
