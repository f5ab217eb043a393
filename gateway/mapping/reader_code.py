"""Generates the reader of a map: one handler for each place under each rule, in a fast and a careful variant.

A handler gets the record `s`, the dicts under construction `F` (one for each frame, then the extras below), the
dispatch list `D` (place id to handler) and the occurrence marks `O` (one for each rule). The fast variant returns
true as soon as anything is notable, and the message is read again by the careful one, which has no such returns:
it gets the observer `C` too, which records lineage and findings and goes on.

    a conditional rule sets the handlers of its descendants when it matches, and switches them off when it does not
    a single rule marks its occurrence; its parent's next record clears the mark: a second one is never blended
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from gateway.mapping import converters
from gateway.mapping.code import Code, literal
from gateway.mapping.fields import part_at
from gateway.mapping.rules import CheckedMap, Path, Rule, Value, readable
from gateway.mapping.runtime import merge, unshared
from gateway.model.place import Locator, Place

#: Slots of `F` after the frames: folded texts, copies, entries of shared lists by key, and repeats of those.
EXTRAS = 4
FOLDS, COPIES, KEYED, REPEATS = range(EXTRAS)
SKIP = "skip"
_REMEMBERED = 4096  # parts kept for each rule whose record alone decides the part


@dataclass(slots=True)
class GeneratedReader:
    """Handlers by place id for the top level, and the source they were made from."""

    dispatch: list[Any]
    source: str
    frames: int
    rules: int


@dataclass(slots=True)
class _Target:
    """The dict that a rule's values go to: an expression, and whether it must be attached when filled."""

    frame: int
    prefix: Path
    name: str
    local: bool


@dataclass(slots=True)
class ReaderCode:
    """Writes the handlers of one map; `careful` chooses the variant."""

    map: CheckedMap
    careful: bool = False
    code: Code = field(default_factory=Code)
    locators: list[Locator] = field(default_factory=list)
    writers: dict[tuple[int, Path], set[int]] = field(default_factory=dict)
    memories: dict[str, Any] = field(default_factory=dict)
    handlers: int = 0

    @property
    def arguments(self) -> str:
        """The parameters of a handler."""
        return "s, F, D, O, C" if self.careful else "s, F, D, O"

    def extra(self, slot: int) -> str:
        """Return the expression of one of the extras behind the frames."""
        return f"F[{len(self.map.frames) + slot}]"

    def generate(self) -> GeneratedReader:
        """Return the compiled handlers."""
        self._note_writers()
        static = self._children(self.map.root)
        grammar = self.map.grammar
        names: dict[str, Any] = {
            **grammar.names,
            **{f.__name__: f for f in (merge, unshared)},
            "LOC": self.locators,
            **{f.__name__: f for f in (converters.read_integer, converters.read_measure, converters.read_coded)},
            **{f.__name__: f for f in (converters.read_moment, converters.read_lines)},
            **{f.__name__: f for f in (converters.decimal, converters.read_scaled)},
            **{f"T_{name}": converters.read_codes(table) for name, table in self.map.tables.items()},
        }
        with self.code.block(f"def {SKIP}({self.arguments}):"):
            self._notable("C.skipped(s)")
            self.code("return 0")
        with self.code.block(f"def reported({self.arguments}):"):
            self.code("return 0")
        names |= self.memories
        kind = "careful" if self.careful else "fast"
        defined = self.code.compile(f"{kind} reader of {self.map.name} for {grammar.type}", names)
        dispatch = [defined[static.get(place.id, SKIP)] for place in grammar.places]
        dispatch[0] = defined["reported"]
        for place in grammar.root.children:
            if place.name in ("UNH", "UNT"):
                dispatch[place.id] = defined["reported"]
        return GeneratedReader(dispatch, self.code.text, len(self.map.frames), len(self.map.rules))

    def _note_writers(self) -> None:
        """Note which rules write below each path, to know where dicts must be merged."""
        for rule in self.map.rules:
            for value in rule.values:
                if value.path:
                    for depth in range(1, len(value.path) + 1):
                        self.writers.setdefault((value.frame, value.path[:depth]), set()).add(rule.number)
            if rule.is_each:
                for depth in range(1, len(rule.prefix)):
                    self.writers.setdefault((rule.outer, rule.prefix[:depth]), set()).add(rule.number)

    def _alone(self, rule: Rule, frame: int, path: Path) -> bool:
        return self.writers.get((frame, path), set()) <= {rule.number}

    def _first(self, rule: Rule, frame: int, path: Path) -> bool:
        """Whether nobody can have filled a path before this rule: only what stands below it writes there too."""
        if frame != rule.frame or rule.verb not in ("one", "each"):
            return False
        return self.writers.get((frame, path), set()) <= {below.number for below in rule.walk()}

    def _notable(self, call: str) -> None:
        """Something is not carried as it stands: the fast variant gives up, the careful one reports it."""
        self.code(call if self.careful else "return 1")

    def _locator(self, locator: Locator) -> str:
        self.locators.append(locator)
        return f"LOC[{len(self.locators) - 1}]"

    # structure

    def _children(self, rule: Rule) -> dict[int, str]:
        """Write the handlers of everything under a rule; return those that hold whenever it does."""
        found: dict[int, str] = {}
        for place, rules in rule.by_place():
            found.update(self._handler(place, rules))
        return found

    def _handler(self, place: Place, rules: list[Rule]) -> dict[int, str]:
        """Write the handler of one place under one rule; return it with its unconditional descendants."""
        below = {rule.number: self._children(rule) for rule in rules}
        descendants = sorted({place_id for closure in below.values() for place_id in closure})
        only = rules[0]
        static = len(rules) == 1 and not only.tests and only.verb in ("each", "fold")
        self.handlers += 1
        name = f"h{self.handlers}_{place.name}"
        bound: set[str] = set()
        with self.code.block(f"def {name}({self.arguments}):"):
            self.code(*self.map.grammar.head(place))
            ranked = readable(rules)
            for rule in ranked:
                for locator, _ in rule.tests:
                    self.code(*self.map.grammar.bind(locator, bound)[0])
            for rule in ranked:
                tests = [literal(values, self.map.grammar.bind(locator, bound)[1]) for locator, values in rule.tests]
                closure = None if static else {p: below[rule.number].get(p, SKIP) for p in descendants}
                if tests:
                    with self.code.block(f"if {' and '.join(tests)}:"):
                        self._branch(rule, set(bound), closure)
                else:
                    self._branch(rule, set(bound), closure)
                    break
            else:
                self._dispatch(dict.fromkeys(descendants, SKIP))
                self._notable("C.unmatched(s)")
                self.code("return 0")
        return {place.id: name, **(below[only.number] if static else dict.fromkeys(descendants, SKIP))}

    def _dispatch(self, closure: dict[int, str] | None) -> None:
        by_handler: dict[str, list[int]] = {}
        for place_id, handler in (closure or {}).items():
            by_handler.setdefault(handler, []).append(place_id)
        for handler, places in by_handler.items():
            self.code(" = ".join(f"D[{place_id}]" for place_id in places) + f" = {handler}")

    def _branch(self, rule: Rule, bound: set[str], closure: dict[int, str] | None) -> None:
        if rule.verb == "one":
            with self.code.block(f"if O[{rule.number}]:"):
                self._dispatch(dict.fromkeys(closure or {}, SKIP))
                self._notable(f"C.second(s, {rule.number})")
                self.code("return 0")
            self.code(f"O[{rule.number}] = 1")
        singles = [f"O[{child.number}]" for child in rule.children if child.verb == "one"]
        if singles:
            self.code(" = ".join(singles) + " = 0")
        self._dispatch(closure)
        if self._is_remembered(rule):
            self._remembered(rule, bound)
            return
        if rule.is_each:
            self._open_frame(rule, bound)
        elif self.careful:
            self.code(f"C.instance(C.P[{rule.frame}], {rule.number})")
        self._values(rule, bound)
        self._remarks(rule, bound)
        self.code("return 0")

    def _is_remembered(self, rule: Rule) -> bool:
        """Whether a record's content alone decides the part it makes: then equal records share one frozen part."""
        return (
            not self.careful
            and rule.verb == "one"
            and len(rule.prefix) == 1
            and self.map.grammar.identity(rule.place) is not None
            and self._first(rule, rule.frame, rule.prefix)
            and all(
                v.constant or (v.is_data and v.frame == rule.frame and v.path[0] == rule.prefix[0]) for v in rule.values
            )
        )

    def _remembered(self, rule: Rule, bound: set[str]) -> None:
        """Write the reading of a record through a bounded memory of the parts that earlier ones made.

        Where records below may add to the part it is kept as a dict, and each gets a copy of its own.
        """
        code, memory, name = self.code, f"M{rule.number}", rule.prefix[0]
        self.memories[memory] = {}
        code(f"k = {self.map.grammar.identity(rule.place)}", f"m = {memory}.get(k)")
        with code.block("if m is None:"):
            code("d = {}")
            self._values(rule, bound, own="d")
            self._remarks(rule, bound)
            code(f"m = d.get({name!r}) or False")
            for path in self._own_parts(rule):
                check, step = f"P{rule.number}_{'_'.join(path)}", path[-1]
                self.memories[check] = part_at(self.map.frames[rule.frame].part, path).model_validate
                if path == rule.prefix:
                    code(f"if m: m = {check}(m)")
                else:
                    code(f"if m and {step!r} in m: m[{step!r}] = {check}(m[{step!r}])")
            code(f"if len({memory}) >= {_REMEMBERED}: {memory}.clear()", f"{memory}[k] = m")
        code(f"if m: F[{rule.frame}][{name!r}] = {'unshared(m)' if rule.children else 'm'}", "return 0")

    def _own_parts(self, rule: Rule) -> list[Path]:
        """Return the parts that a record makes by itself: its whole, or those directly below that no other fills."""
        if not rule.children:
            return [rule.prefix]
        below = dict.fromkeys(value.path[:2] for value in rule.values if len(value.path) == 3)
        return [path for path in below if self._alone(rule, rule.frame, path)]

    def _open_frame(self, rule: Rule, bound: set[str]) -> None:
        """Start a new entry of the list that an `each` fills."""
        code = self.code
        code(f"p = F[{rule.outer}]")
        for name in rule.prefix[:-1]:
            code(f"p = p.setdefault({name!r}, {{}})")
        last = rule.prefix[-1]
        code("d = {}", f"q = p.get({last!r})")
        if rule.by:
            key = next((v for v in rule.values if v.frame == rule.frame and v.path == (rule.by,)), None)
            lines, raw = self.map.grammar.bind(key.locator, bound) if key else ((), "''")
            code(*lines, f"k = ({'.'.join(rule.prefix)!r}, {self.map.grammar.clean(raw)})", f"x = {self.extra(KEYED)}")
            with code.block("if k[1] and k in x:"):
                code(f"{self.extra(REPEATS)}.append((x[k], d))")
                if self.careful:
                    code(f"C.again({rule.number}, [e is x[k] for e in q].index(True))")
            with code.block("else:"):
                code("x[k] = d")
                self._append(rule, last)
        else:
            self._append(rule, last)
        code(f"F[{rule.frame}] = d")

    def _append(self, rule: Rule, last: str) -> None:
        self.code(f"if q is None: q = p[{last!r}] = [d]", "else: q.append(d)")
        if self.careful:
            self.code(f"C.entry({rule.number}, len(q) - 1)")

    # values

    def _values(self, rule: Rule, bound: set[str], own: str = "") -> None:
        """Write the reading of every value; `own` names the frame's dict where it is not the usual one."""
        targets: dict[tuple[int, Path], _Target] = {}
        places: dict[Any, list[Value]] = {}
        for value in rule.values:
            if value.is_data:
                places.setdefault((value.locator.key, value.locator.count), []).append(value)
                self._target(rule, value, targets, own)
        for alternatives in places.values():
            self._place(rule, alternatives, targets, bound)
        self._attach(rule, targets, own)

    def _target(self, rule: Rule, value: Value, targets: dict[tuple[int, Path], _Target], own: str) -> None:
        at = (value.frame, value.path[:-1])
        if at in targets:
            return
        own = own or ("d" if rule.is_each and value.frame == rule.frame else f"F[{value.frame}]")
        if at[1]:
            name = f"t{len(targets)}"
            self.code(f"{name} = {{}}")
            targets[at] = _Target(*at, name, local=True)
        else:
            targets[at] = _Target(*at, own, local=False)

    def _place(
        self, rule: Rule, alternatives: list[Value], targets: dict[tuple[int, Path], _Target], bound: set[str]
    ) -> None:
        """Write the reading of one place: its alternatives in order of how many conditions they have."""
        grammar, code = self.map.grammar, self.code
        for value in alternatives:
            for locator in value.locators:
                code(*grammar.bind(locator, bound)[0])
        first = alternatives[0].locator
        raw = grammar.bind(first, bound)[1]
        if first.count > 1:
            code(f"x = {raw}")
            raw = "x"
        ranked = sorted(alternatives, key=lambda value: -len(value.tests))
        with code.block(f"if any({raw}):" if first.count > 1 else f"if {raw}:"):
            keyword = "if"
            for value in ranked:
                tests = [literal(values, grammar.bind(locator, bound)[1]) for locator, values in value.tests]
                target = targets[value.frame, value.path[:-1]]
                if tests:
                    with code.block(f"{keyword} {' and '.join(tests)}:"):
                        self._store(rule, value, raw, target, bound)
                        self._beside(rule, value, alternatives, bound)
                    keyword = "elif"
                elif keyword == "elif":
                    with code.block("else:"):
                        self._store(rule, value, raw, target, bound)
                    break
                else:
                    self._store(rule, value, raw, target, bound)
                    break
            else:
                with code.block("else:"):
                    self._notable(f"C.unsuited({self._locator(first)}, {raw}, {rule.number})")
        self._orphans(rule, alternatives, bound)

    def _beside(self, rule: Rule, value: Value, alternatives: list[Value], bound: set[str]) -> None:
        """Write the check that nothing stands there that only another alternative would carry."""
        carried = {locator.key for locator in (*value.locators, *(locator for locator, _ in rule.tests))}
        carried |= {one.key for other in rule.values if other not in alternatives for one in other.locators}
        others = {one.key: one for other in alternatives for one in other.locators if one.key not in carried}
        for locator in others.values():
            text = self.map.grammar.bind(locator, bound)[1]
            with self.code.block(f"if {text}:"):
                self._notable(f"C.beside({self._locator(locator)}, {text}, {rule.number})")

    def _orphans(self, rule: Rule, alternatives: list[Value], bound: set[str]) -> None:
        """Write the check that unit, format or code list do not stand there without the value they belong to."""
        taken = {value.locator.key for value in rule.values} | {locator.key for locator, _ in rule.tests}
        lone = {one.key: one for value in alternatives for one in value.locators if one.key not in taken}
        present = [(locator, self.map.grammar.bind(locator, bound)[1]) for locator in lone.values()]
        if not present:
            return
        with self.code.block(f"elif {' or '.join(text for _, text in present)}:"):
            if not self.careful:
                self.code("return 1")
                return
            for locator, text in present:
                self.code(f"if {text}: C.orphan({self._locator(locator)}, {text}, {rule.number})")

    def _expression(self, value: Value, raw: str, bound: set[str]) -> str:
        """Return the expression that converts the raw text; it may raise ValueError."""
        clean = self.map.grammar.clean
        companions = [self.map.grammar.bind(locator, bound)[1] for locator in value.companions]
        match value.converter:
            case "int":
                return f"read_integer({raw})"
            case "measure":
                unit = clean(companions[0]) if companions else "''"
                return f"read_measure({raw}, {unit})"
            case "coded":
                rest = [clean(one) for one in companions] + ["''"] * (2 - len(companions))
                return f"read_coded({clean(raw)}, {', '.join(rest)})"
            case "decimal":
                return f"read_scaled({raw}, {value.arguments[0]})" if value.arguments else f"decimal({raw})"
            case "texts":
                return f"tuple([{clean('z')} for z in {raw} if z])"
            case "moment":
                return f"read_moment({clean(raw)}, {companions[0]})"
            case "text" if value.locator.count > 1:
                width = value.arguments[0] if value.arguments else "0"
                joined = f"read_lines([{self.map.grammar.clean_line('z')} for z in {raw}], {width})"
                return f"{clean(f'{raw}[0]')} if len({raw}) == 1 else {joined}"
            case _:
                return clean(raw)

    def _store(self, rule: Rule, value: Value, raw: str, target: _Target, bound: set[str]) -> None:
        code = self.code
        if rule.verb == "fold" and value.converter == "text":
            self._fold(value, raw, target)
            return
        if value.converter == "code":
            table = f"T_{value.arguments[0]}"
            code(f"y = {table}.get({raw})")
            if value.shape is not None and value.shape.choices:
                self._of_fixed_set(rule, value, target, raw)
                return
            with code.block("if y is None:"):
                code(f"y = {converters.UNKNOWN!r} + {self.map.grammar.clean(raw)}")
                if self.careful:
                    code(
                        f"C.unknown({self._locator(value.locator)}, {raw}, {value.arguments[0]!r}, {self._full(value)})"
                    )
                else:
                    code("return 1")
            self._assign(rule, value, target, "y", raw)
            return
        expression = self._expression(value, raw, bound)
        if not self.careful:
            self._assign(rule, value, target, expression, raw)
            return
        with code.block("try:"):
            code(f"y = {expression}")
        with code.block("except ValueError as error:"):
            code(f"C.bad({self._locator(value.locator)}, {raw}, error, {self._full(value)})")
        with code.block("else:"):
            self._assign(rule, value, target, "y", raw)

    def _of_fixed_set(self, rule: Rule, value: Value, target: _Target, raw: str) -> None:
        """Write the assignment of a name that can be no other: a code without one is reported, and not kept."""
        with self.code.block("if y is None:"):
            table = value.arguments[0]
            self._notable(f"C.nameless({self._locator(value.locator)}, {raw}, {table!r}, {self._full(value)})")
        with self.code.block("else:"):
            self._assign(rule, value, target, "y", raw)

    def _full(self, value: Value) -> str:
        return f"C.P[{value.frame}] + {'.'.join(value.path)!r}"

    def _assign(self, rule: Rule, value: Value, target: _Target, expression: str, raw: str) -> None:
        """Write the assignment, checked where another rule may have filled the field."""
        code, key = self.code, value.path[-1]
        if expression != "y":
            code(f"y = {expression}")
        may_be_blank = value.converter in ("str", "ref", "text")
        alone = target.local or (rule.is_each and value.frame == rule.frame)
        with code.block("if y:") if may_be_blank and self.careful else nullcontext():
            guard = "if y: " if may_be_blank and not self.careful else ""
            if alone or self._alone(rule, value.frame, value.path):
                code(f"{guard}{target.name}[{key!r}] = y")
            else:
                test = f"y and {target.name}" if guard else target.name
                with code.block(f"if {test}.setdefault({key!r}, y) != y:"):
                    self._notable(f"C.conflict({self._locator(value.locator)}, {raw}, {self._full(value)})")
            if self.careful:
                code(f"C.value({self._full(value)}, {self._locator(value.locator)})")

    def _fold(self, value: Value, raw: str, target: _Target) -> None:
        """Collect the lines of several records; they are joined when the message has been read."""
        code, key = self.code, value.path[-1]
        code(f"q = {target.name if not target.local else f'F[{value.frame}]'}")
        for name in value.path[:-1] if target.local else ():
            code(f"q = q.setdefault({name!r}, {{}})")
        width = value.arguments[0] if value.arguments else "0"
        lines = f"[{self.map.grammar.clean_line('z')} for z in {raw}]" if value.locator.count > 1 else f"[{raw}]"
        with code.block(f"if {key!r} in q:"):
            code(f"q[{key!r}].extend({lines})")
        with code.block("else:"):
            code(f"q[{key!r}] = {lines}", f"{self.extra(FOLDS)}.append((q, {key!r}, {width}))")
        if self.careful:
            code(f"C.value({self._full(value)}, {self._locator(value.locator)})")

    def _attach(self, rule: Rule, targets: dict[tuple[int, Path], _Target], frame_dict: str) -> None:
        """Hang the filled dicts into their frames, innermost first where nobody else fills them."""
        code = self.code
        local = sorted((t for t in targets.values() if t.local), key=lambda t: -len(t.prefix))
        for target in local:
            above = targets.get((target.frame, target.prefix[:-1]))
            name = target.prefix[-1]
            with code.block(f"if {target.name}:"):
                own = frame_dict or ("d" if rule.is_each and target.frame == rule.frame else f"F[{target.frame}]")
                if self._first(rule, target.frame, target.prefix) and (above is not None or len(target.prefix) == 1):
                    code(f"{above.name if above is not None else own}[{name!r}] = {target.name}")
                    continue
                code(f"p = {own}")
                for step in target.prefix[:-1]:
                    code(f"p = p.setdefault({step!r}, {{}})")
                with code.block(f"if merge(p.setdefault({name!r}, {{}}), {target.name}):"):
                    self._notable(f"C.clash({rule.number})")

    # what is not data

    def _remarks(self, rule: Rule, bound: set[str]) -> None:
        """Write the checks of constants, counters and copies, and of data that no value covers."""
        grammar, code = self.map.grammar, self.code
        for value in rule.values:
            if value.is_data:
                continue
            lines, raw = grammar.bind(value.locator, bound)
            code(*lines)
            if value.constant:
                with code.block(f"if {raw} and not ({literal(value.constant, raw)}):"):
                    self._notable(f"C.constant({self._locator(value.locator)}, {raw}, {value.constant[0]!r})")
            elif value.counter:
                with code.block(f"if {raw} and {raw} != str({self._count(rule)}):"):
                    self._notable(f"C.counter({self._locator(value.locator)}, {raw})")
            else:
                for companion in value.companions:
                    code(*grammar.bind(companion, bound)[0])
                with code.block(f"if {raw}:"):
                    self._copy(value, raw, bound)
        locators = [*rule.locators, *(v.locator for v in rule.values)]
        lines, test = grammar.uncovered(rule.place, locators, bound)
        code(*lines)
        if test:
            with code.block(f"if {test}:"):
                self._notable(f"C.left(s, {rule.number})")

    def _copy(self, value: Value, raw: str, bound: set[str]) -> None:
        """Keep what a copy says until all is read: its field may come later."""
        code = self.code
        said = self._expression(value, raw, bound)
        if value.converter == "code":
            said = f"T_{value.arguments[0]}.get({raw}, {converters.UNKNOWN!r} + {said})"
        entry = f"F[{value.frame}], {value.path!r}, {said}"
        if not self.careful:
            code(f"{self.extra(COPIES)}.append(({entry}))")
            return
        with code.block("try:"):
            code(f"C.copy({entry}, {self._locator(value.locator)}, {self._full(value)})")
        with code.block("except ValueError as error:"):
            code(f"C.bad({self._locator(value.locator)}, {raw}, error, {self._full(value)})")

    @staticmethod
    def _count(rule: Rule) -> str:
        """Return the expression of how many entries the nearest enclosing list has."""
        holder: Rule | None = rule
        while holder is not None and not holder.is_each:
            holder = holder.parent
        if holder is None:
            return "0"
        steps = "".join(f"[{name!r}]" for name in holder.prefix)
        return f"len(F[{holder.outer}]{steps})"
