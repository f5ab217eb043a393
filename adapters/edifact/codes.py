"""Code lists as a profile, not a law: which coded values a directory has, and how grave a missing one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from adapters.edifact import directory as directories
from adapters.edifact.directory import ComponentDefinition
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


@cache
def listed(number: str, directory: str) -> frozenset[str] | None:
    """Return the values to check a data element against in one directory, or None where there is no list."""
    return None if number in EXTERNAL else directories.code_values(number, directory) or None


def check(number: str, value: str, directory: str) -> CodeFault | None:
    """Return what is wrong with a coded value, or None."""
    values = listed(number, directory)
    if values is None or value in values:
        return None
    known = directories.code(number, value)
    if known is None:
        return CodeFault(Severity.ERROR, f"{value!r} is in no code list of {number}")
    return CodeFault(Severity.WARNING, f"{value!r} is not in the code list of {number} in {directory}: {_span(known)}")


def _span(known: directories.CodeValue) -> str:
    return f"only from {known.first} to {known.last}"


def coded(components: Sequence[ComponentDefinition], directory: str) -> tuple[int, ...]:
    """Return the indexes of the components that a check of codes has to see: coded ones, and what overrides them."""
    found = tuple(i for i, c in enumerate(components) if listed(c.number, directory))
    if not any(components[i].number not in _OWN_LIST for i in found):
        return found
    return tuple(i for i, c in enumerate(components) if i in found or c.number in _OWN_LIST)


def own_list(components: Sequence[ComponentDefinition], values: Sequence[str]) -> bool:
    """Whether a composite names a code list or agency of its own: then its value is not ours to judge."""
    return any(value and part.number in _OWN_LIST for part, value in zip(components, values, strict=False))


def judged(part: ComponentDefinition, own: bool) -> bool:
    """Whether a component's value is checked in a composite that does, or does not, name its own list."""
    return not own or part.number in _OWN_LIST
