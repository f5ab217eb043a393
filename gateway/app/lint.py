"""What a site may say and yet cannot mean: routes that nothing reaches, secrets in the clear, what never fires.

Each is a warning: the site starts with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gateway.app.certificates import expiry
from gateway.errors import MappingError
from gateway.mapping.checking import type_of
from gateway.mapping.coverage import coverage
from gateway.mapping.registry import Registry
from gateway.model.customs_response import CustomsResponse
from gateway.model.documents import DOCUMENTS
from gateway.model.occasion import FILING_EVENTS, NEVER, Due, Occasion
from gateway.routing import Agreement, Route, When
from gateway.settings import Endpoint, Site

_SOON: Final = timedelta(days=60)
_LOOPBACK: Final = ("localhost", "::1")
_CLEAR: Final = ("http", "mqtt", "ws", "ftp", "amqp", "nats")
_SUFFIXES: Final = (".pem", ".crt", ".cer", ".der")
_ANSWER: Final = CustomsResponse.__name__
#: What is looked for beside the fields that a document cannot be without: by it an answer is matched.
_LRN: Final = "reference"


def warnings(site: Site, registry: Registry, now: datetime) -> list[str]:
    """Return every warning of a site, in order of its agreements and endpoints."""
    told: list[str] = []
    for agreement in site.agreements:
        told += unreachable(agreement, registry)
        told += uncarried(agreement, registry)
        told += never_fires(agreement, site)
    for endpoint in site.endpoints.values():
        told += in_the_clear(endpoint)
        told += expiring(endpoint, now)
    return list(dict.fromkeys(told))


def unreachable(agreement: Agreement, registry: Registry) -> Iterator[str]:
    """Yield a warning for each route that no message of the agreement can reach."""
    made = {
        str(entry.head.document)
        for entry in registry.entries()
        for version in entry.versions
        if any(replace(one, association="").takes(type_of(entry, version)) for one in agreement.accepts)
    }
    where = f"agreement {agreement.id}"
    for route in agreement.routes:
        if route.document == _ANSWER:
            yield f"{where}, routes: {route}: an answer goes by the replies of the filing's agreement: move it there"
        elif route.document not in made:
            yield f"{where}, routes: {route}: no message that it accepts becomes a {route.document}"
        elif route.when is When.REJECTED:
            yield f"{where}, routes: {route}: what is rejected goes by 'replies' only"
    for route in agreement.replies:
        if route.document != _ANSWER:
            yield f"{where}, replies: {route}: a reply is a {_ANSWER}"
    for watch in agreement.deadlines:
        if watch.document not in made:
            yield f"{where}, deadlines: {watch}: no message that it accepts becomes a {watch.document}"


def uncarried(agreement: Agreement, registry: Registry) -> Iterator[str]:
    """Yield a warning for each route whose map writes another document, or leaves out what that cannot be without."""
    for route in _routes(agreement):
        where = f"agreement {agreement.id}: {route}"
        try:
            checked = registry.checked(route.type)
        except MappingError:
            continue  # told of the map itself
        if checked is None:
            yield f"{where}: no map writes {route.type.standard} {route.type}"
        elif checked.document.__name__ != route.document:
            yield f"{where}: the map of {route.type} writes a {checked.document.__name__}, not a {route.document}"
        else:
            carried = coverage(checked).fields_carried
            left = [name for name in _needed(route.document) if not _carries(carried, name)]
            if left:
                yield f"{where}: the map of {route.type} does not carry {', '.join(left)} of a {route.document}"


def never_fires(agreement: Agreement, site: Site) -> Iterator[str]:
    """Yield a warning for each route that waits for what nothing in the site can tell."""
    where = f"agreement {agreement.id}"
    feeds = [one.id for one in site.endpoints.values() if one.feed]
    ports = {port.unlocode for port in site.zones.ports} | {
        zone.location.unlocode for zone in site.zones if zone.location and zone.location.unlocode
    }
    zones = {zone.id for zone in site.zones}
    for told in agreement.events:
        if not feeds:
            yield f"{where}, events: {told}: no endpoint has a vessel feed, so nothing is observed"
        for port in sorted(told.ports - ports):
            yield f"{where}, events: {told}: no zone or ring of the site is of {port}"
        for zone in sorted(told.zones - zones):
            yield f"{where}, events: {told}: the site has no zone {zone}"
    for route in _routes(agreement):
        due = _waits(route)
        if due is None or due.awaits is None or due.at < NEVER:
            continue
        if due.awaits.event in FILING_EVENTS:
            continue
        if not feeds:
            yield f"{where}: {route}: waits for {due.awaits.event} for ever, as no endpoint has a vessel feed"
        elif due.awaits.place and due.awaits.place not in ports:
            yield f"{where}: {route}: waits for ever, as no zone or ring of the site is of {due.awaits.place}"


def _waits(route: Route) -> Due | None:
    """Return what a route's trigger says of a document that names its vessel; None where it asks for more."""
    document = DOCUMENTS[route.document]
    keys = (("vessel", "0"), ("mmsi", "0"), ("lrn", "0"), ("mrn", "0"))
    return route.trigger.due(Occasion(NEVER - timedelta(days=1000), document.model_construct(), keys))


def in_the_clear(endpoint: Endpoint) -> Iterator[str]:
    """Yield a warning where messages go over a network unprotected, or without a credential."""
    place = "" if endpoint.way is None else endpoint.way.place
    url = urlsplit(place) if "://" in place else None
    if url is None or _loopback(url.hostname or ""):
        return
    if url.scheme in _CLEAR:
        yield f"endpoint {endpoint.id}: {place} is in the clear over a network: use {url.scheme}s"
    if url.scheme in ("http", "https") and endpoint.sends and not _signs_in(endpoint.way):
        yield f"endpoint {endpoint.id}: sends to {place} without a credential: add 'authorization' or 'signing'"


def _loopback(host: str) -> bool:
    return host in _LOOPBACK or host.startswith("127.")


def _signs_in(way: Any) -> bool:
    """Whether a way holds anything that is hidden when it is shown: that is what secrets are."""
    hidden = [field.name for field in fields(way) if not field.repr] if is_dataclass(way) else []
    named = ("signing", "certificate", "oauth", "oauth2", "authorization")
    shown = getattr(getattr(way, "tls", None), "certificate", "")
    return bool(shown) or any(getattr(way, name, None) for name in (*hidden, *named))


def expiring(endpoint: Endpoint, now: datetime) -> Iterator[str]:
    """Yield a warning for each certificate of an endpoint that expires within 60 days, or has."""
    for path in dict.fromkeys(_files(endpoint.way)):
        for at in expiry(path):
            if at < now:
                yield f"endpoint {endpoint.id}: the certificate in {path.name} expired on {at:%Y-%m-%d}"
            elif at < now + _SOON:
                yield f"endpoint {endpoint.id}: the certificate in {path.name} expires on {at:%Y-%m-%d}"


def _files(value: Any) -> Iterator[Path]:
    """Yield every file of certificates that a configuration names."""
    if isinstance(value, str | Path) and str(value).endswith(_SUFFIXES):
        yield Path(value)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _files(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _files(one)


def _routes(agreement: Agreement) -> Iterator[Route]:
    yield from agreement.routes
    yield from agreement.replies
    yield from (one.route for one in agreement.events)
    yield from (one.route for one in agreement.deadlines)


def _needed(document: str) -> Iterator[str]:
    """Yield the fields that a document cannot be without, and its LRN."""
    for name, field in DOCUMENTS[document].model_fields.items():
        if field.is_required() or name == _LRN:
            yield name


def _carries(carried: Iterable[str], name: str) -> bool:
    return any(path == name or path.startswith((f"{name}.", f"{name}[")) for path in carried)
