"""Bytes to an element tree, safely: no DOCTYPE, no entity, no network, no endless size or depth.

Whatever the bytes are, the answer is a tree or findings with the line (and, in the text, the column): never an
exception. The depth limit is libxml2's own, 256 elements; the parser is told not to lift it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapters.wco import faults
from gateway.model.finding import Finding, Position

MAX_BYTES = 64 * 1024 * 1024
_MOST_FAULTS = 20
_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*?\?>""")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", ""),  # UTF-32 is not read
    (b"\x00\x00\xfe\xff", ""),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
#: Encodings whose ASCII characters are single bytes, so that a prolog can be searched for a DOCTYPE.
_NARROW = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", *(f"iso-8859-{n}" for n in (*range(1, 11), 13, 14, 15, 16)))
) | frozenset(f"windows-{n}" for n in range(1250, 1259))
_CODES = {
    "ERR_RESOURCE_LIMIT": faults.TOO_DEEP,
    "ERR_INVALID_ENCODING": faults.ENCODING,
    "ERR_UNSUPPORTED_ENCODING": faults.ENCODING,
    "ERR_UNKNOWN_ENCODING": faults.ENCODING,
    "ERR_INVALID_CHAR": faults.ENCODING,
    "ERR_DOCUMENT_EMPTY": faults.NO_XML,
}
_REMEDIES = {
    faults.NOT_WELL_FORMED: "send well-formed XML 1.0",
    faults.TOO_DEEP: "send a document of at most 256 levels and values of at most 10 MB",
    faults.ENCODING: "send UTF-8, and declare the encoding that is used",
    faults.NO_XML: "send an XML document",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The document element, or None with the findings that say why there is none."""

    root: Any | None
    findings: tuple[Finding, ...] = ()


def gathered(chunks: Iterable[bytes], most: int = MAX_BYTES) -> bytes | None:
    """Return all bytes in one piece, or None as soon as there are more than `most`."""
    parts, size = [], 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            return None
    return b"".join(parts)


def too_large(most: int = MAX_BYTES) -> Parsed:
    """Return the finding on a document above the size limit."""
    text = f"the document is larger than {most} bytes, which is the limit"
    return _refused(faults.TOO_LARGE, text, 1, "split the message")


def parse(content: bytes) -> Parsed:
    """Return the tree of a document without comments and processing instructions, or findings."""
    if not content.strip():
        return _refused(faults.NO_XML, "there is nothing here: the content is empty", 1, _REMEDIES[faults.NO_XML])
    plain = _narrowed(content)
    if isinstance(plain, Parsed):
        return plain
    line = _doctype(plain)
    if line is not None:
        return _refused(
            faults.DOCTYPE, "the document has a DOCTYPE, which is refused unread", line, "leave the DOCTYPE out"
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return Parsed(etree.fromstring(plain, parser))
    except etree.XMLSyntaxError as error:
        return Parsed(None, tuple(_findings(parser, error)))


def parse_text(text: str) -> Parsed:
    """Return the tree of a document that stands in a text, whatever encoding it declares, or findings."""
    plain = text.encode("utf-8", "surrogatepass")
    declared = _DECLARED.match(plain[:400])
    return parse(plain if declared is None else plain[: declared.start(1)] + b"UTF-8" + plain[declared.end(1) :])


def _narrowed(content: bytes) -> bytes | Parsed:
    """Return the content in an encoding whose ASCII characters are single bytes, or why that cannot be done."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            if encoding == "utf-8":
                return content[3:]
            return _transcoded(content, encoding) if encoding else _unsupported("UTF-32")
    wide = _WIDE.get(content[:2])
    if wide:
        return _transcoded(content, wide)
    declared = _DECLARED.match(content[:400])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return content if name in _NARROW else _unsupported(name)


def _transcoded(content: bytes, encoding: str) -> bytes | Parsed:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "replace").count("\n") + 1
        return _refused(
            faults.ENCODING, f"byte {error.start} is no {encoding.upper()}", line, _REMEDIES[faults.ENCODING]
        )
    plain = text.encode("utf-8", "surrogatepass")
    declared = _DECLARED.match(plain[:400])
    if declared is None:
        return plain
    return plain[: declared.start(1)] + b"UTF-8" + plain[declared.end(1) :]


def _doctype(content: bytes) -> int | None:
    """Return the line of a DOCTYPE, or None: it can only stand before the document element (XML 1.0, 2.8)."""
    at = 0
    while match := _PROLOG.match(content, at):
        at = match.end()
    if content[at : at + 2] == b"<!" and content[at : at + 4] != b"<!--":
        return content.count(b"\n", 0, at) + 1
    return None


def _findings(parser: etree.XMLParser, error: etree.XMLSyntaxError) -> Iterable[Finding]:
    entries = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR][:_MOST_FAULTS]
    for entry in entries:
        code = _CODES.get(entry.type_name, faults.NOT_WELL_FORMED)
        said = entry.message.partition(", use XML_PARSE_HUGE")[0].rstrip(".")
        text = f"{said} (line {entry.line}, column {entry.column})"
        yield faults.finding(code, text, Position(line=max(entry.line, 1)), remedy=_REMEDIES[code])
    if not entries:
        line = max(error.lineno or 1, 1)
        yield faults.finding(faults.NOT_WELL_FORMED, str(error.msg), Position(line=line), remedy=_REMEDIES["PH-3001"])


def _unsupported(encoding: str) -> Parsed:
    text = f"the encoding {encoding} is not one that is read, or not the one the bytes are in"
    return _refused(faults.ENCODING, text, 1, _REMEDIES[faults.ENCODING])


def _refused(code: str, text: str, line: int, remedy: str) -> Parsed:
    return Parsed(None, (faults.finding(code, text, Position(line=line), remedy=remedy),))
