"""`endpoints/*.yaml`: one way to or from a partner each.

What every endpoint has is read here; the keys of its transport by the transport itself, found by entry point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Protocol

from gateway.model.pace import USUAL
from gateway.section import Section, Surroundings
from gateway.section.values import duration, name, whole
from gateway.settings.pace_keys import read_pace
from gateway.settings.site import Endpoint, Retry

_SENDS, _RECEIVES = "send_to", "receive_from"


class Configurable(Protocol):
    """What an entry point of the groups `pierhead.transports` and `pierhead.receivers` names: a class, as a rule."""

    def configure(self, section: Section, around: Surroundings) -> Any:
        """Return the configuration that the keys of an endpoint make; every fault is noted in the section."""
        ...


@dataclass(frozen=True, slots=True)
class Wires:
    """The transports and receivers that are installed, by name, and the formats of vessel feeds."""

    transports: Mapping[str, Configurable]
    receivers: Mapping[str, Configurable]
    feeds: Iterable[str] = ()

    @classmethod
    def installed(cls) -> Wires:
        """Return what entry points name."""
        feeds = sorted(entry.name for entry in entry_points(group="pierhead.feeds"))
        return cls(_loaded("pierhead.transports"), _loaded("pierhead.receivers"), feeds)


def _loaded(group: str) -> dict[str, Configurable]:
    found = {entry.name: entry.load() for entry in sorted(entry_points(group=group), key=lambda one: one.name)}
    return {name: made for name, made in found.items() if hasattr(made, "configure")}


def read_endpoint(section: Section, around: Surroundings, partners: Iterable[str], wires: Wires) -> Endpoint:
    """Read one endpoint."""
    id_ = section.required("id", name, "")
    partner = section.choice("partner", partners)
    sends, receives = (bool(section.text(key, "")) for key in (_SENDS, _RECEIVES))
    if sends == receives:
        section.faults.at(section.mark, f"the endpoint needs either '{_SENDS}' or '{_RECEIVES}'")
    found = wires.receivers if receives and not sends else wires.transports
    transport = section.choice("transport", found)
    if sends == receives or transport not in found:  # already a fault, and then no other key can be judged
        return Endpoint(id_, partner, transport, None)
    way = found[transport].configure(section, around)
    made = Endpoint(
        id=id_,
        partner=partner,
        transport=transport,
        way=way,
        sends=sends,
        idempotent=section.flag("idempotent", default=way.idempotent) if sends else False,
        retry=_retry(section.section("retry", "retry section")) if sends else Retry(),
        pace=read_pace(section) if sends else USUAL,
        feed=section.choice("feed", wires.feeds, "") if receives else "",
    )
    section.done()
    return made


def _retry(section: Section | None) -> Retry:
    if section is None:
        return Retry()
    made = Retry(
        first=section.parsed("first", duration, Retry().first),
        at_most=section.parsed("at_most", duration, Retry().at_most),
        attempts=section.parsed("attempts", whole(1, 1000), Retry().attempts),
    )
    if made.at_most < made.first:
        section.fault("at_most", "'at_most' is shorter than 'first'")
    section.done()
    return made
