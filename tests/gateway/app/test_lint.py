from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway import app
from gateway.app import lint
from gateway.app.certificates import expiry
from gateway.cli.samples import copy_example_site
from gateway.routing import Agreement, When
from gateway.routing.agreement import parse_type
from gateway.settings import Endpoint, Site, load_site
from gateway.transports.http import HttpEndpoint
from gateway.triggers import OnEvent

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("lint") / "site"
    copy_example_site(folder)
    return load_site(folder)


def manifests(site: Site) -> Agreement:
    found = site.agreement("manifests")
    assert found is not None
    return found


def test_the_example_site_has_nothing_to_warn_of(site: Site) -> None:
    assert lint.warnings(site, app.standards().registry, NOW) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"document": "ConveyanceReport"}, "no message that it accepts becomes a ConveyanceReport"),
        ({"document": "CustomsResponse"}, "move it there"),
        ({"when": When.REJECTED}, "what is rejected goes by 'replies' only"),
    ],
)
def test_a_route_that_nothing_reaches_is_told(site: Site, changes: dict[str, str], told: str) -> None:
    agreement = manifests(site)
    route = replace(agreement.routes[0], **changes)  # type: ignore[arg-type]  # names of its fields
    (said,) = lint.unreachable(replace(agreement, routes=(route,)), app.standards().registry)
    assert told in said


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        ("CUSRES D96B", "the map of CUSRES D96B writes a CustomsResponse, not a CargoReport"),
        ("IFTMIN D00B", "no map writes edifact IFTMIN D00B"),
    ],
)
def test_a_route_whose_map_cannot_write_its_document_is_told(site: Site, type_: str, told: str) -> None:
    agreement = manifests(site)
    route = replace(agreement.routes[0], type=parse_type(type_))
    (said,) = lint.uncarried(replace(agreement, routes=(route,), replies=()), app.standards().registry)
    assert told in said


def test_a_trigger_that_waits_for_what_nothing_tells_is_told(site: Site) -> None:
    agreement = manifests(site)
    elsewhere = replace(agreement.routes[0], trigger=OnEvent.parse("berth arrival at NLRTM"))
    (said,) = lint.never_fires(replace(agreement, routes=(elsewhere,)), site)
    assert "waits for ever, as no zone or ring of the site is of NLRTM" in said
    blind = replace(site, endpoints={id_: one for id_, one in site.endpoints.items() if not one.feed})
    (said,) = lint.never_fires(replace(agreement, routes=(elsewhere,)), blind)
    assert "no endpoint has a vessel feed" in said
    late = replace(elsewhere, trigger=OnEvent.parse("berth arrival at NLRTM or after 48 h"))
    assert not list(lint.never_fires(replace(agreement, routes=(late,)), blind))


@pytest.mark.parametrize(
    ("url", "headers", "told"),
    [
        ("http://127.0.0.1:9000/in", {}, []),
        ("https://customs.example/in", {"Authorization": "Bearer x"}, []),
        ("https://customs.example/in", {}, ["without a credential"]),
        ("http://customs.example/in", {"X-API-Key": "x"}, ["in the clear"]),
        ("http://customs.example/in", {}, ["in the clear", "without a credential"]),
    ],
)
def test_what_goes_over_a_network_unprotected_is_told(url: str, headers: dict[str, str], told: list[str]) -> None:
    endpoint = Endpoint("customs-api", "customs", "http", HttpEndpoint(url, headers))
    found = list(lint.in_the_clear(endpoint))
    assert len(found) == len(told)
    assert all(words in said for words, said in zip(told, found, strict=True))


def certificate(until: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "customs.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Tls:
    certificate: str
    place: str = "mqtts://broker.example"
    owns: str = ""
    idempotent: bool = False


@pytest.mark.parametrize(
    ("days", "told"), [(-1, "expired on 2026-02-28"), (59, "expires on 2026-04-29"), (61, ""), (9000, "")]
)
def test_a_certificate_is_told_of_from_sixty_days_before_it_expires(tmp_path: Path, days: int, told: str) -> None:
    path = tmp_path / "client.pem"
    path.write_bytes(certificate(NOW + timedelta(days=days)))
    endpoint = Endpoint("broker", "customs", "mqtt", Tls(str(path)))
    found = list(lint.expiring(endpoint, NOW))
    assert found == ([f"endpoint broker: the certificate in client.pem {told}"] if told else [])


@pytest.mark.parametrize("until", [datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)])
def test_both_spellings_of_a_time_are_read(tmp_path: Path, until: datetime) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(certificate(until) + certificate(NOW))
    assert expiry(path) == [until, NOW]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\x30\x82", b"-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_has_no_expiry(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.pem"
    path.write_bytes(content)
    assert expiry(path) == []
    assert expiry(tmp_path / "absent.pem") == []
