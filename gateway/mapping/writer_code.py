"""Generates the writer of a map: one function that walks the document and appends records in structure order.

Presence: a single rule is written when one of its data values is, or a record below it; an `each` writes every
entry; an `otherwise` writes its conditions when nothing else landed at its place. Everything that does not fit
(too long, too many, no code, no place) is appended to `lost` and is never silently dropped. The careful variant also
appends lineage: which record and locator each canonical value went to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from gateway.mapping import converters
from gateway.mapping.code import Code, literal
from gateway.mapping.fields import Shape, fields, part_at
from gateway.mapping.rules import CheckedMap, Path, Rule, Value, readable
from gateway.mapping.runtime import SharedList, digits, fixed, numeric
from gateway.model.place import Locator, Place

_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)")
_NUMERIC = ("int", "measure", "decimal")
_UNLIMITED = 999_999  # repeats that a directory or schema states where it means any number

Names = dict[tuple[int, Path], str]
"""Local names that already hold a field, by frame and path; valid in the block where they were bound."""


@dataclass(slots=True)
class _Field:
    """A value about to be written: the name of its text, and the texts that go with it."""

    value: Value
    name: str
    companions: dict[Locator, str] = field(default_factory=dict)

    @property
    def blank(self) -> str:
        """The statement that leaves the value out, and what would mean nothing without it."""
        return " = ".join((self.name, *self.companions.values())) + " = ''"


@dataclass(slots=True)
class _Record:
    """The texts of one record about to be written, its expression, and what decides its presence.

    `supplied` are the values at a selector's own place: absent, they are written from the selector.
    """

    rule: Rule
    texts: dict[Any, tuple[Locator, str]] = field(default_factory=dict)
    present: list[str] = field(default_factory=list)
    supplied: list[_Field] = field(default_factory=list)
    expression: str = ""

    def put(self, locator: Locator, text: str) -> None:
        self.texts[locator.key] = (locator, text)


#: Converters of copies that write companions too.
_COPIED_WHOLE = ("int", "moment", "measure", "coded")


@dataclass(slots=True)
class WriterCode:
    """Writes the writer of one map; `careful` adds lineage."""

    map: CheckedMap
    careful: bool = False
    code: Code = field(default_factory=Code)
    locators: list[Locator] = field(default_factory=list)
    names: int = 0

    def generate(self) -> tuple[Any, str]:
        """Return the function `write(d0, out, lost, L)` and its source."""
        known: dict[str, Any] = {
            "LOC": self.locators,
            **{f.__name__: f for f in (SharedList, digits, fixed, numeric)},
            **{f.__name__: f for f in (converters.write_moment, converters.write_lines)},
            **{f.__name__: f for f in (converters.read_lines, converters.write_decimal)},
            **{f.__name__: f for f in (converters.write_scaled, converters.write_timestamp)},
            **{f"W_{name}": converters.written_codes(table) for name, table in self.map.tables.items()},
            **{f"T_{name}": converters.read_codes(table) for name, table in self.map.tables.items()},
        }
        shared = {(rule.prefix, rule.by) for rule in self.map.rules if rule.by}
        with self.code.block("def write(d0, out, lost, L):"):
            for path, key in sorted(shared):
                self.code(f"{_shared(path)} = SharedList(d0.{'.'.join(path)}, {key!r})")
                with self.code.block(f"for i, k in {_shared(path)}.doubled:"):
                    why = f"its {key} stands in the list twice: the first is written"
                    self.code(f"lost.append((f'{'.'.join(path)}[{{i}}]', k, {why!r}))")
            self._children(self.map.root, {}, "lost")
            self._uncovered(0, {})
            for path, _ in sorted(shared):
                with self.code.block(f"for i, k in {_shared(path)}.unused():"):
                    self.code(f"lost.append((f'{'.'.join(path)}[{{i}}]', k, 'nothing written here refers to it'))")
        kind = "careful" if self.careful else "fast"
        defined = self.code.compile(f"{kind} writer of {self.map.name} for {self.map.grammar.type}", known)
        return defined["write"], self.code.text

    # names

    def fresh(self, stem: str = "x") -> str:
        """Return a new local name."""
        self.names += 1
        return f"{stem}{self.names}"

    def prefix(self, frame: int) -> str:
        """Return the path of a frame's entry as the inside of an f-string: "consignments[{j1}]."."""
        made = self.map.frames[frame]
        if made.parent is None:
            return ""
        return f"{self.prefix(made.parent)}{'.'.join(made.path)}[{{j{frame}}}]."

    def full(self, frame: int, path: Path) -> str:
        """Return the f-string expression of a canonical path; without a path, that of the frame's entry itself."""
        return f"f'{(self.prefix(frame) + '.'.join(path)).removesuffix('.')}'"

    def get(self, frame: int, path: Path, names: Names) -> str:
        """Bind and return a local name that holds a field, None where it or a part above it is absent."""
        if not path:
            return f"d{frame}"
        if (frame, path) in names:
            return names[frame, path]
        above = self.get(frame, path[:-1], names)
        name = self.fresh("a")
        access = f"{above}.{path[-1]}"
        self.code(f"{name} = {access}" if not path[:-1] else f"{name} = {access} if {above} is not None else None")
        names[frame, path] = name
        return name

    def lose(self, frame: int, path: Path, value: str, why: str) -> None:
        """Report something that is not written."""
        self.code(f"lost.append(({self.full(frame, path)}, str({value}), {why!r}))")

    def trace(self, frame: int, path: Path, locator: Locator | None, at: str = "len(out)") -> None:
        """Note where a value goes."""
        if self.careful:
            if locator is not None:
                self.locators.append(locator)
            where = "None" if locator is None else f"LOC[{len(self.locators) - 1}]"
            self.code(f"L.append(({self.full(frame, path)}, {at}, {where}))")

    # structure

    def _children(self, rule: Rule, names: Names, missing: str, stood: str = "") -> None:
        """Write everything below a rule; mandatory places left empty are appended to the list `missing`.

        `stood` is the variable that counts what stands in: such records do not bring their parent into being.
        """
        for place, rules in rule.by_place():
            self._place(place, rules, names, missing if place.mandatory else "", stood)

    def _place(self, place: Place, rules: list[Rule], names: Names, missing: str, stood: str) -> None:
        """Write all rules of one place in file order, not more records than the place admits."""
        stand_ins = [rule for rule in rules if rule.is_otherwise]
        writing = [rule for rule in rules if not rule.is_otherwise]
        most = sum(_UNLIMITED if rule.verb in ("each", "fold") else 1 for rule in writing)
        count = self.fresh("n") if min(most, _UNLIMITED) > place.repeat else ""
        mark = self.fresh("k") if stand_ins or missing else ""
        if count:
            self.code(f"{count} = 0")
        if mark:
            self.code(f"{mark} = len(out)")
        for rule in writing:
            self._rule(rule, names, count)
        for rule in stand_ins:
            with self.code.block(f"if len(out) == {mark}:"):
                constants = _constants(rule)
                texts = {locator: repr(text) for locator, text in constants.items()}
                self.code(f"out.append({self.map.grammar.record(place, texts)})")
                if stood:
                    self.code(f"{stood} += 1")
                for frame, path, locator in _read_from(constants, readable(rules)):
                    self.lose(frame, path, "''", f"{locator.text} had to be supplied from the map")
        if missing and not stand_ins:
            with self.code.block(f"if len(out) == {mark}:"):
                first = rules[0]
                why = f"the mandatory {place.trail} has nothing to be written from"
                self.code(f"{missing}.append(({self.full(first.outer, first.prefix)}, '', {why!r}))")

    def _rule(self, rule: Rule, names: Names, count: str) -> None:
        if rule.is_each:
            self._each(rule, names, count)
        elif rule.verb == "fold":
            self._fold(rule, dict(names), count)
        else:
            guard = self._guard(rule)
            name = self.get(rule.outer, guard, names) if guard else ""
            with self.code.block(f"if {name} is not None:") if name else nullcontext():
                self._single(rule, dict(names) if name else names, count)

    def _guard(self, rule: Rule) -> Path:
        """Return the part that all data of a rule comes from, so that its absence skips the whole rule."""
        if not rule.prefix:
            return ()
        for below in rule.walk():
            for value in below.values:
                inside = value.frame == rule.outer and value.path[: len(rule.prefix)] == rule.prefix
                if value.is_data and value.frame <= rule.outer and not inside:
                    return ()
            if below.is_each and below.outer == rule.outer and below.prefix[: len(rule.prefix)] != rule.prefix:
                return ()
            if below.is_each and below.outer < rule.outer:
                return ()
        return rule.prefix

    def _each(self, rule: Rule, names: Names, count: str) -> None:
        entry, index = f"d{rule.frame}", f"j{rule.frame}"
        if rule.by:
            holder = self.map.frames[rule.frame]
            here = next((r.frame for r in _above(rule) if r.is_each), 0)
            source = (
                f"{_shared(rule.prefix)}.of(d{here}, {rule.via!r})" if rule.via else f"{_shared(rule.prefix)}.rest()"
            )
            assert holder.parent == 0  # noqa: S101  # the compiler refuses anything else
        else:
            entries = self.get(rule.outer, rule.prefix, names)
            source = f"enumerate({entries} or ())" if len(rule.prefix) > 1 else f"enumerate({entries})"
        with self.code.block(f"for {index}, {entry} in {source}:"):
            inner = dict(names)
            if count:
                with self.code.block(f"if {count} >= {rule.place.repeat}:"):
                    self.lose(rule.frame, (), "''", f"{rule.place.trail} holds at most {rule.place.repeat}")
                    self.code("continue")
                self.code(f"{count} += 1")
            at = "len(out)"
            if rule.children or self.map.grammar.tail(rule.place):
                at = self.fresh("i")
                self.code(f"{at} = len(out)", "out.append('')")
                record = self._texts(rule, inner, at)
                self._remarks(record)
                self._entry(rule, at)
                self.code(f"out[{at}] = {record.expression}")
                self._children(rule, inner, "lost")
                self._close(rule)
            else:
                record = self._texts(rule, inner, at)
                self._remarks(record)
                self._entry(rule, at)
                self.code(f"out.append({record.expression})")
            self._uncovered(rule.frame, inner)

    def _entry(self, rule: Rule, at: str) -> None:
        if self.careful:
            self.code(f"L.append(({self.full(rule.frame, ())}, {at}, None))")

    def _close(self, rule: Rule) -> None:
        tail = self.map.grammar.tail(rule.place)
        if tail is not None:
            self.code(f"out.append({tail!r})")

    def _single(self, rule: Rule, names: Names, count: str) -> None:
        """Write a rule that stands once under its parent, if it has anything to say."""
        code = self.code
        if not rule.children:
            record = self._texts(rule, names, "len(out)")
            with code.block(f"if {' or '.join(record.present) or 'False'}:"), self._room(rule, count):
                self._remarks(record)
                code(f"out.append({record.expression})")
                self._close(rule)
            return
        at = self.fresh("i")
        missing = self.fresh("m") if any(place.mandatory for place, _ in rule.by_place()) else ""
        stood = self.fresh("s") if any(child.is_otherwise for child in rule.children) else ""
        code(f"{at} = len(out)", *([f"{missing} = []"] if missing else ()), "out.append('')")
        if stood:
            code(f"{stood} = 0")
        record = self._texts(rule, names, at)
        self._children(rule, dict(names), missing, stood)
        own = f"{at} + 1 + {stood}" if stood else f"{at} + 1"
        with code.block(f"if {' or '.join([*record.present, f'len(out) > {own}'])}:"):
            if count:
                code(f"if {count} >= {rule.place.repeat}: del out[{at}:]")
            with self._room(rule, count):
                self._remarks(record)
                code(*([f"lost.extend({missing})"] if missing else ()), f"out[{at}] = {record.expression}")
                self._close(rule)
        with code.block("else:"):
            code(f"del out[{at}:]" if stood else "out.pop()")

    @contextmanager
    def _room(self, rule: Rule, count: str) -> Iterator[None]:
        """Count the record, and report it in place of writing it when its place is full."""
        if not count:
            yield
            return
        with self.code.block(f"if {count} >= {rule.place.repeat}:"):
            self._too_many(rule)
        with self.code.block("else:"):
            self.code(f"{count} += 1")
            yield

    def _too_many(self, rule: Rule) -> None:
        value = next((v for v in rule.values if v.is_data), None)
        path = value.path if value else rule.prefix
        frame = value.frame if value else rule.outer
        self.lose(frame, path, "''", f"{rule.place.trail} holds at most {rule.place.repeat}")

    # records

    def _texts(self, rule: Rule, names: Names, at: str) -> _Record:
        """Write the texts of a record, and return what makes it."""
        record = _Record(rule)
        for locator, values in rule.tests:
            record.put(locator, repr(values[0]))
        for group in _by_place(rule.values):
            value = group[0]
            if value.constant:
                record.put(value.locator, repr(value.constant[0]))
            elif value.counter:
                record.put(value.locator, f"str({self._counter(rule)} + 1)")
            elif value.copy and value.converter in _COPIED_WHOLE:
                made = self._convert(value, self.get(value.frame, value.path, names))
                for locator, text in made.companions.items():
                    record.put(locator, text)
                record.put(value.locator, made.name)
            elif value.copy:
                record.put(value.locator, self._copy(value, self.get(value.frame, value.path, names)))
            else:
                record.present.append(self._data(record, group, names, at))
        record.expression = self.map.grammar.record(rule.place, dict(record.texts.values()))
        return record

    def _copy(self, value: Value, source: str) -> str:
        """Write the conversion of a copy; return its text. What it cannot say, the field's own place says."""
        match value.converter:
            case "code":
                text = self.fresh()
                self.code(f"{text} = W_{value.arguments[0]}.get({source}, '')")
                return text
            case "timestamp":
                text = self.fresh()
                self.code(f"{text} = write_timestamp({source}) if {source} is not None else ''")
                return text
            case _:
                return f"({source} or '')"

    @staticmethod
    def _counter(rule: Rule) -> str:
        holder = next(r for r in (rule, *_above(rule)) if r.is_each)
        return f"j{holder.frame}"

    def _data(self, record: _Record, group: list[Value], names: Names, at: str) -> str:
        """Write one place from the first of its alternatives that has a value; return the name of its text."""
        first = group[0]
        if len(group) > 1 or first.tests:
            return self._alternatives(record, group, names, at)
        made = self._convert(first, self.get(first.frame, first.path, names))
        self._fit(first, made)
        for locator, text in made.companions.items():
            record.put(locator, text)
        own = next((values for locator, values in record.rule.tests if locator.key == first.locator.key), None)
        record.put(first.locator, made.name if own is None else self._own_selector(first, made, own))
        if own is not None:
            record.supplied.append(made)
        self._traced(first, made.name, at)
        return made.name

    def _traced(self, value: Value, name: str, at: str) -> None:
        if self.careful:
            with self.code.block(f"if {name}:"):
                self.trace(value.frame, value.path, value.locator, at)

    def _own_selector(self, value: Value, made: _Field, values: tuple[str, ...]) -> str:
        """A value at its rule's own selector must be one that the selector reads; return the text to write."""
        with self.code.block(f"if {made.name} and {made.name} not in {values!r}:"):
            self.lose(
                value.frame, value.path, made.name, f"{value.locator.text} may only be {' or '.join(values)} here"
            )
            self.code(f"{made.name} = ''")
        return f"({made.name} or {values[0]!r})"

    def _alternatives(self, record: _Record, group: list[Value], names: Names, at: str) -> str:
        code, text = self.code, self.fresh()
        extras: dict[Any, tuple[Locator, str]] = {}
        for value in group:
            for locator in (*value.companions, *(locator for locator, _ in value.tests)):
                if locator.key not in extras:
                    extras[locator.key] = (locator, self.fresh())
        code(" = ".join([text, *(name for _, name in extras.values())]) + " = ''")
        sources = [self.get(value.frame, value.path, names) for value in group]
        for number, (value, source) in enumerate(zip(group, sources, strict=True)):
            with code.block(f"{'if' if not number else 'elif'} {source} is not None:"):
                made = self._convert(value, source)
                code(f"{text} = {made.name}")
                for locator, values in value.tests:
                    code(f"{extras[locator.key][1]} = {values[0]!r}")
                for locator, companion in made.companions.items():
                    code(f"{extras[locator.key][1]} = {companion}")
                self._no_imitation(group[:number], value, text, extras)
                self._fit(value, _Field(value, text, dict(extras.values())))
                for other, name in zip(group[number + 1 :], sources[number + 1 :], strict=True):
                    with code.block(f"if {name} is not None:"):
                        self.lose(other.frame, other.path, name, f"{other.locator.text} is taken by {value.path[-1]}")
                self._traced(value, text, at)
        record.put(group[0].locator, text)
        for locator, name in extras.values():
            record.put(locator, name)
        return text

    def _no_imitation(
        self, earlier: list[Value], value: Value, text: str, extras: dict[Any, tuple[Locator, str]]
    ) -> None:
        """Refuse a fallback that would be read back as one of the alternatives before it."""
        for other in earlier:
            if len(other.tests) < len(value.tests):
                continue
            terms = [f"({literal(values, extras[locator.key][1])})" for locator, values in other.tests]
            if not terms:
                continue
            with self.code.block(f"if {text} and {' and '.join(terms)}:"):
                self.lose(value.frame, value.path, text, f"it would be read back as {'.'.join(other.path)}")
                for _, name in extras.values():
                    self.code(f"{name} = ''")
                self.code(f"{text} = ''")

    def _remarks(self, record: _Record) -> None:
        """Report values that had to be supplied, and mandatory components that have none."""
        for made in record.supplied:
            value = made.value
            with self.code.block(f"if not {made.name}:"):
                self.lose(value.frame, value.path, "''", f"{value.locator.text} had to be supplied from the map")
        grammar, rule = self.map.grammar, record.rule
        self._attributes_alone(record)
        needed = grammar.mandatory_elements(rule.place)
        for locator in grammar.locators(rule.place):
            _, text = record.texts.get(locator.key, (None, ""))
            if not locator.mandatory or not text or text[0] in "'\"(":
                continue
            beside = [t for one, t in record.texts.values() if _same_composite(one, locator)]
            if locator.element in needed or not locator.element:
                test = f"not {text}"
            elif beside:
                test = f"not {text} and ({' or '.join(beside)})"
            else:
                continue
            with self.code.block(f"if {test}:"):
                owner = next((v for v in rule.values if any(one.key == locator.key for one in v.locators)), None)
                frame, path = (owner.frame, owner.path) if owner else (rule.frame, ())
                self.lose(frame, path, "''", f"the mandatory {locator.text} of {rule.place.trail} has no value")

    def _attributes_alone(self, record: _Record) -> None:
        """Report fields carried by an attribute whose value is absent: there is nothing to hang it on."""
        for value in record.rule.values:
            if not (value.is_data and value.locator.attribute):
                continue
            leaf = next(
                (t for one, t in record.texts.values() if one.leaf == value.locator.leaf and not one.attribute), "''"
            )
            text = record.texts[value.locator.key][1]
            with self.code.block(f"if {text} and not {leaf}:"):
                why = f"{value.locator.text} is written only with the value it belongs to"
                self.lose(value.frame, value.path, text, why)

    # conversion

    def _convert(self, value: Value, source: str) -> _Field:
        """Write the conversion of one field to its text and companions."""
        made = _Field(value, self.fresh())
        writer = getattr(self, f"_write_{value.converter}", self._write_str)
        writer(value, source, made)
        return made

    def _write_str(self, _value: Value, source: str, made: _Field) -> None:
        self.code(f"{made.name} = {source} or ''")

    def _write_int(self, _value: Value, source: str, made: _Field) -> None:
        self.code(f"{made.name} = str({source}) if {source} is not None else ''")

    def _write_code(self, value: Value, source: str, made: _Field) -> None:
        table = f"W_{value.arguments[0]}"
        with self.code.block(f"if {source} is None:"):
            self.code(f"{made.name} = ''")
        with self.code.block("else:"):
            self.code(f"{made.name} = {table}.get({source})")
            with self.code.block(f"if {made.name} is None:"):
                known = f"T_{value.arguments[0]}"
                raw = f"{source}[0] == {converters.UNKNOWN!r} and {source}[1:2].strip()"  # none begins with white space
                self.code(f"{made.name} = {source}[1:] if {raw} else ''")
                match = _FORMAT.fullmatch(value.locator.format)
                too_long = f" or len({made.name}) > {match[3]}" if match else ""
                with self.code.block(f"if not {made.name} or {made.name} in {known}{too_long}:"):
                    self.lose(value.frame, value.path, source, f"table {value.arguments[0]!r} has no code for it")
                    self.code(f"{made.name} = ''")

    def _write_decimal(self, value: Value, source: str, made: _Field) -> None:
        if not value.arguments:
            self.code(f"{made.name} = write_decimal({source}) if {source} is not None else ''")
            return
        self.code(f"{made.name} = write_scaled({source}, {value.arguments[0]}) if {source} is not None else ''")
        with self.code.block(f"if {source} is not None and not {made.name}:"):
            self.lose(value.frame, value.path, source, f"finer than a part in {value.arguments[0]}")

    def _write_timestamp(self, value: Value, source: str, made: _Field) -> None:
        self.code(f"{made.name} = write_timestamp({source}) if {source} is not None else ''")
        with self.code.block(f"if {source} is not None and not {made.name}:"):
            self.lose(value.frame, value.path, source, f"{value.locator.text} wants seconds and an offset")

    def _write_texts(self, value: Value, source: str, made: _Field) -> None:
        locator = value.locator
        with self.code.block(f"if {source} and len({source}) > {locator.count}:"):
            self.lose(value.frame, value.path, source, f"{locator.text} holds {locator.count} texts; the rest is cut")
        self.code(f"{made.name} = {self.map.grammar.joiner!r}.join(({source} or ())[:{locator.count}])")

    def _write_moment(self, value: Value, source: str, made: _Field) -> None:
        form = self.fresh()
        preferred = value.arguments[1] if len(value.arguments) > 1 else ""
        self.code(f"{made.name}, {form} = write_moment({source}, {preferred!r}) if {source} is not None else ('', '')")
        made.companions[value.companions[0]] = form
        codes = self.map.grammar.codes(value.companions[0]) if value.companions[0].attribute else None
        if codes is not None and not codes >= set(converters.FORMATS):
            allowed = ", ".join(sorted(codes))
            with self.code.block(f"if {made.name} and {form} not in {sorted(codes)!r}:"):
                why = f"{value.locator.text} wants a date in format {allowed}: a time to the second, with its offset"
                self.lose(value.frame, value.path, source, why)
                self.code(f"{made.name} = {form} = ''")

    def _write_measure(self, value: Value, source: str, made: _Field) -> None:
        unit = self.fresh()
        with self.code.block(f"if {source} is None:"):
            self.code(f"{made.name} = {unit} = ''")
        with self.code.block("else:"):
            self.code(f"{made.name} = write_decimal({source}.value)", f"{unit} = {source}.unit or ''")
            if not value.companions:
                with self.code.block(f"if {unit}:"):
                    self.lose(value.frame, (*value.path, "unit"), unit, "there is no place for the unit")
        if value.companions:
            made.companions[value.companions[0]] = unit

    def _write_coded(self, value: Value, source: str, made: _Field) -> None:
        names = [self.fresh(), self.fresh()]
        with self.code.block(f"if {source} is None:"):
            self.code(f"{made.name} = {names[0]} = {names[1]} = ''")
        with self.code.block("else:"):
            self.code(f"{made.name} = {source}.value")
            for name, attribute in zip(names, ("list", "agency"), strict=True):
                self.code(f"{name} = {source}.{attribute} or ''")
            for number, attribute in enumerate(("list", "agency")):
                if number >= len(value.companions):
                    with self.code.block(f"if {names[number]}:"):
                        path = (*value.path, attribute)
                        self.lose(value.frame, path, names[number], f"there is no place for the {attribute}")
        made.companions.update(zip(value.companions, names, strict=False))

    def _write_text(self, value: Value, source: str, made: _Field) -> None:
        locator, code = value.locator, self.code
        if locator.count == 1:
            code(f"{made.name} = {source} or ''")
            if not self.map.grammar.multiline:
                with code.block(f"if '\\n' in {made.name}:"):
                    self.lose(value.frame, value.path, made.name, f"{locator.text} holds a single line")
                    code(f"{made.name} = {made.name}.replace('\\n', ' ')")
            return
        with code.block(f"if {source} is None:"):
            code(f"{made.name} = ''")
        with code.block("else:"):
            lines = self._lines(value, source)
            with code.block(f"if len({lines}) > {locator.count}:"):
                self.lose(
                    value.frame, value.path, source, f"{locator.text} holds {locator.count} lines; the rest is cut"
                )
            code(f"{made.name} = {self.map.grammar.joiner!r}.join({lines}[:{locator.count}])")

    def _lines(self, value: Value, source: str) -> str:
        """Write the splitting of a text into lines, reported when it cannot be joined again exactly."""
        lines, width = self.fresh("l"), value.arguments[0] if value.arguments else "70"
        self.code(f"{lines} = write_lines({source}, {width})")
        with self.code.block(f"if len({lines}) > 1 and read_lines({lines}, {width}) != {source}:"):
            self.lose(value.frame, value.path, source, f"its line breaks do not fit lines of {width}")
        return lines

    def _fold(self, rule: Rule, names: Names, count: str) -> None:
        """Write one text into as many records as it needs."""
        value = next(v for v in rule.values if v.is_data)
        constants = {locator: repr(text) for locator, text in _constants(rule).items()}
        source = self.get(value.frame, value.path, names)
        size = value.locator.count
        with self.code.block(f"if {source} is not None:"):
            lines = self._lines(value, source)
            start = self.fresh("z")
            with self.code.block(f"for {start} in range(0, len({lines}), {size}):"):
                if count:
                    with self.code.block(f"if {count} >= {rule.place.repeat}:"):
                        self.lose(
                            value.frame,
                            value.path,
                            source,
                            f"{rule.place.trail} holds {rule.place.repeat}; the rest is cut",
                        )
                        self.code("break")
                    self.code(f"{count} += 1")
                self.trace(value.frame, value.path, value.locator)
                text = self.fresh()
                self.code(f"{text} = {self.map.grammar.joiner!r}.join({lines}[{start}:{start} + {size}])")
                record = self.map.grammar.record(rule.place, {**constants, value.locator: text})
                self.code(f"out.append({record})")

    def _fit(self, value: Value, made: _Field) -> None:
        """Write the length check of a text: what is too long is reported and left out, a free text is cut."""
        match = _FORMAT.fullmatch(value.locator.format)
        if match is None or value.locator.count > 1 or value.converter in ("code", "moment"):
            return
        kind, most, name = match[1], int(match[3]), made.name
        test = f"len({name}) > {most}" + (f" and digits({name}) > {most}" if kind == "n" else "")
        with self.code.block(f"if {test}:"):
            self.lose(value.frame, value.path, name, f"longer than {value.locator.format} of {value.locator.text}")
            self.code(f"{name} = {name}[:{most}].rstrip()" if value.converter == "text" else made.blank)
        if kind != "n" and not match[2]:
            with self.code.block(f"if {name} and len({name}) < {most}:"):
                self.lose(value.frame, value.path, name, f"shorter than {value.locator.format} of {value.locator.text}")
                self.code(made.blank)
        if kind == "n" and value.converter not in _NUMERIC:
            with self.code.block(f"if {name} and not numeric({name}):"):
                self.lose(value.frame, value.path, name, f"{value.locator.text} takes numbers only")
                self.code(made.blank)
        if kind == "n" and not match[2]:
            self._filled(value, name, most)

    def _filled(self, value: Value, name: str, width: int) -> None:
        """Fill a number of fixed length with zeros: to a text, unlike to a number, that is a change."""
        with self.code.block(f"if {name} and digits({name}) < {width}:"):
            if value.converter not in _NUMERIC:
                self.lose(value.frame, value.path, name, f"filled with zeros to {value.locator.format}")
            self.code(f"{name} = fixed({name}, {width})")

    # coverage

    def _uncovered(self, frame: int, names: Names) -> None:
        """Write the check of fields that no rule of the map touches."""
        for path, missing in uncovered(self.map, frame):
            here = self.get(frame, path, names)
            shapes = fields(part_at(self.map.frames[frame].part, path))
            tests = [
                f"{here}.{name}" if shapes[name].shape in (Shape.LIST, Shape.LINES) else f"{here}.{name} is not None"
                for name in missing
            ]
            test = " or ".join(tests)
            with self.code.block(f"if {here} is not None and ({test}):" if path else f"if {test}:"):
                for name, one in zip(missing, tests, strict=True):
                    with self.code.block(f"if {one}:"):
                        self.lose(frame, (*path, name), f"{here}.{name}", "the map has no place for it")


def uncovered(checked: CheckedMap, frame: int) -> list[tuple[Path, tuple[str, ...]]]:
    """Return, for a frame and every part below it that a rule touches, the fields that no rule touches."""
    touched: dict[Path, set[str]] = {(): set()}
    for rule in checked.rules:
        paths = [v.path for v in rule.values if v.path and not v.copy and v.frame == frame]
        if rule.is_each and rule.outer == frame:
            paths.append(rule.prefix)
        for path in paths:
            for depth in range(len(path)):
                touched.setdefault(path[:depth], set()).add(path[depth])
    found = []
    for path, names in sorted(touched.items()):
        missing = tuple(name for name in fields(part_at(checked.frames[frame].part, path)) if name not in names)
        if missing:
            found.append((path, missing))
    return found


def _same_composite(one: Locator, other: Locator) -> bool:
    """Whether two different values stand in one composite, or are a leaf and its attribute."""
    if one.key == other.key:
        return False
    return one.element == other.element if one.element else one.leaf == other.leaf


def _by_place(values: Iterable[Value]) -> list[list[Value]]:
    groups: dict[Any, list[Value]] = {}
    for value in values:
        groups.setdefault(value.locator.key, []).append(value)
    return list(groups.values())


def _constants(rule: Rule) -> dict[Locator, str]:
    """Return what a rule writes whatever the document: its selector and its constants."""
    constants = {locator: values[0] for locator, values in rule.tests}
    return constants | {value.locator: value.constant[0] for value in rule.values if value.constant}


def _read_from(constants: Mapping[Locator, str], rules: Iterable[Rule]) -> Iterator[tuple[int, Path, Locator]]:
    """Yield the fields that would be read from a record of constants: it stands in, and says nothing of them."""
    texts = {locator.key: text for locator, text in constants.items()}
    for rule in rules:
        if all(texts.get(locator.key, "") in values for locator, values in rule.tests):
            for value in rule.values:
                if value.is_data and texts.get(value.locator.key):
                    yield (
                        (rule.outer, rule.prefix, value.locator)
                        if rule.is_each
                        else (value.frame, value.path, value.locator)
                    )
            return


def _above(rule: Rule) -> Iterator[Rule]:
    parent = rule.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _shared(path: Path) -> str:
    return f"shared_{'_'.join(path)}"
