"""The partner guide of a map: place by place what is expected, in which form, and which field it becomes.

guide(checked) -> Guide        markdown(guide) -> str        as HTML: gateway.mapping.guide_page
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.mapping.converters import CONVERTERS
from gateway.mapping.coverage import field_paths
from gateway.mapping.fields import fields
from gateway.mapping.lineage import Templates
from gateway.mapping.rules import CheckedMap, Rule, Test, Value
from gateway.model.base import Part
from gateway.model.place import Locator


@dataclass(frozen=True, slots=True)
class GuideValue:
    """One value: where it stands, how it is written, and the field it is. `codes` are (as written, meaning)."""

    locator: str
    title: str
    usage: str  # M or C
    format: str
    field: str
    meaning: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GuidePlace:
    """One rule: a place of the message, when it is meant, how often it stands, and its values."""

    rule: int
    place: int
    trail: str
    depth: int
    title: str
    usage: str
    repeat: int
    group: int | None
    meaning: str
    values: tuple[GuideValue, ...]


@dataclass(frozen=True, slots=True)
class GuideField:
    """One field of the document that the map carries: the rule and locator it stands at, and its WCO id and name."""

    path: str
    rule: int
    trail: str
    locator: str
    wco: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What a partner has to know to write or read one message."""

    map: str
    type: str
    document: str
    about: str
    places: tuple[GuidePlace, ...]
    fields: tuple[GuideField, ...]


COLUMNS = ("Value", "Name", "Usage", "Format", "Field", "Meaning")


def guide(checked: CheckedMap, about: str = "") -> Guide:
    """Return the guide of a checked map, in the order of the message."""
    return Guide(
        map=checked.name,
        type=f"{checked.grammar.type.standard} {checked.grammar.type}",
        document=checked.document.__name__,
        about=about,
        places=tuple(_places(checked, checked.root, 0)),
        fields=tuple(_fields(checked)),
    )


def _fields(checked: CheckedMap) -> Iterator[GuideField]:
    """Yield the fields that a map carries, in the order of the document."""
    carried = Templates(checked).values
    for path in field_paths(checked.document):
        if path in carried:
            rule, value = carried[path]
            yield GuideField(path, rule.number, rule.trail, value.locator.text, _wco(checked.document, path))


def _wco(document: type[Part], path: str) -> str:
    """Return the WCO Data Model id and name of a field, "" where it has none."""
    here: Any = document
    *above, last = path.replace("[]", "").split(".")
    for name in above:
        here = fields(here)[name].part
    extra = here.model_fields[last].json_schema_extra or {}
    return f"{extra['wco_id']} {extra['wco_name']}" if "wco_id" in extra else ""


def _places(checked: CheckedMap, rule: Rule, depth: int) -> Iterator[GuidePlace]:
    for _, children in rule.by_place():
        for child in children:
            yield _place(checked, child, depth)
            yield from _places(checked, child, depth + 1)


def _place(checked: CheckedMap, rule: Rule, depth: int) -> GuidePlace:
    place = rule.place
    return GuidePlace(
        rule=rule.number,
        place=place.id,
        trail=rule.trail,
        depth=depth,
        title=checked.grammar.title(place),
        usage="M" if place.mandatory else "C",
        repeat=place.repeat,
        group=place.group,
        meaning=_meaning(checked, rule),
        values=tuple(_values(checked, rule)),
    )


def _meaning(checked: CheckedMap, rule: Rule) -> str:
    target = f"{checked.frame_trail(rule.outer)}{'.'.join(rule.prefix)}"
    said = {
        "each": f"each one is an entry of `{target}[]`",
        "fold": "several are the lines of one text",
        "otherwise": "stands in when nothing else is written here",
    }.get(rule.verb, f"fills `{target}`" if rule.prefix else "")
    if rule.first_only:
        said = f"{said}; only the first is read".lstrip("; ")
    if rule.by:
        said += f", known by its `{rule.by}`"
    return said


def _values(checked: CheckedMap, rule: Rule) -> Iterator[GuideValue]:
    """Yield the selectors of a rule, then its values in the order of the map, each with what goes with it."""
    own = {value.locator.key for value in rule.values}
    told: set[object] = set()
    for locator, values in rule.tests:
        if locator.key not in own:
            told.add(locator.key)
            yield _made(checked, rule, locator, "", _allowed(values))
    for value in rule.values:
        told.add(value.locator.key)
        yield _made(checked, rule, value.locator, _field(checked, value), _said(rule, value), _codes(checked, value))
        for companion, what in zip(value.companions, _companions(value), strict=False):
            if companion.key not in told:
                told.add(companion.key)
                yield _made(checked, rule, companion, "", what)


def _made(
    checked: CheckedMap, rule: Rule, locator: Locator, field: str, meaning: str, codes: tuple[tuple[str, str], ...] = ()
) -> GuideValue:
    needed = locator.mandatory and (
        not locator.element or locator.element in checked.grammar.mandatory_elements(rule.place)
    )
    form = locator.format if locator.count == 1 else f"{locator.count} x {locator.format}"
    title = checked.grammar.title(rule.place, locator)
    return GuideValue(locator.text, title, "M" if needed else "C", form, field, meaning, codes)


def _field(checked: CheckedMap, value: Value) -> str:
    return f"{checked.frame_trail(value.frame)}{'.'.join(value.path)}" if value.path else ""


def _said(rule: Rule, value: Value) -> str:
    parts = []
    if value.constant:
        parts.append(_allowed(value.constant))
    if value.counter:
        parts.append("running number from 1")
    if value.copy:
        parts.append("the same value once more")
    if value.converter and value.converter not in ("str", "code"):
        parts.append(CONVERTERS[value.converter].about)
    own = next((values for locator, values in rule.tests if locator.key == value.locator.key), None)
    if own is not None:
        parts.append(_allowed(own))
    if value.tests:
        parts.append("when " + " and ".join(_test(test) for test in value.tests))
    elif any(other.tests and other.locator.key == value.locator.key for other in rule.values):
        parts.append("otherwise")
    return "; ".join(parts)


def _companions(value: Value) -> Sequence[str]:
    return {
        "moment": ("format of the time",),
        "measure": ("unit",),
        "coded": ("code list", "agency of the list"),
    }.get(value.converter, ())


def _codes(checked: CheckedMap, value: Value) -> tuple[tuple[str, str], ...]:
    if value.converter != "code":
        return ()
    return tuple((str(code), str(name)) for code, name in checked.tables[value.arguments[0]].items())


def _allowed(values: Sequence[str]) -> str:
    first, *others = [value or "nothing" for value in values]
    return f"always {first}" + (f" (read too: {', '.join(others)})" if others else "")


def _test(test: Test) -> str:
    locator, values = test
    return f"{locator.text} is {' or '.join(value or 'absent' for value in values)}"


# rendering


def often(place: GuidePlace) -> str:
    """Return how a place stands in the message: "mandatory, up to 9 times, segment group 3"."""
    usage = "mandatory" if place.usage == "M" else "conditional"
    group = f", segment group {place.group}" if place.group is not None else ""
    often = "once" if place.repeat == 1 else f"up to {place.repeat} times"
    return f"{usage}, {often}{group}"


def cells(value: GuideValue) -> tuple[str, ...]:
    """Return what a table with `COLUMNS` says of a value."""
    codes = ", ".join(f"{code} = {name}" for code, name in value.codes)
    meaning = "; ".join(part for part in (value.meaning, codes) if part)
    return (value.locator, value.title, value.usage, value.format, value.field, meaning)


def markdown(made: Guide) -> str:
    """Return a guide as Markdown."""
    lines = [f"# {made.type}", "", f"Map `{made.map}`, canonical document `{made.document}`.", ""]
    lines += [made.about, ""] if made.about else []
    for place in made.places:
        lines += [
            f"{'#' * min(place.depth + 2, 6)} {heading(place)}",
            "",
            f"{often(place)[0].upper()}{often(place)[1:]}.",
        ]
        lines += [f"{place.meaning[0].upper()}{place.meaning[1:]}."] if place.meaning else []
        lines.append("")
        if place.values:
            lines += [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
            lines += [f"| {' | '.join(_piped(cell) for cell in cells(value))} |" for value in place.values]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def heading(place: GuidePlace) -> str:
    """Return the trail and the name of a place."""
    return f"{place.trail} {place.title}".strip()


def _piped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
