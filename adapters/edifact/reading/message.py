"""One message: its bytes to a placed stream of records, and every finding on it (UNH to UNT)."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.edifact.checks.placement import ANTI_COLLISION, SECURITY, place
from adapters.edifact.checks.placement import Fault as StructureFault
from adapters.edifact.checks.specification import Specification
from adapters.edifact.directories.repetition import unfolded
from adapters.edifact.reading.context import Context
from adapters.edifact.reading.findings import Findings
from adapters.edifact.syntax.envelope import first_occurrences, message_type, reference
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.records import Records
from adapters.edifact.syntax.scanner import MOST_IN_SEGMENT, MOST_OF_CUT, Piece
from adapters.edifact.syntax.tokenizer import tokenize
from gateway.model.stages import Message


def decode(piece: Piece, context: Context, *, duplicate: bool = False) -> Message:
    """Return a message with its findings; `duplicate` when its 0062 was used in the interchange before."""
    visible = piece.visible
    tokens = tokenize(visible, context.separators, context.charset)
    if len(piece.raw) > MOST_IN_SEGMENT and max(map(len, tokens.segments)) > MOST_IN_SEGMENT:
        piece = Piece(piece.offset, piece.raw[:MOST_OF_CUT], piece.complete, cut=True)
        visible = piece.raw
        tokens = tokenize(visible, context.separators, context.charset)
    # of what is cut the last segment is not whole: it is not judged
    segments = tokens.segments[:-1] if piece.cut and len(tokens.segments) > 1 else tokens.segments
    records: Sequence[list[str]] = Records(segments)
    unh = first_occurrences(records[0]) if context.separators.repetition else records[0]
    kind = message_type(unh)
    known = context.library.specification(kind, context.rules, context.conventions.profiles)
    origin = Origin(piece.raw, piece.offset, context.separators, context.charset, visible if piece.octets else b"")
    work = Findings(kind, reference(unh), records, segments, known, origin)
    structure = known.structure
    passed = SECURITY if context.syntax.answer == "3" else SECURITY | ANTI_COLLISION
    if structure is None:
        places: Sequence[int] = [0] * len(records)
        misplaced: tuple[StructureFault, ...] = ()
    else:
        placement = place(structure, segments, closed=work.closed, passed=passed)
        places, misplaced = placement.places, placement.faults
    found = work.limited(
        work.form(tokens, piece),
        work.charset(context),
        work.duplicate() if duplicate else (),
        work.unknown() if structure is None and kind.name else (),
        work.structure(misplaced, passed),
        work.sections(places),
        work.outside(places, context),
        work.elements(),
        work.demands(places),
        work.trailer(piece),
    )
    if context.separators.repetition:
        define = known.segment
        records = [
            unfolded(record, define(record[0])) if "*" in segment or _repeats(known, record[0]) else record
            for record, segment in zip(records, segments, strict=True)
        ]
    return Message(kind, work.reference, places, records, found, structure is not None, work.origin)


def _repeats(known: Specification, tag: str) -> bool:
    definition = known.segment(tag)
    return definition is not None and definition.repeats
