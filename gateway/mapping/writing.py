"""Writing a canonical document as the records of a message, and saying what could not be written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.errors import EncodeError
from gateway.mapping.rules import CheckedMap
from gateway.mapping.writer_code import WriterCode
from gateway.model.base import Part
from gateway.model.stages import Lineage, Loss, Written


@dataclass(frozen=True, slots=True)
class WrittenReading:
    """What was written, and which record and locator every canonical value went to."""

    written: Written
    lineage: tuple[Lineage, ...]


class Writer:
    """Writes the documents of one structure by one map."""

    def __init__(self, checked: CheckedMap) -> None:
        self.map = checked
        self._fast, self.source = WriterCode(checked).generate()

    @cached_property
    def _careful(self) -> Any:
        return WriterCode(self.map, careful=True).generate()[0]

    def write(self, document: Part) -> Written:
        """Return the records of a document and its losses.

        Raises `EncodeError` when the document is not the one this map writes.
        """
        return self._run(self._fast, document).written

    def explain(self, document: Part) -> WrittenReading:
        """Write with lineage: which record each canonical value went to."""
        return self._run(self._careful, document)

    def _run(self, write: Any, document: Part) -> WrittenReading:
        if not isinstance(document, self.map.document):
            wanted = self.map.document.__name__
            raise EncodeError(f"map {self.map.name} writes a {wanted}, not a {type(document).__name__}")
        body: list[str] = []
        lost: list[tuple[str, str, str]] = []
        trace: list[tuple[str, int, Any]] = []
        write(document, body, lost, trace)
        losses = tuple(Loss(path, value, why) for path, value, why in lost)
        lineage = tuple(Lineage(path, record, locator) for path, record, locator in trace)
        return WrittenReading(Written(self.map.grammar.type, body, losses), lineage)
