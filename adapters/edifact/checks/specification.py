"""What one message is checked against: its structure, its segments and codes, and the profiles that lie over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from adapters.edifact.checks import profile_check
from adapters.edifact.checks.codes import CodeLists
from adapters.edifact.checks.elements import Checks, Rules
from adapters.edifact.directories.definitions import SegmentDefinition
from adapters.edifact.directories.dictionary import SERVICE, SERVICE_4, Dictionary, shipped
from adapters.edifact.directories.structure import Structure, structure
from adapters.edifact.profiles.file import built_in
from adapters.edifact.profiles.profile import Overlay, Profile, Use, found, over, redefined, restructured
from adapters.edifact.profiles.requirements import Requirement, requirement
from gateway.model.stages import MessageType

#: The directory of CONTRL by the first character of its version: senders write CONTRL:D:96A and CONTRL:3:1 as well.
_CONTRL = {"D": SERVICE, "3": SERVICE, "4": SERVICE_4}
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
    _redefined: dict[str, SegmentDefinition] = field(default_factory=dict, repr=False)

    @cached_property
    def structure(self) -> Structure | None:
        """The places of the message, and the automaton that finds them."""
        members = self.dictionary.message(self.message, self.directory)
        if members is None:
            return None
        for overlay in self.overlays:
            members = restructured(members, overlay)
        return structure(self.message, self.directory, members)

    @cached_property
    def codes(self) -> CodeLists:
        """The code lists, with what the profiles change in them."""
        return CodeLists(self.dictionary, self.directory, [overlay.codes for overlay in self.overlays])

    @cached_property
    def checks(self) -> Checks:
        """The checks of the segments, compiled as tags are met."""
        return Checks(self.segment, self.codes, self.rules)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What the profiles demand beyond the directory."""
        members = self.dictionary.message(self.message, self.directory)
        if self.structure is None or members is None:
            return ()
        return tuple(
            requirement(path, found(path, members, self.message), overlay, self.structure.root, self.segment)
            for overlay in self.overlays
            for path in overlay.required
        )

    @cached_property
    def plain(self) -> Specification:
        """The same without profiles: what it lets pass, and this does not, is the profiles' demand."""
        return self.of(self.message) if self.overlays else self

    @cached_property
    def source(self) -> str:
        """Who changes the directory, for people."""
        return " and ".join(dict.fromkeys(overlay.source for overlay in self.overlays))

    def segment(self, tag: str) -> SegmentDefinition | None:
        """Return the definition of a segment, a repeating element being what it is in the syntax version at hand."""
        known = self._redefined.get(tag)
        if known is not None:
            return known
        syntax = self.rules.syntax
        definition = self.dictionary.segment(tag, self.directory, service=syntax.service, folded=syntax.repetition)
        if definition is None or tag not in self._used:
            return definition
        return self._redefined.setdefault(tag, redefined(definition, self._uses))

    def of(self, message: str) -> Specification:
        """Return what another message of the same directory is checked against, without profiles."""
        return Specification(self.dictionary, message, self.directory, self.rules)

    @cached_property
    def _uses(self) -> Mapping[str, Use]:
        return {key: use for overlay in self.overlays for key, use in overlay.uses.items()}

    @cached_property
    def _used(self) -> frozenset[str]:
        return frozenset(key.partition(".")[0] for key in self._uses)


class Library:
    """The specifications of all messages that a dictionary and a set of profiles give."""

    def __init__(self, dictionary: Dictionary, profiles: Sequence[Profile] = ()) -> None:
        self.dictionary = dictionary
        self.profiles = tuple(profiles)
        # two caches: any words of a partner lead to one of the few specifications that differ
        self._found = lru_cache(_REMEMBERED)(self._find)
        self._made = lru_cache(_REMEMBERED)(self._make)

    def specification(self, kind: MessageType, rules: Rules, named: tuple[str, ...] = ()) -> Specification:
        """Return what a message is checked against; `named` are the profiles that the agreement names."""
        return self._found(kind, rules, named)

    def _find(self, kind: MessageType, rules: Rules, named: tuple[str, ...]) -> Specification:
        directory = self.directory_of(kind)
        return self._made(kind.name if directory else "", directory, rules, over(self.profiles, kind, named))

    def _make(self, message: str, directory: str, rules: Rules, overlays: tuple[Overlay, ...]) -> Specification:
        return Specification(self.dictionary, message, directory, rules, overlays)

    def directory_of(self, kind: MessageType) -> str:
        """Return the directory that holds a message type, or ""; CONTRL has one for each of two syntax versions."""
        if self.dictionary.has(kind.name, kind.version):
            return kind.version
        if kind.name == "CONTRL":
            return _CONTRL.get(kind.version[:1], "")
        return ""

    def check(self) -> None:
        """Look every profile up in every directory it lies over; raises `SettingsError` at a word that is not there."""
        for profile in self.profiles:
            for overlay in profile.overlays:
                profile_check.check(overlay, self.dictionary)


@lru_cache(1)
def built_in_library() -> Library:
    """Return the library of what is shipped: directories D95B to D24A and the profiles over them."""
    return Library(shipped(), built_in(shipped().directories()))
