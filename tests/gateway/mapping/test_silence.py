"""The law of silence: whatever stands in a message is carried or reported, for every map of the catalogue.

Statically: a value that a map reads becomes a field, goes with one, or is compared with what the map says. By
experiment: the samples of a map are filled until every record has every value that its place knows, and read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from workbench import adapter, checked, reader, received_unchecked, standards, writer

from gateway.cli.mapping_guides import sample_files
from gateway.cli.samples import samples
from gateway.mapping.checking import type_of
from gateway.mapping.coverage import SERVICE_PLACES, account, covered_keys
from gateway.mapping.lineage import Templates, template
from gateway.mapping.reading import Reading
from gateway.mapping.registry import Entry
from gateway.mapping.rules import CheckedMap, Rule, Value
from gateway.mapping.skeleton import stand_in
from gateway.model.base import Part
from gateway.model.place import Locator
from gateway.model.stages import Message, MessageType, Written
from gateway.pipeline.standards import Read

ENTRIES = standards().registry.entries()
_DOCUMENTS = 1  # for each map
Key = tuple[int, tuple[int, int, tuple[str, ...], str]]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.head.name)
def test_no_map_reads_a_value_that_it_neither_carries_nor_reports(entry: Entry) -> None:
    type_ = served(entry)
    assert account(checked(type_)).silent == ()
    messages = [*sample_messages(type_)]
    assert messages, "there is no sample to fill"
    for message in messages:
        filled = filled_up(message)
        assert len(filled.records) == len(message.records)
        assert [*silent(filled)] == []


def served(entry: Entry) -> MessageType:
    """The first version of a map that no other map is in front of."""
    types = (type_of(entry, version) for version in entry.versions)
    return next(type_ for type_ in types if standards().registry.find(type_) is entry)


def sample_messages(type_: MessageType) -> Iterator[Message]:
    """What the most telling samples of a message say, in one version of it."""
    for document in sample_documents(type_.standard, type_.name):
        written = writer(type_).write(document)
        if written.body:
            yield received_unchecked(written)


@cache
def sample_documents(standard: str, name: str) -> tuple[Part, ...]:
    folder = samples() / standard / name.lower()
    paths = (
        sample_files(folder)[:8] if folder.is_dir() else sorted((samples() / standard).glob(f"*/{name.lower()}.*ml"))
    )
    found = (read for path in paths for read in decoded(path, standard))
    return tuple(read.document for read in found if read.document is not None)[:_DOCUMENTS]


def decoded(path: Path, standard: str) -> Iterator[Read]:
    for item in standards().read(standards().adapters[standard], [path.read_bytes()]):
        if isinstance(item, Read):
            yield item


# filling


def filled_up(message: Message) -> Message:
    """The message with a value wherever a record of it can have one and has none."""
    return received_unchecked(Written(message.type, [*bodies(message, checked(message.type))]))


def bodies(message: Message, map_: CheckedMap) -> Iterator[str]:
    """The records in the intermediate form, each closed behind what is below it."""
    grammar = map_.grammar
    open_: list[int] = []
    for number, record in zip(message.places, message.records, strict=True):
        place = grammar.places[number]
        while open_ and place.parent is not grammar.places[open_[-1]]:
            yield from closed(map_, open_.pop())
        if place.name in SERVICE_PLACES:
            continue
        yield filled_record(map_, number, record)
        open_.append(number)
    while open_:
        yield from closed(map_, open_.pop())


def closed(map_: CheckedMap, number: int) -> Iterator[str]:
    tail = map_.grammar.tail(map_.grammar.places[number])
    if tail is not None:
        yield tail


def filled_record(map_: CheckedMap, number: int, record: Any) -> str:
    grammar = map_.grammar
    place = grammar.places[number]
    values = {locator.key: (locator, clean(map_, text)) for locator, text in grammar.leftovers(place, record, ())}
    for locator in grammar.locators(place):
        values.setdefault(locator.key, (locator, filler(map_, locator)))
    names = {f"v{at}": text for at, (_, text) in enumerate(values.values())}
    source = grammar.record(place, {locator: f"v{at}" for at, (locator, _) in enumerate(values.values())})
    return str(eval(source, {**grammar.names, **names}))


def filler(map_: CheckedMap, locator: Locator) -> str:
    """A value that fits: in JSON "1" where no format says otherwise, as it may have to be a number."""
    numbers = map_.grammar.type.standard == "portcall" and not locator.format
    return "1" if numbers else stand_in(map_.grammar, locator)


def clean(map_: CheckedMap, text: str) -> str:
    return str(eval(map_.grammar.clean("text"), {**map_.grammar.names, "text": text}))


# accounting


def silent(message: Message) -> Iterator[str]:
    """Every value of a message that is neither carried nor reported nor as the map says."""
    map_ = checked(message.type)
    reading = reader(message.type).explain(message, adapter(message.type).position)
    told = {finding.position for finding in reading.mapped.findings}
    where = adapter(message.type).position
    carried = {*carried_keys(map_, reading)}
    for at, (number, record) in enumerate(zip(message.places, message.records, strict=True)):
        place = map_.grammar.places[number]
        if place.name in SERVICE_PLACES or where(message, at) in told:
            continue
        for locator, text in map_.grammar.leftovers(place, record, ()):
            if (at, locator.key) in carried or where(message, at, locator) in told:
                continue
            goes_with = [value for value in values_at(map_, number) if locator.key in [c.key for c in value.companions]]
            if any(where(message, at, value.locator) in told for value in goes_with):
                continue
            if not as_said(map_, number, locator, text):
                yield f"{place.trail} {locator.text} {text!r}"


def carried_keys(map_: CheckedMap, reading: Reading) -> Iterator[Key]:
    values = Templates(map_).values
    for entry in reading.lineage:
        if entry.locator is not None:
            _, value = values[template(entry.path)]
            twins = [other for rule in map_.rules for other in rule.values if other.path == value.path]
            companions = [companion for twin in twins for companion in twin.companions]
            for locator in (entry.locator, *companions):
                for key in covered_keys((locator,)):
                    yield entry.record, key


def values_at(map_: CheckedMap, number: int) -> list[Value]:
    return [value for rule in map_.rules if rule.place.id == number for value in rule.values]


def as_said(map_: CheckedMap, number: int, locator: Locator, text: str) -> bool:
    """Whether some rule of the place says that this value, or any that is compared, stands there."""
    return any(says(rule, locator, text) for rule in map_.rules if rule.place.id == number)


def says(rule: Rule, locator: Locator, text: str) -> bool:
    tests = (*rule.tests, *(test for value in rule.values for test in value.tests))
    if any(tested.key == locator.key and text in values for tested, values in tests):
        return True
    here = [value for value in rule.values if value.locator.key == locator.key]
    return any(text in value.constant or value.counter or value.copy for value in here)


def test_a_value_that_a_map_does_not_report_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    type_ = MessageType("edifact", "CUSCAR", "D95B")
    message = filled_up(next(sample_messages(type_)))
    monkeypatch.setattr("gateway.mapping.reading.Observer.left", lambda *_: None)
    assert [*silent(message)] != []
