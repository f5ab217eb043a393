"""Profiles: what a user group, a port or a partner changes in a directory, as values (YAML in `profile_file`).

A profile lies over the directory that a message names. It may demand places and values that the directory leaves open,
allow what the directory does not, and know codes that it does not have. A message names its profile by the association
assigned code (UNH 0057), an agreement by the profile's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from adapters.edifact.directories.definitions import (
    ComponentDefinition,
    ElementDefinition,
    Format,
    Member,
    SegmentDefinition,
)
from gateway.errors import SettingsError
from gateway.model.stages import MessageType
from gateway.yaml_source import nearest

#: In a condition, and in place of a list of codes: whatever is there.
ANY = "*"


@dataclass(frozen=True, slots=True)
class Occurs:
    """How often a place stands in a message under a profile; None leaves it as the directory has it."""

    mandatory: bool | None = None
    repeat: int | None = None

    def __str__(self) -> str:
        return " ".join((*_status(self.mandatory), *([] if self.repeat is None else [str(self.repeat)])))


@dataclass(frozen=True, slots=True)
class Use:
    """How a value of a segment is used under a profile; None leaves it as the directory has it.

    `origin` is the file, line and column that say so.
    """

    mandatory: bool | None = None
    format: Format | None = None
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        return " ".join((*_status(self.mandatory), *([] if self.format is None else [str(self.format)])))


@dataclass(frozen=True, slots=True)
class Codes:
    """What a profile does to a code list: it adds `values`, or has them `only`. None is whatever value."""

    values: frozenset[str] | None
    only: bool
    profile: str
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        return "any" if self.values is None else " ".join(("only" if self.only else "also", *sorted(self.values)))


@dataclass(frozen=True, slots=True)
class Condition:
    """What a segment must hold to count: a value of a data element, in a composite where one is named (C517.1131)."""

    name: str
    values: frozenset[str]

    def __str__(self) -> str:
        return f"{self.name}={'|'.join(sorted(self.values))}"


@dataclass(frozen=True, slots=True)
class Step:
    """A segment on the way to a place: its tag, its segment group where the tag stands twice, and what it must hold."""

    tag: str
    group: int | None = None
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        group = "" if self.group is None else f"#{self.group}"
        held = ",".join(map(str, self.conditions))
        return f"{self.tag}{group}{f'[{held}]' if held else ''}"

    def words(self) -> str:
        """Return the step as a person says it: LOC with 3227 = 9 or 11."""
        held = [
            f"a {one.name}" if ANY in one.values else f"{one.name} = {' or '.join(sorted(one.values))}"
            for one in self.conditions
        ]
        return self.tag + (f" with {' and '.join(held)}" if held else "")


@dataclass(frozen=True, slots=True)
class Path:
    """A place of a message by the segments that lead to it, and the file, line and column that name it."""

    steps: tuple[Step, ...]
    origin: str = field(default="", compare=False)

    def __str__(self) -> str:
        return "/".join(map(str, self.steps))


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """What one profile says of one message in a run of directories.

    `guide` says in words where that stands; `associations` are patterns of UNH 0057, such as SMDG2*. `uses` is keyed
    by segment and element (`BGM.1004`, `NAD.C082.3039`), `codes` by data element or by both (`3055`, `BGM.1001`).
    """

    profile: str
    message: str
    directories: frozenset[str]
    guide: str = ""
    associations: tuple[str, ...] = ()
    structure: Mapping[Path, Occurs] = field(default_factory=dict)
    uses: Mapping[str, Use] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    required: tuple[Path, ...] = ()
    origin: str = ""

    def covers(self, kind: MessageType) -> bool:
        """Whether this is about a message, whoever names it."""
        return kind.name == self.message and kind.version in self.directories

    def named_by(self, association: str) -> bool:
        """Whether an association assigned code is one of those meant."""
        return any(fnmatchcase(association, pattern) for pattern in self.associations)

    @property
    def changes(self) -> tuple[str, ...]:
        """What it changes, each as the profile's file spells it."""
        return (
            *(f"structure {path}: {occurs}" for path, occurs in self.structure.items()),
            *(f"values {key}: {use}" for key, use in self.uses.items()),
            *(f"codes {key}: {codes}" for key, codes in self.codes.items()),
            *(f"require {path}" for path in self.required),
        )

    @property
    def source(self) -> str:
        """Who says so, for people."""
        return f"{self.guide} (profile {self.profile})" if self.guide else f"profile {self.profile}"


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A named set of overlays, from one file."""

    name: str
    about: str
    overlays: tuple[Overlay, ...]


def over(profiles: Iterable[Profile], kind: MessageType, named: Sequence[str]) -> tuple[Overlay, ...]:
    """Return what lies over a message, a later one over an earlier one.

    First the overlays that the message names by its association code, then those of the profiles that an agreement
    has `named`, in its order. Of a named profile those count that the message names too, or that have no association;
    where there is none of either, all count: the agreement's word holds, whatever the partner writes in UNH.
    """
    covering = {profile.name: [overlay for overlay in profile.overlays if overlay.covers(kind)] for profile in profiles}
    chosen = [
        overlay
        for name, overlays in covering.items()
        for overlay in overlays
        if name not in named and overlay.named_by(kind.association)
    ]
    for name in dict.fromkeys(named):
        overlays = covering.get(name, [])
        fitting = [one for one in overlays if not one.associations or one.named_by(kind.association)]
        chosen.extend(fitting or overlays)
    return tuple(chosen)


def found(path: Path, members: Sequence[Member], message: str) -> tuple[int, ...]:
    """Return where a path leads: for each step the number of its member among those of its level.

    The level below a group is without its trigger. Raises `SettingsError` where a step leads nowhere, or to two.
    """
    numbers: list[int] = []
    above = message
    for step in path.steps:
        meant = [at for at, one in enumerate(members) if one.tag == step.tag and step.group in (None, one.group or 0)]
        if not meant:
            known = [one.tag for one in members]
            raise SettingsError(f"{path.origin}: there is no {step.tag} in {above}{_other(step, members, known)}")
        if len(meant) > 1:
            spellings = " or ".join(f"{step.tag}#{members[at].group or 0}" for at in meant)
            raise SettingsError(f"{path.origin}: {step.tag} stands more than once in {above}: write {spellings}")
        numbers.append(meant[0])
        above = f"{step.tag} of {message}"
        members = members[meant[0]].members[1:]
    return tuple(numbers)


def _other(step: Step, members: Sequence[Member], known: Sequence[str]) -> str:
    """Return a hint at what was meant: the tag under another group, or the nearest tag."""
    others = [f"{one.tag}#{one.group or 0}" for one in members if one.tag == step.tag]
    return f" as {step.tag}#{step.group}: write {' or '.join(others)}" if others else nearest(step.tag, known)


def restructured(members: tuple[Member, ...], overlay: Overlay) -> tuple[Member, ...]:
    """Return the members of a message with status and repetition as an overlay has them."""
    for path, occurs in overlay.structure.items():
        members = _restructured(members, found(path, members, overlay.message), occurs)
    return members


def _restructured(members: tuple[Member, ...], numbers: Sequence[int], occurs: Occurs) -> tuple[Member, ...]:
    at, *below = numbers
    member = members[at]
    if below:
        changed = replace(member, members=(member.members[0], *_restructured(member.members[1:], below, occurs)))
    else:
        mandatory = member.mandatory if occurs.mandatory is None else occurs.mandatory
        changed = replace(member, mandatory=mandatory, repeat=occurs.repeat or member.repeat)
    return (*members[:at], changed, *members[at + 1 :])


def redefined(definition: SegmentDefinition, uses: Mapping[str, Use]) -> SegmentDefinition:
    """Return a segment with the values as overlays use them; `uses` is keyed as `Overlay.uses`."""
    elements = tuple(_redefined(definition.tag, element, uses) for element in definition.elements)
    return replace(definition, elements=elements)


def _redefined(tag: str, element: ElementDefinition, uses: Mapping[str, Use]) -> ElementDefinition:
    parts: list[ComponentDefinition] = []
    mandatory = element.mandatory
    for part in element.components:
        short = uses.get(f"{tag}.{part.number}")
        use = uses.get(f"{tag}.{element.ref}.{part.number}") or short or Use()
        parts.append(
            replace(
                part,
                mandatory=part.mandatory if use.mandatory is None else use.mandatory,
                format=use.format or part.format,
            )
        )
        # a value that must be there makes its composite one that must: named alone it is meant in every segment
        mandatory = mandatory or bool(short and short.mandatory)
    whole = uses.get(f"{tag}.{element.ref}", Use())
    mandatory = mandatory if whole.mandatory is None else whole.mandatory
    return replace(element, mandatory=mandatory and element.occurrence == 1, components=tuple(parts))


def _status(mandatory: bool | None) -> Sequence[str]:
    return () if mandatory is None else ("M" if mandatory else "C",)
