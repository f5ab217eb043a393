"""YAML as its author sees it: every scalar a text, every key and value with its file, line and column.

Law: nothing is guessed. `1004` is not an integer, `NO` is not false, `2025-03-14` is not a date; an empty value
is the empty text. Anchors, aliases, tags and further documents are refused, so a file is as large as it looks.

    node = load(path.read_bytes(), "maps/cuscar.yaml", MappingError)
    node.mark              -> Mark("maps/cuscar.yaml", 1, 1), printed as maps/cuscar.yaml:1:1
    node["rules"]          -> MarkedMap, MarkedList or MarkedText
    node.entries()         -> pairs of MarkedText and node, in file order
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Self, TypeAlias

import yaml

from gateway.errors import GatewayError

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_MAX_DEPTH: Final = 64

#: What libyaml and PyYAML say, and what the author can do about it; the first that matches is shown.
_HINTS: Final = (
    ("tab", "indent with blanks, not with tabs"),
    (
        "flow mapping",
        "inside {...} no key or value may contain '[', ']', '{', '}' or ',': use block style, a key to a line",
    ),
    ("flow sequence", "inside [...] a value with '[', ']', '{', '}' or ',' must be quoted"),
    ("mapping values are not allowed", "check the indentation, and quote a value that contains ': '"),
    ("cannot start any token", "quote a value that starts with %, @ or `"),
    ("block mapping", "keys of one mapping must start in the same column"),
    ("block collection", "items of one list must start in the same column"),
    ("quoted scalar", "the closing quote is missing"),
    ("could not find expected ':'", "a key needs ': ' after it"),
    ("alias", "quote a value that starts with *"),
    ("anchor", "quote a value that starts with &"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class MarkedText(str):
    """A scalar or a key, with its mark."""

    __slots__ = ("mark",)

    mark: Mark

    def __new__(cls, text: str, mark: Mark) -> Self:
        """Return the text with the place it starts at."""
        made = super().__new__(cls, text)
        made.mark = mark
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, Mark]]:
        """Copy and pickle as a text with its mark."""
        return type(self), (str(self), self.mark)


class MarkedMap(dict[str, "Node"]):
    """A mapping in file order whose keys are `MarkedText`, with the mark of its first key."""

    __slots__ = ("mark",)

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark

    def entries(self) -> Iterator[tuple[MarkedText, Node]]:
        """Yield keys, which know their marks, and values."""
        for key, value in self.items():
            yield (key if isinstance(key, MarkedText) else MarkedText(key, self.mark)), value

    def where(self, key: str) -> Mark:
        """Return the mark of a key, or of the mapping where the key is absent."""
        return next((marked.mark for marked, _ in self.entries() if marked == key), self.mark)


class MarkedList(list["Node"]):
    """A list, with the mark of its start."""

    __slots__ = ("mark",)

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


Node: TypeAlias = MarkedText | MarkedMap | MarkedList


def load(text: str | bytes, file: str, error: type[GatewayError]) -> Node:
    """Return the one document of `text`; an empty file is an empty mapping.

    Args:
        text: the file's content; bytes must be UTF-8.
        file: the name to show in marks.
        error: the exception class to raise, with file:line:column, the fault and what to do.
    """
    source = _decoded(text, file, error)
    try:
        return _Builder(file, error).build(yaml.parse(source, Loader=_Loader))
    except yaml.MarkedYAMLError as fault:
        raise error(_syntax_text(fault, source, file)) from None
    except yaml.YAMLError as fault:
        raise error(_reader_text(fault, source, file)) from None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean X?" for the closest of `names`, or "" when nothing is near."""
    known = list(names)
    folded = {candidate.casefold(): candidate for candidate in reversed(known)}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def _decoded(content: str | bytes, file: str, error: type[GatewayError]) -> str:
    """Return the text without byte order mark; whatever is not UTF-8 is refused."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
    except UnicodeDecodeError as fault:
        before = fault.object[: fault.start].decode("utf-8")
        raise error(f"{_mark_at(before, len(before), file)}: not UTF-8: save the file as UTF-8") from None
    for at, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            raise error(f"{_mark_at(text, at, file)}: a lone surrogate is no text: save the file as UTF-8")
    return text.removeprefix("\ufeff")


def _mark_at(text: str, at: int, file: str) -> Mark:
    return Mark(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _syntax_text(fault: yaml.MarkedYAMLError, source: str, file: str) -> str:
    """Say where the syntax breaks, what the parser says of it, and the likeliest fix."""
    at = fault.problem_mark or fault.context_mark
    mark = Mark(file, at.line + 1, at.column + 1) if at else Mark(file)
    said = " ".join(part for part in (fault.context, fault.problem) if part)
    lines = source.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    clue = "tab" if "\t" in line[: len(line) - len(line.lstrip())] else said
    hint = next((f"; {hint}" for word, hint in _HINTS if word in clue), "")
    return f"{mark}: {said}{hint}"


def _reader_text(fault: yaml.YAMLError, source: str, file: str) -> str:
    """Say which character YAML does not allow; libyaml counts its position in bytes."""
    offset = getattr(fault, "position", 0) or 0
    before = source.encode()[:offset].decode(errors="replace") if _Loader is not yaml.BaseLoader else source[:offset]
    return f"{_mark_at(before, len(before), file)}: a control character is not allowed here: remove it"


class _Builder:
    """Builds marked nodes from parser events, with a stack in place of recursion."""

    def __init__(self, file: str, error: type[GatewayError]) -> None:
        self.file = file
        self.error = error
        self.root: Node | None = None
        self.stack: list[tuple[MarkedMap | MarkedList, list[MarkedText]]] = []
        self.documents = 0

    def build(self, events: Iterable[yaml.Event]) -> Node:
        """Take every event and return the root."""
        for event in events:
            self._take(event)
        return MarkedMap(Mark(self.file)) if self.root is None else self.root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"an alias (*{event.anchor}) is not allowed: write the value out, or quote it")
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(event, "a second document ('---') is not allowed: one file holds one document")

    def _node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._refuse(event, f"an anchor (&{event.anchor}) is not allowed: write the value out, or quote it")
        if event.tag is not None:
            self._refuse(event, f"a tag ({event.tag}) is not allowed: every value is a text; quote a leading '!'")
        mark = self._mark(event)
        if isinstance(event, yaml.ScalarEvent):
            self._add(MarkedText(event.value, mark))
            return
        made = MarkedMap(mark) if isinstance(event, yaml.MappingStartEvent) else MarkedList(mark)
        if len(self.stack) == _MAX_DEPTH:
            self._refuse(event, f"nested deeper than {_MAX_DEPTH} levels")
        self._add(made)
        self.stack.append((made, []))

    def _add(self, node: Node) -> None:
        """Put a node where it belongs: the root, a list's next item, a mapping's next key or its value."""
        if not self.stack:
            self.root = node
            return
        parent, pending = self.stack[-1]
        if isinstance(parent, MarkedList):
            parent.append(node)
        elif pending:
            parent[pending.pop()] = node
        else:
            pending.append(self._key(parent, node))

    def _key(self, parent: MarkedMap, node: Node) -> MarkedText:
        if not isinstance(node, MarkedText):
            raise self.error(f"{node.mark}: a key must be a text; quote it if it starts with '[' or '{{'")
        if node in parent:
            raise self.error(f"{node.mark}: key '{node}' is given twice, first at {parent.where(node)}: keep one")
        return node

    def _mark(self, event: yaml.Event) -> Mark:
        at = event.start_mark
        return Mark(self.file, at.line + 1, at.column + 1) if at else Mark(self.file)

    def _refuse(self, event: yaml.Event, why: str) -> None:
        raise self.error(f"{self._mark(event)}: {why}")
