"""What is wrong with a site at work, line by line, each with a remedy. Nothing is changed, and no partner is sent to.

An endpoint is reached when its address takes a connection, over TLS with a certificate that this machine trusts.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import make_url

from gateway.errors import StoreError
from gateway.settings import Endpoint, Site
from gateway.store import Store
from gateway.store.lanes import BreakerState

_SECONDS: Final = 5.0  # for a connection
_EXPIRES_SOON: Final = timedelta(days=30)
_AHEAD: Final = timedelta(seconds=5)  # of the clock, what two processes may differ by
#: The TCP ports of schemes whose address may leave it out, and whether they speak TLS.
_SCHEMES: Final = {
    "http": (80, False),
    "https": (443, True),
    "mqtt": (1883, False),
    "mqtts": (8883, True),
    "ws": (80, False),
    "wss": (443, True),
    "tcp": (0, False),
    "sftp": (22, False),
    "amqp": (5672, False),
    "amqps": (5671, True),
    "nats": (4222, False),
    "smtp": (25, False),
}


class Level(StrEnum):
    """How bad a line is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: what was found, and what to do where it is not well."""

    what: str
    level: Level
    text: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain values for JSON."""
        return asdict(self) | {"level": str(self.level)}


def examine(site: Site, now: datetime) -> Iterator[Line]:
    """Yield a line for each thing there is to look at."""
    try:
        store = Store(site.store)
    except StoreError as error:
        yield _unusable(error)
    else:
        yield from _stored(site, store, now)
    yield from _service(site)
    sends = [one for one in site.endpoints.values() if one.sends]
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield from pool.map(lambda one: reach(one, now), sends)


def _stored(site: Site, store: Store, now: datetime) -> Iterator[Line]:
    """Look at the store and what is in it; an older schema may have no answer, so then that is all."""
    try:
        current, newest = store.schema()
        yield _disk(site)
        if current == newest:
            yield Line("store", Level.OK, f"reachable, schema {current}")
            yield from _work(site, store, now)
        else:
            found = f"its schema is {current or 'not there yet'}, and this version's is {newest}"
            yield Line("store", Level.WARN, found, "pierhead serve brings it up to date when it starts")
    except StoreError as error:
        yield _unusable(error)
    finally:
        store.close()


def _unusable(error: StoreError) -> Line:
    return Line("store", Level.FAIL, str(error), "have the database reachable, and its disk writable")


def _disk(site: Site) -> Line:
    """Measure the disk below a SQLite store, or below the site."""
    url = make_url(site.store)
    place = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else site.folder
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Line("disk", Level.FAIL, f"{place}: {error.strerror}", "have the folder there and readable")
    text = f"{free // 1_000_000} MB are free below {place}"
    if free < site.limits.free_disk:
        return Line("disk", Level.FAIL, text, "free some, or purge: nothing is taken in below limits.free_disk")
    if free < 2 * site.limits.free_disk:
        return Line("disk", Level.WARN, text, "free some soon, or purge: limits.free_disk is near")
    return Line("disk", Level.OK, text)


def _work(site: Site, store: Store, now: datetime) -> Iterator[Line]:
    yield _clock(store, now)
    neglected = store.neglected(now, timedelta(seconds=2 * site.timing.lease_seconds))
    stuck = neglected.overdue + neglected.lost
    if stuck:
        text = f"{neglected.overdue} items are due and nobody takes them, {neglected.lost} deliveries are not queued"
        yield Line("work", Level.FAIL, text, "have pierhead serve run; if it does, its log says what fails")
    else:
        yield Line("work", Level.OK, "nothing is stuck")
    dead = len(store.dead_letters())
    if dead:
        yield Line("dead letters", Level.WARN, f"{dead} wait for a person", "pierhead retry lists them")
    else:
        yield Line("dead letters", Level.OK, "none")
    for lane in store.lanes():
        if lane.state is not BreakerState.CLOSED:
            text = f"{lane.endpoint} is left alone since {lane.failures} attempts found nobody: {lane.reason}"
            yield Line("breaker", Level.WARN, text, f"have {lane.endpoint} looked at; it is tried again by itself")
    overdue = store.overdue(now)
    if overdue:
        text = f"{len(overdue)} are overdue, the longest since {overdue[0].due_at:%Y-%m-%d %H:%M}Z"
        yield Line("acknowledgments", Level.WARN, text, "pierhead acks --overdue lists them; ask the counterparty")
    else:
        yield Line("acknowledgments", Level.OK, "none is overdue")


def _clock(store: Store, now: datetime) -> Line:
    """Compare the clock with the line of the timelines written last."""
    last = store.last_told()
    told = store.told_after(last - 1, 1)
    if told and told[0][1].at > now + _AHEAD:
        text = f"it is {now:%Y-%m-%d %H:%M:%S}Z here, and the store was written at {told[0][1].at:%Y-%m-%d %H:%M:%S}Z"
        return Line("clock", Level.FAIL, text, "have the clock set by NTP on every machine of the site")
    return Line("clock", Level.OK, f"{now:%Y-%m-%d %H:%M:%S}Z, not behind the store")


def _service(site: Site) -> Iterator[Line]:
    """Ask the gateway that serves the site how it and its feeds are."""
    told = _ready(site)
    where = f"{site.listen.host}:{site.listen.port}"
    if told is None:
        yield Line("service", Level.WARN, f"nobody answers at {where}", "start it: pierhead serve")
        return
    if told.get("ready"):
        yield Line("service", Level.OK, f"ready at {where}")
    else:
        yield Line("service", Level.FAIL, f"not ready at {where}: {told.get('detail', '')}", "its log says why")
    for id_, health in told.get("feeds", {}).items():
        trouble = health.get("trouble") or ("" if health.get("connected") else "no source is connected")
        dead = not health.get("alive")
        level = Level.FAIL if dead else Level.WARN if trouble else Level.OK
        text = f"{id_}: {trouble or 'at work'}"
        yield Line("feed", level, text, "" if level is Level.OK else "have its source looked at")


def _ready(site: Site) -> Mapping[str, Any] | None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(site.listen.host, site.listen.host)  # noqa: S104  # not bound
    connection = http.client.HTTPConnection(host, site.listen.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        told = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return told if isinstance(told, dict) else None


def reach(endpoint: Endpoint, now: datetime) -> Line:
    """Return whether an endpoint's address takes a connection, and until when its certificate holds."""
    what = f"endpoint {endpoint.id}"
    place = "" if endpoint.way is None else endpoint.way.place
    url = urlsplit(place.partition(" ")[0])
    if url.scheme not in _SCHEMES or not url.hostname:
        return _folder(what, place)
    usual, secure = _SCHEMES[url.scheme]
    host, tcp_port = url.hostname, url.port or usual
    try:
        with socket.create_connection((host, tcp_port), _SECONDS) as wire:
            until = _certified_until(wire, host) if secure else None
    except ssl.SSLCertVerificationError as error:
        text = f"{host}:{tcp_port}: its certificate is not trusted here: {error.verify_message}"
        return Line(what, Level.WARN, text, "renew it there; or it is of an authority that only the endpoint names")
    except OSError as error:
        text = f"{host}:{tcp_port}: {error.strerror or error}"
        return Line(what, Level.FAIL, text, "check the address, the firewall, and whether they are at work")
    if until is not None and until - now < _EXPIRES_SOON:
        text = f"{host}:{tcp_port} answers; its certificate ends on {until:%Y-%m-%d}"
        return Line(what, Level.WARN, text, "have them renew it")
    return Line(what, Level.OK, f"{host}:{tcp_port} answers")


def _certified_until(wire: socket.socket, host: str) -> datetime | None:
    with ssl.create_default_context().wrap_socket(wire, server_hostname=host) as secured:
        said = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(said), UTC) if isinstance(said, str) else None


def _folder(what: str, place: str) -> Line:
    path = Path(place)
    if not path.is_absolute():
        return Line(what, Level.OK, f"{place}: not looked at")
    made = next(one for one in (path, *path.parents) if one.exists())
    if made.is_dir():
        return Line(what, Level.OK, f"{place} is a folder" if made == path else f"{place} is made when it is needed")
    return Line(what, Level.FAIL, f"{made} is no folder", "have a folder there")
