"""`endpoints/*.yaml`: one way to or from a partner each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.settings.secret import SecretSource
from gateway.settings.section import Section
from gateway.settings.site import Endpoint, FolderSource, FolderTarget, HttpTarget, Retry, Way
from gateway.settings.values import duration, header_name, header_value, http_url, inside, name, whole

#: What a transport may never write into: whatever lands there would be believed.
CONFIGURATION: Final = ("partners", "endpoints", "agreements", "mappings", "edifact", "secrets", "var")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an endpoint may refer to."""

    folder: Path
    outside: tuple[Path, ...]
    partners: Iterable[str]
    secrets: SecretSource


def read_endpoint(section: Section, around: Surroundings) -> Endpoint:
    """Read one endpoint."""
    id_ = section.required("id", name, "")
    partner = section.choice("partner", around.partners)
    transport = section.choice("transport", _WAYS)
    read_way = _WAYS.get(transport)
    if read_way is None:  # already a fault, and then no other key can be judged
        return Endpoint(id_, partner, transport, FolderTarget(around.folder / id_))
    way = read_way(section, around)
    made = Endpoint(
        id=id_,
        partner=partner,
        transport=transport,
        way=way,
        # A folder keeps a ledger of the keys it has delivered, so it is idempotent by itself.
        idempotent=section.flag("idempotent", default=isinstance(way, FolderTarget)),
        retry=_retry(section.section("retry", "retry section")),
    )
    section.done()
    return made


def _http(section: Section, around: Surroundings) -> Way:
    url = section.required("send_to", http_url, "")
    headers = {
        section.read(key.mark, key, header_name, ""): section.read(value.mark, value, header_value, "")
        for key, value in section.table("headers").items()
    }
    headers |= _authorization(section.section("authorization", "authorization"), around.secrets)
    timeout = section.parsed("timeout", duration, None)
    seconds = 30.0 if timeout is None else timeout.total_seconds()
    return HttpTarget(url, MappingProxyType(headers), seconds)


def _authorization(section: Section | None, secrets: SecretSource) -> Mapping[str, str]:
    """Return the header that carries a secret: `Authorization: Bearer SECRET`, or another name with the bare secret."""
    if section is None:
        return {}
    header = section.parsed("header", header_name, "Authorization")
    scheme = section.parsed("scheme", header_value, "Bearer" if header == "Authorization" else "")
    secret = secrets.read(section)
    section.done()
    return {} if secret is None else {header: f"{scheme} {secret.value}".strip()}


def _folder(section: Section, around: Surroundings) -> Way:
    sends, receives = section.text("send_to", ""), section.text("receive_from", "")
    if bool(sends) == bool(receives):
        section.faults.at(section.mark, "the endpoint needs either 'send_to' or 'receive_from'")
        return FolderTarget(around.folder)
    key, text = ("send_to", sends) if sends else ("receive_from", receives)
    path = section.read(section.where(key), text, lambda given: _path(given, around), around.folder)
    if sends:
        return FolderTarget(path)
    poll = section.parsed("poll", duration, None)
    return FolderSource(path) if poll is None else FolderSource(path, poll.total_seconds())


def _path(text: str, around: Surroundings) -> Path:
    """Return a folder in the site away from its configuration, or in one that `site.yaml` allows."""
    if Path(text).is_absolute():
        path = Path(text).resolve()
        if any(path.is_relative_to(allowed) for allowed in around.outside):
            return path
        if not path.is_relative_to(around.folder.resolve()):
            raise ValueError(f"'{text}' is outside the site: keep it inside, or allow it by 'folders' in site.yaml")
    path = inside(around.folder, text)
    base = around.folder.resolve()
    if path == base or any(path.is_relative_to(base / taken) for taken in CONFIGURATION):
        raise ValueError(f"'{text}' holds the site's own files: choose a folder of its own, like exchange/acme")
    return path


def _retry(section: Section | None) -> Retry:
    if section is None:
        return Retry()
    made = Retry(
        first=section.parsed("first", duration, Retry().first),
        at_most=section.parsed("at_most", duration, Retry().at_most),
        attempts=section.parsed("attempts", whole(1, 1000), Retry().attempts),
    )
    if made.at_most < made.first:
        section.fault("at_most", "'at_most' is shorter than 'first'")
    section.done()
    return made


_WAYS: Final[Mapping[str, Callable[[Section, Surroundings], Way]]] = MappingProxyType(
    {"http": _http, "folder": _folder}
)
