"""Each segment of a message at its place, and every fault of structure (0085 = 13, 15, 34, 35, 36).

The fast pass takes the automaton's faultless steps only. A message that leaves them is placed again from its
start by the careful pass, which passes over missing places and looks at more than the tag of a segment where its
tag alone would mislead (`openers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.edifact.checks.openers import openers
from adapters.edifact.directories.structure import Step, Structure
from adapters.edifact.syntax.records import Records
from gateway.model.place import Place

#: Segments of ISO 9735-5 to -7 and -9 that may stand round any message, and of part 1 round any group (version 4).
SECURITY = frozenset(("USH", "USA", "USC", "USR", "UST", "USD", "USU", "USB", "USX", "USY"))
ANTI_COLLISION = frozenset(("UGH", "UGT"))
_NOTHING = ("",)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of structure: `segment` counts UNH as 1; for a missing place it is the last one before the gap."""

    code: str
    segment: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of every segment (0 = none takes it), and the faults in order of segment."""

    places: Sequence[int]
    faults: tuple[Fault, ...] = ()


def place(
    structure: Structure,
    segments: Sequence[str],
    *,
    closed: bool = True,
    passed: frozenset[str] = SECURITY,
) -> Placement:
    """Place the segments of a message; `closed` is False when it is known to have no UNT.

    `passed` are the tags that stand outside the structure, wherever it does not name them.
    """
    heads = structure.heads
    state = 0
    states: list[int] = []
    follow = states.append
    try:
        for segment in segments:
            state = heads[state][segment[:4]]
            follow(state)
    except KeyError:
        return _careful(structure, Records(segments), passed)
    places = _places(structure, states)
    faults = _overflows(structure, places) if _may_overflow(structure, places) else ()
    if closed and (not places or places[-1] != structure.final):
        return _careful(structure, Records(segments), passed)
    return Placement(places, faults)


def _places(structure: Structure, states: list[int]) -> list[int]:
    if len(structure.place_of_state) == len(structure.places):
        return states
    return list(map(structure.place_of_state.__getitem__, states))


def _may_overflow(structure: Structure, places: Sequence[int]) -> bool:
    """Whether a count check by whole-message text search finds a place filled too often under one parent.

    Occurrences of a place without children stand side by side, so a run that is too long is a substring;
    those of a trigger are counted between two occurrences of its parent.
    """
    text = bytes(places).decode("latin-1") if len(structure.places) <= 256 else "".join(map(chr, places))
    for number in set(places):
        if not number:
            continue
        taken = structure.places[number]
        letter = chr(number)
        if text.count(letter) <= taken.repeat:
            continue
        parent = taken.parent
        if parent is None or parent.parent is None:
            return True
        if taken.children:
            if max(part.count(letter) for part in text.split(chr(parent.id))) > taken.repeat:
                return True
        elif letter * (taken.repeat + 1) in text:
            return True
    return False


def _overflows(structure: Structure, places: Sequence[int]) -> tuple[Fault, ...]:
    """Return one fault for each place filled too often under one parent, at the first segment too many."""
    counts = [0] * len(structure.places)
    faults = []
    for index, number in enumerate(places):
        if not number:
            continue
        taken = structure.places[number]
        counts[number] += 1
        for child in taken.children:
            counts[child.id] = 0
        if counts[number] == taken.repeat + 1:
            group = taken.group is not None
            faults.append(Fault("36" if group else "35", index + 1, taken))
    return tuple(faults)


def _careful(structure: Structure, records: Sequence[Sequence[str]], passed: frozenset[str]) -> Placement:
    hints = openers(structure.message)
    faults: list[Fault] = []
    places: list[int] = []
    state = last = 0
    for index, record in enumerate(records):
        tag, colon, _ = record[0].partition(":")
        if colon:  # explicit nesting: tag and indicators, ISO 9735 (1-3), 8.2
            faults.append(Fault("34", index + 1))
        hint = hints.get(tag)
        behind = records[index + 1] if index + 1 < len(records) else _NOTHING
        step = _step(structure, state, tag, opens=hint is not None and hint(record, behind))
        if step is None:
            places.append(0)
            if tag not in passed:
                faults.append(Fault("15", index + 1))
            continue
        faults.extend(Fault("13", last, structure.places[number]) for number in step.missing)
        state, last = step.state, index + 1
        places.append(structure.place_of_state[state])
    faults.extend(_overflows(structure, places))
    faults.sort(key=lambda fault: fault.segment)
    return Placement(places, tuple(faults))


def _step(structure: Structure, state: int, tag: str, *, opens: bool) -> Step | None:
    """Return the step to take for a tag: to the group it opens, faultless, over a gap, or once too often."""
    clean = structure.transitions[state].get(tag)
    gaps = structure.recovery[state].get(tag, ())
    if opens and gaps:
        return gaps[-1]
    if clean is not None:
        return Step(clean, ())
    if gaps:
        return gaps[0]
    return next(_repeats(structure, state, tag), None)


def _repeats(structure: Structure, state: int, tag: str) -> Iterator[Step]:
    """Yield the steps back to the places still open: one occurrence more than the structure allows."""
    current: Place | None = structure.places[structure.place_of_state[state]]
    while current is not None and current.parent is not None:
        if current.name == tag:
            yield Step(state if structure.place_of_state[state] == current.id else current.id, ())
        current = current.parent
