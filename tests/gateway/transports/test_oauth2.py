"""Access tokens against a real token endpoint: one is fetched, kept, renewed in time, and never shown elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.section import Secret
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.oauth2 import ClientCredentials

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml", "document", NOW)


def grant(token: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 600, **more}).encode()


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(new_peer: Callable[..., Any]) -> Any:
    """A token endpoint that gives a new token each time."""
    made = new_peer()
    made.answers = [grant(f"token-{number}") for number in range(1, 10)]
    return made


To = Callable[..., HttpTransport]


@pytest.fixture
def to(clock: Clock, authority: Any) -> Iterator[To]:
    made: list[HttpTransport] = []

    def make(url: str, headers: dict[str, str] | None = None, **options: Any) -> HttpTransport:
        credentials = ClientCredentials(authority.url, "port 1", Secret("an invented+secret"), **options)
        made.append(HttpTransport(HttpEndpoint(url, headers or {}, oauth2=credentials), clock))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def shown(peer: Any) -> list[str]:
    return [headers["authorization"] for headers, _ in peer.got]


def test_a_token_is_fetched_once_and_goes_with_each_delivery(to: To, peer: Any, authority: Any) -> None:
    transport = to(peer.url, scope="messages", audience="customs")
    for _ in range(3):
        assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
    assert shown(peer) == ["Bearer token-1"] * 3
    ((headers, body),) = authority.got
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"port+1:an+invented%2Bsecret"
    assert parse_qs(body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["messages"],
        "audience": ["customs"],
    }


def test_the_secret_can_go_in_the_form(to: To, peer: Any, authority: Any) -> None:
    to(peer.url, in_body=True).send(DELIVERY)
    ((headers, body),) = authority.got
    assert "authorization" not in headers
    assert parse_qs(body.decode())["client_secret"] == ["an invented+secret"]


def test_headers_of_the_endpoint_do_not_go_to_the_token_endpoint(to: To, peer: Any, authority: Any) -> None:
    to(peer.url, {"X-API-Key": "secret"}).send(DELIVERY)
    assert peer.got[0][0]["x-api-key"] == "secret"
    assert "x-api-key" not in authority.got[0][0]


def test_a_token_is_renewed_shortly_before_it_expires(to: To, peer: Any, clock: Clock) -> None:
    transport = to(peer.url)
    transport.send(DELIVERY)
    clock.now += timedelta(seconds=539)
    transport.send(DELIVERY)
    clock.now += timedelta(seconds=1)
    transport.send(DELIVERY)
    assert shown(peer) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_401_brings_one_new_token_and_one_more_try(to: To, peer: Any, authority: Any) -> None:
    peer.answers = [(401, {}, b"expired"), (202, {}, b"taken")]
    assert to(peer.url).send(DELIVERY).answer == b"taken"
    assert shown(peer) == ["Bearer token-1", "Bearer token-2"]
    assert len(authority.got) == 2


def test_a_second_401_is_final(to: To, peer: Any, authority: Any) -> None:
    peer.answers = [(401, {}, b"not you")]
    with pytest.raises(TransportRefused, match=r"401.*not you"):
        to(peer.url).send(DELIVERY)
    assert (len(peer.got), len(authority.got)) == (2, 2)


def test_many_threads_fetch_one_token(to: To, peer: Any, authority: Any) -> None:
    transport = to(peer.url)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: transport.send(DELIVERY), range(16)))
    assert len(authority.got) == 1
    assert len(peer.got) == 16


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}, b'{"error": "invalid_client"}'), "401 invalid_client"),
        ((400, {}, b'{"error": "bad\\u0007 or <long>"}'), "answers 400$"),
        ((503, {}, b"<html>"), "answers 503$"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "answers 302$"),
        ((200, {}, b"[]"), "no access token in"),
        ((200, {}, b"[" * 50_000), "no access token in"),
        ((200, {}, b"{" + b" " * 70_000), "too long"),
        (grant("line\r\nbreak: x"), "no access token in"),
        (grant("x", token_type="mac"), "no bearer token"),
    ],
)
def test_without_a_token_nothing_is_sent(to: To, peer: Any, authority: Any, answer: Any, said: str) -> None:
    authority.answers = [answer]
    transport = to(peer.url)
    with pytest.raises(TransportBusy, match=said) as caught:
        transport.send(DELIVERY)
    assert not caught.value.ambiguous
    assert peer.got == []
    assert transport.health().trouble == str(caught.value)


def test_a_token_endpoint_that_is_away_is_busy(peer: Any, closed_url: str) -> None:
    credentials = ClientCredentials(closed_url, "us", Secret("invented"))
    transport = HttpTransport(HttpEndpoint(peer.url, oauth2=credentials), lambda: NOW)
    with pytest.raises(TransportBusy, match="no access token") as caught:
        transport.send(DELIVERY)
    transport.close()
    assert not caught.value.ambiguous


def test_an_expiry_that_is_no_number_counts_as_unstated(to: To, peer: Any, authority: Any, clock: Clock) -> None:
    authority.answers = [grant("token-1", expires_in="soon"), grant("token-2")]
    transport = to(peer.url)
    transport.send(DELIVERY)
    clock.now += timedelta(seconds=300)
    transport.send(DELIVERY)
    assert shown(peer) == ["Bearer token-1", "Bearer token-2"]


def test_the_secret_does_not_show() -> None:
    assert "invented" not in repr(ClientCredentials("https://x", "us", Secret("invented")))
