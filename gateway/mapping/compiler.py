"""From the merged source of a map to checked rules: every name resolved, every fault collected and located."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import MappingError
from gateway.mapping import language
from gateway.mapping.converters import CONVERTERS, OF_COPIES, read_codes
from gateway.mapping.fields import FieldShape, Shape, resolve, resolve_through_lists
from gateway.mapping.lint import lint
from gateway.mapping.rules import CheckedMap, Frame, Path, Rule, Test, Value
from gateway.mapping.source import MapSource, where
from gateway.model.base import Part
from gateway.model.documents import DOCUMENTS
from gateway.model.place import Locator, Place
from gateway.plugin import Grammar
from gateway.yaml_source import MarkedText, nearest

_PARTS_DEEP = 8  # a part may use a part; deeper than this is a cycle
_PRESETS_OF_MOMENT = ("101", "201")


class _Unknown(Part):
    """What an `each` or `to` means whose path is wrong: that is one fault, and what is below it none."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a path is relative to, innermost last: (frame, prefix) for each enclosing each and to."""

    levels: tuple[tuple[int, Path], ...] = ((0, ()),)

    def inside(self, frame: int, prefix: Path) -> _Scope:
        return _Scope((*self.levels, (frame, prefix)))


@dataclass(slots=True)
class _Compiler:
    source: MapSource
    grammar: Grammar
    document: Any
    faults: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    used_parts: list[str] = field(default_factory=list)
    trace: tuple[MarkedText, ...] = ()

    def fault(self, text: object, message: object) -> None:
        """Record one fault, at its own mark and at the `use` that brought it here."""
        through = "".join(f" (used at {where(use)})" for use in self.trace)
        self.faults.append(f"{where(text)}: {message}{through}")

    def attempt(self, text: object, make: Callable[..., Any], *arguments: Any) -> Any:
        """Return what `make` makes of the arguments, or None after recording its `MappingError`."""
        try:
            return make(*arguments)
        except MappingError as error:
            self.fault(text, error)
            return None

    def rule(self, key: MarkedText, place: Place, parent: Rule | None) -> Rule:
        made = Rule(len(self.rules) + 1, key, place, parent)
        self.rules.append(made)
        return made

    def compile(self) -> Rule:
        self.frames.append(Frame(0, None, (), self.document))
        root = self.rule(MarkedText("/", self.source.message.mark), self.grammar.root, None)
        self.body(root, self.source.rules, _Scope())
        return root

    def body(self, rule: Rule, body: Any, scope: _Scope) -> None:
        for key, content in body.items():
            if key == "use":
                for name in content if isinstance(content, list) else [content]:
                    self.use(rule, name, scope)
            elif isinstance(content, dict):
                self.child(rule, key, content, scope)
            elif content in ("", "{}"):
                self.child(rule, key, {}, scope)
            elif not isinstance(content, MarkedText):
                self.fault(key, "a list is not a rule: write a mapping or a value")
            elif self.grammar.is_value(language.value_key(key).locator if "[" not in key else key.partition("[")[0]):
                self.value(rule, key, content, scope)
            else:
                self.fault(key, f"{str(key)!r} is no locator, so its content must be a mapping of rules")

    def use(self, rule: Rule, name: Any, scope: _Scope) -> None:
        part = self.source.parts.get(name)
        if part is None:
            self.fault(name, f"there is no part {str(name)!r}{nearest(name, list(self.source.parts))}")
        elif len(self.trace) >= _PARTS_DEEP:
            self.fault(name, f"part {str(name)!r} uses itself")
        else:
            if name not in self.used_parts:
                self.used_parts.append(name)
            outer, self.trace = self.trace, (*self.trace, name)
            self.body(rule, part, scope)
            self.trace = outer

    # values

    def value(self, rule: Rule, key: MarkedText, content: MarkedText, scope: _Scope) -> None:
        parsed = self.attempt(key, language.value_key, key)
        meaning = self.attempt(content, language.value, content)
        if parsed is None or meaning is None:
            return
        locator = self.attempt(key, self.grammar.value, rule.place, parsed.locator)
        if locator is None:
            return
        made = Value(key, locator, self.tests(key, rule.place, parsed.conditions, locator))
        match meaning:
            case language.Counter():
                made.counter = True
                if not any(self.enclosing_each(rule)):
                    self.fault(content, "'=#' counts entries: it needs an enclosing 'each'")
            case language.Constant(values):
                made.constant = values
            case language.Copy(path, converter, arguments):
                made.copy = True
                self.target(content, path, scope, made)
                made.converter, made.arguments = converter, arguments
                if converter in OF_COPIES:
                    self.convert(rule, content, made)
                elif converter:
                    self.fault(content, f"the converter of a copy is {' or '.join(OF_COPIES)}, or none")
            case language.Field(path, converter, arguments):
                self.target(content, path, scope, made)
                made.converter, made.arguments = converter, arguments
                self.convert(rule, content, made)
        rule.values.append(made)

    @staticmethod
    def enclosing_each(rule: Rule | None) -> Iterator[Rule]:
        while rule is not None:
            if rule.is_each:
                yield rule
            rule = rule.parent

    def tests(
        self, key: MarkedText, place: Place, conditions: tuple[language.Condition, ...], near: Locator | None = None
    ) -> tuple[Test, ...]:
        found = []
        for condition in conditions:
            locator = self.attempt(key, self.grammar.value, place, condition.locator, near)
            if locator is not None:
                found.append((locator, condition.values))
        return tuple(found)

    def path(self, text: MarkedText, written: str, scope: _Scope) -> tuple[int, Path]:
        """Return the frame and path that a written path means: '^' climbs, '/' starts at the document."""
        levels = scope.levels
        while written.startswith("^"):
            written = written[1:]
            if len(levels) == 1:
                self.fault(text, "'^' climbs above the document")
            else:
                levels = levels[:-1]
        if written.startswith("/"):
            written, levels = written[1:], levels[:1]
        frame, prefix = levels[-1]
        return frame, (*prefix, *written.split("."))

    def target(self, text: MarkedText, written: str, scope: _Scope, made: Value) -> None:
        made.frame, made.path = self.path(text, written, scope)
        if self.frames[made.frame].part is _Unknown:
            return
        made.shape = self.attempt(text, resolve, self.frames[made.frame].part, made.path)
        if made.shape and made.shape.shape in (Shape.LIST, Shape.PART):
            self.fault(text, f"{written} holds a {made.shape.shape}, not a single value")
            made.shape = None
        if written.startswith("^") and made.frame != scope.levels[-1][0]:
            self.fault(text, f"'^' out of a repeating place would write {written} once per entry: move the field")

    def convert(self, rule: Rule, text: MarkedText, made: Value) -> None:
        converter = CONVERTERS.get(made.converter)
        if converter is None:
            self.fault(text, f"there is no converter {made.converter!r}{nearest(made.converter, list(CONVERTERS))}")
            made.shape = None
            return
        if made.shape and made.shape.shape not in converter.shapes:
            fitting = [name for name, other in CONVERTERS.items() if made.shape.shape in other.shapes]
            self.fault(text, f"{'.'.join(made.path)} is a {made.shape.shape}: its converter is {' or '.join(fitting)}")
        check = getattr(self, f"_arguments_of_{made.converter}", self._companions)
        check(rule, text, made)

    def _companions(self, rule: Rule, text: MarkedText, made: Value) -> None:
        least, most = CONVERTERS[made.converter].companions
        if not least <= len(made.arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            self.fault(text, f"{made.converter!r} takes {wanted} locators, not {len(made.arguments)}")
            return
        found = [
            self.attempt(text, self.grammar.value, rule.place, argument, made.locator) for argument in made.arguments
        ]
        made.companions = tuple(locator for locator in found if locator is not None)

    def _arguments_of_moment(self, rule: Rule, text: MarkedText, made: Value) -> None:
        preferred = made.arguments[1:]
        if any(form not in (*_PRESETS_OF_MOMENT, "102", "203", "204", "303", "304") for form in preferred):
            self.fault(text, f"the preferred format of a moment is one of {', '.join(_PRESETS_OF_MOMENT)}")
        arguments, made.arguments = made.arguments, made.arguments[:1]
        self._companions(rule, text, made)
        made.arguments = arguments

    def _arguments_of_code(self, _rule: Rule, text: MarkedText, made: Value) -> None:
        if len(made.arguments) != 1:
            self.fault(text, "'code' takes the name of one table")
        elif made.arguments[0] not in self.source.tables:
            known = list(self.source.tables)
            self.fault(text, f"there is no table {made.arguments[0]!r}{nearest(made.arguments[0], known)}")
        elif made.shape and made.shape.choices:
            for code, name in self.source.tables[made.arguments[0]].items():
                if name not in made.shape.choices:
                    what = f"{'.'.join(made.path)} is never {str(name)!r}"
                    self.fault(code, f"{what}{nearest(name, made.shape.choices)}")

    def _arguments_of_decimal(self, _rule: Rule, text: MarkedText, made: Value) -> None:
        if len(made.arguments) > 1 or any(one not in ("10", "100", "1000") for one in made.arguments):
            self.fault(text, "'decimal' takes 10, 100 or 1000, where whole numbers of that part are written")

    def _arguments_of_texts(self, _rule: Rule, text: MarkedText, made: Value) -> None:
        if made.arguments or made.locator.count == 1:
            self.fault(text, "'texts' takes a place that holds several texts, and nothing else")

    def _arguments_of_text(self, _rule: Rule, text: MarkedText, made: Value) -> None:
        if len(made.arguments) > 1 or not all(a.isdigit() and int(a) for a in made.arguments):
            self.fault(text, "'text' takes the width of its lines")

    def _arguments_of_ref(self, _rule: Rule, text: MarkedText, made: Value) -> None:
        if len(made.arguments) != 1:
            self.fault(text, "'ref' takes the path of the key it refers to")
        else:
            path = tuple(made.arguments[0].lstrip("/").split("."))
            self.attempt(text, resolve_through_lists, self.document, path)

    # rules

    def child(self, rule: Rule, key: MarkedText, content: Any, scope: _Scope) -> None:
        parsed = self.attempt(key, language.rule_key, key)
        if parsed is None:
            return
        place = self.attempt(key, self.grammar.child, rule.place, parsed.name)
        if place is None:
            return
        made = self.rule(key, place, rule)
        made.tests = self.tests(key, place, parsed.conditions)
        made.verb, made.frame, made.outer = parsed.verb, rule.frame, rule.frame
        made.first_only = parsed.first
        if parsed.verb in language.VERBS_WITH_PATH:
            scope = self.entered(made, parsed, key, scope)
        self.body(made, content, scope)
        rule.children.append(made)

    def entered(self, made: Rule, parsed: language.RuleKey, key: MarkedText, scope: _Scope) -> _Scope:
        """Resolve the path of an `each` or `to` and return the scope inside it."""
        frame, path = self.path(key, parsed.path, scope)
        lost = self.frames[frame].part is _Unknown
        shape = None if lost else self.attempt(key, resolve, self.frames[frame].part, path)
        made.outer, made.prefix = frame, path
        if parsed.verb == "to":
            made.verb, made.frame = "one", frame
            if shape and shape.shape is Shape.PART:
                return scope.inside(frame, path)
            if shape:
                self.fault(key, f"{parsed.path} is a {shape.shape}: 'to' needs a part of the document")
            return scope.inside(self.unknown(frame, path), ())
        if shape and (shape.shape is not Shape.LIST or shape.part is None):
            self.fault(key, f"{parsed.path} does not repeat: 'each' needs a list")
            shape = None
        if made.place.repeat == 1:
            self.fault(key, f"{made.place.trail} does not repeat in {self.grammar.type}: use 'to'")
        part = shape.part if shape and shape.part else _Unknown
        self.frames.append(Frame(len(self.frames), frame, path, part))
        made.frame = len(self.frames) - 1
        if parsed.by and part is not _Unknown:
            self.shared_list(made, parsed, key, scope, part)
        return scope.inside(made.frame, ())

    def unknown(self, frame: int, path: Path) -> int:
        """Return a frame in which paths are not looked up, as what holds them is wrong already."""
        self.frames.append(Frame(len(self.frames), frame, path, _Unknown))
        return len(self.frames) - 1

    def shared_list(self, made: Rule, parsed: language.RuleKey, key: MarkedText, scope: _Scope, part: Any) -> None:
        """Resolve `by KEY of PATH` or `by KEY rest`: which entries of a shared list belong here."""
        made.by = parsed.by
        if made.outer != 0:
            self.fault(key, "a shared list belongs to the document: start its path with '/'")
        self.attempt(key, resolve, part, (parsed.by,))
        here = self.frames[scope.levels[-1][0]].part
        made.via = tuple(parsed.via.split(".")) if parsed.via else ()
        if not made.via:
            return
        shape: FieldShape | None = self.attempt(key, resolve_through_lists, here, made.via)
        if shape and shape.shape is not Shape.LINE:
            self.fault(key, f"{parsed.via} is a {shape.shape}, not a key")


def compile_map(source: MapSource, grammar: Grammar) -> CheckedMap:
    """Check a map against one message structure.

    Raises `MappingError` whose text lists every fault, one a line, each with file, line and column.
    """
    document = DOCUMENTS.get(source.document)
    if document is None:
        raise MappingError(
            f"{where(source.document)}: there is no document {str(source.document)!r}"
            f"{nearest(source.document, list(DOCUMENTS))}"
        )
    compiler = _Compiler(source, grammar, document)
    _check_tables(compiler)
    root = compiler.compile()
    checked = CheckedMap(
        source.name, source.file, document, grammar, source.tables, root, compiler.frames, compiler.rules
    )
    if not compiler.faults:
        faults, checked.warnings = lint(checked)
        compiler.faults += faults
    if compiler.faults:
        raise MappingError("\n".join(dict.fromkeys(compiler.faults)))
    return checked


def _check_tables(compiler: _Compiler) -> None:
    for name, table in compiler.source.tables.items():
        seen: dict[str, str] = {}
        for code, meaning in table.items():
            if meaning in seen:
                compiler.fault(
                    code,
                    f"table {name} is not one-to-one: {str(meaning)!r} is already {str(seen[meaning])!r}; "
                    f"for a synonym write {seen[meaning]}|{code}",
                )
            seen[str(meaning)] = code
        if len(read_codes(table)) != sum(len(row.split("|")) for row in table):
            compiler.fault(next(iter(table), name), f"table {name} gives one code twice")
