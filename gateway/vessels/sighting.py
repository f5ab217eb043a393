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


Held: TypeAlias = tuple[float, int, Observation, Source, tuple[tuple[Observation, Source], ...]]
"""One transmission on its way: its time and digest, by which it is ordered; the observation, its batch; and copies.

Its sentences are quoted when they are first asked for, and by then the batch may be long gone elsewhere.
"""


def with_copy(held: Held, one: Observation, source: Source) -> Held:
    """Return a transmission with a copy; the earliest counts, so that the order of arrival does not matter."""
    receptions = sorted(
        (*held[4], (held[2], held[3]), (one, source)), key=lambda each: (each[0].at, each[0].received, each[0].station)
    )
    first, batch = receptions[0]
    return first.at, first.digest, first, batch, tuple(receptions[1:])


def heard(held: Held, *, quoting: bool = True) -> tuple[Heard, ...]:
    """Return every reception of a transmission, the earliest first; with its sentences, if they are asked for."""
    return tuple(
        Heard(one.received, source.feed, one.station, tuple(source.quote(one.record)) if quoting else ())
        for one, source in ((held[2], held[3]), *held[4])
    )
