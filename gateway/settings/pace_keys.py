"""The keys of an endpoint that say how fast it is sent to, and when it is left alone."""

from __future__ import annotations

import re

from gateway.model.pace import USUAL, Breaker, Pace, Rate
from gateway.section import Section
from gateway.section.values import duration, whole


def read_pace(section: Section) -> Pace:
    """Read `rate`, `breaker` and `workers` of an endpoint."""
    return Pace(
        rate=section.parsed("rate", _rate, None),
        breaker=_breaker(section.section("breaker", "breaker section")),
        workers=section.parsed("workers", whole(1, 100), USUAL.workers),
    )


def _rate(text: str) -> Rate:
    found = re.fullmatch(r"([1-9]\d{0,5}) per (.+)", text)
    if not found:
        raise ValueError(f"'{text}' is no rate: write a number and a time, like '100 per 1 min'")
    return Rate(int(found[1]), duration(found[2]))


def _breaker(section: Section | None) -> Breaker:
    if section is None:
        return Breaker()
    made = Breaker(
        failures=section.parsed("failures", whole(1, 1000), Breaker().failures),
        pause=section.parsed("pause", duration, Breaker().pause),
        at_most=section.parsed("at_most", duration, Breaker().at_most),
    )
    if made.at_most < made.pause:
        section.fault("at_most", "'at_most' is shorter than 'pause'")
    section.done()
    return made
