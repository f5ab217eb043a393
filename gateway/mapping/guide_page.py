"""The partner guide of a map as one HTML page that asks for nothing from elsewhere, and the index over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gateway.mapping import diagram
from gateway.mapping.coverage import Coverage
from gateway.mapping.guide import COLUMNS, Guide, GuidePlace, GuideValue, cells, heading, often
from gateway.mapping.markup import Markup, anchor, coded, element, joined, safe, table

#: Nothing is fetched, whatever a page holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:76em;margin:2em auto;padding:0 1.2em;color:#12181f}"
    "h1{margin-bottom:0}h2{margin-top:2em;border-bottom:1px solid #ccd2d9}h3{margin:1.6em 0 .2em;font-size:1em}"
    "table{border-collapse:collapse;margin:.4em 0 1.2em}thead{text-align:left}"
    "td,th{border:1px solid #ccd2d9;padding:.2em .6em;text-align:left;vertical-align:top}th{background:#f2f5f8}"
    "code,pre,.line{font-family:ui-monospace,monospace;font-size:.92em}"
    ".scroll{overflow-x:auto}.note{color:#5b6673}"
    ".example td{border:0;border-bottom:1px solid #eceff2}.line{white-space:pre-wrap;overflow-wrap:anywhere}"
    ".silent .line{color:#8a5a00}a{color:#1f5f99;text-decoration:none}a:hover{text-decoration:underline}"
    ":target{background:#fff4cc}nav{margin-bottom:1.5em}"
)


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One segment or line of a sample as it was sent, and the fields it carries: (canonical path, value, position).

    `reported` says that something in it is not carried, and is told so.
    """

    text: str
    fields: tuple[tuple[str, str, str], ...]
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A sample that a map reads. Canonical paths have indexes; `more` counts the lines that are not shown."""

    name: str
    type: str
    lines: tuple[ExampleLine, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class GuidePage:
    """All that the page of one map shows. `file` is its name below the folder of the index."""

    file: str
    guide: Guide
    versions: str
    coverage: Coverage
    diagram: Markup
    example: Example | None = None


def page(made: GuidePage, index: str = "") -> str:
    """Return the page of a map; `index` is the way to the index, "" where there is none."""
    guide = made.guide
    about = [element("p", guide.about)] if guide.about else []
    told = ("Map ", element("code", guide.map), f", {made.versions}, canonical document ")
    head = [
        element("nav", element("a", "All messages", href=index)) if index else safe(""),
        element("h1", guide.type),
        element("p", *told, element("code", guide.document), ".", class_="note"),
        *about,
    ]
    parts = (
        _section("Branching diagram", _branching(made)),
        _section("Example", _example(made)),
        _section("Places and values", *_places(guide)),
        _section("Canonical fields", _fields(made)),
        _section("Lineage of the example", _lineage(made)),
        _section("Not carried", *_left(made.coverage)),
    )
    return _whole(guide.type, (*head, *parts))


def index_page(title: str, pages: Iterable[GuidePage]) -> str:
    """Return the index over the pages of a catalogue, by standard."""
    body: list[Markup] = [element("h1", title)]
    ordered = sorted(pages, key=lambda one: one.file)
    for standard, made in groupby(ordered, key=lambda one: one.guide.type.split(" ")[0]):
        lines = [_indexed(one) for one in made]
        columns = ("Message", "Versions", "Document", "Places", "Values", "Fields", "About")
        body += [element("h2", standard), element("div", table(columns, lines), class_="scroll")]
    return _whole(title, body)


def _indexed(made: GuidePage) -> tuple[str, ...]:
    one, guide = made.coverage, made.guide
    name = " ".join(guide.type.split(" ")[1:])
    return (
        element("a", name, href=made.file),
        made.versions,
        guide.document,
        f"{one.places_carried} of {len(one.places)}",
        f"{one.values_carried} of {one.values}",
        f"{len(one.fields_carried)} of {len(one.fields_carried) + len(one.fields_left)}",
        guide.about,
    )


def _whole(title: str, body: Iterable[str]) -> str:
    head = (
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width"),
        element("title", title),
        element("style", Markup(_STYLE + diagram.STYLE)),
    )
    html = element("html", element("head", joined(head, "\n")), "\n", element("body", joined(body, "\n")), lang="en")
    return f"<!doctype html>\n{html}\n"


def _section(title: str, *content: Markup) -> Markup:
    return element("section", element("h2", title), *content, id=anchor("part", title.lower()))


def _branching(made: GuidePage) -> Markup:
    said = "Status, how often, group and name; what is drawn with a broken line is not carried, and reported."
    return element("div", element("p", said, class_="note"), element("div", made.diagram, class_="scroll"))


def _places(guide: Guide) -> Iterator[Markup]:
    for place in guide.places:
        meaning = (" ", coded(place.meaning), ".") if place.meaning else ()
        yield element("h3", heading(place), id=f"rule-{place.rule}", style=_indent(place))
        yield element("p", f"{often(place)}.", *meaning, style=_indent(place))
        if place.values:
            shown = table(COLUMNS, (_value(value) for value in place.values))
            yield element("div", shown, class_="scroll", style=_indent(place))


def _indent(place: GuidePlace) -> str:
    return f"margin-left:{place.depth * 1.5}em" if place.depth else ""


def _value(value: GuideValue) -> Sequence[str]:
    locator, title, usage, form, field, meaning = cells(value)
    return (locator, title, usage, form, _field_link(field) if field else "", meaning)


def _field_link(path: str, shown: str = "") -> Markup:
    return element("a", shown or path, href=f"#{anchor('field', path)}")


def _fields(made: GuidePage) -> Markup:
    lines = (
        (
            element("span", field.path, id=anchor("field", field.path)),
            element("a", f"{field.trail} {field.locator}", href=f"#rule-{field.rule}"),
            field.wco,
        )
        for field in made.guide.fields
    )
    return element("div", table((f"Field of {made.guide.document}", "Stands at", "WCO Data Model"), lines))


def _example(made: GuidePage) -> Markup:
    example = made.example
    if example is None:
        return element("p", "There is no sample of this map.", class_="note")
    lines = (
        element(
            "tr",
            element("td", element("span", line.text, class_="line")),
            element("td", joined((_field_link(_template(path), path) for path, _, _ in line.fields), ", ")),
            class_="silent" if line.reported else "",
        )
        for line in example.lines
    )
    said = f"{example.name}, {example.type}; beside each line the fields it carries. "
    said += "What is in another colour holds something that is not carried, and is reported."
    more = [element("p", f"{example.more} more lines.", class_="note")] if example.more else []
    return element("div", element("p", said, class_="note"), element("table", *lines, class_="example"), *more)


def _template(path: str) -> str:
    return "".join(piece.partition("]")[2] if at else piece for at, piece in enumerate(path.split("[")))


def _lineage(made: GuidePage) -> Markup:
    if made.example is None:
        return element("p", "There is no sample of this map.", class_="note")
    lines = (
        (_field_link(_template(path), path), value, position)
        for line in made.example.lines
        for path, value, position in line.fields
    )
    return element("div", table(("Field", "Value", "Came from"), lines), class_="scroll")


def _left(coverage: Coverage) -> Iterator[Markup]:
    """Yield the three kinds of what is left out: places, values, fields."""
    yield element("p", "What of this stands in a message is reported (PH-2001), or when written (PH-2101).")
    places = [(place.trail, place.title) for place in coverage.places if not place.rules]
    values = [(place.trail, " ".join(place.left)) for place in coverage.places if place.left]
    fields = [(path,) for path in coverage.fields_left]
    for title, columns, lines in (
        ("Places", ("Place", "Name"), places),
        ("Values of places that are carried", ("Place", "Values"), values),
        (f"Fields of {coverage.document} that this message has no place for", ("Field",), fields),
    ):
        if lines:
            summary = element("summary", f"{title}: {len(lines)}")
            yield element("details", summary, table(columns, lines))
