"""Documents that a map can meet, derived from the map itself: values by converter and format, lists by repeat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from gateway.mapping.converters import UNKNOWN, read_codes, read_lines, write_lines
from gateway.mapping.fields import FieldShape, Shape, fields
from gateway.mapping.rules import CheckedMap, Rule, Value
from gateway.model.base import Part
from gateway.model.vessel_event import VesselEvent

CHARACTERS = st.sampled_from(list("ABCXYZ0123 -./?+:'<>&\"aéß*=,()"))
KEYS = st.sampled_from(["PHDU0001034", "PHDU0001050", "PHDU0001071"])  # few, so that links often meet
CODE = st.text("ABCXYZ0123456789", min_size=1, max_size=3)
MOMENTS = st.one_of(
    st.dates().map(lambda d: f"{max(d.year, 1000):04d}-{d.month:02d}-{min(d.day, 28):02d}"),
    st.datetimes().map(lambda d: f"{max(d.year, 1000):04d}-{d.month:02d}-{min(d.day, 28):02d}T{d:%H:%M}"),
    st.datetimes().map(lambda d: f"{max(d.year, 1000):04d}-{d.month:02d}-{min(d.day, 28):02d}T{d:%H:%M:%S}"),
    st.datetimes().map(lambda d: f"{max(d.year, 1000):04d}-{d.month:02d}-{min(d.day, 28):02d}T{d:%H:%M}+02:00"),
)
Alternatives = list[tuple[Rule, Value]]
#: A frame of more places than `_MANY` gets `_FEW` of them at a time: whole documents would be large and slow.
_MANY, _FEW = 40, 12
_DEEP = 3  # lists inside as many others have one entry at most: documents stay small
_WIDTH = re.compile(r"\D+?(\d+)")


def line(most: int) -> st.SearchStrategy[str]:
    return st.text(CHARACTERS, min_size=1, max_size=max(most, 1)).map(str.strip).filter(bool)


def _width(value: Value, oversize: bool) -> int:
    match = _WIDTH.fullmatch(value.locator.format.replace("..", ""))
    width = int(match[1]) if match else 35
    return width + 5 if oversize else min(width, 40)


def _numbers(value: Value) -> st.SearchStrategy[str]:
    """Digits that fit a numeric format exactly."""
    width = _width(value, oversize=False)
    least = 1 if ".." in value.locator.format else width
    return st.text("0123456789", min_size=least, max_size=width)


def _decimals(value: Value) -> st.SearchStrategy[Decimal]:
    width = _width(value, oversize=False)
    return st.integers(0, 10 ** min(width, 6) - 1).map(Decimal) | (
        st.decimals(0, 10**6, places=3) if width > 9 else st.nothing()
    )


def _texts(value: Value, oversize: bool) -> st.SearchStrategy[str]:
    """Texts of one or more lines; not oversize, they are texts that their lines can give back."""
    width = int(value.arguments[0]) if value.arguments else 35
    lines = st.one_of(line(12), line(12), st.just("X" * width), st.just("Y" * (width + 3)), line(width))
    if value.locator.count == 1:
        return lines.map(lambda text: text[:width])
    most = value.locator.count
    texts = st.lists(lines, min_size=1, max_size=40 if oversize else most).map("\n".join)
    if oversize:
        return texts
    return texts.filter(
        lambda text: len(write_lines(text, width)) <= most and read_lines(write_lines(text, width), width) == text
    )


def _links(checked: CheckedMap, value: Value) -> bool:
    """Whether a value refers to an entry of another list, or is the key that is referred to."""
    keys = {one.arguments[0] for rule in checked.rules for one in rule.values if one.converter == "ref"}
    frame = checked.frames[value.frame]
    return value.converter == "ref" or ".".join((*frame.path, *value.path)) in keys


def leaf(checked: CheckedMap, value: Value, *, oversize: bool) -> st.SearchStrategy[Any]:
    """Values of one field, by its converter and the format of its place."""
    if _links(checked, value):
        return KEYS
    return _BY_CONVERTER.get(value.converter, _plain)(checked, value, oversize)


def _integers(_checked: CheckedMap, _value: Value, oversize: bool) -> st.SearchStrategy[int]:
    return st.integers(0, 99_999_999_999 if oversize else 9999)


def _codes(checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[str]:
    own, table = _own_values(checked, value), checked.tables[value.arguments[0]]
    if value.shape is not None and value.shape.choices:  # of a fixed set nothing else can be
        known = value.shape.choices if oversize else table.values()
        return st.sampled_from(sorted(map(str, known)))
    names = sorted(table.values() if own is None or oversize else {read_codes(table)[code] for code in own})
    unknown = [f"{UNKNOWN}Q7"] if own is None else []
    beyond = ["no-such-name", f"{UNKNOWN}Q7Q7Q7Q7Q7"] if oversize else []
    return st.sampled_from([*names, *unknown, *beyond])


def _numbers_of(_checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[Decimal]:
    """Numbers from 0 to 1, which every field takes; oversize, finer than a factor can say."""
    places = 3 if oversize or not value.arguments else 2
    return st.decimals(0, 1, places=places)


def _instants(_checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[str]:
    exact = st.datetimes().map(lambda d: f"{max(d.year, 1000):04d}-{d.month:02d}-{min(d.day, 28):02d}T{d:%H:%M:%S}Z")
    return exact if value.converter == "timestamp" and not oversize else st.one_of(exact, MOMENTS)


def _several(_checked: CheckedMap, _value: Value, _oversize: bool) -> st.SearchStrategy[list[str]]:
    return st.lists(line(30), max_size=3)


def _moments(_checked: CheckedMap, _value: Value, _oversize: bool) -> st.SearchStrategy[str]:
    return MOMENTS


def _measures(_checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[dict[str, Any]]:
    unit = {"unit": CODE} if value.companions else {}
    number = {"value": st.decimals(0, 10**6, places=3) if oversize else _decimals(value)}
    if any(one.mandatory for one in value.companions) and not oversize:
        return st.fixed_dictionaries(number | unit)
    return st.fixed_dictionaries(number, optional=unit)


def _coded(checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[dict[str, Any]]:
    usual = ["172", "162", "ZZZ", "77"]
    code = st.sampled_from(["139", "146", "103", "6", "11", *usual] if oversize else usual)
    names = ("list", "agency")[: 2 if oversize else len(value.companions)]
    required = {"value": line(min(9, _width(value, oversize=False)))}
    if not oversize and names and _is_fallback(checked, value):
        return st.fixed_dictionaries({**required, "list": code}, optional={"agency": code})
    return st.fixed_dictionaries(required, optional=dict.fromkeys(names, code))


def _free(_checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[str]:
    return _texts(value, oversize)


def _plain(_checked: CheckedMap, value: Value, oversize: bool) -> st.SearchStrategy[str]:
    if value.shape is not None and value.shape.choices:
        return st.sampled_from(sorted(map(str, value.shape.choices)))
    if value.locator.format.startswith("n") and not oversize:
        return _numbers(value)
    width = _width(value, oversize)
    if value.locator.format and ".." not in value.locator.format and not oversize:
        return st.text("ABCXYZ", min_size=width, max_size=width)
    return line(width)


_BY_CONVERTER: Mapping[str, Callable[[CheckedMap, Value, bool], st.SearchStrategy[Any]]] = {
    "int": _integers,
    "code": _codes,
    "decimal": _numbers_of,
    "iso": _instants,
    "timestamp": _instants,
    "texts": _several,
    "moment": _moments,
    "measure": _measures,
    "coded": _coded,
    "text": _free,
}


def _is_fallback(checked: CheckedMap, value: Value) -> bool:
    """Whether an alternative with conditions stands before this one, which it must not imitate."""
    rule = next(rule for rule in checked.rules if value in rule.values)
    return any(other.tests and other.locator.key == value.locator.key for other in rule.values)


def _own_values(checked: CheckedMap, value: Value) -> tuple[str, ...] | None:
    rule = next(rule for rule in checked.rules if value in rule.values)
    return next((values for locator, values in rule.tests if locator.key == value.locator.key), None)


def _required(checked: CheckedMap, rule: Rule, value: Value) -> bool:
    """Whether the record, or one that must be there, is invalid without this value."""
    if _own_values(checked, value) is not None or (rule.place.mandatory and value is _first(rule)):
        return True
    others = [other.locator for other in rule.values if other.is_data and other is not value]
    if any(one.attribute and one.leaf == value.locator.leaf for one in others):
        return True
    needed = checked.grammar.mandatory_elements(rule.place)
    beside = any(one.element == value.locator.element for one in others)
    return value.locator.mandatory and (value.locator.element in needed or bool(value.locator.leaf) or beside)


def _first(rule: Rule) -> Value | None:
    return next((value for value in rule.values if value.is_data), None)


def _room(rule: Rule) -> tuple[int, int]:
    """What a record counts against: its place under the record above."""
    return rule.parent.number if rule.parent else 0, rule.place.id


def _put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def documents(
    checked: CheckedMap, *, oversize: bool = False, beyond: bool = False
) -> st.SearchStrategy[dict[str, Any]]:
    """Plain values of documents: `oversize` exceeds formats and repeats, `beyond` fills fields without a rule."""
    made = _Documents(checked, oversize, beyond).frame(0)
    return made.map(_vessel_event) if checked.document is VesselEvent else made


#: What a vessel event has that says nothing else.
_NEEDED = {
    "id": "00FF",
    "type": "berth arrival",
    "certainty": "confirmed",
    "at": "2026-11-28T06:00:00Z",
    "recorded_at": "2026-11-28T06:05:00Z",
    "confidence": Decimal("0.9"),
    "detail": "stopped in the berth",
    "distance_nm": Decimal(1),
    "port": {"unlocode": "XXGIL"},
    "vessel": {"mmsi": "999000001"},
}


def _vessel_event(values: dict[str, Any]) -> dict[str, Any]:
    """Give an event what every event has, and a part that lacks what it needs what it needs."""
    made = _filled(VesselEvent, values)
    missing = {name: value for name, value in _NEEDED.items() if name not in made}
    made |= missing if made.get("type") == "approach" else {k: v for k, v in missing.items() if k != "distance_nm"}
    for part, name in (("vessel", "mmsi"), ("port", "unlocode")):
        made[part] = {**_NEEDED[part], **made[part]}  # type: ignore[dict-item]  # both are parts
        assert made[part][name]
    return made


_OF_SHAPE = {Shape.DECIMAL: Decimal("0.5"), Shape.MOMENT: "2026-11-28T06:00:00Z"}


def _filled(part: type[Part], values: dict[str, Any]) -> dict[str, Any]:
    """Fill what a part must have where something else of it was drawn."""
    made = dict(values)
    for name, shape in fields(part).items():
        inside = made.get(name)
        if shape.shape is Shape.PART and isinstance(inside, dict) and shape.part:
            made[name] = _filled(shape.part, inside)
        elif shape.shape is Shape.LIST and inside and shape.part:
            made[name] = [_filled(shape.part, entry) for entry in inside]
        elif inside is None and shape.required and part is not VesselEvent:
            made[name] = _stand_in(shape)
    return made


def _stand_in(shape: FieldShape) -> Any:
    return str(shape.choices[0]) if shape.choices else _OF_SHAPE.get(shape.shape, "A1")


class _Documents:
    """Builds the strategy of each frame from the strategies of its fields and of the frames below it."""

    def __init__(self, checked: CheckedMap, oversize: bool, beyond: bool) -> None:
        self.map, self.oversize, self.beyond = checked, oversize, beyond
        self.places: dict[int, dict[Any, list[tuple[Rule, Value]]]] = {}
        self.lists: dict[int, dict[tuple[str, ...], Rule]] = {}
        for rule in checked.rules:
            for value in rule.values:
                if value.is_data:
                    here = self.places.setdefault(value.frame, {})
                    here.setdefault((rule.number, value.locator.key), []).append((rule, value))
            if rule.is_each:
                self.lists.setdefault(rule.outer, {})[rule.prefix] = rule

    def frame(self, number: int) -> st.SearchStrategy[dict[str, Any]]:
        """The document, or one entry of a list."""
        places = list(self.places.get(number, {}).values())
        singles = [(alternatives[0][0], self.place(alternatives)) for alternatives in places]
        below = [(path, self.entries(rule)) for path, rule in sorted(self.lists.get(number, {}).items())]
        extra = list(fields(self.map.frames[number].part).items()) if self.beyond else []

        @st.composite
        def build(draw: st.DrawFn) -> dict[str, Any]:
            made: dict[str, Any] = {}
            for path, value in draw(self.some(number, places)) if len(places) > _MANY else self.each(draw, singles):
                _put(made, path, value)
            for path, entries in below:
                drawn = draw(entries)
                if drawn:
                    _put(made, path, drawn)
            for name, shape in extra:
                if name not in made and shape.shape is Shape.LINE and draw(st.booleans()):
                    made[name] = draw(line(8))
            return made

        return build()

    def needed(self, alternatives: list[tuple[Rule, Value]]) -> bool:
        """Whether a record is invalid without this place."""
        return not self.oversize and any(_required(self.map, rule, value) for rule, value in alternatives)

    def depth(self, rule: Rule) -> int:
        """How many lists the list of a rule stands in."""
        above = next((one for rules in self.lists.values() for one in rules.values() if one.frame == rule.outer), None)
        return 0 if above is None else 1 + self.depth(above)

    def full(self, rule: Rule, there: set[int]) -> bool:
        """Whether the place of a rule has as many records of other rules as it takes."""
        return not self.oversize and len(there) >= rule.place.repeat and rule.place.parent is not None

    def each(self, draw: st.DrawFn, singles: list[tuple[Rule, st.SearchStrategy[Any]]]) -> Iterator[Any]:
        """Path and value of each place that gets one, as long as there is room for its record."""
        records: dict[int, set[int]] = {}
        for rule, strategy in singles:
            drawn = draw(strategy)
            there = records.setdefault(rule.place.id, set())
            if drawn is None or (rule.number not in there and self.full(rule, there)):
                continue
            there.add(rule.number)
            yield drawn

    def some(self, number: int, places: list[Alternatives]) -> st.SearchStrategy[list[Any]]:
        """A few of the many places of a frame, with what their records need, and no more records than fit."""
        first = [at for at, alternatives in enumerate(places) if self.always(number, *alternatives[0])]
        return st.lists(st.integers(0, len(places) - 1), max_size=_FEW, unique=True).flatmap(
            lambda drawn: st.tuples(*self.together(number, places, [*first, *drawn])).map(list)
        )

    def always(self, number: int, rule: Rule, value: Value) -> bool:
        """Whether the document is invalid without this value: the first of a record that must be there."""
        return value is _first(rule) and not self.oversize and all(r.place.mandatory for r in self.above(number, rule))

    def above(self, number: int, rule: Rule) -> Iterator[Rule]:
        """The rule and those above it, as far as they belong to this frame and are no entry of a list."""
        while rule.parent is not None and not (rule.is_each and rule.frame == number):
            yield rule
            rule = rule.parent

    def together(self, number: int, places: list[Alternatives], wanted: list[int]) -> Iterator[st.SearchStrategy[Any]]:
        """The strategies of the places wanted, as long as there is room for their records, and of what those need."""
        used: dict[tuple[int, int], set[float]] = {}
        rules = dict.fromkeys(rule.number for rule in self.map.rules if rule.is_each and rule.frame == number)
        for rule in self.lists.get(number, {}).values():
            used.setdefault(_room(rule), set()).update((-rule.number, -rule.number - 0.5))  # two entries at most
            rules |= dict.fromkeys(one.number for one in self.above(number, rule.parent or rule))
        chosen = set()
        for at in dict.fromkeys(wanted):
            trail = list(self.above(number, places[at][0][0]))
            if self.oversize or all(len({*used.get(_room(r), ()), r.number}) <= r.place.repeat for r in trail):
                chosen.add(at)
                rules |= dict.fromkeys(one.number for one in trail)
                for one in trail:
                    used.setdefault(_room(one), set()).add(one.number)
        for at, place in enumerate(places):
            if at in chosen or (place[0][0].number in rules and _required(self.map, *place[0])):
                yield st.one_of(self.leaves(place))

    def leaves(self, alternatives: Alternatives) -> list[st.SearchStrategy[Any]]:
        """Each of the alternatives of a place with its path."""
        return [st.tuples(st.just(v.path), leaf(self.map, v, oversize=self.oversize)) for _, v in alternatives]

    def place(self, alternatives: Alternatives) -> st.SearchStrategy[Any]:
        """One of the alternatives of a place with its path, or none."""
        drawn = self.leaves(alternatives)
        if self.needed(alternatives):
            return st.one_of(drawn)
        return st.one_of(st.none(), *drawn)

    def entries(self, rule: Rule) -> st.SearchStrategy[list[dict[str, Any]]]:
        """Entries of a list: a few, or, where that is cheap, now and then one more than its place takes."""
        entry = self.frame(rule.frame)
        least = int(rule.place.mandatory and not self.oversize)
        most = 2 if self.depth(rule) < _DEEP else 1
        usual = st.lists(entry, min_size=least, max_size=most)
        if rule.by and not self.oversize:  # where its key stands twice, only the first entry is written
            usual = st.lists(entry, min_size=least, max_size=most, unique_by=lambda one: one.get(rule.by, object()))
        if self.oversize and rule.place.repeat < 10 and rule.frame not in self.lists:
            too_many = rule.place.repeat + 1
            return st.one_of(usual, usual, st.lists(entry, min_size=too_many, max_size=too_many))
        return usual
