"""The typed settings of a site: what `load_site` returns. Frozen, complete, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from gateway.model.access import ApiKey
from gateway.model.pace import USUAL, Pace
from gateway.model.stages import Party
from gateway.routing.agreement import Agreement
from gateway.transports.tls import ServerTls
from gateway.vessels.zones import Zones

#: How far ahead a counterparty's Retry-After may put an attempt off.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the gateway takes messages in over HTTP, or over HTTPS with `tls`."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls: ServerTls | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one arrival may cost: bytes of a message, seconds until its body is complete; and what all may.

    Nothing is taken in while less than `free_disk` bytes are free below the store, or `queued` items wait.
    """

    body: int = 50_000_000
    receive_seconds: float = 120.0
    free_disk: int = 1_000_000_000
    queued: int = 100_000


@dataclass(frozen=True, slots=True)
class Timing:
    """How often the queue is looked at when idle, and how long a worker holds an item without a heartbeat.

    `stop_seconds` is how long steps at hand may take to end when the gateway is told to stop.
    """

    poll_seconds: float = 1.0
    lease_seconds: float = 300.0
    stop_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner: its identifiers in envelopes, its API keys, IMO numbers of its ships.

    `certificates` are the names by which its client certificates are known.
    """

    id: str
    name: str
    identifiers: tuple[Party, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()
    fleet: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()

    @property
    def api_key_digests(self) -> tuple[bytes, ...]:
        """The SHA-256 digests of its API keys."""
        return tuple(key.digest for key in self.api_keys)


@dataclass(frozen=True, slots=True)
class Retry:
    """When a delivery is tried again: the longest wait doubles from `first` to `at_most`, for `attempts` in all."""

    first: timedelta = timedelta(minutes=1)
    at_most: timedelta = timedelta(hours=1)
    attempts: int = 48

    def next_due(
        self, attempt: int, now: datetime, asked: datetime | None = None, *, chance: float = 1.0
    ) -> datetime | None:
        """Return when to try after attempt number `attempt`, or None when it was the last.

        `chance` (0 to 1) is the part of the longest wait that it is: drawn at random it is full jitter, so that what
        failed together does not come back together. `asked` is what the counterparty wants (Retry-After); it can put
        the attempt off by a day at most.
        """
        if attempt >= self.attempts:
            return None
        doubled: timedelta = self.first * (1 << min(attempt - 1, 20))
        due = now + min(doubled, self.at_most) * chance
        return due if asked is None else min(max(due, asked), now + _LONGEST_WAIT)


class Way(Protocol):
    """An endpoint's transport as configured: opaque to settings, but for what every one must say.

    `place` is where messages go or come from, for people and without secrets; `owns` is what no other endpoint may
    use too ("the folder /srv/site/exchange/acme"), "" for nothing; `idempotent` says that the transport itself
    delivers a key once, whoever the counterparty is.
    """

    @property
    def place(self) -> str:
        """Where messages go or come from."""
        ...

    @property
    def owns(self) -> str:
        """What it needs for itself."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether a key is delivered once by itself."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to or from a partner.

    `sends` tells deliveries from arrivals; `idempotent` says that the counterparty recognises a repeated idempotency
    key, so that an attempt that was cut short may be made again; `feed` is the format of a vessel feed, "" for
    messages of partners.
    """

    id: str
    partner: str
    transport: str
    way: Way | None  # None only where a fault was noted
    sends: bool = True
    idempotent: bool = False
    retry: Retry = Retry()
    pace: Pace = USUAL
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site, read once.

    `identities` are our own names in envelopes, the first of which we write; `store` is a SQLAlchemy URL with
    an absolute path. What no agreement says otherwise of is kept for `retention`, for good without it. `operators`
    are the keys of whoever runs the gateway.
    """

    folder: Path
    name: str
    identities: tuple[Party, ...]
    store: str = field(repr=False)
    listen: Listen
    limits: Limits
    timing: Timing
    partners: Mapping[str, Partner]
    endpoints: Mapping[str, Endpoint]
    agreements: tuple[Agreement, ...]
    zones: Zones
    retention: timedelta | None = None
    operators: tuple[ApiKey, ...] = ()

    def agreement(self, id_: str) -> Agreement | None:
        """Return an agreement by its id."""
        return next((agreement for agreement in self.agreements if agreement.id == id_), None)
