"""A JSON object to the entries of its structure: every member looked at, tolerated deviations put right on the way.

What maps get is one form: texts without white space around them, numbers in plain digits, times as RFC 3339 spells
them. What an object holds beside its table is reported and left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from adapters.portcall import faults
from adapters.portcall.faults import Notes
from adapters.portcall.fields import (
    Counted,
    Derived,
    Fixed,
    Joined,
    Kind,
    Member,
    Moment,
    Number,
    Numbers,
    Object,
    Sender,
    Text,
    Texts,
)
from adapters.portcall.parser import Value
from adapters.portcall.structure import Structure, takes_numbers, value_names
from adapters.portcall.tree import Entry, derived
from gateway.model.place import Place

_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LISTS = (Texts, Numbers)
_DIGITS = 30  # a number with more digits than this, before or behind its point, is no measured value


@dataclass(slots=True)
class Placer:
    """Places one message."""

    structure: Structure
    notes: Notes

    def place(self, value: Value, pointer: str = "") -> Entry:
        """Return the entry of the whole message, every fault noted."""
        root = self._object(value, self.structure.places[1], pointer)
        for entry in root.walk():
            self._made(root, entry)
        return root

    # objects

    def _object(self, value: Value, place: Place, pointer: str) -> Entry:
        entry = Entry(place, pointer, value.at)
        declared = self.structure.objects[place.id]
        members = self.structure.members[place.id]
        given: dict[str, Value] = {}
        for name, at, below in value.members:
            if name not in given and name in members and not _is_blank(below):
                given[name] = below
                continue
            spot = f"{pointer}/{_escaped(name)}"
            if name in given:
                text = f"{name} stands twice in one object; the first is read"
                self.notes.at(faults.KEY_TWICE, spot, at, text, value=below.text, remedy="send it once")
            elif name not in members:
                self._unknown(declared, list(members), name, at, spot)
            else:
                text = f"{name} is there without a value, and is read as absent"
                self.notes.at(faults.SAID_ABSENT, spot, at, text, remedy="leave the member out")
        for one in declared.members:
            self._member(entry, one, given)
        if declared.any_of and not any(name in given for name in declared.any_of):
            wanted = " or ".join(declared.any_of)
            self._missing(entry, f"{place.name} needs one of {wanted}", f"add {wanted}")
        return entry

    def _unknown(self, declared: Object, known: list[str], name: str, at: int, spot: str) -> None:
        if declared.open:
            text = f"the extension attribute {name} is passed over"
            self.notes.at(faults.EXTENSION, spot, at, text, remedy="none, if nobody needs it here")
            return
        close = get_close_matches(name, known, 1, 0.6)
        hint = f"; did you mean {close[0]}?" if close else ""
        text = f"{declared.name} of {self.structure.type} has no member {name}{hint}"
        self.notes.at(faults.UNKNOWN_MEMBER, spot, at, text, remedy="correct its name, or leave it out")

    def _missing(self, entry: Entry, text: str, remedy: str, name: str = "") -> None:
        pointer = f"{entry.pointer}/{name}" if name else entry.pointer
        self.notes.at(faults.MISSING, pointer, entry.at, text, remedy=remedy)

    def _member(
        self, entry: Entry, one: Member | Fixed | Sender | Derived | Counted | Joined | Object, given: dict[str, Value]
    ) -> None:
        value = given.get(one.name)
        if isinstance(one, Member) and value is not None:
            entry.spots[one.name] = value.at
            self._leaf(entry, one.name, one.kind, value)
            return
        if isinstance(one, Joined):
            self._joined(entry, one, given)
            return
        if value is None:
            if isinstance(one, Sender) or (not isinstance(one, Derived) and one.required):
                where = f"in {entry.place.name} of {self.structure.type}"
                self._missing(entry, f"{one.name} is missing {where}", f"add {one.name}", one.name)
            return
        entry.spots[one.name] = value.at
        if isinstance(one, Object):
            self._objects(entry, one, value)
        elif isinstance(one, Counted):
            self._leaf(entry, one.name, one.kind, value, counted=one)
        else:
            text = self._text(f"{entry.pointer}/{one.name}", one.name, value)
            entry.own[one.name] = text
            if isinstance(one, Fixed) and one.checked and text and text != one.value:
                self._not_in_list(entry, one.name, value, text, (one.value,))

    def _objects(self, entry: Entry, one: Object, value: Value) -> None:
        place = self.structure.below(entry.place, one.name)
        pointer = f"{entry.pointer}/{one.name}"
        if place is None:
            return
        if one.repeats:
            if value.what != "list":
                self._wrong_type(pointer, one.name, value, "a list of objects")
                return
            for number, item in enumerate(value.items):
                if item.what == "object":
                    entry.children.append(self._object(item, place, f"{pointer}/{number}"))
                else:
                    self._wrong_type(f"{pointer}/{number}", one.name, item, "an object")
        elif value.what == "object":
            entry.children.append(self._object(value, place, pointer))
        else:
            self._wrong_type(pointer, one.name, value, "an object")

    # values

    def _leaf(self, entry: Entry, name: str, kind: Kind, value: Value, *, counted: Counted | None = None) -> None:
        pointer = f"{entry.pointer}/{name}"
        if isinstance(kind, _LISTS):
            self._list(entry, name, kind, value)
            return
        text = self._text(pointer, name, value, numbers=takes_numbers(kind))
        if not text:
            return
        if counted is not None:
            count, text = _counted(text, counted)
            entry.own[name] = count
        read = self._read(pointer, name, kind, value, text)
        if not read:
            return
        if not isinstance(kind, Text) or not kind.written:
            entry.values[name] = read
            return
        found = re.fullmatch(kind.form, read)
        for part in value_names(kind) if found else ():
            entry.values[f"{name}/{part}"] = found[part] if found else ""

    def _list(self, entry: Entry, name: str, kind: Texts | Numbers, value: Value) -> None:
        pointer = f"{entry.pointer}/{name}"
        if value.what != "list":
            self._wrong_type(pointer, name, value, "a list")
            return
        if isinstance(kind, Texts):
            texts = [self._text(f"{pointer}/{number}", name, item) for number, item in enumerate(value.items)]
            if any(texts):
                entry.values[name] = [text for text in texts if text]
            return
        if len(value.items) != len(kind.names):
            text = f"{name} holds {len(value.items)} numbers where {' and '.join(kind.names)} are wanted"
            self.notes.at(faults.WRONG_LENGTH, pointer, value.at, text, remedy=f"send {len(kind.names)} numbers")
            return
        for number, (part, item) in enumerate(zip(kind.names, value.items, strict=True)):
            spot = f"{pointer}/{number}"
            text = self._text(spot, name, item, numbers=True)
            read = self._number(spot, part, Number(), item, text) if text else ""
            if read:
                entry.values[f"{name}/{part}"] = read

    def _text(self, pointer: str, name: str, value: Value, *, numbers: bool = False) -> str:
        """Return the text of a single value, "" where it cannot be used; a number for a text and back are read."""
        wanted = "number" if numbers else "text"
        if value.what not in ("text", "number"):
            self._wrong_type(pointer, name, value, f"a {wanted}")
            return ""
        if value.what != wanted:
            self._wrong_type(pointer, name, value, f"a {wanted}")
            if numbers and not _PLAIN.fullmatch(value.text.strip()):
                return ""
        text = value.text.strip()
        if text != value.text:
            told = f"there is white space around the value of {name}"
            self.notes.at(faults.WHITE_SPACE, pointer, value.at, told, value=repr(value.text), remedy="leave it out")
        if not text.isprintable() and _CONTROL.search(text):
            told = f"{name} holds a control character, and is not read"
            self.notes.at(faults.WRONG_FORM, pointer, value.at, told, value=text, remedy="send one line of text")
            return ""
        return text

    def _read(self, pointer: str, name: str, kind: Kind, value: Value, text: str) -> str:
        """Return a text as maps get it, "" where it is none of its kind."""
        match kind:
            case Text():
                return self._checked(pointer, name, kind, value, text)
            case Moment():
                return self._moment(pointer, name, kind, value, text)
            case Number():
                return self._number(pointer, name, kind, value, text)
        return text

    def _number(self, pointer: str, name: str, kind: Number, value: Value, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not -_DIGITS <= number.adjusted() <= _DIGITS or len(text) > 2 * _DIGITS:
            told = f"{name} is no number that can be used"
            self.notes.at(faults.WRONG_FORM, pointer, value.at, told, value=text, remedy="send a plain number")
            return ""
        if kind.whole and number != number.to_integral_value():
            told = f"{name} is a whole number"
            self.notes.at(faults.WRONG_FORM, pointer, value.at, told, value=text, remedy="send a whole number")
            return ""
        if (kind.least is not None and number < kind.least) or (kind.most is not None and number > kind.most):
            told = f"{name} is from {kind.least} to {kind.most}"
            self.notes.at(
                faults.WRONG_FORM, pointer, value.at, told, value=text, remedy="send a number in these bounds"
            )
            return ""
        return format(number.to_integral_value() if kind.whole else number, "f")

    def _moment(self, pointer: str, name: str, kind: Moment, value: Value, text: str) -> str:
        found = _RFC_3339.fullmatch(text)
        if found is None:
            if kind.any_precision and _ISO_8601.fullmatch(text):
                return text
            told = f"{name} is no time as RFC 3339 has it"
            remedy = "write it like 2026-11-28T06:00:00Z"
            self.notes.at(faults.WRONG_FORM, pointer, value.at, told, value=text, remedy=remedy)
            return ""
        day, time, fraction, offset = found.groups()
        if (fraction or "").strip("0"):
            told = f"the fraction of a second of {name} is cut off"
            self.notes.at(faults.FRACTION, pointer, value.at, told, value=text, remedy="send whole seconds")
        return f"{day}T{time}{offset.upper()}"

    def _checked(self, pointer: str, name: str, kind: Text, value: Value, text: str) -> str:
        if kind.most and (len(text) > kind.most or (kind.fixed and len(text) < kind.most)):
            size = f"{'' if kind.fixed else 'at most '}{kind.most} characters"
            told = f"{name} has {len(text)} characters, and takes {size}"
            self.notes.at(faults.WRONG_LENGTH, pointer, value.at, told, value=text, remedy=f"send {size}")
        elif kind.values and text not in kind.values:
            told = f"{name} is {text!r}, which is not in its list"
            remedy = f"send one of {', '.join(kind.values)}"
            self.notes.at(faults.NOT_IN_LIST, pointer, value.at, told, value=text, remedy=remedy)
            return text
        elif (kind.digits and not (text.isascii() and text.isdigit())) or not _has_form(kind, text):
            told = f"{name} does not have the form wanted"
            remedy = "send digits alone" if kind.digits else f"send what fits {kind.form}"
            self.notes.at(faults.WRONG_FORM, pointer, value.at, told, value=text, remedy=remedy)
        else:
            return text
        return "" if kind.written else text

    def _wrong_type(self, pointer: str, name: str, value: Value, wanted: str) -> None:
        what = "true or false" if value.what == "word" else f"a {value.what}" if value.what != "object" else "an object"
        text = f"{name} is {what} where {wanted} is wanted"
        self.notes.at(faults.WRONG_TYPE, pointer, value.at, text, value=value.text, remedy=f"send {wanted}")

    def _not_in_list(self, entry: Entry, name: str, value: Value, text: str, allowed: tuple[str, ...]) -> None:
        told = f"{name} is {text!r}, and only {' or '.join(map(repr, allowed))} can be read"
        remedy = f"send {' or '.join(allowed)}"
        self.notes.at(faults.NOT_IN_LIST, f"{entry.pointer}/{name}", value.at, told, value=text, remedy=remedy)

    # several members

    def _joined(self, entry: Entry, one: Joined, given: dict[str, Value]) -> None:
        """Read members that mean one thing together, and look whether they go together."""
        texts: dict[str, str] = {}
        for member in one.members:
            self._member(entry, member, given)
            text = entry.values.pop(member.name, "")
            texts[member.name] = text if isinstance(text, str) else ""
        if not any(texts.values()):
            return
        entry.values[one.name] = "/".join(texts.values())
        for pair in one.pairs:
            first, second = texts[pair.first], texts[pair.second]
            allowed = pair.allowed.get(first)
            if allowed is not None and second not in allowed:
                said = f"{pair.second} {second}" if second else f"no {pair.second}"
                told = f"{said} does not go with {pair.first} {first}"
                wanted = " or ".join(one or "nothing" for one in allowed)
                pointer = f"{entry.pointer}/{pair.second}"
                spot = entry.spots.get(pair.second, entry.at)
                self.notes.at(faults.NOT_TOGETHER, pointer, spot, told, value=second, remedy=f"send {wanted}")

    # what is made of other members

    def _made(self, root: Entry, entry: Entry) -> None:
        """Compare what the adapter would have made; a counted text gives its number to where it stands too."""
        if not entry.own:
            return
        for one in self.structure.objects[entry.place.id].members:
            if isinstance(one, Derived) and entry.own.get(one.name):
                wanted = derived(root, one)
                if wanted and entry.own[one.name] != wanted:
                    self._otherwise(entry, one.name, entry.own[one.name], wanted)
            elif isinstance(one, Counted) and entry.own.get(one.name):
                self._number_of(root, entry, one, entry.own[one.name])

    def _number_of(self, root: Entry, entry: Entry, one: Counted, count: str) -> None:
        known = root.find(one.source)
        if known and Decimal(known) != Decimal(count):
            self._otherwise(entry, one.name, count, known)
        if known:
            return
        here = root
        *steps, name = one.source.strip("/").split("/")
        for step in steps:
            below = here.below(step)
            place = self.structure.below(here.place, step)
            if below is None and place is not None:
                below = Entry(place, f"{here.pointer}/{step}", entry.spots[one.name])
                here.children.append(below)
            if below is not None:
                here = below
        here.values[name] = count

    def _otherwise(self, entry: Entry, name: str, given: str, wanted: str) -> None:
        told = f"{name} is {given!r}, which is not carried: what is written here is {wanted!r}"
        remedy = "none, if nobody needs it here"
        spot = entry.spots.get(name, entry.at)
        self.notes.at(faults.MADE_OTHERWISE, f"{entry.pointer}/{name}", spot, told, value=given, remedy=remedy)


def _counted(text: str, one: Counted) -> tuple[str, str]:
    """Return the number that a text begins with, and what is behind it, where that is counted."""
    for behind in one.counted:
        count = text.removesuffix(behind)
        if count != text and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", count, re.ASCII):
            return count, behind
    return "", text


def _has_form(kind: Text, text: str) -> bool:
    return not kind.form or re.fullmatch(kind.form, text) is not None


def _is_blank(value: Value) -> bool:
    """Whether a member is there without a value."""
    return value.what == "null" or (value.what == "text" and not value.text.strip())


def _escaped(name: str) -> str:
    """Return a name as a step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
