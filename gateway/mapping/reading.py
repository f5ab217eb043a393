"""Reading a message into its canonical document: fast, and again with care when anything is notable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from gateway.mapping.converters import read_lines
from gateway.mapping.reader_code import COPIES, EXTRAS, FOLDS, REPEATS, GeneratedReader, ReaderCode
from gateway.mapping.rules import CheckedMap, Path
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.place import Locator
from gateway.model.stages import Lineage, Mapped, Message

Locate = Callable[[Message, int, Locator | None], Position]
"""`Adapter.position`: where a record or one of its values stands in the bytes received."""

_ROUNDS = 100  # how many invalid values are taken out of one document before it is given up


@dataclass(slots=True)
class _State:
    """What one reading builds: frames, extras, dispatch and occurrence marks."""

    frames: list[Any]
    dispatch: list[Any]
    marks: bytearray

    @classmethod
    def fresh(cls, reader: GeneratedReader) -> _State:
        frames: list[Any] = [{}] + [None] * (reader.frames - 1) + [[], [], {}, []]
        return cls(frames, reader.dispatch.copy(), bytearray(reader.rules + 1))

    def extra(self, slot: int) -> Any:
        return self.frames[len(self.frames) - EXTRAS + slot]


@dataclass(slots=True)
class Observer:
    """What the careful reader tells: lineage of every value, and findings with canonical path and place."""

    map: CheckedMap
    message: Message
    paths: list[str]
    lineage: list[Lineage] = field(default_factory=list)
    found: list[tuple[Finding, int, Locator | None]] = field(default_factory=list)
    instances: dict[tuple[str, int], int] = field(default_factory=dict)
    copies: list[tuple[dict[str, Any], Path, Any, Locator, str, int]] = field(default_factory=list)
    repeated: list[tuple[int, str]] = field(default_factory=list)
    record: int = 0

    @property
    def P(self) -> list[str]:  # noqa: N802  # the generated code's short word
        """Path prefixes by frame."""
        return self.paths

    def _add(self, code: str, text: str, remedy: str, locator: Locator | None = None, **rest: Any) -> None:
        self.found.append((Finding(code, Kind.MAPPING, text, remedy=remedy, **rest), self.record, locator))

    # lineage

    def entry(self, rule: int, index: int) -> None:
        """Note a new entry of a list, and make its path the prefix of what follows."""
        made = self.map.rules[rule - 1]
        path = f"{self.paths[made.outer]}{'.'.join(made.prefix)}[{index}]"
        self.paths[made.frame] = f"{path}."
        self.lineage.append(Lineage(path, self.record))
        self.instance(f"{path}.", rule)

    def again(self, rule: int, index: int) -> None:
        """Note another description of an entry of a shared list."""
        self.repeated.append((self.record, f"{'.'.join(self.map.rules[rule - 1].prefix)}[{index}]"))
        self.entry(rule, index)

    def instance(self, prefix: str, rule: int) -> None:
        """Note the record of a rule in one frame entry: where its absent values would be."""
        self.instances.setdefault((prefix, rule), self.record)

    def value(self, path: str, locator: Locator) -> None:
        """Note where one canonical value came from."""
        self.lineage.append(Lineage(path, self.record, locator))

    # findings

    def _name(self) -> str:
        place = self.message.places[self.record]
        return self.map.grammar.places[place].trail

    def skipped(self, record: Any) -> None:
        """Report a record that the map has no rule for, or that stands under one that is not carried."""
        place = self.map.grammar.places[self.message.places[self.record]]
        if any(rule.place is place for rule in self.map.rules):
            text = f"{self._name()} is not carried: what it stands under is not carried"
            self._whole(record, "PH-2001", text, "see the finding on what it stands under")
        else:
            self._whole(record, "PH-2001", f"{self._name()} is not carried: the map has no rule for it")

    def unmatched(self, record: Any) -> None:
        """Report a record that no rule's selector takes."""
        self._whole(record, "PH-2001", f"{self._name()} is not carried: no rule of the map takes it")

    def second(self, record: Any, rule: int) -> None:
        """Report a record beyond the one that a single rule carries."""
        trail = self.map.rules[rule - 1].trail
        text = f"only the first {trail} is carried, and this is another"
        self._whole(record, "PH-2002", text, "send one only, or make it a list in the map")

    def _whole(
        self, record: Any, code: str, text: str, remedy: str = "add a rule to the map if the receiver needs it"
    ) -> None:
        values = self.map.grammar.leftovers(self.map.grammar.places[self.message.places[self.record]], record, ())
        shown = " ".join(value for _, value in values)[:200]
        self._add(code, text, remedy, value=shown)

    def left(self, record: Any, rule: int) -> None:
        """Report every value of a record that its rule does not carry."""
        made = self.map.rules[rule - 1]
        locators = [*made.locators, *(value.locator for value in made.values)]
        for locator, value in self.map.grammar.leftovers(made.place, record, locators):
            what = f"{made.trail} {locator.text}"
            self._add(
                "PH-2001", f"{what} is not carried", "add it to the map if the receiver needs it", locator, value=value
            )

    def unsuited(self, locator: Locator, raw: Any, rule: int) -> None:
        """Report a value for which none of the alternatives of its place is meant."""
        trail = self.map.rules[rule - 1].trail
        text = f"{trail} {locator.text} is not carried: none of its alternatives fits"
        self._add("PH-2001", text, "add an alternative to the map", locator, value=str(raw))

    def orphan(self, locator: Locator, raw: str, rule: int) -> None:
        """Report a unit, format or code list without the value it belongs to."""
        text = f"{self.map.rules[rule - 1].trail} {locator.text} is not carried: the value it belongs to is missing"
        self._add("PH-2001", text, "give the value too, or leave this out", locator, value=raw)

    def beside(self, locator: Locator, raw: str, rule: int) -> None:
        """Report what goes with another alternative of its place than the one that fits."""
        text = f"{self.map.rules[rule - 1].trail} {locator.text} is not carried: the alternative that fits has no use"
        self._add("PH-2001", f"{text} for it", "leave it out, or add it to the conditions", locator, value=raw)

    def bad(self, locator: Locator, raw: Any, error: ValueError, path: str) -> None:
        """Report a value that cannot be converted."""
        why = _reason(error)
        self._add(
            "PH-2003", f"{locator.text} cannot be read: {why}", "correct the value", locator, value=str(raw), path=path
        )

    def unknown(self, locator: Locator, raw: str, table: str, path: str) -> None:
        """Report a code that its table does not know; it is kept raw."""
        self._add(
            "PH-2006",
            f"{locator.text} has the code {raw!r}, which table {table!r} does not know; it is kept as it is",
            "correct the code, or add it to the table",
            locator,
            value=raw,
            path=path,
        )

    def nameless(self, locator: Locator, raw: str, table: str, path: str) -> None:
        """Report a code that its table does not know, where the field takes no other names."""
        text = f"{locator.text} has the code {raw!r}, which table {table!r} does not know"
        self._add("PH-2003", text, "correct the code", locator, value=raw, path=path)

    def needed(self, name: str) -> None:
        """Report that a field is missing without which there is no document, where it would be."""
        carried = [(r, v) for r in self.map.rules for v in r.values if v.is_data and (v.frame, v.path[0]) == (0, name)]
        where = None
        if carried:
            rule, where = carried[0][0], carried[0][1].locator
            self.record = self.instances.get(("", rule.number), 0)
        text = f"{name} is missing, and there is no {self.map.document.__name__} without it"
        self._add("PH-2003", text, "give it", where, path=name)

    def refused(self, fault: Mapping[str, Any]) -> None:
        """Report a value that the document does not admit."""
        origins = {entry.path: entry for entry in reversed(self.lineage)}
        path = _path_of(fault["loc"])
        entry = origins.get(path) or origins.get(path.rpartition(".")[0])
        self.record = entry.record if entry else 0
        value = fault["input"] if isinstance(fault["input"], str) else ""
        text = f"{path} is not carried: {fault['msg']}"
        self._add("PH-2003", text, "correct the value", entry.locator if entry else None, value=value, path=path)

    def conflict(self, locator: Locator, raw: Any, path: str) -> None:
        """Report a value for a field that another place has already filled with another one."""
        self._add(
            "PH-2004", f"{path} was already given another value", "give it once", locator, value=str(raw), path=path
        )

    def clash(self, rule: int) -> None:
        """Report that the values of a rule meet others."""
        self._add("PH-2004", f"{self.map.rules[rule - 1].trail} repeats values given elsewhere", "give them once")

    def constant(self, locator: Locator, raw: str, wanted: str) -> None:
        """Report a value other than the one the map writes there."""
        self._add("PH-2007", f"{locator.text} is {raw!r} where the map has {wanted!r}", "none", locator, value=raw)

    def counter(self, locator: Locator, raw: str) -> None:
        """Report a running number that does not run."""
        self._add(
            "PH-2008",
            f"{locator.text} is {raw!r}, which is not the running number",
            "number from 1",
            locator,
            value=raw,
        )

    def copy(self, frame: dict[str, Any], path: Path, raw: Any, locator: Locator, full: str) -> None:
        """Keep a second copy for comparison with the first, at the end."""
        self.copies.append((frame, path, raw, locator, full, self.record))

    def compare_repeats(self, repeats: Sequence[tuple[Any, Any]]) -> None:
        """Report entries of a shared list that are described again, and differently: the first description holds."""
        for (first, repeat), (record, path) in zip(repeats, self.repeated, strict=True):
            if first != repeat:
                self.record = record
                self._add("PH-2004", f"{path} was already described otherwise", "describe it once", path=path)

    def compare_copies(self) -> None:
        """Fill fields that only their copy gave, and report copies that say something else."""
        for frame, path, raw, locator, full, record in self.copies:
            self.record = record
            if _fill(frame, path, raw):
                self.value(full, locator)
            elif _at(frame, path) != raw:
                text = f"{locator.text} is {raw!r}, but {full} was given as {_at(frame, path)!r}"
                self._add("PH-2004", text, "give the same value in both places", locator, value=str(raw), path=full)


@dataclass(frozen=True, slots=True)
class Reading:
    """One careful reading: the document, its lineage, and the record of each rule in each frame entry."""

    message: Message
    mapped: Mapped
    lineage: tuple[Lineage, ...]
    instances: Mapping[tuple[str, int], int]


class Reader:
    """Reads the messages of one structure by one map."""

    def __init__(self, checked: CheckedMap) -> None:
        self.map = checked
        self._fast = ReaderCode(checked).generate()

    @cached_property
    def _careful(self) -> GeneratedReader:
        return ReaderCode(self.map, careful=True).generate()

    @property
    def source(self) -> str:
        """The generated source of the fast variant."""
        return self._fast.source

    def read(self, message: Message, locate: Locate) -> Mapped:
        """Return the canonical document of a message, with a finding for everything that is not carried.

        Never raises for a partner's data.
        """
        document = self._read_fast(message)
        if document is None:
            return self.explain(message, locate).mapped
        return Mapped(document, message.type, message.reference)

    def _read_fast(self, message: Message) -> Any:
        """Return the document, or None when anything is notable."""
        state = _State.fresh(self._fast)
        frames, dispatch, marks = state.frames, state.dispatch, state.marks
        try:
            for place, record in zip(message.places, message.records, strict=True):
                if dispatch[place](record, frames, dispatch, marks):
                    return None
            if not _finished(state):
                return None
            return self.map.document.model_validate(frames[0])
        except ValueError:
            return None

    def explain(self, message: Message, locate: Locate) -> Reading:
        """Read with care: the document, the lineage of every value, every finding with its place."""
        state = _State.fresh(self._careful)
        observer = Observer(self.map, message, [""] * self._careful.frames)
        frames, dispatch, marks = state.frames, state.dispatch, state.marks
        for number, (place, record) in enumerate(zip(message.places, message.records, strict=True)):
            observer.record = number
            dispatch[place](record, frames, dispatch, marks, observer)
        _join_folds(state)
        observer.compare_copies()
        observer.compare_repeats(state.extra(REPEATS))
        document = self._valid(frames[0], observer)
        findings = tuple(
            replace(finding, position=locate(message, record, locator), severity=_severity(finding))
            for finding, record, locator in observer.found
        )
        mapped = Mapped(document, message.type, message.reference, findings)
        return Reading(message, mapped, tuple(observer.lineage), observer.instances)

    def _valid(self, values: dict[str, Any], observer: Observer) -> Any:
        """Validate; a value the document does not admit is taken out and reported at its place."""
        document = self.map.document
        for _ in range(_ROUNDS):
            try:
                return document.model_validate(values)
            except ValidationError as error:
                faults = error.errors(include_url=False)
                missing = [str(one["loc"][0]) for one in faults if one["type"] == "missing" and len(one["loc"]) == 1]
                for name in missing:
                    observer.needed(name)
                for fault in faults:
                    if fault["type"] != "missing" or len(fault["loc"]) > 1:
                        observer.refused(fault)
                        _take_out(values, fault["loc"][:-1] if fault["type"] == "missing" else fault["loc"])
                if missing:
                    return None
        return None


def _finished(state: _State) -> bool:
    """Finish folds and copies of a fast reading; False when something is to be reported."""
    _join_folds(state)
    for frame, path, raw in state.extra(COPIES):
        if not _fill(frame, path, raw) and _at(frame, path) != raw:
            return False
    return all(first == repeat for first, repeat in state.extra(REPEATS))


def _join_folds(state: _State) -> None:
    for holder, key, width in state.extra(FOLDS):
        text = read_lines(holder[key], width)
        if text:
            holder[key] = text
        else:
            del holder[key]


def _at(frame: dict[str, Any], path: Path) -> Any:
    here: Any = frame
    for name in path:
        here = here.get(name) if here is not None else None
    return here


def _fill(frame: dict[str, Any], path: Path, raw: Any) -> bool:
    """Set the field at `path` if it is absent; return whether it was."""
    if _at(frame, path) is not None:
        return False
    for name in path[:-1]:
        frame = frame.setdefault(name, {})
    frame[path[-1]] = raw
    return True


def _path_of(location: Sequence[int | str]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


def _take_out(values: Any, location: Sequence[int | str]) -> None:
    """Remove the value at a location, or the deepest container on the way that exists."""
    holder: Any = values
    steps = list(location)
    if not steps:
        return
    for step in steps[:-1]:
        following = holder.get(step) if isinstance(holder, dict) else holder[int(step)]
        if not isinstance(following, dict | list):
            steps = steps[: steps.index(step) + 1]
            break
        holder = following
    last = steps[-1]
    if isinstance(holder, list):
        if not holder[int(last)]:  # even empty it is not valid: then there is no such list
            _take_out(values, steps[:-1])
        else:
            holder[int(last)] = {}
    elif last in holder:
        del holder[last]
    else:
        holder.clear()


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(fault["msg"] for fault in error.errors(include_url=False))
    return str(error)


def _severity(finding: Finding) -> Severity:
    """Return the default severity: what cannot be read is an error, what is not carried a warning."""
    return Severity.ERROR if finding.code == "PH-2003" else Severity.WARNING
