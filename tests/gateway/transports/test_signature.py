from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.errors import TransportBusy
from gateway.model.stages import Delivery
from gateway.section import Secret
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.signature import KEY_ID, SIGNATURE, TIMESTAMP, SigningKey, verified

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "an invented secret of some length"
KEY = SigningKey(Secret(SECRET), "k1")
DELIVERY = Delivery("d1", "key-1", "a", "e", b'{"a": 1}\n', "application/json", "document", NOW)


def signed(body: bytes = b"body", id_: str = "key-1") -> dict[str, str]:
    return {"Idempotency-Key": id_, **KEY.headers(id_, body, NOW)}


def test_the_signature_is_what_the_recipe_says() -> None:
    headers = signed()
    wanted = hmac.new(SECRET.encode(), b"%d.key-1.body" % NOW.timestamp(), hashlib.sha256).hexdigest()
    assert headers == {
        "Idempotency-Key": "key-1",
        "Pierhead-Timestamp": "1772366400",
        "Pierhead-Key-Id": "k1",
        "Pierhead-Signature": f"v1={wanted}",
    }


def test_what_was_signed_is_verified_for_five_minutes() -> None:
    keys = {"k0": "another secret", "k1": SECRET}
    for seconds, fresh in ((-301, False), (-300, True), (0, True), (300, True), (301, False)):
        assert verified(keys, signed(), b"body", NOW + timedelta(seconds=seconds)) is fresh


@pytest.mark.parametrize(
    "change",
    [
        {"Idempotency-Key": "key-2"},
        {TIMESTAMP: "1772366401"},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: "1772366400.5"},
        {TIMESTAMP: ""},
        {KEY_ID: "k2"},
        {KEY_ID: "empty"},
        {SIGNATURE: ""},
        {SIGNATURE: "v1=" + "0" * 64},
        {SIGNATURE: "v1=ü"},
    ],
)
def test_what_was_changed_is_not_verified(change: dict[str, str]) -> None:
    assert not verified({"k1": SECRET, "empty": ""}, signed() | change, b"body", NOW)


def test_another_body_is_not_verified() -> None:
    assert not verified({"k1": SECRET}, signed(), b"bodx", NOW)


def test_nothing_signed_with_no_secret_is_verified() -> None:
    headers = {"Idempotency-Key": "k", **SigningKey(Secret(""), "empty").headers("k", b"body", NOW)}
    assert not verified({"empty": ""}, headers, b"body", NOW)


def test_each_attempt_is_signed_anew_and_has_the_same_key_and_body(peer: Any) -> None:
    now = [NOW]
    transport = HttpTransport(HttpEndpoint(peer.url, signing=KEY), lambda: now[0])
    peer.answers[:] = [(502, {}, b""), (202, {}, b"")]
    with pytest.raises(TransportBusy):
        transport.send(DELIVERY)
    now[0] += timedelta(hours=1)
    transport.send(replace(DELIVERY, id="d2"))
    transport.close()
    (first, body), (second, again) = peer.got
    assert body == again == DELIVERY.content
    assert first["idempotency-key"] == second["idempotency-key"] == "key-1"
    assert int(second["pierhead-timestamp"]) - int(first["pierhead-timestamp"]) == 3600
    names = ("Idempotency-Key", TIMESTAMP, KEY_ID, SIGNATURE)
    headers = {name: second[name.lower()] for name in names}
    assert verified({"k1": SECRET}, headers, again, NOW + timedelta(hours=1))
    assert not verified({"k1": SECRET}, {name: first[name.lower()] for name in names}, body, NOW + timedelta(hours=1))


def test_without_a_signing_key_nothing_is_signed(peer: Any) -> None:
    transport = HttpTransport(HttpEndpoint(peer.url), lambda: NOW)
    transport.send(DELIVERY)
    transport.close()
    assert not [name for name in peer.got[0][0] if name.startswith("pierhead")]


def test_a_secret_does_not_show_itself() -> None:
    assert SECRET not in repr(HttpEndpoint("http://x", signing=KEY))
