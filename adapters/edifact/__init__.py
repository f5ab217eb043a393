"""UN/EDIFACT: bytes to placed segments and back, the checks of ISO 9735 and of the directories, and CONTRL.

Read from the bottom up: `syntax` splits bytes, `directories` says what should be there, `profiles` what partners change
in it, `checks` compares, `reading` does all of it to a stream; `contrl` and `writer` go the other way.

A library in its own right (docs/reference/edifact-library.md): `read` and `validate` say what an interchange holds and
what is wrong with it, `parse` and `write` take it apart and put it together.
"""

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.contrl import acknowledge, acknowledgments
from adapters.edifact.reading.reader import read, validate
from adapters.edifact.syntax.segments import Segment, parse, segment, write, written

__all__ = [
    "EdifactAdapter",
    "Segment",
    "acknowledge",
    "acknowledgments",
    "parse",
    "read",
    "segment",
    "validate",
    "write",
    "written",
]
