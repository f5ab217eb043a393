"""The structure of a message: its tree of places, and the automaton that puts each segment at its place.

The automaton goes forward only: nearest place first, then a restart of the innermost open group. A state is
a place, or one occurrence of a place where the same tag may also stand further on (BAPLIE LOC, at most 2, before
the LOC group), so that a bounded repeat ends exactly. `transitions` holds the steps that are without fault;
`recovery` those that pass over a mandatory place, which is how the receiver of a faulty message goes on, or lead to
a further place of the same tag (INVRPT QTY).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adapters.edifact.directories.definitions import Member
from gateway.model.place import Place

#: Occurrences of one place that get a state of their own at most; beyond it the count check decides.
UNFOLDED = 99


@dataclass(frozen=True, slots=True)
class Step:
    """A step of recovery: the next state, and the mandatory places, if any, passed over to get there."""

    state: int
    missing: tuple[int, ...]


@dataclass(frozen=True)
class Structure:
    """One message of one directory.

    `places[0]` is the root and the others are in document order, UNH and UNT included. States are numbered
    like their place, further occurrences behind them: `place_of_state[state]` is the place's id. State 0 is
    the start. `transitions[state][tag]` is the next state; `recovery[state][tag]` the steps to take where
    `transitions` has none or a nearer one, nearest first.
    """

    message: str
    directory: str
    root: Place
    places: tuple[Place, ...]
    transitions: Sequence[Mapping[str, int]]
    place_of_state: Sequence[int]
    recovery: Sequence[Mapping[str, tuple[Step, ...]]]

    @cached_property
    def heads(self) -> Sequence[Mapping[str, int]]:
        """The transitions by the first four characters of a segment: its tag, and `+` where it has elements."""
        return [
            {head: state for tag, state in steps.items() for head in (tag, f"{tag}+")} for steps in self.transitions
        ]

    @property
    def final(self) -> int:
        """The place of UNT."""
        return len(self.places) - 1


def structure(message: str, directory: str, members: Sequence[Member]) -> Structure:
    """Return the structure of a message, given its members in order (UNH first, UNT last)."""
    root = Place(0, message, None, mandatory=True, repeat=1)
    places = [root]
    _plant(members, root, places)
    return _automaton(message, directory, tuple(places))


def _plant(members: Sequence[Member], parent: Place, places: list[Place]) -> None:
    for member in members:
        place = Place(len(places), member.tag, parent, member.mandatory, member.repeat, member.group)
        places.append(place)
        parent.children.append(place)
        _plant(member.members[1:], place, places)


def _successors(place: Place) -> Iterator[tuple[Place, tuple[int, ...]]]:
    """Yield each place that may follow a place, nearest first, with the mandatory places passed over."""
    missing: tuple[int, ...] = ()
    if place.repeat > 1 and not place.children and place.group is None:
        yield place, ()
    for child in place.children:
        yield child, missing
        if child.mandatory:
            missing = (*missing, child.id)
    while place.parent is not None:
        if place.repeat > 1 and (place.children or place.group is not None):
            yield place, missing
        siblings = place.parent.children
        for sibling in siblings[siblings.index(place) + 1 :]:
            yield sibling, missing
            if sibling.mandatory:
                missing = (*missing, sibling.id)
        place = place.parent


def _automaton(message: str, directory: str, places: tuple[Place, ...]) -> Structure:
    following = [tuple(_successors(place)) for place in places]
    place_of_state = list(range(len(places)))
    last_state = list(range(len(places)))
    for place in places[1:]:
        if _ends_exactly(place, following[place.id]):
            last_state[place.id] = len(place_of_state) + place.repeat - 2
            place_of_state.extend([place.id] * (place.repeat - 1))
    transitions: list[Mapping[str, int]] = []
    recovery: list[Mapping[str, tuple[Step, ...]]] = []
    for state, at in enumerate(place_of_state):
        clean, other = _steps(state, at, places, following[at], last_state)
        transitions.append(clean)
        recovery.append(other)
    return Structure(message, directory, places[0], places, transitions, place_of_state, recovery)


def _ends_exactly(place: Place, following: Sequence[tuple[Place, tuple[int, ...]]]) -> bool:
    """Whether the number of occurrences must be known: the same tag may follow at another place."""
    repeats = 1 < place.repeat <= UNFOLDED and bool(following) and following[0][0] is place
    return repeats and any(other.name == place.name for other, _ in following[1:])


def _steps(
    state: int,
    at: int,
    places: tuple[Place, ...],
    following: Sequence[tuple[Place, tuple[int, ...]]],
    last_state: Sequence[int],
) -> tuple[Mapping[str, int], Mapping[str, tuple[Step, ...]]]:
    clean: dict[str, int] = {}
    other: dict[str, tuple[Step, ...]] = {}
    unfolded = last_state[at] != at
    for place, missing in following:
        target = place.id
        if unfolded and place.id == at:
            if state == last_state[at]:
                continue
            target = last_state[at] - places[at].repeat + 2 if state == at else state + 1
        if not missing and place.name not in clean:
            clean[place.name] = target
        else:
            other[place.name] = (*other.get(place.name, ()), Step(target, missing))
    return clean, other
