"""Vessel feeds apart from a site at work: a log played into it, and a look at what a feed sends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from threading import Event, Lock
from typing import Any

from gateway.app.clock import new_id, now
from gateway.app.parts import receiver
from gateway.app.service import Heard
from gateway.errors import SettingsError
from gateway.model.journal import NewWork, Work
from gateway.model.stages import Arrival
from gateway.pipeline.observing import WATCH
from gateway.plugin import Accepted, Feed
from gateway.settings import Endpoint, Site
from gateway.store import Store
from gateway.transports.replay import replay
from gateway.yaml_source import nearest

_AT_ONCE = 500
_AGE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """What a feed sent while it was looked at.

    `observations` counts what was understood by type of message, `rejects` what was put aside by reason, each with its
    latest sample; `health` is the receiver's own word at the end, None for a file.
    """

    messages: int
    observations: Mapping[int, int]
    ships: int
    rejects: Mapping[str, int]
    samples: Mapping[str, bytes]
    health: Any = None


def feed_of(format_: str, endpoint: str) -> Feed:
    """Return the reader of a feed's format; raises `SettingsError` with the nearest name for one that is not there."""
    found = {entry.name: entry for entry in entry_points(group="pierhead.feeds")}
    if format_ not in found:
        raise SettingsError(
            f"'{format_}' is no format of a feed: use {', '.join(sorted(found))}{nearest(format_, found)}"
        )
    made: Feed = found[format_].load()(endpoint)
    return made


def feed_endpoint(site: Site, id_: str = "") -> Endpoint:
    """Return a feed of a site by its id, or the only one there is; raises `SettingsError`."""
    feeds = {one.id: one for one in site.endpoints.values() if one.feed}
    if id_:
        if id_ in feeds:
            return feeds[id_]
        raise SettingsError(f"{id_} is no feed of this site{nearest(id_, feeds)}: it has {', '.join(feeds) or 'none'}")
    if len(feeds) == 1:
        return next(iter(feeds.values()))
    raise SettingsError(f"which feed? Name one by --endpoint: {', '.join(feeds) or 'this site has none'}")


def play(store: Store, endpoint: Endpoint, lines: Iterable[bytes], speed: float) -> Iterator[int]:
    """Put the lines of a log into the store as if `endpoint` had received them; yield how many are there by now.

    Raises:
        SettingsError: the feed is not one of lines.
    """
    _lines_only(endpoint.feed)
    store.enqueue([NewWork(Work.OBSERVE, WATCH, now())])
    waiting: list[bytes] = []
    since, count = time.monotonic(), 0

    def keep() -> None:
        if waiting:
            store.hear([_batch(endpoint, waiting)])
            waiting.clear()

    def pause(seconds: float) -> None:
        if seconds > _AGE_SECONDS:
            keep()
        time.sleep(seconds)

    for line in replay(lines, speed, time.monotonic, pause):
        waiting.append(line)
        count += 1
        if len(waiting) >= _AT_ONCE or time.monotonic() - since > _AGE_SECONDS:
            keep()
            since = time.monotonic()
            yield count
    keep()
    yield count


def _lines_only(format_: str) -> None:
    if not format_.startswith("nmea"):
        raise SettingsError(f"a log is lines, and a feed of '{format_}' is messages with topics: use a feed of nmea")


def _batch(endpoint: Endpoint, lines: list[bytes]) -> Arrival:
    return Arrival(new_id(), endpoint.id, now(), b"\n".join(lines), {"principal": endpoint.partner})


def look_at_lines(format_: str, lines: Iterable[bytes]) -> Look:
    """Return what the lines of a log hold; raises `SettingsError` for a format that is not one of lines."""
    seen = _Seen(feed_of(format_, "file"))
    _lines_only(format_)
    waiting: list[bytes] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) == _AT_ONCE:
            seen(Arrival("", "file", now(), b"\n".join(waiting)))
            waiting = []
    if waiting:
        seen(Arrival("", "file", now(), b"\n".join(waiting)))
    return seen.look()


def look_at_endpoint(endpoint: Endpoint, site: Site, seconds: float) -> Look:
    """Receive from a feed for some time, beside a site that is at work, and keep nothing.

    A feed that listens can only be looked at while nobody else listens there.
    """
    apart = getattr(endpoint.way, "apart", None)
    looked_at = endpoint if apart is None else replace(endpoint, way=apart())
    seen = _Seen(feed_of(endpoint.feed, endpoint.id))
    source = receiver(looked_at, site)
    source.start(seen)
    try:
        Event().wait(seconds)
        health = source.health() if hasattr(source, "health") else None
    finally:
        source.stop()
    return seen.look(health)


class _Seen:
    """Takes batches and counts what is in them; several threads may bring some."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._lock = Lock()
        self._messages = 0
        self._types: Counter[int] = Counter()
        self._ships: set[int] = set()

    def __call__(self, batch: Arrival) -> Accepted:
        """Look at a batch."""
        with self._lock:
            self._messages += batch.content.count(b"\n") + 1
            for one in self._feed.observe(batch):
                self._types[one.type] += 1
                self._ships.add(one.mmsi)
        return Heard(batch.id)

    def look(self, health: Any = None) -> Look:
        """Return what was seen."""
        rejects, samples = dict(self._feed.rejects), dict(self._feed.samples())
        return Look(self._messages, dict(sorted(self._types.items())), len(self._ships), rejects, samples, health)
