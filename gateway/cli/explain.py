"""`pierhead explain`: which input place made each value of the output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.cli.content import open_content
from gateway.cli.convert import ToOption, parse_target
from gateway.cli.findings import findings_table
from gateway.cli.output import REJECTED, AsJson, out, print_json, rows
from gateway.cli.reading import FileArgument, PolicyName, Understood, Unknown, as_dict, understand
from gateway.cli.state import state_of
from gateway.cli.terms import AgreementOption, terms
from gateway.errors import EncodeError, SettingsError
from gateway.mapping.lineage import Destinations, Origins, template
from gateway.mapping.writing import WrittenReading
from gateway.model.base import Coded, Measure, Part
from gateway.model.finding import Finding, Position
from gateway.model.stages import Lineage, Loss, MessageType
from gateway.pipeline.standards import Standards

#: Findings that say what of the source is not carried: records and values without a rule.
NOT_CARRIED = frozenset(("PH-2001", "PH-2002"))
PathOption = Annotated[
    str, typer.Option("--path", metavar="PATH", help="Only this canonical path and what is below it; [] is any index.")
]


@dataclass(frozen=True, slots=True)
class Explained:
    """One value on its way: where it came from, which field it is, where it went; "" where the text says why not."""

    path: str
    value: str
    came_from: Position | None
    went_to: Position | None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the value for JSON."""
        return {
            "path": self.path,
            "value": self.value,
            "input": _position(self.came_from),
            "output": _position(self.went_to),
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """One message explained."""

    item: Understood
    values: tuple[Explained, ...]
    not_read: tuple[Finding, ...]
    not_written: tuple[Loss, ...]


def explain(  # each is an argument or option of the command
    ctx: typer.Context,
    file: FileArgument,
    to: ToOption,
    path: PathOption = "",
    agreement: AgreementOption = "",
    as_json: AsJson = False,
) -> None:
    """Show, for each value of the output, the input place that made it, and what is carried on neither side.

    Exits with 1 when there is nothing to explain: no document, or no such path.
    """
    target = parse_target(to).type
    content = open_content(file)
    standards = app.standards(state_of(ctx).folder)
    found = []
    for item in understand(standards, content, terms(ctx, PolicyName.STRICT, agreement)):
        if isinstance(item, Unknown):
            raise SettingsError(f"{content.name}: {item.findings[0].text}")
        if isinstance(item, Understood) and item.document is not None:
            found.append(_explained(standards, item, item.document, target, path))
    if as_json:
        print_json({"file": content.name, "to": to, "messages": [_as_dict(one) for one in found]})
    else:
        for one in found:
            _show(one, to)
    if not any(one.values for one in found):
        raise typer.Exit(REJECTED)


def _explained(
    standards: Standards, item: Understood, document: Part, target: MessageType | None, path: str
) -> Explanation:
    origins = _origins(standards, item)
    written = _written(standards, item, document, target) if target is not None else None
    values = tuple(_values(standards, document, origins, written, target, path))
    not_read = tuple(finding for finding in item.findings if finding.code in NOT_CARRIED)
    return Explanation(item, values, not_read, written.written.losses if written is not None else ())


def _origins(standards: Standards, item: Understood) -> Origins | None:
    if item.message is None:
        return None
    return standards.origins(standards.adapters[item.message.type.standard], item.message)


def _written(standards: Standards, item: Understood, document: Part, target: MessageType) -> WrittenReading:
    try:
        return standards.explain_writing(document, target)
    except EncodeError as error:
        raise EncodeError(f"message {item.number} ({item.title}): {error}") from error


def _values(
    standards: Standards,
    document: Part,
    origins: Origins | None,
    written: WrittenReading | None,
    target: MessageType | None,
    wanted: str,
) -> Iterator[Explained]:
    """Yield every value of the document, in its order, with both places."""
    places = _destinations(standards, written, target)
    any_found = False
    for path, value in leaves(document):
        if selected(path, wanted):
            any_found = True
            came_from = _origin(origins, path)
            yield Explained(path, value, came_from, places.get(path))
    if wanted and not any_found and origins is not None:
        placed = origins.position(wanted)
        if placed is not None:
            position, spot = placed
            yield Explained(wanted, "", position, None, f"absent; expected: {spot.expected}")


def _origin(origins: Origins | None, path: str) -> Position | None:
    if origins is None or path not in origins.by_path:
        return None
    placed = origins.position(path)
    return placed[0] if placed is not None else None


def _destinations(
    standards: Standards, written: WrittenReading | None, target: MessageType | None
) -> dict[str, Position]:
    checked = standards.registry.checked(target) if target is not None else None
    if written is None or target is None or checked is None:
        return {}
    entries: list[Lineage] = [e for e in Destinations(checked, written).by_path.values() if e.locator is not None]
    asked = ((entry.record, entry.locator) for entry in entries)
    positions = standards.adapters[target.standard].written_at(target, written.written.body, asked)
    return {entry.path: position for entry, position in zip(entries, positions, strict=True)}


def leaves(document: Part, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of every single value of a document; a coded value, a measure or a list of texts is one."""
    for name in type(document).model_fields:
        yield from _leaf(getattr(document, name), f"{prefix}{name}")


def _leaf(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        yield from [(path, " ".join(value))] if value else []
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _leaf(one, f"{path}[{number}]")
    elif isinstance(value, Coded | Measure):
        yield path, " ".join(str(inner) for inner in value.__dict__.values() if inner is not None)
    elif isinstance(value, Part):
        yield from leaves(value, f"{path}.")
    else:
        yield path, str(value)


def selected(path: str, wanted: str) -> bool:
    """Whether a path is the wanted one or below it; `[]` in the wanted one stands for any index."""
    here = template(path) if "[]" in wanted else path
    return not wanted or here == wanted or here.startswith((f"{wanted}.", f"{wanted}["))


def _position(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    found = {name: getattr(position, name) for name in type(position).__slots__}
    return {"place": str(position)} | {name: value for name, value in found.items() if value not in ("", None)}


def _as_dict(one: Explanation) -> dict[str, Any]:
    return {
        "number": one.item.number,
        "type": str(one.item.type or "canonical"),
        "reference": one.item.reference,
        "values": [value.as_dict() for value in one.values],
        "not_read": [as_dict(finding) for finding in one.not_read],
        "not_written": [{"path": loss.path, "value": loss.value, "why": loss.why} for loss in one.not_written],
    }


def _show(one: Explanation, to: str) -> None:
    console = out()
    lines = ((_short(v.came_from), v.path, _short(v.went_to) or v.note, v.value) for v in one.values)
    console.print(rows(f"{one.item.title} to {to}", ("input", "canonical path", "output", "value"), lines))
    if one.not_read:
        console.print(Text("\nnot carried from the input", style="bold"))
        console.print(findings_table(one.not_read))
    if one.not_written:
        lost = ((loss.path, loss.value[:80], loss.why) for loss in one.not_written)
        console.print(rows("\nnot carried to the output", ("canonical path", "value", "why"), lost))


def _short(position: Position | None) -> str:
    """Return a place in a few characters: "11 LOC 2.1 (3225)", or the path in XML."""
    if position is None:
        return ""
    if position.xpath:
        return position.xpath
    inside = f" {position.element}" if position.element is not None else ""
    inside += f".{position.component}" if position.component is not None else ""
    named = f" ({position.name})" if position.name else ""
    return f"{position.segment} {position.tag}{inside}{named}"
