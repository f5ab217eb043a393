"""Reads JSON: bytes to events, each placed in the structure of its message, with every fault and its place.

One CloudEvent in structured mode, or a list of them (batch), is one interchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from adapters.portcall import faults, parser
from adapters.portcall.faults import Lines, Notes, finding
from adapters.portcall.parser import BrokenError, Value
from adapters.portcall.placing import Placer
from adapters.portcall.structure import STANDARD, Structure, structures
from adapters.portcall.tree import Entry
from gateway.model.finding import Finding, Position
from gateway.model.stages import Envelope, Interchange, Message, Party

SYNTAX = "CloudEvents 1.0"
#: What a source begins with that names a partner of ours.
OUR_SOURCE = "urn:pierhead:party:"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file opened: the events in it, each with its pointer, and how characters become lines."""

    events: tuple[tuple[str, Value], ...]
    lines: Lines
    findings: tuple[Finding, ...] = ()


def opened(content: bytes, most: int = parser.MAX_BYTES) -> Opened:
    """Return the events of a file, or the one finding on why there are none; never raises for a partner's data."""
    nothing = Lines("")
    if len(content) > most:
        text = f"the file is larger than {most} bytes"
        return Opened((), nothing, (finding(faults.TOO_LARGE, text, Position(line=1), remedy="send fewer events"),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        told = f"byte {error.start} is no UTF-8"
        return Opened((), nothing, (finding(faults.ENCODING, told, Position(line=line), remedy="send UTF-8"),))
    if not text.strip(" \t\r\n"):
        return Opened((), nothing, (finding(faults.NO_JSON, "there is nothing here", Position(line=1)),))
    lines = Lines(text)
    try:
        value = parser.parse(text)
    except BrokenError as error:
        code = faults.TOO_DEEP if error.deep else faults.NOT_WELL_FORMED
        remedy = "nest less deeply" if error.deep else "write JSON with a library, not by joining texts"
        place = Position(line=lines.of(error.at))
        shown = text[error.at : error.at + 40]
        return Opened((), lines, (finding(code, f"this is no JSON: {error}", place, value=shown, remedy=remedy),))
    if value.what == "list":
        return Opened(tuple((f"/{number}", item) for number, item in enumerate(value.items)), lines)
    return Opened((("", value),), lines)


def gathered(chunks: Iterable[bytes], most: int) -> bytes:
    """Return the bytes of all chunks, at most one more than `most`."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most:
            return bytes(content[: most + 1])
    return bytes(content)


def read(chunks: Iterable[bytes], most: int = parser.MAX_BYTES) -> Iterator[Message | Interchange]:
    """Yield each event as a message, then the interchange they came in; never raises for a partner's data."""
    file = opened(gathered(chunks, most), most)
    findings = list(file.findings)
    messages: list[Message] = []
    for one in placed(file):
        if isinstance(one, Message):
            messages.append(one)
            yield one
        else:
            findings += one
    types = tuple((message.reference, message.type) for message in messages)
    yield Interchange(envelope(tuple(message.records[0] for message in messages)), tuple(findings), types)


def placed(file: Opened) -> Iterator[Message | tuple[Finding, ...]]:
    """Yield each event of a file as a message, or what was found where it is none."""
    for pointer, value in file.events:
        notes = Notes(file.lines, said(value, "id"))
        structure = recognised(value, pointer, notes)
        if structure is None:
            yield notes.all()
            continue
        records = list(Placer(structure, notes).place(value, pointer).walk())
        places = [entry.place.id for entry in records]
        yield Message(structure.type, notes.message, places, records, notes.all(), origin=(structure, file.lines))


def envelope(roots: tuple[Entry, ...]) -> Envelope:
    """Return what the first event says of where it comes from."""
    if not roots:
        return Envelope(STANDARD, syntax=SYNTAX)
    first = roots[0]
    source = first.find("/source")
    party = unquote(source.removeprefix(OUR_SOURCE)) if source.startswith(OUR_SOURCE) else source
    kinds = structures()
    types = dict.fromkeys(kinds[name].type for name in kinds for root in roots if _is(root, kinds[name]))
    return Envelope(
        STANDARD,
        sender=Party(party) if party else None,
        reference=first.find("/id"),
        syntax=SYNTAX,
        prepared=first.find("/recordedtime") or first.find("/time"),
        types=tuple(types),
    )


def _is(root: Entry, structure: Structure) -> bool:
    return root.place is structure.places[1]


def said(value: Value, name: str) -> str:
    """Return the text of a member, "" where there is none."""
    texts = (below.text for key, _, below in value.members if key == name and below.what == "text")
    return next(texts, "").strip()[:200]


def recognised(value: Value, pointer: str, notes: Notes) -> Structure | None:
    """Return the structure of an event: by its `dataschema`, else by what its data holds; None where it is no event."""
    known = structures()
    members = {key: (at, below) for key, at, below in reversed(value.members)}
    _, data = members.get("data", (0, None))
    if value.what != "object" or data is None or data.what != "object":
        text = "this is no CloudEvent with an object as its data"
        remedy = f"send a CloudEvent of one of {', '.join(known)}"
        notes.at(faults.UNKNOWN_MESSAGE, pointer, value.at, text, remedy=remedy)
        return None
    schema = said(value, "dataschema")
    found = next((one for one in known.values() if one.table.schema == schema), None)
    if found is not None:
        return found
    names = {key for key, _, _ in data.members}
    found = next((one for one in known.values() if names.issuperset(one.table.marks)), None)
    if found is None:
        text = f"no message known here has the dataschema {schema!r}, or such data"
        remedy = f"send one of {', '.join(known)}"
        notes.at(faults.UNKNOWN_MESSAGE, f"{pointer}/data", data.at, text, value=schema, remedy=remedy)
    elif schema:
        text = f"the dataschema {schema!r} is not known; the data is read as {found.type}"
        remedy = f"write {found.table.schema}"
        notes.at(
            faults.UNKNOWN_SCHEMA, f"{pointer}/dataschema", members["dataschema"][0], text, value=schema, remedy=remedy
        )
    return found
