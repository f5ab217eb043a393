"""A message damaged in one place at a time: what is not carried is reported, and no two records are ever blended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle, islice

import pytest
from manifests import CUSCAR_D95B, CUSRES_D96B
from placed import Account, Node, Positions, folded, text_of, tree
from workbench import CUSCAR, CUSRES, checked, message_of, read, received, type_id, writer

from adapters.edifact.directories.dictionary import shipped
from gateway.model.stages import Message, MessageType

Records = list[list[str]]
Mutation = Callable[[Message], Iterator[tuple[str, Records]]]

SOURCES = {CUSCAR[0]: CUSCAR_D95B, CUSRES[0]: CUSRES_D96B}
TYPES = [CUSCAR[0], CUSCAR[3], CUSRES[0], CUSRES[2]]

#: What a map writes although nothing in the message said so: the running number of a consignment.
COUNTERS: Positions = frozenset({("CNI", 1, 1)})
#: What the decoder reports and the map need not repeat (0085): no place for a segment, too often, wrong type or length.
DECODED = ("13", "15", "35", "36", "37", "39", "40")
STRANGERS = (
    "FTX+ZZZ+++A",
    "RFF+ZZZ:A",
    "LOC+ZZZ+A",
    "NAD+ZZZ+A",
    "MEA+ZZZ+ZZZ+KGM:1",
    "DTM+ZZZ:A:102",
    "AUT+A",
    "XXX+A",
)


@cache
def sample(type_: MessageType) -> Message:
    """The full message of a family in one version of it."""
    base = next(one for one in SOURCES if one.name == type_.name)
    first = message_of(SOURCES[base], base)
    document = read(first).document
    assert document is not None
    return received(writer(type_).write(document))


def body(message: Message) -> Records:
    return [list(record) for record in message.records[1:-1]]


def duplicated(message: Message) -> Iterator[tuple[str, Records]]:
    """Every segment twice, and twice with another last value."""
    for at, record in enumerate(body(message)):
        records = body(message)
        yield f"twice {record}", [*records[: at + 1], record, *records[at + 1 :]]
        other = [*record[:-1], f"{record[-1][:-1]}{'7' if record[-1][-1] != '7' else '8'}"]
        yield f"again, other {other}", [*records[: at + 1], other, *records[at + 1 :]]


def duplicated_groups(message: Message) -> Iterator[tuple[str, Records]]:
    """Every segment with everything below it, twice, the second time with other texts."""
    for node in tree(message, checked(message.type).grammar.places).walk():
        if node.children and node.number:
            inside = sorted(one.number for one in node.walk())
            records = body(message)
            group = records[inside[0] - 2 : inside[-1] - 1]
            end = inside[-1] - 1
            yield f"group twice {node.record}", [*records[:end], *group, *records[end:]]
            changed = [[*one[:-1], f"{one[-1]}9"] if one[0] in ("NAD", "GID", "CTA", "COM") else one for one in group]
            yield f"group again, other {node.record}", [*records[:end], *changed, *records[end:]]


def reordered(message: Message) -> Iterator[tuple[str, Records]]:
    """Neighbours at one place exchanged."""
    for at in range(1, len(message.records) - 2):
        if message.places[at] == message.places[at + 1]:
            records = body(message)
            records[at - 1], records[at] = records[at], records[at - 1]
            yield f"exchanged {records[at - 1]} and {records[at]}", records


def intruded(message: Message) -> Iterator[tuple[str, Records]]:
    """A segment that no rule knows, behind every segment."""
    strangers = cycle(STRANGERS)
    for at in range(len(body(message))):
        for stranger in (next(strangers), next(strangers), next(strangers)):
            records = body(message)
            yield f"{stranger} behind {records[at]}", [*records[: at + 1], stranger.split("+"), *records[at + 1 :]]


def emptied(message: Message) -> Iterator[tuple[str, Records]]:
    """Every segment without its values, and without its qualifier too; and every segment away."""
    for at, record in enumerate(body(message)):
        records = body(message)
        first = record[1].partition(":")[0]
        yield f"emptied {record}", [*records[:at], [record[0], first], *records[at + 1 :]]
        yield f"bare {record}", [*records[:at], [record[0]], *records[at + 1 :]]
        yield f"away {record}", [*records[:at], *records[at + 1 :]]


def extended(message: Message) -> Iterator[tuple[str, Records]]:
    """Every element with one more component, every segment with one more element, and every gap filled."""
    for at, record in enumerate(body(message)):
        for element in range(1, len(record)):
            more = [*record[:element], f"{record[element]}:MORE", *record[element + 1 :]]
            yield f"component behind {record} {element}", [*body(message)[:at], more, *body(message)[at + 1 :]]
        segment = shipped().segment(record[0], message.type.version)
        assert segment is not None
        for element in range(1, len(segment.elements) + 2):
            longer = [*record, *[""] * (element + 1 - len(record))]
            if not longer[element]:
                longer[element] = "GAP"
                yield f"gap in {record} {element}", [*body(message)[:at], longer, *body(message)[at + 1 :]]


def changed(message: Message) -> Iterator[tuple[str, Records]]:
    """Every value replaced by one that is no number, no date and no code."""
    for at, record in enumerate(body(message)):
        for element in range(1, len(record)):
            parts = record[element].split(":")
            for component in range(len(parts)):
                other = ":".join([*parts[:component], "Q7Q", *parts[component + 1 :]])
                records = body(message)
                records[at] = [*record[:element], other, *record[element + 1 :]]
                yield f"Q7Q in {record} {element}.{component + 1}", records


MUTATIONS: list[Mutation] = [duplicated, duplicated_groups, reordered, intruded, emptied, extended, changed]


@cache
def selectors(type_: MessageType) -> Positions:
    return frozenset(
        (rule.place.name, locator.element, (locator.component or 0) + 1)
        for rule in checked(type_).rules
        for locator, _ in rule.tests
    )


def copied(root: Node, type_: MessageType) -> frozenset[str]:
    """What stands at a place that the map copies elsewhere: a copy without its original is one."""
    fields = {(v.frame, v.path) for r in checked(type_).rules for v in r.values if v.copy}
    places = {
        (r.place.id, v.locator.element, (v.locator.component or 0) + 1)
        for r in checked(type_).rules
        for v in r.values
        if (v.frame, v.path) in fields
    }
    said = ((node.place.id, *at, text) for node in root.walk() for at, text in node.values.items())
    return frozenset(text for *at, text in said if tuple(at) in places)


def account(records: Records, type_: MessageType) -> list[str]:
    """What of a message is neither carried nor reported."""
    message = message_of(text_of(records), type_)
    places = checked(type_).grammar.places
    mapped = read(message)
    findings = (*mapped.findings, *(f for f in message.findings if f.code in DECODED))
    before = folded(tree(message, places))
    after = Node(0, places[0], ())
    if mapped.document is not None:
        written = writer(type_).write(mapped.document)
        after = folded(tree(received(written), places)) if written.body else after
    known = Account(findings, selectors(type_), COUNTERS, copied(before, type_))
    return list(known.unexplained(before, after))


@pytest.mark.parametrize("type_", TYPES, ids=type_id)
def test_the_message_is_carried_whole(type_: MessageType) -> None:
    message = sample(type_)
    assert message.findings == () or {f.code for f in message.findings} <= {"12"}
    assert read(message).findings == ()
    assert account(body(message), type_) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("type_", TYPES, ids=type_id)
def test_damage_is_carried_or_reported_at_its_place(type_: MessageType, mutation: Mutation) -> None:
    damaged = islice(mutation(sample(type_)), 0, None, 1 if type_ in SOURCES else 3)
    unexplained = {what: found for what, records in damaged if (found := account(records, type_))}
    assert unexplained == {}
