"""The server over TLS: who a client is by its certificate."""

from __future__ import annotations

import hashlib
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request

sys.path.insert(0, str(Path(__file__).parent))

from certificates import make
from feeding import Taker

from gateway.errors import SettingsError
from gateway.model.access import ApiKey, Scope
from gateway.model.stages import Arrival
from gateway.transports.certificate_names import certificate_name, names
from gateway.transports.http_server import HttpIn, HttpReceiver, Identify
from gateway.transports.tls import ServerTls

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = {"subject:CN=invented client": "line"}
Serve = Callable[..., HttpReceiver]


class Nothing:
    """What stands behind the server here: all is taken in, and each scope says whose key opens it."""

    def ready(self) -> Mapping[str, Any]:
        return {"ready": True}

    def admit(self, _key: ApiKey, arrival: Arrival) -> Arrival:
        return arrival

    def validate(self, _arrival: Arrival) -> Mapping[str, Any] | None:
        return None

    def mount(self, app: FastAPI, identify: Identify, _stopping: Callable[[], bool]) -> None:
        @app.get("/v1/{scope}")
        async def opened(scope: Scope, request: Request) -> str:
            return identify(request, scope).partner


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def serve(folder: Path) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(taker: Taker, certificates: Mapping[str, str], clients_ca: str = "ca.pem") -> HttpReceiver:
            tls = ServerTls(str(folder / "server.pem"), str(folder / "server.key"), str(folder / clients_ca))
            keys = (ApiKey("acme", hashlib.sha256(b"acme-key").digest()),)
            config = HttpIn("127.0.0.1", 0, keys=keys, tls=tls, certificates=certificates)
            numbers = count(1)
            new_id = lambda: f"a{next(numbers)}"  # noqa: E731  # as short as it is
            made = HttpReceiver(config, lambda: NOW, new_id, behind=Nothing())
            made.start(taker)
            stack.callback(made.stop)
            return made

        yield start


def trusting(folder: Path, own: str = "") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    if own:
        context.load_cert_chain(folder / f"{own}.pem", folder / f"{own}.key")
    return context


def post(receiver: HttpReceiver, folder: Path, own: str = "", **headers: str) -> httpx2.Response:
    context = trusting(folder, own)
    url = f"https://localhost:{receiver.tcp_port}/v1/messages"
    with httpx2.Client(verify=context, trust_env=False) as client:
        return client.post(url, content=b"UNB", headers=headers)


def test_a_certificate_that_a_partner_names_is_that_partner(serve: Serve, folder: Path) -> None:
    taker = Taker()
    assert post(serve(taker, LINE), folder, "client").status_code == 202
    assert taker.got[0].attributes["principal"] == "line"


def test_a_certificate_opens_what_a_key_of_a_partner_usually_does(serve: Serve, folder: Path) -> None:
    receiver = serve(Taker(), LINE)
    with httpx2.Client(verify=trusting(folder, "client"), base_url=f"https://localhost:{receiver.tcp_port}") as client:
        told = {scope: client.get(f"/v1/{scope}").status_code for scope in Scope}
    assert told == {scope: 200 if scope in {Scope.SUBMIT, Scope.READ} else 403 for scope in Scope}


def test_names_in_certificates_can_be_exchanged_while_it_is_served(serve: Serve, folder: Path) -> None:
    receiver = serve(Taker(), LINE)
    receiver.admit((), {})
    assert post(receiver, folder, "client").status_code == 401
    receiver.admit((), LINE)
    assert post(receiver, folder, "client").status_code == 202


def test_an_alternative_name_counts_as_well(serve: Serve, folder: Path) -> None:
    taker = Taker()
    assert post(serve(taker, {"dns:localhost": "line"}), folder, "client").status_code == 202


@pytest.mark.parametrize("certificates", [{}, {"subject:CN=another": "line"}, LINE | {"dns:localhost": "other"}])
def test_a_certificate_of_nobody_or_of_two_is_unknown(serve: Serve, folder: Path, certificates: dict[str, str]) -> None:
    taker = Taker()
    assert post(serve(taker, certificates), folder, "client").status_code == 401
    assert taker.got == []


def test_an_api_key_goes_before_the_certificate(serve: Serve, folder: Path) -> None:
    taker = Taker()
    receiver = serve(taker, LINE)
    key = {"X-API-Key": "acme-key"}
    assert post(receiver, folder, "client", **key).status_code == 202
    assert post(receiver, folder, **key).status_code == 202
    assert post(receiver, folder, "client", **{"X-API-Key": "wrong"}).status_code == 401
    assert [arrival.attributes["principal"] for arrival in taker.got] == ["acme", "acme"]


def test_without_certificate_and_key_nothing_is_taken(serve: Serve, folder: Path) -> None:
    assert post(serve(Taker(), LINE), folder).status_code == 401


def test_a_certificate_of_another_authority_ends_the_connection(serve: Serve, folder: Path, tmp_path: Path) -> None:
    other = make(tmp_path)
    for ending in ("pem", "key"):
        (folder / f"foreign.{ending}").write_bytes((other / f"client.{ending}").read_bytes())
    taker = Taker()
    with pytest.raises(httpx2.RequestError):
        post(serve(taker, LINE), folder, "foreign")
    assert taker.got == []


def test_files_that_are_no_certificates_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("x")
    config = HttpIn("127.0.0.1", 0, tls=ServerTls(str(tmp_path / "own.pem")))
    receiver = HttpReceiver(config, lambda: NOW, lambda: "a1", behind=Nothing())
    with pytest.raises(SettingsError, match=r"own\.pem"):
        receiver.start(Taker())


def test_no_value_of_a_subject_can_write_another_attribute() -> None:
    subject = ((("organizationName", "Line, CN=customs"),), (("commonName", "a+b"),))
    said: dict[str, Any] = {"subject": subject, "subjectAltName": (("DNS", "GW.Line.Example"), ("URI", "urn:x"))}
    assert list(names(said)) == ["dns:gw.line.example", "uri:urn:x", "subject:O=Line\\, CN\\=customs,CN=a\\+b"]


@pytest.mark.parametrize("text", ["", "localhost", "dns:", "ip:1.2.3.4", "subject:gateway"])
def test_what_is_no_name_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="no name of a certificate"):
        certificate_name(text)
    assert certificate_name("dns:GW.Example") == "dns:gw.example"
