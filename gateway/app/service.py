"""A site at work: receivers, workers, transports and the store that they share."""

from __future__ import annotations

import os
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol, cast

import structlog

from gateway.app.agreed import refuse_unknown_profiles
from gateway.app.catalogue import standards, tune
from gateway.app.clock import new_id, now
from gateway.app.heartbeat import Heartbeat
from gateway.app.metering import Metering
from gateway.app.metrics import Figures
from gateway.app.tracing import Traces
from gateway.errors import SettingsError, StoreError
from gateway.mapping.checking import refuse_wrong_maps
from gateway.model.journal import NewWork, Work
from gateway.model.pace import Pace
from gateway.model.stages import Arrival
from gateway.pipeline.observing import WATCH, Observer
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.processing import Processor
from gateway.pipeline.runner import Runner
from gateway.plugin import Accepted, Feed, Intake, Receiver, Transport
from gateway.routing import Side
from gateway.settings import Endpoint, Site
from gateway.store import Room, Store
from gateway.store.journal import StoreJournal
from gateway.transports.batches import FeedHealth
from gateway.transports.http_server import HttpIn
from gateway.vessels import Gazetteer, Seen, Watch
from gateway.web import Api, Desk

__all__ = ["Gateway", "Store", "build", "open_store", "processor", "ready"]

_LOG = structlog.get_logger("pierhead")
_OBSERVES = "observe"  # the worker that watches ships
_ALERTS_SECONDS = 15.0  # between two looks for overdue acknowledgments
_DELIVERERS = 8  # delivery threads: each is one endpoint's at a time, and most of them wait for an answer


@dataclass(frozen=True, slots=True)
class _Policy:
    """An endpoint as the runner sees it."""

    endpoint: Endpoint

    @property
    def idempotent(self) -> bool:
        return self.endpoint.idempotent

    @property
    def pace(self) -> Pace:
        return self.endpoint.pace

    def next_due(
        self, attempt: int, now: datetime, asked: datetime | None = None, *, chance: float = 1.0
    ) -> datetime | None:
        return self.endpoint.retry.next_due(attempt, now, asked, chance=chance)


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to a batch of a vessel feed; batches are never compared with one another."""

    id: str
    duplicate: bool = False
    conflict: bool = False


class FeedReceiver(Receiver, Protocol):
    """A receiver of a vessel feed: it can say how it is."""

    def health(self) -> FeedHealth:
        """Return how the feed is now."""
        ...


@dataclass(slots=True)
class Gateway:
    """A site at work: receivers, workers and the store they share."""

    site: Site
    store: Store
    runner: Callable[[str], Runner]
    receivers: list[Receiver]
    feeds: list[FeedReceiver]
    transports: Mapping[str, Transport]
    heartbeat: Heartbeat
    _stop: threading.Event
    _due: list[threading.Event] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def http_port(self) -> int:
        """The TCP port that HTTP is served on."""
        ports = (getattr(receiver, "tcp_port", None) for receiver in self.receivers)
        return int(next(port for port in ports if port is not None))

    def start(self) -> None:
        """Start workers, then take messages in."""
        intake = self.runner("intake")

        def accept(arrival: Arrival) -> Accepted:
            recorded = intake.accept(arrival)
            self._wake()
            return recorded

        processing = self.runner("process")
        delivering = [self.runner(f"deliver-{number}") for number in range(1, _DELIVERERS + 1)]
        steps = [processing.process, *(runner.deliver for runner in delivering)]
        if self.feeds:
            self.store.enqueue([NewWork(Work.OBSERVE, WATCH, now())])
            steps.append(self.runner(_OBSERVES).observe)
        for step in steps:
            due = threading.Event()
            self._due.append(due)
            self._threads.append(threading.Thread(target=self._work, args=(step, due), daemon=True))
        self._threads.append(threading.Thread(target=self._alert, daemon=True))
        self.heartbeat.start()
        for thread in self._threads:
            thread.start()

        def hear(batch: Arrival) -> Accepted:
            self.store.hear([batch])
            self._wake()
            return Heard(batch.id)

        for receiver in self.receivers:
            receiver.start(accept)
        for feed in self.feeds:
            feed.start(hear)
        _LOG.info("started", site=self.site.name, tcp_port=self.http_port)

    def _wake(self) -> None:
        for due in self._due:
            due.set()

    def _work(self, step: Callable[[], int], due: threading.Event) -> None:
        """Work until told to stop; look again at once while there is work, else when woken or polled."""
        while not self._stop.is_set():
            try:
                taken = step()
            except StoreError as error:
                _LOG.error("store", error=str(error))
                taken = 0
            if taken:
                self._wake()
            else:
                due.wait(self.site.timing.poll_seconds)
                due.clear()

    def _alert(self) -> None:
        """Tell again and again what is overdue by now."""
        while not self._stop.is_set():
            try:
                for one in self.store.alert_overdue(now()):
                    _LOG.warning("overdue", delivery=one.delivery, endpoint=one.endpoint, layer=str(one.layer))
            except StoreError as error:
                _LOG.error("store", error=str(error))
            self._stop.wait(_ALERTS_SECONDS)

    def stop(self) -> None:
        """Take nothing more in, finish the steps at hand, close.

        What is taken and not begun is put back at once. A step that is not over within `timing.stop` is left: its
        lease runs out, and an attempt under way is ambiguous, as after a crash.
        """
        for receiver in (*self.receivers, *self.feeds):
            receiver.stop()
        self._stop.set()
        self._wake()
        end = time.monotonic() + self.site.timing.stop_seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        left = sum(thread.is_alive() for thread in self._threads)
        if left:
            _LOG.warning("left at work", steps=left)
        self.heartbeat.stop()
        for transport in self.transports.values():
            transport.close()
        self.store.close()
        _LOG.info("stopped", site=self.site.name)


def open_store(site: Site) -> Store:
    """Return the site's store, its schema up to date."""
    store = Store(site.store, room=Room(site.limits.free_disk, site.limits.queued))
    store.upgrade()
    return store


def processor(
    site: Site, store: Store, on_step: Callable[[str], None] = lambda _step: None, *, keeps: bool = True
) -> Processor:
    """Return the pure part of the path for a site; one that does not `keep` leaves nothing in the store."""
    partners = {
        endpoint.id: Side(endpoint.partner, site.partners[endpoint.partner].identifiers)
        for endpoint in site.endpoints.values()
    }
    outputs = Outputs(standards(site.folder), site.identities[0], partners)
    return Processor(outputs, site.agreements, StoreJournal(store, keeps), on_step)


def build(site: Site, on_step: Callable[[str], None] = lambda _step: None) -> Gateway:
    """Return the gateway of a site, built but not started; raises `MappingError` when a map of it is wrong.

    `on_step` is told every step that has ended: receive, record, identify, check, acknowledge, write, commit,
    attempt, send, settle.
    """
    tune()
    store = open_store(site)
    path = processor(site, store, on_step)
    refuse_wrong_maps(path.standards.registry)
    refuse_unknown_profiles(site.agreements, path.standards.adapters)
    transports = {endpoint.id: _transport(endpoint) for endpoint in site.endpoints.values() if endpoint.sends}
    policies = {endpoint.id: _Policy(endpoint) for endpoint in site.endpoints.values()}

    figures = Figures()
    meter = Metering(figures, Traces())

    def failed(what: str, error: BaseException) -> None:
        figures.faults.labels(what.partition(" ")[0]).inc()
        _failed(what, error)

    heartbeat = Heartbeat(site.timing.lease_seconds / 3)
    stop = threading.Event()

    def runner(name: str) -> Runner:
        owner = f"{name}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        return Runner(
            store,
            path,
            transports,
            policies,
            clock=now,
            owner=owner,
            lease_seconds=site.timing.lease_seconds,
            observer=observer(site, path, owner) if name == _OBSERVES else None,
            on_step=on_step,
            on_error=failed,
            chance=random.random,
            heartbeat=heartbeat,
            stopping=stop.is_set,
            meter=meter,
        )

    taken = [endpoint for endpoint in site.endpoints.values() if not endpoint.sends]
    feeds = {one.id: cast("FeedReceiver", receiver(one, site)) for one in taken if one.feed}
    trial = replace(path, journal=StoreJournal(store, keeps=False), on_step=lambda _step: None)
    desk = Desk(site, store, trial, now, ready=lambda: ready(store, feeds), figures=figures.text)
    figures.watch(store, lambda: {id_: feed.health() for id_, feed in feeds.items()}, now)
    receivers = [_http(site, desk), *(receiver(one, site) for one in taken if not one.feed)]
    return Gateway(site, store, runner, receivers, list(feeds.values()), transports, heartbeat, stop)


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


def _failed(what: str, error: BaseException) -> None:
    """Log a fault of ours: its type and frames, never its values, which may be a message's content."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _LOG.error("step failed", step=what, error=type(error).__name__, frames=frames[-6:])


def _loaded(group: str, name: str) -> Any:
    for entry in entry_points(group=group):
        if entry.name == name:
            return entry.load()
    raise SettingsError(f"no {group.partition('.')[2]} entry point {name!r} is installed")


def _transport(endpoint: Endpoint) -> Transport:
    made: Transport = _loaded("pierhead.transports", endpoint.transport)(endpoint.way, now)
    return made


def _http(site: Site, desk: Desk) -> Receiver:
    """Return the server that partners submit to, and ask."""
    config = HttpIn(
        site.listen.host,
        site.listen.port,
        keys=(*(key for partner in site.partners.values() for key in partner.api_keys), *site.operators),
        max_bytes=site.limits.body,
        receive_seconds=site.limits.receive_seconds,
    )
    made: Receiver = _loaded("pierhead.receivers", "http")(config, now, new_id, behind=Api(desk))
    return made


def receiver(endpoint: Endpoint, site: Site) -> Receiver:
    """Return what takes messages in from an endpoint, not started."""
    made: Receiver = _loaded("pierhead.receivers", endpoint.transport)(endpoint.way, _intake(endpoint, site))
    return made


def _intake(endpoint: Endpoint, site: Site) -> Intake:
    return Intake(endpoint.id, endpoint.partner, now, new_id, site.limits.body, endpoint.feed)


def ready(store: Store, feeds: Mapping[str, FeedReceiver]) -> Mapping[str, Any]:
    """Return whether messages can be taken in, with the store's counters and how each vessel feed is."""
    told = {id_: _plain(asdict(feed.health())) for id_, feed in feeds.items()}
    return {"ready": True, **_plain(asdict(store.counters())), "feeds": told}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON can say them: times in ISO 8601."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
