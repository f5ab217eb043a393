"""From the parts of a directory to the facts of it: one directory, whole, every reference resolved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from adapters.edifact.directories.un_files.archive import Opened
from adapters.edifact.directories.un_files.blocks import Defined
from adapters.edifact.directories.un_files.codes import code_lists
from adapters.edifact.directories.un_files.compiled import Compilation, CompiledDirectory
from adapters.edifact.directories.un_files.elements import composites, elements
from adapters.edifact.directories.un_files.messages import message, message_directory, message_name
from adapters.edifact.directories.un_files.segments import segments
from adapters.edifact.directories.un_files.source import Kind, Remark, Source, release_of
from gateway.errors import SettingsError

Definitions = dict[str, Defined]

#: Service segments stand in ISO 9735, not in a directory.
_SERVICE = "U"


def compile_directory(opened: Opened, without: Collection[str] = ()) -> Compilation:
    """Return the directory that the parts make up; `without` names messages that are to be left out.

    Raises `SettingsError`, which names file, line and what was expected, when a part is missing, damaged or of
    another directory, or when a definition refers to something that is in none of the parts.
    """
    parts = [
        source for source in opened.parts if source.kind is not Kind.MESSAGES or message_name(source) not in without
    ]
    remarks: list[Remark] = []
    name = _one_directory(parts, remarks)
    found: dict[Kind, Definitions] = {kind: {} for kind in Kind}
    for source in parts:
        for defined in _READERS[source.kind](source):
            _add(found[source.kind], defined)
            remarks.extend(defined.remarks)
    _whole(found, opened)
    remarks.extend(_unresolved(found))
    return Compilation(_compiled(name, found), tuple(remarks), opened.left_aside)


def _message(source: Source) -> Iterator[Defined]:
    """Yield the message of a file; a fault says how to do without it, as one message is not the directory."""
    try:
        yield message(source)
    except SettingsError as fault:
        raise SettingsError(f"{fault} (--without {message_name(source)} imports the rest)") from fault


_READERS: Mapping[Kind, Callable[[Source], Iterator[Defined]]] = {
    Kind.MESSAGES: _message,
    Kind.SEGMENTS: segments,
    Kind.COMPOSITES: composites,
    Kind.ELEMENTS: elements,
    Kind.CODES: code_lists,
}


def _add(to: Definitions, defined: Defined) -> None:
    """Add a definition; the same one may come twice, packed and unpacked."""
    known = to.setdefault(defined.key, defined)
    if known.value != defined.value:
        defined.place.refuse(f"{defined.key} is defined otherwise in {known.place}: hand in one directory only")


def _whole(found: Mapping[Kind, Definitions], opened: Opened) -> None:
    missing = [f"{kind.name.lower()} ({kind})" for kind in Kind if not found[kind]]
    if missing:
        files = len(opened.parts) + len(opened.left_aside)
        raise SettingsError(
            f"no {', no '.join(missing)} among {files} files: hand in every file of the directory, or the UN's zip"
        )


def _one_directory(parts: Sequence[Source], remarks: list[Remark]) -> str:
    """Return the name of the directory (D95B) that all parts are of.

    A file's name decides where it tells the release; else what a message says of itself.
    """
    version = next((message_directory(source)[0] for source in parts if source.kind is Kind.MESSAGES), "D")
    first: tuple[str, Source] | None = None
    for source in parts:
        said = message_directory(source) if source.kind is Kind.MESSAGES else None
        release = release_of(source.name)
        named = release and version + release
        if said and named and said != named:
            remarks.append(Remark(source.at(1), f"the message says that it is of {said}, the file's name {named}"))
        name = named or said
        if name is None:
            continue
        if first is None:
            first = name, source
        elif first[0] != name:
            source.at(1).refuse(f"is of {name}, but {first[1].name} is of {first[0]}: hand in one directory at a time")
    if first is None:
        raise SettingsError(f"none of {len(parts)} files says which directory it is of: hand in messages as well")
    return first[0]


def _unresolved(found: Mapping[Kind, Definitions]) -> Iterator[Remark]:
    """Refuse what cannot be resolved; yield where two parts say different things of one definition."""
    known_segments, known_elements = found[Kind.SEGMENTS], found[Kind.ELEMENTS]
    known_composites = found[Kind.COMPOSITES]
    for defined in found[Kind.MESSAGES].values():
        for use in defined.uses:
            if use.ref not in known_segments and not use.ref.startswith(_SERVICE):
                use.place.refuse(
                    f"message {defined.key} has segment {use.ref}, which is in no {Kind.SEGMENTS} "
                    f"(--without {defined.key} imports the rest)"
                )
    for defined in (*known_segments.values(), *known_composites.values()):
        for use in defined.uses:
            element = known_elements.get(use.ref)
            if element is None and use.ref not in known_composites:
                part = Kind.COMPOSITES if use.ref[0] in "CSE" else Kind.ELEMENTS
                use.place.refuse(f"{defined.key} has {use.ref}, which is in no {part}")
            if element is not None and use.format != element.value[1]:
                said, here = element.value[1], use.format or "no format"
                yield Remark(use.place, f"{use.ref} is {here} in {defined.key}, but {said} in {element.place}")
    for defined in known_segments.values():
        yield from _other_components(defined, known_composites)


def _other_components(segment: Defined, known: Definitions) -> Iterator[Remark]:
    for ref, parts in segment.components:
        composite = known.get(ref)
        if composite is not None and [list(part) for part in parts] != composite.value[1]:
            yield Remark(segment.place, f"{segment.key} lists other components of {ref} than {composite.place}")


def _compiled(name: str, found: Mapping[Kind, Definitions]) -> CompiledDirectory:
    kinds = {
        "messages": Kind.MESSAGES,
        "segments": Kind.SEGMENTS,
        "composites": Kind.COMPOSITES,
        "elements": Kind.ELEMENTS,
    }
    facts: dict[str, Any] = {"order": [name]}
    texts: dict[str, Any] = {}
    for kind, of in kinds.items():
        definitions = sorted(found[of].items())
        facts[kind] = {key: [[0, 0, defined.value]] for key, defined in definitions}
        texts[kind] = {key: defined.text for key, defined in definitions}
    texts["messages"] = {key: [one.name, one.text] for key, one in sorted(found[Kind.MESSAGES].items())}
    texts["codes"] = {key: one.value for key, one in sorted(found[Kind.CODES].items()) if one.value}
    codes = {key: [[0, 0, list(values)]] for key, values in texts["codes"].items()}
    return CompiledDirectory(name, facts, codes, texts)
