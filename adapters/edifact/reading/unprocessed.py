"""Parts of the standard that are recognised, kept and passed over: packages, security, interactive interchanges.

Parts 8, 5 to 7 and 9, and 3 of ISO 9735. Each is reported as not processed (0085 = 47, or 27 before version 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.edifact.checks.placement import SECURITY
from adapters.edifact.reading.report import Report
from adapters.edifact.syntax.envelope import component
from adapters.edifact.syntax.scanner import Piece, Scanner
from gateway.model.finding import Kind, Position

#: Bytes of an interactive segment that hold its tag.
_HEAD = 200


def package(scanner: Scanner, report: Report, ends: Iterable[str], level: str) -> tuple[Sequence[str], int]:
    """Pass over a package and return its UNO and where it began.

    UNO states the octets up to UNP (0810), which are jumped, not searched. `ends` are the tags that show, where the
    jump does not lead to UNP, that there is none; `level` is that of the CONTRL which reports it.
    """
    piece = scanner.segment(report.context.separators)
    uno = report.record(piece)
    stated = component(uno, 4)
    octets = _octets(stated)
    if octets is None:
        text = f"UNO states no length of its octets: {stated!r}"
        report.error("13", Kind.ENVELOPE, text, report.at(piece, "UNO", 4, 1, "0810"), stated, level)
    else:
        scanner.skip(octets)
    _trailer(scanner, report, uno, frozenset(ends), level)
    reference = component(uno, 1)
    text = f"package {reference} is recognised and kept, but not processed"
    code = report.context.syntax.unsupported
    report.error(code, Kind.UNSUPPORTED, text, report.at(piece, "UNO"), reference, level)
    return uno, piece.offset


def _trailer(scanner: Scanner, report: Report, uno: Sequence[str], ends: frozenset[str], level: str) -> None:
    """Take UNP; where the jump does not end at it, go on from the next envelope segment."""
    stated = component(uno, 4)
    lost = 0
    while (tag := scanner.tag(report.context.separators)) not in ends and tag != "UNP":
        scanner.segment(report.context.separators)
        lost += 1
    if tag != "UNP":
        # the last octet of the package: what follows is no part of it
        position = Position(tag="UNP", offset=scanner.offset - 1)
        report.error("13", Kind.ENVELOPE, "UNP is missing: the package has no trailer", position, level=level)
        return
    piece = scanner.segment(report.context.separators)
    unp = report.record(piece)
    length = component(unp, 1)
    if lost or length.lstrip("0") != stated.lstrip("0"):
        text = f"UNP counts {length} octets, UNO {stated}{', and UNP does not follow them' if lost else ''}"
        report.error("29", Kind.COUNT, text, report.at(piece, "UNP", 1, None, "0810"), length, level)
    report.same_reference(piece, "UNP", component(unp, 2), "UNO", component(uno, 1), level)


def security(scanner: Scanner, report: Report, level: str) -> None:
    """Pass over security segments round messages or groups."""
    first: Piece | None = None
    tags: dict[str, None] = {}
    while (tag := scanner.tag(report.context.separators)) in SECURITY:
        piece = scanner.segment(report.context.separators)
        first = first or piece
        tags[tag] = None
        if tag == "USD":
            scanner.skip(_octets(component(report.record(piece), 1)) or 0)
    if first is not None:
        text = f"security segments ({', '.join(tags)}) are recognised and kept, but not processed"
        position = Position(tag=next(iter(tags)), offset=first.offset)
        code = report.context.syntax.unsupported
        report.error(code, Kind.UNSUPPORTED, text, position, ", ".join(tags), level)


def interactive(scanner: Scanner, report: Report, ends: Iterable[str]) -> None:
    """Pass over an interactive interchange, UIB to UIZ; it has no messages of ours, and part 3 no CONTRL for it."""
    separators = report.context.separators
    began = scanner.offset
    last = frozenset(ends)
    messages = 0
    while True:
        piece = scanner.segment(separators)
        tag = report.record(Piece(piece.offset, piece.raw[:_HEAD]))[0]
        messages += tag == "UIH"
        if tag == "UIZ" or scanner.tag(separators) in last:
            break
    text = f"an interactive interchange of {messages} messages is recognised and kept, but not processed"
    code = report.context.syntax.unsupported
    report.error(code, Kind.UNSUPPORTED, text, Position(tag="UIB", offset=began), "UIB")


def _octets(stated: str) -> int | None:
    return int(stated) if stated.isdecimal() and len(stated) <= 18 else None
