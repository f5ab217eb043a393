"""A site at work: its receivers, its workers, and how they begin, change and end."""

from __future__ import annotations

import os
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog

from gateway.app.bell import Bell
from gateway.app.catalogue import tune
from gateway.app.clock import now
from gateway.app.heartbeat import Heartbeat
from gateway.app.metering import Metering
from gateway.app.metrics import Figures
from gateway.app.parts import (
    FeedReceiver,
    Parts,
    Policy,
    certificates,
    changed_maps,
    http_server,
    keys,
    observer,
    open_store,
    parts_of,
    receiver,
    taken_otherwise,
)
from gateway.app.tracing import Traces
from gateway.errors import GatewayError, SettingsError, StoreError, StoreFull
from gateway.model.journal import Event, NewWork, Work
from gateway.model.stages import Arrival
from gateway.pipeline.observing import WATCH
from gateway.pipeline.runner import Runner
from gateway.plugin import Accepted, Receiver, Transport
from gateway.settings import Endpoint, Site, changes, fixed, load_site
from gateway.store import Store
from gateway.transports.http_server import HttpReceiver
from gateway.web import Desk

_LOG = structlog.get_logger("pierhead")
#: What workers do; idle ones wait for a bell of its own each.
_PROCESSES, _DELIVERS, _OBSERVES = "process", "deliver", "observe"
_ALERTS_SECONDS = 15.0  # between two looks for overdue acknowledgments
_DELIVERERS = 8  # delivery threads: each is one endpoint's at a time, and most of them wait for an answer


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to a batch of a vessel feed; batches are never compared with one another."""

    id: str
    duplicate: bool = False
    conflict: bool = False


@dataclass(slots=True)
class Gateway:
    """A site at work: receivers, workers and the store they share.

    `receivers` and `feeds` are those of endpoints, by id. Workers look at `parts` before each step, so that what is
    read again (`reload`) counts from the next message on; `desk` is shown it. Figures and spans (`meter`) go on.
    """

    parts: Parts
    store: Store
    desk: Desk
    http: HttpReceiver
    receivers: dict[str, Receiver]
    feeds: dict[str, FeedReceiver]
    heartbeat: Heartbeat
    meter: Metering
    on_step: Callable[[str], None]
    _stop: threading.Event = field(default_factory=threading.Event)
    _bells: dict[str, Bell] = field(
        default_factory=lambda: {work: Bell() for work in (_PROCESSES, _DELIVERS, _OBSERVES)}
    )
    _threads: list[threading.Thread] = field(default_factory=list)
    _adopted: dict[str, Parts] = field(default_factory=dict)
    _retired: list[Transport] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _intake: Runner | None = None

    @property
    def site(self) -> Site:
        """The settings that hold now."""
        return self.parts.site

    @property
    def http_port(self) -> int:
        """The TCP port that HTTP is served on."""
        return self.http.tcp_port

    def runner(self, name: str) -> Runner:
        """Return one worker's view of the path, as the settings are now."""
        parts = self.parts
        owner = f"{name}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        return Runner(
            self.store,
            parts.path,
            parts.transports,
            {endpoint.id: Policy(endpoint) for endpoint in parts.site.endpoints.values()},
            clock=now,
            owner=owner,
            lease_seconds=parts.site.timing.lease_seconds,
            observer=observer(parts.site, parts.path, owner) if name == _OBSERVES else None,
            on_step=self.on_step,
            on_error=self._failed,
            chance=random.random,
            heartbeat=self.heartbeat,
            stopping=self._stop.is_set,
            meter=self.meter,
        )

    def _failed(self, what: str, error: BaseException) -> None:
        self.meter.figures.faults.labels(what.partition(" ")[0]).inc()
        _failed(what, error)

    def start(self) -> None:
        """Start workers, then take messages in."""
        self._intake = self.runner("intake")
        self.heartbeat.start()
        self._employ(_PROCESSES, Runner.process, then=_DELIVERS)
        for number in range(1, _DELIVERERS + 1):
            self._employ(f"{_DELIVERS}-{number}", Runner.deliver, then=_DELIVERS)  # there may be more, elsewhere
        alerts = threading.Thread(target=self._alert, daemon=True)
        self._threads.append(alerts)
        alerts.start()
        self.http.start(self._accept)
        self._take_in(self.site.endpoints)
        _LOG.info("started", site=self.site.name, tcp_port=self.http_port)

    def _employ(self, name: str, step: Callable[[Runner], int], *, then: str) -> None:
        """Start a worker; what it has done is work for others, who are woken by the bell `then`."""
        self._adopted[name] = self.parts
        thread = threading.Thread(target=self._work, args=(name, step, self._bells[then]), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, arrival: Arrival) -> Accepted:
        intake = self._intake
        if intake is None:
            raise StoreError("the gateway is not started")
        recorded = intake.accept(arrival)
        self._bells[_PROCESSES].ring()
        return recorded

    def _hear(self, batch: Arrival) -> Accepted:
        full = self.store.capacity(batch.received_at)
        if full:  # the feed keeps what it has, and its source waits: a broker's window, a connection's buffer
            raise StoreFull(full)
        self.store.hear([batch])
        self._bells[_OBSERVES].ring()
        return Heard(batch.id)

    def _take_in(self, endpoints: Iterable[str]) -> None:
        """Start the receivers of some endpoints, and with the first feed the worker that watches ships."""
        wanted = set(endpoints)
        if self.feeds and _OBSERVES not in self._adopted:
            self.store.enqueue([NewWork(Work.OBSERVE, WATCH, now())])
            self._employ(_OBSERVES, Runner.observe, then=_DELIVERS)
        for id_ in wanted & self.receivers.keys():
            self.receivers[id_].start(self._accept)
        for id_ in wanted & self.feeds.keys():
            self.feeds[id_].start(self._hear)

    def reload(self) -> list[str]:
        """Read the site again, all of it or nothing, and return what changed; it counts from the next message on.

        Raises:
            SettingsError: the site is wrong, or something of it needs a restart; nothing has changed then.
            MappingError: a map of the site is wrong; nothing has changed then.
        """
        with self._lock:
            before = self.parts
            site = load_site(before.site.folder)
            restart = fixed(before.site, site)
            if restart:
                raise SettingsError(f"site.yaml: {', '.join(restart)} changed, which needs a restart")
            parts = parts_of(site, self.store, self.on_step, before)
            told = [*changes(before.site, site), *changed_maps(before.path, parts.path)]
            self._exchange(before, parts)
            self._retired += [one for id_, one in before.transports.items() if parts.transports.get(id_) is not one]
        self._wake()
        at = now()
        self.store.tell([Event(at, "reload", text) for text in told or ["read again: nothing changed"]])
        _LOG.info("reloaded", site=site.name, changes=told)
        return told

    def _exchange(self, before: Parts, after: Parts) -> None:
        """Put other parts in place, with receivers for what is taken in otherwise; put all back where one fails."""
        gone = [one.id for one in before.site.endpoints.values() if taken_otherwise(one, after.site)]
        come = [one for one in after.site.endpoints.values() if taken_otherwise(one, before.site)]
        self._retire_receivers(gone)
        self._put(after)
        try:
            self._add_receivers(come, after.site)
        except (GatewayError, OSError) as error:
            self._retire_receivers([one.id for one in come])
            self._put(before)
            self._add_receivers([before.site.endpoints[id_] for id_ in gone], before.site)
            raise SettingsError(f"cannot take messages in as the site says now: {error}") from error

    def _put(self, parts: Parts) -> None:
        self.parts = parts
        self._intake = self.runner("intake")
        self.desk.show(parts.site, parts.trial)
        self.http.admit(keys(parts.site), certificates(parts.site))

    def _add_receivers(self, endpoints: Sequence[Endpoint], site: Site) -> None:
        for one in endpoints:
            made = receiver(one, site)
            if one.feed:
                self.feeds[one.id] = cast("FeedReceiver", made)
            else:
                self.receivers[one.id] = made
        self._take_in([one.id for one in endpoints])

    def _retire_receivers(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            for held in (self.receivers, self.feeds):
                if id_ in held:
                    held.pop(id_).stop()

    def _wake(self) -> None:
        for bell in self._bells.values():
            bell.ring()

    def _adopt(self, name: str, parts: Parts) -> None:
        """Note that a worker goes by these parts; when all do, nobody uses what was there before."""
        with self._lock:
            self._adopted[name] = parts
            if any(one is not self.parts for one in self._adopted.values()):
                return
            retired, self._retired = self._retired, []
        for transport in retired:
            transport.close()

    def _work(self, name: str, step: Callable[[Runner], int], then: Bell) -> None:
        """Work until told to stop; look again at once while there is work, else when woken or polled."""
        bell, parts = self._bells[name.partition("-")[0]], self.parts
        runner = self.runner(name)
        while not self._stop.is_set():
            if parts is not self.parts:
                parts, runner = self.parts, self.runner(name)
                self._adopt(name, parts)
            try:
                taken = step(runner)
            except StoreError as error:
                _LOG.error("store", error=str(error))
                taken = 0
            if taken:
                then.ring()
            else:
                bell.wait(self.site.timing.poll_seconds)

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
        for one in (self.http, *self.receivers.values(), *self.feeds.values()):
            one.stop()
        self._stop.set()
        for bell in self._bells.values():
            bell.silence()
        end = time.monotonic() + self.site.timing.stop_seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        left = sum(thread.is_alive() for thread in self._threads)
        if left:
            _LOG.warning("left at work", steps=left)
        self.heartbeat.stop()
        for transport in (*self.parts.transports.values(), *self._retired):
            transport.close()
        self.store.close()
        _LOG.info("stopped", site=self.site.name)


def build(site: Site, on_step: Callable[[str], None] = lambda _step: None) -> Gateway:
    """Return the gateway of a site, built but not started; raises `MappingError` when a map of it is wrong.

    `on_step` is told every step that has ended: receive, record, identify, check, acknowledge, write, commit,
    attempt, send, settle.
    """
    tune()
    store = open_store(site)
    parts = parts_of(site, store, on_step, None)
    taken = [endpoint for endpoint in site.endpoints.values() if not endpoint.sends]
    feeds = {one.id: cast("FeedReceiver", receiver(one, site)) for one in taken if one.feed}
    receivers = {one.id: receiver(one, site) for one in taken if not one.feed}
    heartbeat = Heartbeat(site.timing.lease_seconds / 3)
    figures = Figures()
    figures.watch(store, lambda: {id_: feed.health() for id_, feed in tuple(feeds.items())}, now)
    desk = Desk(site, store, parts.trial, now, ready=lambda: ready(store, feeds), figures=figures.text)
    meter = Metering(figures, Traces())
    return Gateway(parts, store, desk, http_server(site, desk), receivers, feeds, heartbeat, meter, on_step)


def _failed(what: str, error: BaseException) -> None:
    """Log a fault of ours: its type and frames, never its values, which may be a message's content."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _LOG.error("step failed", step=what, error=type(error).__name__, frames=frames[-6:])


def ready(store: Store, feeds: Mapping[str, FeedReceiver]) -> Mapping[str, Any]:
    """Return whether messages can be taken in, with the store's counters and how each vessel feed is."""
    told = {id_: _plain(asdict(feed.health())) for id_, feed in tuple(feeds.items())}
    return {"ready": True, **_plain(asdict(store.counters())), "feeds": told}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON can say them: times in ISO 8601."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
