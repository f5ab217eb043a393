"""Access tokens by client credentials (RFC 6749, 4.4): fetched when needed, kept until shortly before they expire.

Law: one thread fetches at a time, and the others take what it brought. A token that a server rejected is never shown
again. Without a token nothing is sent, so that every failure here is busy and not ambiguous.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import quote_plus

import httpx2

from gateway.errors import TransportBusy
from gateway.plugin import Clock
from gateway.section import Secret, Section, Surroundings
from gateway.section.values import http_url

_MOST_BYTES: Final = 65_536
_UNSTATED_SECONDS: Final = 300  # expires_in is only recommended (RFC 6749, 5.1)
_MARGIN_SECONDS: Final = 60
_LONGEST_SECONDS: Final = 86_400
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1: b64token
_ERROR: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,60}")  # RFC 6749, 5.2


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Where tokens come from, and who we are there.

    The secret goes in the header `Authorization` (client_secret_basic), or with `in_body` in the form.
    """

    token_url: str
    client_id: str
    secret: Secret = field(repr=False)
    scope: str = ""
    audience: str = ""
    in_body: bool = False


class TokenSource:
    """The access token of one endpoint. Safe to share between threads."""

    def __init__(self, config: ClientCredentials, client: httpx2.Client, clock: Clock) -> None:
        self._config = config
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._until: datetime | None = None

    def token(self, rejected: str = "") -> str:
        """Return a token that is not the one that a server `rejected`; raises `TransportBusy` when there is none."""
        with self._lock:
            now = self._clock()
            if not self._token or self._token == rejected or self._until is None or now >= self._until:
                self._token, seconds = "", 0.0
                self._token, seconds = self._fetch()
                self._until = now + timedelta(seconds=seconds - min(_MARGIN_SECONDS, seconds / 10))
            return self._token

    def _fetch(self) -> tuple[str, float]:
        """Return a new token and for how many seconds it holds."""
        config = self._config
        form = {"grant_type": "client_credentials", "scope": config.scope, "audience": config.audience}
        auth: tuple[str, str] | None = (quote_plus(config.client_id), quote_plus(config.secret.value))
        if config.in_body:
            form |= {"client_id": config.client_id, "client_secret": config.secret.value}
            auth = None
        data = {name: value for name, value in form.items() if value}
        headers = {"Accept": "application/json"}
        try:
            with self._client.stream("POST", config.token_url, data=data, auth=auth, headers=headers) as response:
                return _granted(response.status_code, _read(response))
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise TransportBusy(f"no access token: {type(error).__name__} {error}".strip()) from error


def _read(response: httpx2.Response) -> bytes:
    body = b""
    for chunk in response.iter_raw(_MOST_BYTES):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise TransportBusy("no access token: the answer of the token endpoint is too long")
    return body


def _granted(status: int, body: bytes) -> tuple[str, float]:
    """Return token and seconds from an answer (RFC 6749, 5.1); raises `TransportBusy` with the error that it names."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        told = {}
    told = told if isinstance(told, dict) else {}
    if status != 200:
        error = told.get("error")
        named = f" {error}" if isinstance(error, str) and _ERROR.fullmatch(error) else ""
        raise TransportBusy(f"no access token: the token endpoint answers {status}{named}")
    token, kind, seconds = told.get("access_token"), told.get("token_type"), told.get("expires_in", _UNSTATED_SECONDS)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TransportBusy("no access token in the answer of the token endpoint")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise TransportBusy("the token endpoint gives no bearer token")
    try:
        stated = float(seconds)
    except (TypeError, ValueError):
        stated = _UNSTATED_SECONDS
    return token, min(max(stated, 0.0), _LONGEST_SECONDS)


def read_credentials(section: Section | None, around: Surroundings) -> ClientCredentials | None:
    """Read the keys of `oauth2`: `token_url`, `client_id`, `client_secret`, `scope`, `audience`, `secret_in`."""
    if section is None:
        return None
    named = section.section("client_secret", "client secret")
    secret = around.secrets.read(named) if named is not None else None
    if named is None:
        section.faults.at(section.mark, "the oauth2 section needs 'client_secret' with 'env' or 'file'")
    else:
        named.done()
    made = ClientCredentials(
        token_url=section.required("token_url", http_url, ""),
        client_id=section.text("client_id"),
        secret=secret or Secret(""),
        scope=section.text("scope", ""),
        audience=section.text("audience", ""),
        in_body=section.choice("secret_in", ("header", "body"), "header") == "body",
    )
    section.done()
    return made
