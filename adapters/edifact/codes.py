"""Code lists as a profile, not a law: which coded values a directory has, and how grave a missing one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.edifact.definitions import CodeValue, ComponentDefinition
from adapters.edifact.dictionary import Dictionary
from gateway.model.finding import Severity

#: Data elements whose list is outside UNCL: ISO 3166, 4217 and 6346, Rec 19, 20 and 21, UN/LOCODE, IMDG, the partner's.
EXTERNAL = frozenset(("3207", "6345", "8155", "6411", "7065", "3225", "8067", "8351", "9321"))
#: The data elements that say which list a value is from, and who keeps it.
LIST, AGENCY = "1131", "3055"
_OWN_LIST = (LIST, AGENCY)


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A value outside its code list: `severity` is a warning where another directory has it."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class CodeLists:
    """The code lists of one directory, with what profiles change in them.

    `added` and `only` hold the values that a profile allows beside the directory's, or instead of them, by data
    element (`1001`) or by the segment it stands in (`BGM.1001`); `source` names the profiles for messages to people.
    """

    dictionary: Dictionary
    directory: str
    added: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    source: str = ""

    def listed(self, tag: str, number: str) -> frozenset[str] | None:
        """Return the values to check a data element of a segment against, or None where there is no list."""
        only = self.only.get(f"{tag}.{number}") or self.only.get(number)
        if only is not None:
            return only
        if number in EXTERNAL:
            return None
        values = self.dictionary.code_values(number, self.directory)
        if not values:
            return None
        more = [self.added[key] for key in (number, f"{tag}.{number}") if key in self.added]
        return values.union(*more) if more else values

    def check(self, tag: str, number: str, value: str) -> CodeFault | None:
        """Return what is wrong with a coded value, or None."""
        values = self.listed(tag, number)
        if values is None or value in values:
            return None
        if f"{tag}.{number}" in self.only or number in self.only:
            return CodeFault(Severity.ERROR, f"{value!r} is not among the values of {number} in profile {self.source}")
        known = self.dictionary.code(number, value)
        if known is None:
            return CodeFault(Severity.ERROR, f"{value!r} is in no code list of {number}")
        where = f"{value!r} is not in the code list of {number} in {self.directory}"
        return CodeFault(Severity.WARNING, f"{where}: {_span(known)}")

    def coded(self, tag: str, components: Sequence[ComponentDefinition]) -> tuple[int, ...]:
        """Return the indexes of the components that a check of codes must see: coded ones, and what overrides them."""
        found = tuple(i for i, c in enumerate(components) if self.listed(tag, c.number))
        if not any(components[i].number not in _OWN_LIST for i in found):
            return found
        return tuple(i for i, c in enumerate(components) if i in found or c.number in _OWN_LIST)


def _span(known: CodeValue) -> str:
    return f"only from {known.first} to {known.last}"


def own_list(components: Sequence[ComponentDefinition], values: Sequence[str]) -> bool:
    """Whether a composite names a code list or agency of its own: then its value is not ours to judge."""
    return any(value and part.number in _OWN_LIST for part, value in zip(components, values, strict=False))


def judged(part: ComponentDefinition, *, own: bool) -> bool:
    """Whether a component's value is checked in a composite that does, or does not, name its own list."""
    return not own or part.number in _OWN_LIST
