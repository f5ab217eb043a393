"""What is kept of a transmission that an event may rest on: where the ship was, and the words it was heard in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from gateway.model.observation import Observation

Quote: TypeAlias = Callable[[int], Sequence[str]]
"""Gives the sentences of a record of the batch at hand."""


class Source(NamedTuple):
    """A batch of one feed."""

    feed: str
    quote: Quote


class Heard(NamedTuple):
    """One reception: our time in seconds since 1970, the feed and station, the sentences."""

    received: float
    feed: str
    station: str
    sentences: tuple[str, ...]


class Sighting(NamedTuple):
    """A ship at a time and place, as transmitted, with every reception; lon and lat are None before her first fix."""

    at: float
    lon: float | None
    lat: float | None
    sog: float | None
    cog: float | None
    heading: int | None
    status: int | None
    heard: tuple[Heard, ...]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Sighting:
        """Return a sighting from its values as JSON has them."""
        return cls._make((*values[:7], tuple(Heard(float(one[0]), one[1], one[2], tuple(one[3])) for one in values[7])))


class Transmission:
    """One transmission on its way: the observation, its batch, and the copies that other stations heard.

    Its sentences are quoted when they are first asked for, and by then its batch may be long gone elsewhere.
    """

    __slots__ = ("copies", "one", "source")

    def __init__(self, one: Observation, source: Source) -> None:
        self.one = one
        self.source = source
        self.copies: tuple[tuple[Observation, Source], ...] = ()

    def copy(self, one: Observation, source: Source) -> None:
        """Take a copy; the earliest counts as the transmission, so that the order of arrival does not matter."""
        mine, theirs = (self.one, self.source), (one, source)
        if (one.at, one.received, one.station) < (self.one.at, self.one.received, self.one.station):
            mine, theirs = theirs, mine
        self.one, self.source = mine
        self.copies = (*self.copies, theirs)

    def heard(self) -> tuple[Heard, ...]:
        """Return every reception, the earliest first."""
        copies = sorted(self.copies, key=lambda copy: (copy[0].at, copy[0].received, copy[0].station))
        return tuple(
            Heard(one.received, source.feed, one.station, tuple(source.quote(one.record)))
            for one, source in ((self.one, self.source), *copies)
        )
