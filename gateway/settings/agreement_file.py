"""`agreements/*.yaml`: what holds for messages from one partner to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Kind, Severity
from gateway.model.policy import PRESETS, Policy
from gateway.model.stages import MessageType, Party
from gateway.plugin import Deadline, Recurring, Trigger
from gateway.routing.agreement import Agreement, Side, TypeRange, parse_type
from gateway.routing.deadline_watch import DeadlineWatch
from gateway.routing.duplicates import FOR_GOOD, Duplicates
from gateway.routing.event_route import EventRoute
from gateway.routing.route import ALL, Missed, Route, When
from gateway.section.section import Section
from gateway.section.values import duration, name
from gateway.settings.event_routes import DOCUMENTS as TOLD_AS
from gateway.settings.event_routes import event_route, told
from gateway.settings.partner_file import US
from gateway.settings.site import Endpoint, Partner
from gateway.yaml_source import MarkedText, nearest

#: The acknowledgments that an agreement can ask for.
ACKNOWLEDGMENTS: Final = ("contrl", "cusres", "response")

#: The character sets of ISO 9735 (0001) that an agreement can name.
CHARSETS: Final = tuple(f"UNO{letter}" for letter in "ABCDEFGHIJKLWXY")

#: The versions of the syntax that a route can ask for (0002).
VERSIONS: Final = ("1", "2", "3", "4")

#: The business keys that a route's documents can be put in order by.
KINDS: Final = ("lrn", "mrn", "manifest", "voyage", "vessel", "bill", "container")

#: What may tell one interchange of a partner from another.
KEYS: Final = ("reference", "date")

_LONGEST: Final = timedelta(days=36500)  # a window that is longer means: for good

TriggerReader = Callable[[str], Trigger]
"""Reads a trigger as a route spells it; raises `ValueError`."""


@dataclass(frozen=True, slots=True)
class References:
    """What an agreement may refer to."""

    identities: tuple[Party, ...]
    partners: Mapping[str, Partner]
    endpoints: Mapping[str, Endpoint]
    trigger: TriggerReader


def read_agreement(section: Section, known: References) -> Agreement:
    """Read one agreement."""
    events = tuple(_event_route(route, known) for route in section.sections("events", "event route"))
    made = Agreement(
        id=section.required("id", name, ""),
        sender=_side(section, "from", known),
        recipient=_side(section, "to", known),
        accepts=_accepts(section, events),
        test=section.flag("test", default=False),
        policy=_policy(section),
        acknowledge=_acknowledge(section, known),
        routes=tuple(_route(route, known, When.ACCEPTED) for route in section.sections("routes", "route")),
        replies=tuple(_reply(route, known) for route in section.sections("replies", "reply")),
        conventions=_conventions(section),
        duplicates=_duplicates(section),
        events=events,
        retention=section.parsed("retention", duration, None),
        deadlines=tuple(_deadlines(section, known)),
    )
    _check_gathering(section, made)
    section.done()
    return made


def _check_gathering(section: Section, made: Agreement) -> None:
    """Two routes that gather the same for the same endpoint could not be told apart."""
    routes = (*made.routes, *(one.route for one in made.events))
    names = [route.name for route in routes if route.gathers is not None]
    for name_ in sorted({one for one in names if names.count(one) > 1}):
        section.faults.at(section.mark, f"two routes gather {name_}: make them one, or let one of them send at once")


def _side(section: Section, key: str, known: References) -> Side:
    partner = section.choice(key, [*known.partners, US])
    if partner == US:
        return Side(US, known.identities)
    found = known.partners.get(partner)
    return Side(partner, found.identifiers if found else ())


def _accepts(section: Section, events: Sequence[EventRoute]) -> tuple[TypeRange, ...]:
    """Read what messages are taken: none where only events of vessels are told."""
    texts = section.texts("accepts", required=not events)
    ranges = (section.read(text.mark, text, _range, None) for text in texts)
    return tuple(accepted for accepted in ranges if accepted is not None)


def _range(text: str) -> TypeRange | None:
    return TypeRange.parse(text)


def _policy(section: Section) -> Policy:
    """Read `policy: tolerant`, or a mapping with `preset`, `kinds` and `codes`."""
    if isinstance(section.get("policy"), MarkedText):
        return Policy(PRESETS.get(section.choice("policy", PRESETS), PRESETS["strict"]))
    policy = section.section("policy", "policy")
    if policy is None:
        return Policy()
    preset = PRESETS.get(policy.choice("preset", PRESETS, "strict"), PRESETS["strict"])
    kinds = dict(_kinds(policy))
    codes = {
        str(key): policy.read(value.mark, value, _severity, Severity.ERROR)
        for key, value in policy.table("codes").items()
    }
    policy.done()
    return Policy(preset, MappingProxyType(kinds), MappingProxyType(codes))


def _kinds(policy: Section) -> Iterator[tuple[Kind, Severity]]:
    """Yield the severity of each kind that an agreement names: in one word, or as a preset has it."""
    for key, value in policy.table("kinds").items():
        kind = policy.read(key.mark, key, _kind, Kind.RULE)
        preset = PRESETS.get(value)
        yield kind, preset[kind] if preset else policy.read(value.mark, value, _severity_or_preset, Severity.ERROR)


def _kind(text: str) -> Kind:
    kinds = [str(kind) for kind in Kind]
    if text not in kinds:
        raise ValueError(f"'{text}' is no kind of finding: use {', '.join(kinds)}{nearest(text, kinds)}")
    return Kind(text)


def _severity(text: str, *others: str) -> Severity:
    severities = [*map(str, Severity), *others]
    if text not in severities:
        raise ValueError(f"'{text}' is no severity: use {', '.join(severities)}{nearest(text, severities)}")
    return Severity(text)


def _severity_or_preset(text: str) -> Severity:
    return _severity(text, *PRESETS)


def _conventions(section: Section) -> Conventions:
    """Read `syntax`: what the bytes of this partner do not say, or say wrongly."""
    below = section.section("syntax", "syntax section")
    if below is None:
        return AS_DECLARED
    profiles = (below.read(text.mark, text, name, "") for text in below.texts("profiles"))
    made = Conventions(
        charset=below.choice("charset", CHARSETS, ""),
        decimal=below.parsed("decimal", _decimal, ""),
        repetition=below.flag("repetition", default=True),
        profiles=tuple(profile for profile in profiles if profile),
    )
    below.done()
    return made


def _decimal(text: str) -> str:
    if text not in (".", ",", ".,", ",."):
        raise ValueError(f"'{text}' is no decimal mark: write ',' or '.', or ',.' where both count")
    return text


def _duplicates(section: Section) -> Duplicates:
    """Read `duplicates`: by what a repeated interchange is known, and for how long."""
    below = section.section("duplicates", "duplicates section")
    if below is None:
        return FOR_GOOD
    parts = [below.read(text.mark, text, _key, KEYS[0]) for text in below.texts("key")] or [KEYS[0]]
    if KEYS[0] not in parts:
        below.fault("key", f"a key without '{KEYS[0]}' would take all interchanges of a day for one: add it")
    made = Duplicates(
        within=below.parsed("within", _window, None),
        dated="date" in parts,
        messages=below.flag("messages", default=False),
    )
    below.done()
    return made


def _key(text: str) -> str:
    if text not in KEYS:
        raise ValueError(f"'{text}' is no part of a key: use {', '.join(KEYS)}{nearest(text, KEYS)}")
    return text


def _window(text: str) -> timedelta | None:
    return min(duration(text), _LONGEST)


def _acknowledge(section: Section, known: References) -> Mapping[str, str]:
    """Return the endpoint of each acknowledgment that is to be sent."""
    below = section.section("acknowledge", "acknowledge section")
    if below is None:
        return MappingProxyType({})
    found = {}
    for kind in ACKNOWLEDGMENTS:
        if below.get(kind) is not None:
            found[kind] = _endpoint(below, kind, known)
    below.done()
    return MappingProxyType(found)


def _endpoint(section: Section, key: str, known: References) -> str:
    """Return the name of an endpoint that deliveries can go to."""
    endpoint = section.choice(key, (id_ for id_, found in known.endpoints.items() if found.sends))
    return str(endpoint)


def _route(section: Section, known: References, when: When) -> Route:
    made = _way(section, known, section.choice("document", DOCUMENTS), when)
    section.done()
    return made


def _reply(section: Section, known: References) -> Route:
    made = _route(section, known, When.ALWAYS)
    if made.gathers is not None:
        section.fault("together", "an answer goes to whoever filed by itself: leave 'together' out")
    return made


def _deadlines(section: Section, known: References) -> Iterator[DeadlineWatch]:
    """Read by when filings are to be accepted, and who is told."""
    for one in section.sections("deadlines", "deadline"):
        document = one.choice("document", DOCUMENTS)
        by = one.required("by", lambda text: _counted(known.trigger(text)), None)
        warn = {one.read(text.mark, text, duration, timedelta()) for text in one.texts("warn")}
        route = _way(one, known, "CustomsResponse", When.ALWAYS)
        if route.gathers is not None:
            one.fault("together", "a reminder cannot wait for others: leave it out")
        one.done()
        if by is not None:
            yield DeadlineWatch(document, by, tuple(sorted(warn, reverse=True)), route)


def _counted(trigger: Trigger) -> Deadline:
    if not isinstance(trigger, Deadline):
        raise ValueError(  # noqa: TRY004  # a value of the file, not of the program
            "a deadline is counted from the voyage: write it like '24 h before loading'"
        )
    return trigger


def _event_route(section: Section, known: References) -> EventRoute:
    tell = told(section)
    route = _way(section, known, TOLD_AS[tell], When.ALWAYS)
    made = event_route(section, tell, route, {id_: one.fleet for id_, one in known.partners.items()})
    section.done()
    return made


def _way(section: Section, known: References, document: str, when: When) -> Route:
    """Read what every route has: where to, as what, when, and what is to come back."""
    within = section.parsed("answer_within", duration, None)
    contrl_within = section.parsed("contrl_within", duration, None)
    missed = _missed(section)
    together = section.parsed("together", lambda text: _recurring(known.trigger(text)), None)
    made = Route(
        document=document,
        to=_endpoint(section, "to", known),
        type=section.required("as", parse_type, MessageType("", "")),
        trigger=together or section.parsed("trigger", known.trigger, known.trigger("at once")),
        when=_when(section, when),
        answer_within=within,
        contrl_within=contrl_within,
        syntax=section.parsed("syntax", _syntax, ""),
        order_by=section.choice("order_by", (ALL, *KINDS), ""),
        gathers=missed if together is not None else None,
    )
    if made.gathers is not None:
        _check_together(section, made)
    if made.syntax and made.type.standard not in ("", "edifact"):
        section.fault("syntax", f"{made.type.standard} has no syntax of ISO 9735: leave it out")
    if contrl_within is not None and made.type.standard not in ("", "edifact"):
        section.fault("contrl_within", f"{made.type.standard} has no CONTRL: use 'answer_within'")
    return made


def _recurring(trigger: Trigger) -> Trigger:
    if not isinstance(trigger, Recurring):
        raise ValueError(  # noqa: TRY004  # a value of the file, not of the program
            "documents are gathered for times that come again: write 'every 1 h' or 'cron 0 6 * * *'"
        )
    return trigger


def _missed(section: Section) -> Missed:
    text = section.choice("missed", [str(one) for one in Missed], str(Missed.ONCE))
    return Missed(text) if text in list(Missed) else Missed.ONCE


def _check_together(section: Section, route: Route) -> None:
    """What goes together has one time, one order, and a standard that holds several messages."""
    if section.get("trigger") is not None:
        section.fault("trigger", "'together' says when: leave 'trigger' out")
    if route.type.standard == "wco":
        section.fault("together", "WCO XML holds one document: leave 'together' out")
    if route.order_by not in ("", ALL):
        section.fault("order_by", f"documents that go together have no order by {route.order_by}: write 'all'")
    if route.answer_within is not None:
        section.fault("answer_within", "what goes together has no one answer: leave it out; 'contrl_within' will do")


def _syntax(text: str) -> str:
    charset, _, version = text.partition(":")
    if charset not in CHARSETS or version not in VERSIONS:
        raise ValueError(f"'{text}' is no syntax to write: name a character set and a version 1 to 4, like UNOC:4")
    return text


def _when(section: Section, default: When) -> When:
    text = section.choice("when", [str(when) for when in When], str(default))
    return When(text) if text in list(When) else default
