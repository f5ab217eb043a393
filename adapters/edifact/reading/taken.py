"""What an interchange held, in columns: a hundred thousand messages are taken down in a few megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TypeVar, cast, overload

from adapters.edifact.syntax.envelope import MessageHeader, kept, reference
from gateway.model.stages import MessageType

T = TypeVar("T")
_NO_GROUP = -1
#: Values that are shared at most.
_FEW = 256
Named = tuple[str, MessageType]
"""The reference and type of a message."""


class Taken(Sequence[MessageHeader]):
    """The headers of the messages and packages of an interchange, in order; each is put together when asked for."""

    def __init__(self) -> None:
        self._references: list[str] = []
        self._around: list[tuple[str, ...]] = []
        self._starts, self._ends, self._groups = array("q"), array("q"), array("q")
        self._types: list[MessageType | None] = []
        self._one: dict[object, object] = {}

    def add(self, record: Sequence[str], kind: MessageType | None, span: tuple[int, int], group: int | None) -> None:
        """Take a message down by its UNH, or a package by its UNO, which has no type."""
        tag, *rest = kept(record, 2)
        self._references.append(rest[0] if rest else "")
        self._around.append(self._shared((tag, *rest[1:])))
        self._types.append(None if kind is None else self._shared(kind))
        self._starts.append(span[0])
        self._ends.append(span[1])
        self._groups.append(_NO_GROUP if group is None else group)

    def _shared(self, value: T) -> T:
        """Return the first of equal values, as far as they are few: most interchanges have one type of message."""
        if len(self._one) >= _FEW:
            return cast("T", self._one.get(value, value))
        return cast("T", self._one.setdefault(value, value))

    @property
    def messages(self) -> Sequence[Named]:
        """The reference and type of each message, in order."""
        return _Messages(self._references, self._types)

    def __len__(self) -> int:
        return len(self._references)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, at: int) -> MessageHeader: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[MessageHeader]: ...
    def __getitem__(self, at: int | slice) -> MessageHeader | Sequence[MessageHeader]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        tag, *behind = self._around[at]
        group = self._groups[at]
        record = (tag, self._references[at], *behind)
        return MessageHeader(record, self._starts[at], self._ends[at], None if group == _NO_GROUP else group)


class _Messages(Sequence[Named]):
    """The messages among what was taken down: packages have no type."""

    def __init__(self, references: Sequence[str], types: Sequence[MessageType | None]) -> None:
        self._references = references
        self._types = types
        self._at = range(len(types)) if None not in types else [at for at, kind in enumerate(types) if kind is not None]

    def __len__(self) -> int:
        return len(self._at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, at: int) -> Named: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Named]: ...
    def __getitem__(self, at: int | slice) -> Named | Sequence[Named]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = self._at[at]
        return reference(("UNH", self._references[number])), cast("MessageType", self._types[number])
