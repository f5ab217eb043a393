"""The rules that findings go by, for people: what places are called, where a rule stands, what to do.

The sources name the standard, the service segment and data element, or the directory and message; the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.edifact import faults
from adapters.edifact.directories.definitions import ComponentDefinition, ElementDefinition, SegmentDefinition
from adapters.edifact.directories.dictionary import SERVICE, Dictionary
from gateway.model.finding import Finding, Kind, Position
from gateway.model.stages import MessageType
from gateway.plugin import Clause, Names

_STANDARD = "ISO 9735"
#: The service segments of an interchange, its groups and messages.
_SERVICE = frozenset(("UNA", "UNB", "UNG", "UNH", "UNS", "UNT", "UNE", "UNZ"))

#: By code: what of the standard says so, where that is no segment of service or directory; and what to do.
_GENERAL: dict[str, tuple[str, str]] = {
    "2": ("", "Send a character set and a syntax version that are supported."),
    "7": ("agreement between the partners", "Address the interchange to a recipient that has an agreement."),
    "12": ("", "Use a value of the code list."),
    "13": ("", "Send what is missing."),
    "14": ("agreement between the partners", "Send another value, or have this one agreed."),
    "15": ("", "Leave the segment out, or move it to where the message has it."),
    "16": ("", "Leave out what is beyond the last one, or look for a separator that should have been released."),
    "17": ("agreement between the partners", "Have the message type agreed."),
    "19": ("numeric values, UNA decimal mark", "Write the number with the decimal mark in force and digits behind it."),
    "20": (
        "service string advice, UNA",
        "Choose service characters that are neither letters nor digits, all different.",
    ),
    "21": ("character sets, UNB 0001", "Replace the character, or declare a character set that holds it."),
    "22": ("service characters of level A and B", "State other service characters in UNA."),
    "23": ("agreement between the partners", "Send under an identifier that has an agreement."),
    "25": ("agreement between the partners", "Have tests agreed, or leave the test indicator out."),
    "26": ("", "Give each a reference of its own."),
    "27": ("security and other parts, syntax version 3", "Leave the function out, or have it agreed."),
    "28": ("", "Repeat the reference of the header in its trailer."),
    "29": ("", "Count again when everything has been written: what was sent may have been cut short or changed."),
    "30": ("UNB to UNZ", "Put every message into a functional group, or none."),
    "31": ("functional group, UNG to UNE", "Start a group of its own for each message type."),
    "32": ("UNB to UNZ", "Send at least one message, or nothing at all."),
    "33": ("UNB to UNZ", "Put the segment between UNH and UNT of a message."),
    "34": ("explicit nesting in a segment tag", "Write the tag alone."),
    "35": ("", "Leave out what is too much, or start the next group."),
    "36": ("", "Send fewer of them, or spread them over several messages."),
    "37": ("", "Send characters of the kind that the format names."),
    "38": ("numeric values", "Write a zero before the decimal mark."),
    "39": ("", "Shorten the value to the length that the format allows."),
    "40": ("", "Fill the value up to the length that the format asks for."),
    "45": ("omission of separators, syntax version 4", "Leave out separators behind the last value."),
    "46": ("character sets, UNB 0001", "Declare a character set that is supported."),
    "47": ("UNB to UNZ", "Leave the function out, or have it agreed."),
    "48": ("", "Send together what depends on each other."),
    faults.LEADING_BYTES: ("UNA and UNB", "Start with UNA or UNB."),
    faults.WRAPPED: (
        "structure of a segment",
        "Write each segment in one piece; break lines behind its terminator only.",
    ),
    faults.EMPTY_SEGMENT: ("structure of a segment", "Write each terminator once."),
    faults.UNKNOWN_MESSAGE: ("", "Check type, version and release in UNH, or import the directory into the site."),
    faults.UNTERMINATED: ("structure of a segment", "End the last segment with its terminator."),
    faults.SPACED: ("structure of a segment", "Start each segment right behind the terminator before it."),
    faults.MORE: ("", "Correct what is listed, and send the message again."),
    faults.TOO_LONG: ("UNH to UNT", "Spread the content over several messages."),
    faults.MISNAMED: ("", "Name the message in UNH as what it is."),
}


@dataclass(frozen=True, slots=True)
class _Defined:
    """What a directory has at a position; each None where it has nothing."""

    segment: SegmentDefinition | None = None
    element: ElementDefinition | None = None
    component: ComponentDefinition | None = None


def names(dictionary: Dictionary, type_: MessageType, position: Position) -> Names:
    """Return what the directory of a message calls the segment, element and component of a position."""
    found = _defined(dictionary, type_.version, position)
    if found.segment is None:
        return Names(position.tag)
    record = f"{found.segment.tag} {found.segment.name}".strip()
    if found.element is None:
        return Names(record)
    element = f"{found.element.ref} {found.element.name}".strip()
    if found.component is None or not found.element.composite:
        return Names(record, element)
    return Names(record, element, f"{found.component.number} {found.component.name}".strip())


def clause(dictionary: Dictionary, type_: MessageType, finding: Finding) -> Clause | None:
    """Return the rule of a syntax finding; None for a code that is not of this adapter."""
    title = faults.MEANING.get(finding.code) or faults.TOLERATED.get(finding.code)
    if title is None:
        return None
    about, remedy = _GENERAL.get(finding.code, ("", ""))
    if about.startswith("agreement"):
        return Clause(title, about, remedy)
    return Clause(title, f"{_STANDARD}, {about}" if about else _source(dictionary, type_, finding), remedy)


def _source(dictionary: Dictionary, type_: MessageType, finding: Finding) -> str:
    """Return where a rule on a place stands: the service segment, the structure of the message, or the segment."""
    position = finding.position
    if finding.code == faults.UNKNOWN_MESSAGE:
        return f"{_STANDARD}, UNH S009"
    by_profile = finding.kind is Kind.PROFILE
    directory = f"profile over {_named(type_.version)}" if by_profile else _named(type_.version)
    if finding.level == "UCS":
        return f"{directory}, structure of {type_.name}"
    place = _place(position, _defined(dictionary, type_.version, position), formatted=not by_profile)
    if position.tag in _SERVICE:
        return f"{_STANDARD}, {place}"
    code_list = ", code list" if finding.kind is Kind.CODE_LIST else ""
    return f"{directory}, {place}{code_list}"


def _place(position: Position, found: _Defined, *, formatted: bool) -> str:
    """Return a place by its numbers, and the format that the directory has there: "NAD C082.3039 an..35"."""
    if found.element is None:
        return position.tag
    if found.component is None:
        return f"{position.tag} {found.element.ref}"
    composite = f"{found.element.ref}." if found.element.composite else ""
    number = f"{position.tag} {composite}{found.component.number}"
    return f"{number} {found.component.format}" if formatted else number


def _named(version: str) -> str:
    if version == SERVICE or not version:
        return _STANDARD
    return f"directory {version[:1]}.{version[1:]}"


def _defined(dictionary: Dictionary, directory: str, position: Position) -> _Defined:
    """Look a position up in a directory: the only place here that asks one."""
    segment = dictionary.segment(position.tag, directory, folded=position.occurrence is not None)
    if segment is None or not position.element or position.element > len(segment.elements):
        return _Defined(segment)
    element = segment.elements[position.element - 1]
    at = 1 if position.component is None and not element.composite else position.component
    component = element.components[at - 1] if at and at <= len(element.components) else None
    return _Defined(segment, element, component)
