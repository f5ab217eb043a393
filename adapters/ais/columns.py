"""The observations of many messages of one form at a time: what `observations` reads, in a fraction of its time.

The payloads of a form lie one behind the other, each cut or filled to whole groups of four characters, so that one call
takes the armour off all of them. `struct` takes each apart into words, and a loop of straight lines, written from the
table of the form and compiled once, shifts the fields out of the words.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from struct import iter_unpack
from typing import Any, NamedTuple

from adapters.ais.armour import FROM_ARMOUR, SIX_BITS, TO_TEXT
from adapters.ais.fields import COARSE_LATITUDE, COARSE_LONGITUDE, IMO, LATITUDE, LONGITUDE, TEXT
from adapters.ais.layout import Field, Layout, Plan
from adapters.ais.observations import FIXES, PARTICULARS, eta
from adapters.ais.reasons import Reason
from adapters.ais.tables import LAYOUTS
from gateway.model.observation import Fix, Observation, Particulars

#: How a message came: at, station, check (of payload and fill bits), record; see `Fix`.
Mark = tuple[float, str, int, int]
_Read = Callable[[bytes, Sequence[Mark], float, list[Observation], list[tuple[int, Reason]]], None]

#: The words that `struct` reads, widest first.
_WORDS = ((64, "Q"), (32, "I"), (16, "H"), (8, "B"))
_GROUP = 24  # bits of four characters
#: The decimals to which a position's resolution tells places apart.
_DECIMALS = {LONGITUDE: 6, LATITUDE: 6, COARSE_LONGITUDE: 3, COARSE_LATITUDE: 3}
_FIX = ("sog", "cog", "heading", "status")
_DIMENSIONS = ("to_bow", "to_stern", "to_port", "to_starboard")
_ETA = ("eta_month", "eta_day", "eta_hour", "eta_minute")
_READ = frozenset(
    (
        *("mmsi", "lon", "lat", "imo", "name", "callsign", "ship_type", "draught", "destination"),
        *(*_FIX, *_DIMENSIONS, *_ETA),
    )
)


class Form(NamedTuple):
    """A form of message that says something of a ship: `width` characters of a payload hold all that is read of it."""

    width: int
    read: _Read


class Column:
    """The messages of one form and length in a batch."""

    __slots__ = ("_form", "marks", "payloads")

    def __init__(self, form: Form) -> None:
        self._form = form
        self.payloads: list[bytes] = []
        self.marks: list[Mark] = []

    def read(self, received: float, found: list[Observation], aside: list[tuple[int, Reason]]) -> None:
        """Append what the messages say, and record and reason of each that does not say what it should."""
        width = self._form.width
        payloads = self.payloads
        if not payloads:
            return
        if len(payloads[0]) != width:
            payloads = [payload[:width].ljust(width, b"0") for payload in payloads]
        content = a2b_base64(b"".join(payloads).translate(FROM_ARMOUR))
        self._form.read(content, self.marks, received, found, aside)


@lru_cache(maxsize=4096)
def form_of(first: int, length: int, fill: int, seventh: int = 0) -> Form | bool:
    """Return the form of a payload by its first (and seventh) character, its length and the bits that fill its last.

    False where a sound message says nothing of a ship, True where only `decode` tells what it is, or why it is none.
    """
    number = SIX_BITS[first]
    if number in _SEVERAL_FORMS:
        return True
    if number == 24 and not seventh:
        return True  # too short to say which part it is
    name = ("24A", "24B", "", "")[SIX_BITS[seventh] >> 2 & 3] if number == 24 else str(number)
    layout = LAYOUTS.get(name)
    if layout is None or not isinstance(layout.plan(6 * length - fill), Plan):
        return True
    return _FORMS.get(name, False)


class _Words:
    """The words of a payload, and how a field comes out of them."""

    def __init__(self, layout: Layout) -> None:
        self.fields: dict[str, tuple[int, Field]] = {}
        start = 0
        for one in layout.fields:
            self.fields[one.name] = start, one
            start += one.width
        end = max(start + one.width for name, (start, one) in self.fields.items() if name in _READ)
        bits = -(-end // _GROUP) * _GROUP
        self.width = bits // 6
        self._words: list[tuple[int, int, str]] = []
        start = 0
        for width, code in _WORDS:
            while start + width <= bits:
                self._words.append((start, width, code))
                start += width
        self._used: set[int] = set()

    def number(self, name: str, last: str = "") -> str:
        """Return the source of a field's raw number; of all the bits up to another field, where one is named."""
        start = self.fields[name][0]
        end, one = self.fields[last or name]
        stop = end + one.width
        parts = []
        for number, (word, width, _) in enumerate(self._words):
            low, high = max(start, word), min(stop, word + width)
            if low >= high:
                continue
            self._used.add(number)
            part = f"w{number}" + (f" >> {word + width - high}" if high < word + width else "")
            if low > word:
                part = f"{part} & {(1 << high - low) - 1:#x}"
            parts.append(f"({part}) << {stop - high}" if high < stop else f"({part})")
        return f"({' | '.join(parts)})"

    @property
    def format(self) -> str:
        """The words that are used, as `struct` says it."""
        return ">" + "".join(
            code if number in self._used else f"{width // 8}x" for number, (_, width, code) in enumerate(self._words)
        )

    @property
    def target(self) -> str:
        """The words that are used, to be assigned to."""
        return "".join(f"w{number}, " for number in sorted(self._used))


class _Loop:
    """The source of the loop that reads one form, and what it names."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._words = _Words(layout)
        self._fields = self._words.fields
        self._texts: set[int] = set()  # the texts that are used, by the bits that they are shifted
        self._names: dict[str, Any] = {
            "Fix": Fix,
            "Particulars": Particulars,
            "new": tuple.__new__,
            "eta": _eta,
            **{reason.name: reason for reason in (Reason.NO_MMSI, Reason.NO_POSITION, Reason.NULL_ISLAND)},
        }

    def form(self) -> Form:
        """Return the form, its loop compiled."""
        steps = [
            f"mmsi = {self._words.number('mmsi')}",
            "if not 0 < mmsi < 1000000000:",
            "    aside.append((record, NO_MMSI))",
            "    continue",
            *(self._fix() if self._layout.type in FIXES else ()),
            *(self._particulars() if self._layout.type in PARTICULARS else ()),
        ]
        texts = sorted(self._texts)
        columns = [f"iter_unpack({self._words.format!r}, content)", "marks"]
        columns += [f"text(content, {shift}, {self._words.width})" for shift in texts]
        targets = [f"({self._words.target})", "(at, station, check, record)", *(f"t{shift}" for shift in texts)]
        names = self._names
        lines = [
            f"def read(content, marks, received, found, aside, {', '.join(f'{name}={name}' for name in names)}):",
            "    append = found.append",
            f"    for {', '.join(targets)} in zip({', '.join(columns)}):",
            *(f"        {step}" for step in steps),
        ]
        names = {**names, "iter_unpack": iter_unpack, "text": _texts}
        exec(compile("\n".join(lines), f"<AIS {self._layout.name}>", "exec"), names)  # noqa: S102  # from our tables
        return Form(self._words.width, names["read"])

    def _fix(self) -> list[str]:
        values = [
            "mmsi, at, received",
            *map(self._degrees, ("lon", "lat")),
            *map(self._value, _FIX),
            self._end(),
        ]
        return [
            *(f"{name} = {self._words.number(name)} ^ {self._half(name):#x}" for name in ("lon", "lat")),
            f"if not ({' and '.join(map(self._range, ('lon', 'lat')))}):",
            "    aside.append((record, NO_POSITION))",
            f"elif lon != {self._half('lon'):#x} or lat != {self._half('lat'):#x}:",
            f"    append(new(Fix, ({', '.join(values)})))",
            "else:",
            "    aside.append((record, NULL_ISLAND))",
        ]

    def _end(self) -> str:
        return f"{self._layout.type}, station, check << 30 | mmsi, record"

    def _half(self, name: str) -> int:
        """Return what stands for 0 in a field in two's complement whose first bit was turned."""
        return 1 << self._fields[name][1].width - 1

    def _range(self, name: str) -> str:
        most, half = self._fields[name][1].kind.valid[-1], self._half(name)  # type: ignore[attr-defined]  # a Number
        return f"{half - most} <= {name} <= {half + most}"

    def _degrees(self, name: str) -> str:
        # 5/3 of a step are one of the last decimal: as `round(raw / per_unit, decimals)`, in whole numbers
        return f"({name} * 5 - {5 * self._half(name) - 1}) // 3 / 1e{_DECIMALS[self._fields[name][1].kind]}"  # type: ignore[index]

    def _particulars(self) -> list[str]:
        steps = []
        dimensions = ["None"] * 4
        mothership = "None"
        if "to_bow" in self._fields:
            steps.append(f"sides = {self._words.number('to_bow', 'to_starboard')}")
            dimensions = [f"{self._words.number(name)} if sides else None" for name in _DIMENSIONS]
        if self._layout.name == "24B":  # an auxiliary craft has an MMSI in the place of dimensions
            steps.append("auxiliary = mmsi // 10000000 == 98")
            mothership = "sides if auxiliary and 0 < sides < 1000000000 else None"
            dimensions = [f"{self._words.number(name)} if sides and not auxiliary else None" for name in _DIMENSIONS]
        values = [
            "mmsi, at, received",
            *map(self._value, ("imo", "name", "callsign", "ship_type")),
            *dimensions,
            self._value("draught"),
            f"eta({self._words.number(_ETA[0], _ETA[-1])})" if _ETA[0] in self._fields else "None",
            self._value("destination"),
            mothership,
            self._end(),
        ]
        return [*steps, f"append(new(Particulars, ({', '.join(values)})))"]

    def _value(self, name: str) -> str:
        """Return the source of a field's value: by a table of its values, but for a text and an IMO number."""
        if name not in self._fields:
            return "None"
        start, one = self._fields[name]
        if one.kind is TEXT:
            first, shift = divmod(start, 6)
            self._texts.add(shift)
            return f't{shift}[{first}:{first + one.width // 6}].partition("@")[0].rstrip(" ") or None'
        raw = self._words.number(name)
        if one.kind is IMO:
            return f"imo if (imo := {raw}) >= {IMO.valid[0] if IMO.valid else 0} else None"
        kind = float if name in ("sog", "cog", "draught") else int
        values = (one.kind.read(number, one.width)[1] for number in range(1 << one.width))
        self._names[f"{name}_of"] = tuple(None if value is None else kind(value) for value in values)  # type: ignore[arg-type]
        return f"{name}_of[{raw}]"


def _texts(content: bytes, shift: int, width: int) -> Iterator[str]:
    """Yield the payloads as text, `width` characters of each that begin so many bits after its first."""
    shifted = (int.from_bytes(content) << shift & (1 << 8 * len(content)) - 1).to_bytes(len(content))
    text = b2a_base64(shifted, newline=False).translate(TO_TEXT).decode("ascii")
    return (text[start : start + width] for start in range(0, len(text), width))


@lru_cache(maxsize=4096)
def _eta(packed: int) -> tuple[int, int, int, int] | None:
    return eta(packed >> 16, packed >> 11 & 31, packed >> 6 & 31, packed & 63)


#: Types whose form, and so whose length, is told by more than `form_of` is given.
_SEVERAL_FORMS = frozenset((16, 22, 25, 26))
_FORMS = {name: _Loop(LAYOUTS[name]).form() for name in ("1", "2", "3", "5", "9", "18", "19", "24A", "24B", "27")}
