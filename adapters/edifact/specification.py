"""What one message is checked against: its structure, its segments and codes, and the profiles that lie over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from adapters.edifact.codes import CodeLists
from adapters.edifact.definitions import SegmentDefinition
from adapters.edifact.dictionary import SERVICE, SERVICE_4, Dictionary, shipped
from adapters.edifact.elements import Checks, Rules
from adapters.edifact.profile import Overlay, Path, Profile, Use, redefined, restructured
from adapters.edifact.profile_file import built_in
from adapters.edifact.requirements import Requirement, requirement
from adapters.edifact.structure import Structure, structure
from adapters.edifact.syntax import SYNTAX_3
from gateway.errors import SettingsError
from gateway.model.stages import MessageType
from gateway.yaml_source import nearest

#: Specifications kept: bounded, for partners may send any message type.
_REMEMBERED = 128


@dataclass(frozen=True, eq=False)
class Specification:
    """One message type under the rules of an interchange; `structure` is None where the message is unknown.

    `directory` is the one that holds it, "" where there is none: then the service segments alone are checked.
    """

    dictionary: Dictionary
    message: str
    directory: str
    rules: Rules
    overlays: tuple[Overlay, ...] = ()

    @cached_property
    def structure(self) -> Structure | None:
        """The places of the message, and the automaton that finds them."""
        members = self.dictionary.message(self.message, self.directory)
        if members is None:
            return None
        for overlay in self.overlays:
            members = restructured(members, overlay, partial(_nowhere, overlay))
        return structure(self.message, self.directory, members)

    @cached_property
    def codes(self) -> CodeLists:
        """The code lists, with what the profiles change in them."""
        return CodeLists(
            self.dictionary,
            self.directory,
            _united([overlay.added for overlay in self.overlays]),
            _united([overlay.only for overlay in self.overlays]),
            ", ".join(dict.fromkeys(overlay.profile for overlay in self.overlays)),
        )

    @cached_property
    def checks(self) -> Checks:
        """The checks of the segments, compiled as tags are met."""
        return Checks(self.segment, self.codes, self.rules)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What the profiles demand beyond the directory."""
        if self.structure is None:
            return ()
        return tuple(
            requirement(path, overlay, self.structure, self.segment)
            for overlay in self.overlays
            for path in overlay.required
        )

    def segment(self, tag: str) -> SegmentDefinition | None:
        """Return the definition of a segment, a repeating element being what it is in the syntax version at hand."""
        syntax = self.rules.syntax
        found = self.dictionary.segment(tag, self.directory, service=syntax.service, folded=syntax.repetition)
        uses = self._uses
        return redefined(found, uses) if found is not None and uses else found

    def of(self, message: str) -> Specification:
        """Return what another message of the same directory is checked against, without profiles."""
        return Specification(self.dictionary, message, self.directory, self.rules)

    def refuse_wrong_words(self) -> None:
        """Raise `SettingsError` where a profile names what this message does not have."""
        if self.structure is None:
            return
        tags = {place.name for place in self.structure.places[1:]}
        numbers = {tag: _names(definition) for tag in tags if (definition := self._plain(tag)) is not None}
        _ = self.requirements
        for overlay in self.overlays:
            for key in (*overlay.uses, *overlay.added, *overlay.only):
                tag, dot, name = key.partition(".")
                known = numbers.get(tag, frozenset()) if dot else frozenset().union(*numbers.values())
                if (name if dot else key) not in known:
                    what = f"there is no {key} in {self.message} {self.directory}"
                    raise SettingsError(f"{overlay.origin}: {what}{nearest(name or key, known)}")

    def _plain(self, tag: str) -> SegmentDefinition | None:
        return self.dictionary.segment(tag, self.directory)

    @cached_property
    def _uses(self) -> Mapping[str, Use]:
        return {key: use for overlay in self.overlays for key, use in overlay.uses.items()}


class Library:
    """The specifications of all messages that a dictionary and a set of profiles give."""

    def __init__(self, dictionary: Dictionary, profiles: Sequence[Profile] = ()) -> None:
        self.dictionary = dictionary
        self.profiles = tuple(profiles)
        self._overlays = tuple(overlay for profile in profiles for overlay in profile.overlays)
        # two caches: any words of a partner lead to one of the few specifications that differ
        self._found = lru_cache(_REMEMBERED)(self._find)
        self._made = lru_cache(_REMEMBERED)(self._make)

    def specification(self, kind: MessageType, rules: Rules, named: tuple[str, ...] = ()) -> Specification:
        """Return what a message is checked against; `named` are the profiles that the agreement names."""
        return self._found(kind, rules, named)

    def _find(self, kind: MessageType, rules: Rules, named: tuple[str, ...]) -> Specification:
        directory = self.directory_of(kind)
        overlays = tuple(overlay for overlay in self._overlays if overlay.lies_over(kind, named))
        return self._made(kind.name if directory else "", directory, rules, overlays)

    def _make(self, message: str, directory: str, rules: Rules, overlays: tuple[Overlay, ...]) -> Specification:
        return Specification(self.dictionary, message, directory, rules, overlays)

    def directory_of(self, kind: MessageType) -> str:
        """Return the directory that holds a message type, or ""; CONTRL has one for each of two syntax versions."""
        if self.dictionary.message(kind.name, kind.version) is not None:
            return kind.version
        if kind.name == "CONTRL":
            return SERVICE_4 if kind.version[:1] == "4" else SERVICE
        return ""

    def check(self) -> None:
        """Look at every overlay in the first and last directory it lies over; raises `SettingsError` at a wrong one."""
        order = self.dictionary.directories()
        for overlay in self._overlays:
            held = [name for name in order if name in overlay.directories]
            if not held:
                raise SettingsError(f"{overlay.origin}: no directory at hand is among those of {overlay.message}")
            for name in dict.fromkeys((held[0], held[-1])):
                found = Specification(self.dictionary, overlay.message, name, Rules(SYNTAX_3), (overlay,))
                if found.structure is None:
                    raise SettingsError(f"{overlay.origin}: there is no {overlay.message} in {name}")
                found.refuse_wrong_words()


def _names(definition: SegmentDefinition) -> frozenset[str]:
    """Return every name by which a profile may call a value of a segment."""
    elements = definition.elements
    parts = {(element.ref, part.number) for element in elements for part in element.components}
    return frozenset((*(ref for ref, _ in parts), *(number for _, number in parts), *map(".".join, parts)))


def _united(changes: Iterable[Mapping[str, frozenset[str]]]) -> Mapping[str, frozenset[str]]:
    """Return the values of several profiles by key: those of any of them."""
    united: dict[str, frozenset[str]] = {}
    for change in changes:
        for key, values in change.items():
            united[key] = united.get(key, frozenset()) | values
    return united


def _nowhere(overlay: Overlay, path: Path) -> None:
    raise SettingsError(f"{overlay.origin}: {overlay.message} has no place {'/'.join(map(str, path))}")


@lru_cache(1)
def built_in_library() -> Library:
    """Return the library of what is shipped: directories D95B to D24A and the profiles over them."""
    return Library(shipped(), built_in(shipped().directories()))
