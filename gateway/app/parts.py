"""What a site is made of: store, path, transports and receivers, each as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol

from gateway.app.agreed import refuse_unknown_profiles
from gateway.app.catalogue import own_maps, standards
from gateway.app.clock import new_id, now
from gateway.errors import SettingsError
from gateway.mapping.checking import refuse_wrong_maps
from gateway.model.access import ApiKey
from gateway.model.pace import Pace
from gateway.pipeline.observing import Observer
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.processing import Processor
from gateway.pipeline.standards import Standards
from gateway.plugin import Feed, Intake, Journal, Receiver, Transport
from gateway.routing import Side
from gateway.settings import Endpoint, Site
from gateway.store import Room, Store
from gateway.store.journal import StoreJournal
from gateway.transports.batches import FeedHealth
from gateway.transports.http_server import HttpIn, HttpReceiver
from gateway.vessels import Gazetteer, Seen, Watch
from gateway.web import Api, Desk


@dataclass(frozen=True, slots=True)
class Policy:
    """An endpoint as the runner sees it."""

    endpoint: Endpoint

    @property
    def idempotent(self) -> bool:
        """Whether a repeated idempotency key is recognised there."""
        return self.endpoint.idempotent

    @property
    def pace(self) -> Pace:
        """How fast it is sent to, and when it is left alone."""
        return self.endpoint.pace

    def next_due(
        self, attempt: int, now: datetime, asked: datetime | None = None, *, chance: float = 1.0
    ) -> datetime | None:
        """Return when the next attempt is due, None where there is none left."""
        return self.endpoint.retry.next_due(attempt, now, asked, chance=chance)


class FeedReceiver(Receiver, Protocol):
    """A receiver of a vessel feed: it can say how it is."""

    def health(self) -> FeedHealth:
        """Return how the feed is now."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What follows from a site's settings: replaced as a whole when they are read again.

    `trial` is the path that keeps nothing.
    """

    site: Site
    path: Processor
    trial: Processor
    transports: Mapping[str, Transport]


def parts_of(site: Site, store: Store, on_step: Callable[[str], None], before: Parts | None) -> Parts:
    """Return what follows from a site, checked; transports of endpoints that are as before go on."""
    path = processor(site, store, on_step)
    if before is not None and _same_standards(before.path.standards, path.standards):
        path = replace(path, outputs=replace(path.outputs, standards=before.path.standards))  # which is compiled
    else:  # what is shipped is tested, and compiled when it is first used
        refuse_wrong_maps(path.standards.registry, own_maps(path.standards))
    refuse_unknown_profiles(site.agreements, path.standards.adapters)
    transports = {}
    for endpoint in site.endpoints.values():
        same = before is not None and before.site.endpoints.get(endpoint.id) == endpoint
        if endpoint.sends:
            transports[endpoint.id] = before.transports[endpoint.id] if before and same else _transport(endpoint)
    trial = replace(path, journal=StoreJournal(store, keeps=False), on_step=lambda _step: None)
    return Parts(site, path, trial, transports)


def open_store(site: Site) -> Store:
    """Return the site's store, its schema up to date."""
    store = Store(site.store, room=Room(site.limits.free_disk, site.limits.queued))
    store.upgrade()
    return store


def processor(
    site: Site, store: Store | Journal, on_step: Callable[[str], None] = lambda _step: None, *, keeps: bool = True
) -> Processor:
    """Return the pure part of the path for a site; one that does not `keep` leaves nothing in the store."""
    journal = StoreJournal(store, keeps) if isinstance(store, Store) else store
    partners = {
        endpoint.id: Side(endpoint.partner, site.partners[endpoint.partner].identifiers)
        for endpoint in site.endpoints.values()
    }
    outputs = Outputs(standards(site.folder), site.identities[0], partners)
    return Processor(outputs, site.agreements, journal, on_step)


def _same_standards(one: Standards, other: Standards) -> bool:
    """Whether maps and adapters are the same, with what a site adds to them."""
    return one.registry.files == other.registry.files and all(
        one.adapters.get(name) is adapter for name, adapter in other.adapters.items()
    )


def observer(site: Site, path: Processor, owner: str) -> Observer:
    """Return what watches the ships of a site's feeds."""
    formats = {one.id: one.feed for one in site.endpoints.values() if one.feed}

    def new_feed(endpoint: str) -> Feed | None:
        format_ = formats.get(endpoint)
        return None if format_ is None else _loaded("pierhead.feeds", format_)(endpoint)

    return Observer(owner, lambda: new_watch(site), new_feed, path.outputs, site.agreements, path.journal)


def new_watch(site: Site) -> Watch:
    """Return a watch over a site's zones that knows no ship yet."""
    return Watch(site.zones, Gazetteer(site.zones.ports))


def ships(site: Site, store: Store) -> Iterator[Seen]:
    """Yield what is known of every ship that a site watches."""
    watch = new_watch(site)
    for mmsi, packed in store.ships():
        watch.restore(mmsi, packed)
    return watch.ships()


def _loaded(group: str, name: str) -> Any:
    for entry in entry_points(group=group):
        if entry.name == name:
            return entry.load()
    raise SettingsError(f"no {group.partition('.')[2]} entry point {name!r} is installed")


def _transport(endpoint: Endpoint) -> Transport:
    made: Transport = _loaded("pierhead.transports", endpoint.transport)(endpoint.way, now)
    return made


def keys(site: Site) -> tuple[ApiKey, ...]:
    """Return the keys that partners and operators sign in with."""
    return (*(key for partner in site.partners.values() for key in partner.api_keys), *site.operators)


def certificates(site: Site) -> Mapping[str, str]:
    """Return the names in client certificates, each with the partner that it stands for."""
    return {name: one.id for one in site.partners.values() for name in one.certificates}


def http_server(site: Site, desk: Desk) -> HttpReceiver:
    """Return the server that partners submit to, and ask."""
    config = HttpIn(
        site.listen.host,
        site.listen.port,
        keys=keys(site),
        max_bytes=site.limits.body,
        receive_seconds=site.limits.receive_seconds,
        tls=site.listen.tls,
        certificates=certificates(site),
    )
    made: HttpReceiver = _loaded("pierhead.receivers", "http")(config, now, new_id, behind=Api(desk))
    return made


def receiver(endpoint: Endpoint, site: Site) -> Receiver:
    """Return what takes messages in from an endpoint, not started."""
    made: Receiver = _loaded("pierhead.receivers", endpoint.transport)(endpoint.way, _intake(endpoint, site))
    return made


def _intake(endpoint: Endpoint, site: Site) -> Intake:
    return Intake(endpoint.id, endpoint.partner, now, new_id, site.limits.body, endpoint.feed)


def taken_otherwise(endpoint: Endpoint, site: Site) -> bool:
    """Whether a site has no such endpoint to take messages in from."""
    return not endpoint.sends and site.endpoints.get(endpoint.id) != endpoint


def changed_maps(before: Processor, after: Processor) -> Iterator[str]:
    """Yield a line for each map that is not what it was."""
    old, new = before.standards.registry.files, after.standards.registry.files
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"map {name}: {'added' if name not in old else 'removed' if name not in new else 'changed'}"
