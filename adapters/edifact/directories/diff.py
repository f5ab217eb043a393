"""What changed for one message between two directories: structure, contents of its segments, code values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Protocol

from adapters.edifact.directories.definitions import ComponentDefinition, CompositeDefinition, Member, SegmentDefinition
from gateway.errors import MappingError

ADDED, REMOVED, MOVED, REPLACED, CHANGED = "added", "removed", "moved", "replaced", "changed"


class Definitions(Protocol):
    """Where definitions come from; unknown names give None."""

    def message(self, name: str, directory: str, /) -> tuple[Member, ...] | None:
        """Return the members of a message."""
        ...

    def segment(self, tag: str, directory: str, /) -> SegmentDefinition | None:
        """Return a segment."""
        ...

    def composite(self, ref: str, directory: str, /) -> CompositeDefinition | None:
        """Return a composite."""
        ...

    def code_values(self, number: str, directory: str, /) -> frozenset[str] | None:
        """Return the values of a coded data element."""
        ...


@dataclass(frozen=True, slots=True)
class StructureChange:
    """A segment or group that is new, gone, elsewhere, or allowed otherwise.

    `place` is the trail of triggers to it in the directory that has it, the later one where both do
    (`CNI/RFF/LOC`). `before` and `after` are form, status and repeat (`segment M 1`, `group C 99`), `before` with the
    place that it moved from when that is in another group; "" is absent.
    """

    what: str
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ContentChange:
    """An element of a segment, or a component of a composite, that is new, gone, replaced or allowed otherwise.

    `of` is the segment or composite; `position` counts from 1 in the directory that has it, the later one where
    both do, a repeating element once. `before` and `after` are number, status, repeat and format (`C228 C 1`).
    """

    what: str
    of: str
    position: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CodeChange:
    """The values that a code list won and lost."""

    number: str
    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageDiff:
    """All that changed for one message. Names of things are not compared: they change nothing on the wire."""

    message: str
    before: str
    after: str
    structure: tuple[StructureChange, ...]
    contents: tuple[ContentChange, ...]
    codes: tuple[CodeChange, ...]

    def __bool__(self) -> bool:
        return bool(self.structure or self.contents or self.codes)


def message_diff(definitions: Definitions, name: str, before: str, after: str) -> MessageDiff:
    """Return what changed for a message from one directory to another.

    Contents and codes are of the segments that the message has in both. Raises `MappingError` for a message
    that one of the directories does not have.
    """
    old, new = _message(definitions, name, before), _message(definitions, name, after)
    structure = tuple(_placed(_structure(old, new, "")))
    tags = sorted(_tags(old) & _tags(new))
    pairs = [
        (was, now)
        for tag in tags
        if (was := definitions.segment(tag, before)) is not None
        and (now := definitions.segment(tag, after)) is not None
    ]
    contents = (*_segments(pairs), *_composites(definitions, pairs, before, after))
    return MessageDiff(name, before, after, structure, contents, tuple(_codes(definitions, pairs, before, after)))


def _message(definitions: Definitions, name: str, directory: str) -> tuple[Member, ...]:
    found = definitions.message(name, directory)
    if found is None:
        raise MappingError(f"{directory} has no message {name!r}")
    return found


def _tags(members: Sequence[Member]) -> set[str]:
    return {tag for member in members for tag in ({member.tag} if member.group is None else _tags(member.members))}


# structure


@dataclass(frozen=True, slots=True)
class _Step:
    """A change while it is not known whether what is gone here comes again elsewhere."""

    what: str
    parent: str
    old: Member | None
    new: Member | None

    @property
    def member(self) -> Member:
        found = self.new or self.old
        assert found is not None  # noqa: S101  # a step has at least one side
        return found


def _structure(old: Sequence[Member], new: Sequence[Member], parent: str) -> Iterator[_Step]:
    """Yield the steps from one list of members to another, and inside the groups that both have."""
    before, after = ([(member.tag, member.group is not None) for member in members] for members in (old, new))
    for _, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[a:b] != after[c:d]:
            yield from (_Step(REMOVED, parent, member, None) for member in old[a:b])
            yield from (_Step(ADDED, parent, None, member) for member in new[c:d])
            continue
        for was, now in zip(old[a:b], new[c:d], strict=True):
            yield from _inside(was, now, parent)


def _inside(was: Member, now: Member, parent: str) -> Iterator[_Step]:
    if _allowed(was) != _allowed(now):
        yield _Step(CHANGED, parent, was, now)
    if was.group is not None and now.group is not None:
        yield from _structure(was.members, now.members, f"{parent}{now.tag}/")


def _placed(steps: Iterable[_Step]) -> Iterator[StructureChange]:
    """Yield the changes, with what is gone and comes again told as one."""
    found = list(steps)
    origins = _origins(found)
    again = {id(gone) for gone in origins.values()}
    for step in found:
        gone = origins.get(id(step))
        if id(step) in again:
            continue
        if gone is None or gone.old is None or step.new is None:
            yield _told(step.what, step.parent, step.old, step.new)
            continue
        same_form = (gone.old.group is None) == (step.new.group is None)
        yield _told(MOVED if same_form else CHANGED, step.parent, gone.old, step.new, gone.parent)
        if gone.old.group is not None and step.new.group is not None:
            yield from _placed(_structure(gone.old.members, step.new.members, f"{step.parent}{step.new.tag}/"))


def _origins(steps: Sequence[_Step]) -> dict[int, _Step]:
    """Return the step that took a member away, by the id of the step that brings it again.

    A member comes again when its parent has it at another place or in the other form (a segment that became a
    group), or when it is a group whose trigger is gone once and new once in the whole message.
    """
    origins: dict[int, _Step] = {}
    removed = [step for step in steps if step.what == REMOVED]
    added = [step for step in steps if step.what == ADDED]
    for step in added:
        beside = [one for one in removed if (one.parent, one.member.tag) == (step.parent, step.member.tag)]
        if beside:
            origins[id(step)] = beside[0]
            removed.remove(beside[0])
    for step in added:
        if id(step) in origins or step.member.group is None:
            continue
        here = [one for one in added if one.member.group is not None and one.member.tag == step.member.tag]
        gone = [one for one in removed if one.member.group is not None and one.member.tag == step.member.tag]
        if len(here) == len(gone) == 1:
            origins[id(step)] = gone[0]
    return origins


def _told(what: str, parent: str, old: Member | None, new: Member | None, origin: str | None = None) -> StructureChange:
    member = new or old
    tag = member.tag if member else ""
    before = _allowed(old) if old else ""
    if origin is not None and origin != parent:
        before += f" at {origin}{tag}"
    return StructureChange(what, f"{parent}{tag}", before, _allowed(new) if new else "")


def _allowed(member: Member) -> str:
    kind = "segment" if member.group is None else "group"
    return f"{kind} {'M' if member.mandatory else 'C'} {member.repeat}"


# contents


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of a segment or a component of a composite, a repeating element once."""

    ref: str
    text: str


def _segments(pairs: Sequence[tuple[SegmentDefinition, SegmentDefinition]]) -> Iterator[ContentChange]:
    for was, now in pairs:
        yield from _parts(was.tag, _elements(was), _elements(now))


def _elements(segment: SegmentDefinition) -> list[_Part]:
    found: list[_Part] = []
    for number, element in enumerate(segment.elements):
        if element.occurrence > 1:
            continue
        following = segment.elements[number + 1 :]
        repeat = 1 + next((n for n, one in enumerate(following) if one.occurrence == 1), len(following))
        form = "" if element.composite else f" {element.components[0].format}"
        found.append(_Part(element.ref, f"{element.ref} {_status(element.mandatory)} {repeat}{form}"))
    return found


def _composites(
    definitions: Definitions, pairs: Sequence[tuple[SegmentDefinition, SegmentDefinition]], before: str, after: str
) -> Iterator[ContentChange]:
    """Yield the changes of every composite that the segments use in both directories, once."""
    refs = [{element.ref for pair in pairs for element in pair[side].elements if element.composite} for side in (0, 1)]
    for ref in sorted(refs[0] & refs[1]):
        was, now = definitions.composite(ref, before), definitions.composite(ref, after)
        if was is not None and now is not None:
            yield from _parts(ref, _components(was.components), _components(now.components))


def _components(components: Sequence[ComponentDefinition]) -> list[_Part]:
    return [_Part(one.number, f"{one.number} {_status(one.mandatory)} {one.format}") for one in components]


def _status(mandatory: bool) -> str:
    return "M" if mandatory else "C"


def _parts(of: str, old: Sequence[_Part], new: Sequence[_Part]) -> Iterator[ContentChange]:
    matcher = SequenceMatcher(None, [part.ref for part in old], [part.ref for part in new], autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        for number, (was, now) in enumerate(zip_longest(old[a:b], new[c:d])):
            if was is None or now is None:
                position = (c if was is None else a) + number + 1
                yield ContentChange(ADDED if was is None else REMOVED, of, position, _text(was), _text(now))
            elif was != now:
                yield ContentChange(CHANGED if was.ref == now.ref else REPLACED, of, c + number + 1, was.text, now.text)


def _text(part: _Part | None) -> str:
    return part.text if part else ""


# codes


def _codes(
    definitions: Definitions, pairs: Sequence[tuple[SegmentDefinition, SegmentDefinition]], before: str, after: str
) -> Iterator[CodeChange]:
    """Yield the changes of every code list that the segments use in both directories."""
    names = [
        {part.number: part.name for pair in pairs for element in pair[side].elements for part in element.components}
        for side in (0, 1)
    ]
    for number in sorted(set(names[0]) & set(names[1])):
        was = definitions.code_values(number, before) or frozenset()
        now = definitions.code_values(number, after) or frozenset()
        if was != now:
            yield CodeChange(number, names[1][number], _sorted(now - was), _sorted(was - now))


def _sorted(values: frozenset[str]) -> tuple[str, ...]:
    """Return numbers by their value, then the others."""
    return tuple(sorted(values, key=lambda value: (not value.isdigit(), len(value) if value.isdigit() else 0, value)))
