"""Profiles: what a user group, a port or a partner changes in a directory, as values (YAML in `profile_file`).

A profile lies over the directory that a message names. It may demand places and values that the directory leaves open,
allow what the directory does not, and know codes that it does not have. A message names its profile by the association
assigned code (UNH 0057), an agreement by the profile's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from adapters.edifact.definitions import (
    ComponentDefinition,
    ElementDefinition,
    Format,
    Member,
    SegmentDefinition,
)
from gateway.model.stages import MessageType


@dataclass(frozen=True, slots=True)
class Occurs:
    """How often a place stands in a message under a profile; None leaves it as the directory has it."""

    mandatory: bool | None = None
    repeat: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """How a value of a segment is used under a profile; None leaves it as the directory has it."""

    mandatory: bool | None = None
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A segment on the way to a place: its tag, its segment group where the tag stands twice, and what it must hold.

    `conditions` pairs the number of a data element with the values that count.
    """

    tag: str
    group: int | None = None
    conditions: tuple[tuple[str, frozenset[str]], ...] = ()

    def __str__(self) -> str:
        held = ",".join(f"{number}={'|'.join(sorted(values))}" for number, values in self.conditions)
        group = "" if self.group is None else f"#{self.group}"
        return f"{self.tag}{group}{f'[{held}]' if held else ''}"


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """What one profile says of one message in a run of directories.

    `associations` are patterns of UNH 0057, such as SMDG2*; `added` and `only` hold code values by data element, or by
    segment and data element (`BGM.1001`); `uses` is keyed by segment and element (`BGM.1004`, `NAD.C082.3039`).
    """

    profile: str
    message: str
    directories: frozenset[str]
    associations: tuple[str, ...] = ()
    structure: Mapping[Path, Occurs] = field(default_factory=dict)
    uses: Mapping[str, Use] = field(default_factory=dict)
    added: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    required: tuple[Path, ...] = ()
    origin: str = ""

    def lies_over(self, kind: MessageType, named: Sequence[str]) -> bool:
        """Whether this holds for a message: it names the profile itself, or an agreement (`named`) does."""
        if kind.name != self.message or kind.version not in self.directories:
            return False
        if any(fnmatchcase(kind.association, pattern) for pattern in self.associations):
            return True
        return self.profile in named and not (self.associations and kind.association)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A named set of overlays, from one file."""

    name: str
    about: str
    overlays: tuple[Overlay, ...]


def restructured(members: Sequence[Member], overlay: Overlay, missing: Callable[[Path], None]) -> tuple[Member, ...]:
    """Return the members of a message with status and repetition as an overlay has them.

    Calls `missing` for each path of the overlay that leads nowhere.
    """
    left = dict(overlay.structure)
    made = _restructured(members, (), left)
    for path in left:
        missing(path)
    return made


def _restructured(members: Sequence[Member], above: tuple[str, ...], left: dict[Path, Occurs]) -> tuple[Member, ...]:
    made: list[Member] = []
    for member in members:
        trail = (*above, member.tag)
        path = next((path for path in left if _leads(path, trail, member.group)), None)
        occurs = left.pop(path) if path is not None else Occurs()
        changed = replace(
            member,
            mandatory=member.mandatory if occurs.mandatory is None else occurs.mandatory,
            repeat=member.repeat if occurs.repeat is None else occurs.repeat,
            members=(*member.members[:1], *_restructured(member.members[1:], trail, left)),
        )
        made.append(changed)
    return tuple(made)


def _leads(path: Path, trail: Sequence[str], group: int | None) -> bool:
    wanted = path[-1].group
    return tuple(step.tag for step in path) == tuple(trail) and wanted in (None, group or 0)


def redefined(definition: SegmentDefinition, uses: Mapping[str, Use]) -> SegmentDefinition:
    """Return a segment with the values as overlays use them; `uses` is keyed as `Overlay.uses`."""
    elements = tuple(_redefined(definition.tag, element, uses) for element in definition.elements)
    return replace(definition, elements=elements)


def _redefined(tag: str, element: ElementDefinition, uses: Mapping[str, Use]) -> ElementDefinition:
    def use(keys: Iterable[str]) -> Use:
        return next((uses[key] for key in keys if key in uses), Use())

    parts: list[ComponentDefinition] = []
    for part in element.components:
        found = use((f"{tag}.{element.ref}.{part.number}", f"{tag}.{part.number}"))
        mandatory = part.mandatory if found.mandatory is None else found.mandatory
        parts.append(replace(part, mandatory=mandatory, format=found.format or part.format))
    whole = use((f"{tag}.{element.ref}",))
    mandatory = element.mandatory if whole.mandatory is None else whole.mandatory
    return replace(element, mandatory=mandatory and element.occurrence == 1, components=tuple(parts))
