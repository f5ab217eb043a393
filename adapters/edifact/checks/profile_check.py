"""Whether a profile fits the directories it lies over: every word of it is looked up in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.edifact.checks.codes import EXTERNAL
from adapters.edifact.directories.definitions import ElementDefinition, Member, SegmentDefinition
from adapters.edifact.directories.dictionary import Dictionary
from adapters.edifact.profiles.profile import Codes, Overlay, Use, found
from adapters.edifact.profiles.requirements import conditions
from gateway.errors import SettingsError
from gateway.yaml_source import nearest


def check(overlay: Overlay, dictionary: Dictionary) -> None:
    """Raise `SettingsError` with file, line and column where an overlay names what a directory does not have."""
    for directory in dictionary.directories():
        if directory in overlay.directories:
            _check(overlay, dictionary, directory)


def _check(overlay: Overlay, dictionary: Dictionary, directory: str) -> None:
    members = dictionary.message(overlay.message, directory)
    if members is None:
        known = dictionary.messages(directory)
        near = nearest(overlay.message, known)
        raise SettingsError(f"{overlay.origin}: there is no {overlay.message} in {directory}{near}")
    kind = f"{overlay.message} {directory}"

    def define(tag: str) -> SegmentDefinition | None:
        return dictionary.segment(tag, directory)

    for path in overlay.structure:
        found(path, members, kind)
    for path in overlay.required:
        found(path, members, kind)
        for step in path.steps:
            conditions(step, path, define)
    tags = sorted(_tags(members))
    segments = {tag: definition for tag in tags if (definition := define(tag)) is not None}
    for key, use in overlay.uses.items():
        _check_use(key, use, segments, kind)
    for key, codes in overlay.codes.items():
        _check_codes(key, codes, segments, kind, dictionary)


def _check_use(key: str, use: Use, segments: Mapping[str, SegmentDefinition], kind: str) -> None:
    tag, _, name = key.partition(".")
    elements = _elements(tag, segments, kind, use.origin)
    _known(name, elements, f"{tag} of {kind}", use.origin)
    if use.format is not None and _composite(name):
        raise SettingsError(f"{use.origin}: {name} is a composite: name the component that has the format {use.format}")
    if use.mandatory and "." not in name and not _composite(name):
        holding = list(dict.fromkeys(one.ref for one in elements if name in _numbers(one)))
        if len(holding) > 1:
            spellings = " or ".join(f"{tag}.{ref}.{name}" for ref in holding)
            raise SettingsError(f"{use.origin}: {name} stands more than once in {tag}: write {spellings}")


def _check_codes(
    key: str, codes: Codes, segments: Mapping[str, SegmentDefinition], kind: str, dictionary: Dictionary
) -> None:
    tag, _, number = key.rpartition(".")
    if tag:
        _known(number, _elements(tag, segments, kind, codes.origin), f"{tag} of {kind}", codes.origin)
    else:
        every = [element for definition in segments.values() for element in definition.elements]
        _known(number, every, kind, codes.origin)
    if not codes.only and (number in EXTERNAL or dictionary.codes(number) is None):
        raise SettingsError(f"{codes.origin}: {number} has no code list here: any value is taken, take the line away")


def _elements(
    tag: str, segments: Mapping[str, SegmentDefinition], kind: str, origin: str
) -> Sequence[ElementDefinition]:
    definition = segments.get(tag)
    if definition is None:
        raise SettingsError(f"{origin}: there is no {tag} in {kind}{nearest(tag, segments)}")
    return definition.elements


def _known(name: str, elements: Sequence[ElementDefinition], where: str, origin: str) -> None:
    known = {element.ref for element in elements}
    known |= {number for element in elements for number in _numbers(element)}
    known |= {f"{element.ref}.{number}" for element in elements for number in _numbers(element)}
    if name not in known:
        raise SettingsError(f"{origin}: there is no {name} in {where}{nearest(name, sorted(known))}")


def _numbers(element: ElementDefinition) -> Sequence[str]:
    return [part.number for part in element.components]


def _composite(name: str) -> bool:
    return name[0] in "CSE" and "." not in name


def _tags(members: Sequence[Member]) -> set[str]:
    return {tag for one in members for tag in (one.tag, *_tags(one.members))}
