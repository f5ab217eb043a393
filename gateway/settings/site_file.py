"""`site.yaml`: who we are, where we listen, what we keep, and how much we take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.model.access import ApiKey
from gateway.model.stages import Party
from gateway.section.secret import SecretSource
from gateway.section.section import Section
from gateway.section.surroundings import Surroundings
from gateway.section.values import duration, inside, party, size, whole
from gateway.settings.api_key import read_operator_key
from gateway.settings.site import Limits, Listen, Timing
from gateway.transports.tls import read_server_tls
from gateway.yaml_source import MarkedMap, nearest

_DEFAULT_STORE = "sqlite:///var/pierhead.db"
_SQLITE = "sqlite:///"
_STORE_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class SiteFile:
    """What `site.yaml` says."""

    name: str
    identities: tuple[Party, ...]
    store: str
    listen: Listen
    limits: Limits
    timing: Timing
    folders: tuple[Path, ...]
    retention: timedelta | None
    operators: tuple[ApiKey, ...] = ()


def read_site_file(section: Section, secrets: SecretSource) -> SiteFile:
    """Read `site.yaml`."""
    texts = section.texts("identity", required=True)
    identities = tuple(section.read(text.mark, text, party, Party(text)) for text in texts)
    for text, identity in zip(texts, identities, strict=True):
        if identity.qualifier == "*":
            section.faults.at(text.mark, "our own identity is written into envelopes: give its qualifier, not '*'")
    made = SiteFile(
        name=section.text("name"),
        identities=identities,
        store=_store(section, secrets),
        listen=_listen(section.section("http", "http section"), secrets),
        limits=_limits(section.section("limits", "limits section")),
        timing=_timing(section.section("timing", "timing section")),
        folders=tuple(_folder(section)),
        retention=section.parsed("retention", duration, None),
        operators=tuple(
            made
            for key in section.sections("operators", "operator")
            if (made := read_operator_key(key, secrets)) is not None
        ),
    )
    section.done()
    return made


def _listen(section: Section | None, secrets: SecretSource) -> Listen:
    if section is None:
        return Listen()
    file = Surroundings(secrets.folder, (), secrets).file
    made = Listen(
        section.text("host", Listen().host),
        section.parsed("port", whole(0, 65535), Listen().port),
        read_server_tls(section.section("tls", "tls"), file),
    )
    section.done()
    return made


def _limits(section: Section | None) -> Limits:
    if section is None:
        return Limits()
    made = Limits(
        body=section.parsed("body", size, Limits().body),
        receive_seconds=section.parsed("receive", _seconds, Limits().receive_seconds),
        free_disk=section.parsed("free_disk", size, Limits().free_disk),
        queued=section.parsed("queued", whole(1, 100_000_000), Limits().queued),
    )
    section.done()
    return made


def _timing(section: Section | None) -> Timing:
    if section is None:
        return Timing()
    made = Timing(
        poll_seconds=section.parsed("poll", _seconds, Timing().poll_seconds),
        lease_seconds=section.parsed("lease", _seconds, Timing().lease_seconds),
        stop_seconds=section.parsed("stop", _seconds, Timing().stop_seconds),
    )
    section.done()
    return made


def _seconds(text: str) -> float:
    return duration(text).total_seconds()


def _store(section: Section, secrets: SecretSource) -> str:
    """Return the store's URL, with a SQLite path made absolute inside the site."""
    if isinstance(section.get("store"), MarkedMap):
        named = section.section("store", "store")
        secret = secrets.read(named) if named is not None else None
        if named is not None:
            named.done()
        text = secret.value if secret is not None else _DEFAULT_STORE
    else:
        text = section.text("store", _DEFAULT_STORE)
        if "@" in text:
            section.fault("store", "a URL with credentials is a secret: name it by 'store: {env: NAME}'")
    scheme = text.partition(":")[0]
    if scheme not in _STORE_SCHEMES:
        hint = nearest(scheme, _STORE_SCHEMES)
        section.fault("store", f"the store cannot be '{scheme}': use sqlite:///var/pierhead.db or postgresql://{hint}")
        return _SQLITE
    if scheme != "sqlite":
        return text
    path = text.removeprefix(_SQLITE)
    if path == text or not path:
        section.fault("store", "a SQLite store is a file in the site: write sqlite:///var/pierhead.db")
        return _SQLITE
    base = secrets.folder
    return _SQLITE + str(section.read(section.where("store"), path, lambda given: inside(base, given), base))


def _folder(section: Section) -> list[Path]:
    """Return the folders outside the site that endpoints may use."""
    allowed = []
    for text in section.texts("folders"):
        path = Path(text)
        if path.is_absolute() and path != Path("/"):
            allowed.append(path.resolve())
        else:
            section.faults.at(text.mark, f"'{text}' must be an absolute folder, and not '/'")
    return allowed
