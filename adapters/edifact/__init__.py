"""UN/EDIFACT: bytes to placed segments and back, the checks of ISO 9735 and of the directories, and CONTRL.

A library in its own right (docs/reference/edifact-library.md): `read` and `validate` say what an interchange holds and
what is wrong with it, `parse` and `write` take it apart and put it together.
"""

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.contrl import acknowledge, acknowledgments
from adapters.edifact.reader import read, validate
from adapters.edifact.segments import Segment, parse, segment, write, written

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
