"""Code lists as a profile, not a law: which coded values a directory has, and how grave a missing one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.edifact.directories.definitions import CodeValue, ComponentDefinition
from adapters.edifact.directories.dictionary import Dictionary
from adapters.edifact.profiles.profile import Codes
from gateway.model.finding import Severity

#: Data elements whose list is outside UNCL: ISO 3166, 4217 and 6346, Rec 19, 20 and 21, UN/LOCODE, IMDG, the partner's.
EXTERNAL = frozenset(("3207", "6345", "8155", "6411", "7065", "3225", "8067", "8351", "9321"))
#: The data elements that say which list a value is from, and who keeps it.
LIST, AGENCY = "1131", "3055"
_OWN_LIST = (LIST, AGENCY)
#: Values of a short list that are told to people.
_TOLD = 12


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A value outside its code list: `severity` is a warning where another directory has it.

    `code` (0085) is 14 where the directory has the value and a profile does not take it, and else 12.
    """

    code: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class _List:
    """What a data element of a segment is checked against: None is whatever value; `profile` limits it, "" none."""

    values: frozenset[str] | None
    profile: str = ""


class CodeLists:
    """The code lists of one directory, with what profiles change in them.

    `changes` are those of each profile, a later one over an earlier one, by data element (`1001`) or by the segment it
    stands in (`BGM.1001`).
    """

    def __init__(self, dictionary: Dictionary, directory: str, changes: Sequence[Mapping[str, Codes]] = ()) -> None:
        self.dictionary = dictionary
        self.directory = directory
        self._changes = [(key, codes) for change in changes for key, codes in change.items()]
        self._lists: dict[tuple[str, str], _List] = {}

    def listed(self, tag: str, number: str) -> frozenset[str] | None:
        """Return the values to check a data element of a segment against, or None where there is no list."""
        return self._list(tag, number).values

    def check(self, tag: str, number: str, value: str, *, own: bool = False) -> CodeFault | None:
        """Return what is wrong with a coded value, or None.

        A composite that names a list of its `own` is not judged by the directory's, but by a profile that says which
        values it takes.
        """
        known = self._list(tag, number)
        if known.values is None or value in known.values:
            return None
        if known.profile:
            return self._excluded(number, value, known)
        if own and number not in _OWN_LIST:
            return None
        elsewhere = self.dictionary.code(number, value)
        if elsewhere is None:
            return CodeFault("12", Severity.ERROR, f"{value!r} is in no code list of {number}")
        where = f"{value!r} is not in the code list of {number} in {self.directory}"
        return CodeFault("12", Severity.WARNING, f"{where}: {_span(elsewhere)}")

    def _excluded(self, number: str, value: str, known: _List) -> CodeFault:
        values = sorted(known.values or ())
        told = ", ".join(values[:_TOLD]) + (", ..." if len(values) > _TOLD else "")
        text = f"{value!r} is not among the values of {number} that profile {known.profile} takes: {told}"
        directory = self.dictionary.code_values(number, self.directory) or frozenset()
        return CodeFault("14" if value in directory else "12", Severity.ERROR, text)

    def coded(self, tag: str, components: Sequence[ComponentDefinition]) -> tuple[int, ...]:
        """Return the indexes of the components that a check of codes must see: coded ones, and what overrides them."""
        found = tuple(i for i, c in enumerate(components) if self.listed(tag, c.number))
        if not any(components[i].number not in _OWN_LIST for i in found):
            return found
        return tuple(i for i, c in enumerate(components) if i in found or c.number in _OWN_LIST)

    def _list(self, tag: str, number: str) -> _List:
        at = (tag, number)
        if at not in self._lists:
            self._lists[at] = self._made(tag, number)
        return self._lists[at]

    def _made(self, tag: str, number: str) -> _List:
        values = None if number in EXTERNAL else self.dictionary.code_values(number, self.directory) or None
        made = _List(values)
        # what is said of a segment's own value lies over what is said of the data element wherever it stands
        for wanted in (number, f"{tag}.{number}"):
            for key, codes in self._changes:
                if key == wanted:
                    made = _changed(made, codes)
        return made


def _changed(before: _List, codes: Codes) -> _List:
    if codes.only:
        return _List(codes.values, codes.profile if codes.values is not None else "")
    return (
        before if before.values is None or codes.values is None else _List(before.values | codes.values, before.profile)
    )


def _span(known: CodeValue) -> str:
    return f"only from {known.first} to {known.last}"


def own_list(components: Sequence[ComponentDefinition], values: Sequence[str]) -> bool:
    """Whether a composite names a code list or agency of its own: then its value is not ours to judge."""
    return any(value and part.number in _OWN_LIST for part, value in zip(components, values, strict=False))
