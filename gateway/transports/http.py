"""Deliveries posted over HTTP, and what each answer means.

| answer | outcome |
|---|---|
| 2xx | delivered; the body is the receipt's answer |
| 408, 425, 429, 503 | busy, not before Retry-After |
| 502, 504, other 5xx | busy; 502 and 504 are ambiguous, as a proxy speaks for a server that it lost |
| 3xx, other 4xx | refused: redirects are never followed, the URL comes from the settings only |
| no connection | busy: nothing was sent |
| connection lost, or time out, after sending began | busy and ambiguous |

`timeout` is for connecting, for each part that is sent, and for the whole answer (`gateway.transports.answer_time`).
With a signing key each attempt is signed anew (`gateway.transports.signature`). With `oauth2` a 401 brings one new
access token and one more try: a request that was not authenticated was not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import ClassVar, Final

import httpx2

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.section.values import duration, header_name, header_value, http_url
from gateway.transports.answer_time import PatientTransport
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.oauth2 import ClientCredentials, TokenSource, read_credentials
from gateway.transports.signature import SigningKey, read_signing
from gateway.transports.tls import USUAL, Tls, read_tls

_LATER: Final = frozenset({408, 425, 429, 503})
_PROXY: Final = frozenset({502, 504})
_SHOWN: Final = 200
_WAIT: Final = timedelta(seconds=30)

#: What fails before a byte of the request is on the wire.
_UNSENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class _Unauthorized(TransportRefused):
    """The server does not know us by what we showed: 401."""


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """Where to post. `headers` go with every delivery and may hold secrets; of an answer `answer_bytes` are kept.

    With `signing` every attempt is signed, with `oauth2` each carries an access token.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: float = 30.0
    answer_bytes: int = 1_000_000
    signing: SigningKey | None = None
    oauth2: ClientCredentials | None = None
    tls: Tls = USUAL
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """Where deliveries are posted to."""
        return self.url


class HttpTransport:
    """Posts each delivery with its idempotency key; connections are reused. Safe to share between threads.

    Raises:
        SettingsError: the files of `tls` cannot be used.
    """

    def __init__(self, config: HttpEndpoint, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._client = httpx2.Client(
            headers={"User-Agent": "pierhead", "Accept-Encoding": "identity"},
            timeout=config.timeout_seconds,
            follow_redirects=False,
            trust_env=False,
            transport=PatientTransport(config.tls.settled(), config.timeout_seconds),
        )
        self._tokens = None if config.oauth2 is None else TokenSource(config.oauth2, self._client, clock)
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> HttpEndpoint:
        """Read the keys of an endpoint: `send_to`, `headers`, `authorization`, `oauth2`, `tls`, `sign`, `timeout`."""
        url = section.required("send_to", http_url, "")
        headers = {
            section.read(key.mark, key, header_name, ""): section.read(value.mark, value, header_value, "")
            for key, value in section.table("headers").items()
        }
        headers |= _authorization(section.section("authorization", "authorization"), around)
        timeout = section.parsed("timeout", duration, _WAIT)
        signing = read_signing(section.section("sign", "sign section"), around)
        oauth2 = read_credentials(section.section("oauth2", "oauth2 section"), around)
        if oauth2 is not None and "authorization" in {name.lower() for name in headers}:
            section.fault("oauth2", "either 'oauth2' or a header 'Authorization', not both")
        tls = section.section("tls", "tls")
        if tls is not None and not url.startswith("https:"):
            section.fault("tls", "'tls' needs a URL that starts with https://")
        made = MappingProxyType(headers)
        return HttpEndpoint(
            url, made, timeout.total_seconds(), signing=signing, oauth2=oauth2, tls=read_tls(tls, around)
        )

    def send(self, delivery: Delivery) -> Receipt:
        """Post the delivery's bytes once, unchanged.

        Raises:
            TransportBusy: try again; `ambiguous` when the bytes may have arrived.
            TransportRefused: the answer is final, or the request cannot be formed.
        """
        with self._pulse.attempt():
            if self._tokens is None:
                return self._post(delivery, {})
            token = self._tokens.token()
            try:
                return self._post(delivery, {"Authorization": f"Bearer {token}"})
            except _Unauthorized:
                return self._post(delivery, {"Authorization": f"Bearer {self._tokens.token(token)}"})

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _post(self, delivery: Delivery, authorization: Mapping[str, str]) -> Receipt:
        own = {"Content-Type": delivery.content_type, "Idempotency-Key": delivery.key}
        headers = {**self._config.headers, **own, **authorization}
        if self._config.signing is not None:
            headers |= self._config.signing.headers(delivery.key, delivery.content, self._clock())
        try:
            with self._client.stream("POST", self._config.url, content=delivery.content, headers=headers) as response:
                return self._receipt(delivery, response)
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, UnicodeEncodeError) as error:
            raise TransportRefused(f"the request cannot be formed: {error}") from error
        except _UNSENT as error:
            raise TransportBusy(f"no connection: {_said(error)}") from error
        except httpx2.RequestError as error:
            raise TransportBusy(f"no answer after sending began: {_said(error)}", ambiguous=True) from error

    def _receipt(self, delivery: Delivery, response: httpx2.Response) -> Receipt:
        """Return the receipt of a success, or raise what another status means."""
        status = response.status_code
        said = f"{status} {response.reason_phrase}".strip()
        if response.is_success:
            answer, whole = _bounded(response, self._config.answer_bytes)
            detail = said if whole else f"{said}; the answer was cut off"
            return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, detail, answer=answer)
        if response.is_redirect or status < 400:
            raise TransportRefused(f"{said}: redirects are not followed; correct the endpoint's URL")
        reason = f"{said}{_excerpt(response)}"
        if status in _LATER or status >= 500:
            retry_at = _retry_at(response.headers.get("Retry-After", ""), self._clock())
            raise TransportBusy(reason, retry_at, ambiguous=status in _PROXY)
        if status == 401:
            raise _Unauthorized(reason)
        raise TransportRefused(reason)


def _authorization(section: Section | None, around: Surroundings) -> Mapping[str, str]:
    """Return the header that carries a secret: `Authorization: Bearer SECRET`, or another name with the bare secret."""
    if section is None:
        return {}
    header = section.parsed("header", header_name, "Authorization")
    scheme = section.parsed("scheme", header_value, "Bearer" if header == "Authorization" else "")
    secret = around.secrets.read(section)
    section.done()
    return {} if secret is None else {header: f"{scheme} {secret.value}".strip()}


def _bounded(response: httpx2.Response, most: int) -> tuple[bytes, bool]:
    """Return an answer's first bytes, and whether that is all of it. What is lost on the way was still answered."""
    body = bytearray()
    try:
        for chunk in _raw(response):
            body += chunk
            if len(body) > most:
                return bytes(body[:most]), False
    except httpx2.RequestError:
        return bytes(body), False
    return bytes(body), True


def _raw(response: httpx2.Response) -> Iterator[bytes]:
    """Yield the body as it comes, without undoing a content encoding: we asked for none, and a bomb stays small."""
    yield from response.iter_raw()


def _excerpt(response: httpx2.Response) -> str:
    """Return the start of an answer for people, on one line."""
    body, _ = _bounded(response, _SHOWN)
    text = "".join(c if c.isprintable() else " " for c in body.decode("utf-8", "replace")).strip()
    return f": {text}" if text else ""


def _retry_at(value: str, now: datetime) -> datetime | None:
    """Return the time that a Retry-After field names (RFC 9110, 10.2.3), or None when it names none."""
    if value.isascii() and value.isdigit() and len(value) <= 9:
        return now + timedelta(seconds=int(value))
    try:
        named = parsedate_to_datetime(value)
    except ValueError:
        return None
    return named if named.tzinfo else named.replace(tzinfo=UTC)


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
