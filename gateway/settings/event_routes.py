"""`events` of an agreement: who is told of what vessels do, and in which form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from gateway.model.vessel_event import Certainty, EventType
from gateway.routing.event_route import EventRoute, Tell
from gateway.routing.route import Route
from gateway.section import Section
from gateway.yaml_source import nearest

#: The class of the document that is written for each.
DOCUMENTS: Final = MappingProxyType(
    {
        Tell.EVENT: "VesselEvent",
        Tell.ARRIVAL_NOTICE: "ConveyanceReport",
        Tell.MISSING_MANIFEST: "CustomsResponse",
        Tell.DISAGREEMENT: "CustomsResponse",
    }
)

E = TypeVar("E", bound=StrEnum)


def told(section: Section) -> Tell:
    """Read `tell`: what is made of an event."""
    known = [str(tell) for tell in Tell]
    text = section.choice("tell", known, str(Tell.EVENT))
    return Tell(text) if text in known else Tell.EVENT


def event_route(section: Section, tell: Tell, route: Route, fleets: Mapping[str, tuple[str, ...]]) -> EventRoute:
    """Read which events a route is for; `route` is what it has in common with every other, `fleets` by partner."""
    fleet = section.choice("fleet", fleets, "")
    return EventRoute(
        tell=tell,
        route=route,
        on=frozenset(_named(section, "on", EventType)),
        certainty=frozenset(_named(section, "certainty", Certainty)) or frozenset({Certainty.CONFIRMED}),
        rings=frozenset(_rings(section)),
        zones=frozenset(map(str, section.texts("zones"))),
        ports=frozenset(map(str, section.texts("ports"))),
        fleet=frozenset(fleets[fleet]) if fleet in fleets else None,
    )


def _named(section: Section, key: str, kind: type[E]) -> Iterator[E]:
    known = [str(one) for one in kind]
    for text in section.texts(key):
        if text in known:
            yield kind(str(text))
        else:
            section.faults.at(text.mark, f"'{text}' is not one of {', '.join(known)}{nearest(text, known)}")


def _rings(section: Section) -> Iterator[int]:
    for text in section.texts("rings"):
        if text.isdigit() and int(text) > 0:
            yield int(text)
        else:
            section.faults.at(text.mark, f"'{text}' is no ring: write its radius in nautical miles, like 120")
