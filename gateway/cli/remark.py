"""A finding with everything that a person or an editor needs: its text in the file, names, rule and remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gateway.cli.content import Content, Passage
from gateway.cli.lines import Spot
from gateway.cli.reading import Ended, Item, Understood, as_dict
from gateway.cli.rules import clause, page
from gateway.model.finding import Finding
from gateway.model.stages import Interchange, Message, MessageType
from gateway.pipeline.standards import Standards
from gateway.plugin import Adapter, Clause, Names, Quote

_INDEX = re.compile(r"\[\d+\]")
#: Bytes shown of content that is of no standard known here.
_UNRECOGNISED = 60


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding, explained.

    `number` is that of the message in its file, 0 where the finding is on the interchange. `spot` to `end` is what is
    meant in lines and columns, `around` the record it is in; all None where the finding has no place in the bytes.
    """

    finding: Finding
    number: int
    type: MessageType | None
    names: Names
    clause: Clause
    quote: Quote | None = None
    passage: Passage | None = None
    spot: Spot | None = None
    end: Spot | None = None
    around: tuple[Spot, Spot] | None = None

    @property
    def remedy(self) -> str:
        """What to do: about this finding if it says so, else about any of its code."""
        return self.finding.remedy or self.clause.remedy

    @property
    def page(self) -> str:
        """The page of the documentation that says more."""
        return page(self.finding.code)

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON, without what is empty."""
        found = as_dict(self.finding)
        if self.number:
            found["message"] = self.number
        if self.spot is not None and self.end is not None:
            found |= {"line": self.spot.line, "column": self.spot.column}
            found |= {"end_line": self.end.line, "end_column": self.end.column}
        if self.quote is not None:
            found["bytes"] = [self.quote.first, self.quote.last]
        if self.passage is not None and self.passage.text:
            found["excerpt"] = self.passage.excerpt().text
        called = {"record": self.names.record, "element": self.names.element, "component": self.names.component}
        found["names"] = {key: name for key, name in called.items() if name}
        found |= {"rule": self.clause.title, "source": self.clause.source, "remedy": self.remedy, "page": self.page}
        return {key: value for key, value in found.items() if value not in ("", {})}


def likeness(finding: Finding) -> tuple[object, ...]:
    """Return what findings have in common that say the same of different places."""
    at = finding.position
    inside = (at.tag, at.element, at.component, at.name, _INDEX.sub("", at.xpath))
    return finding.severity, finding.code, *inside, _INDEX.sub("", finding.path)


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains the findings of one file; its bytes must have been read up to them."""

    standards: Standards
    content: Content

    def remark(self, item: Item, finding: Finding) -> Remark:
        """Return a finding explained, as one of the item that it came with."""
        within, number, type_ = _within(item)
        adapter = self._adapter(within)
        names = Names()
        if adapter is not None:
            names = adapter.names(type_ or MessageType(adapter.standard, ""), finding.position)
        rule = clause(adapter, type_, finding)
        quote = self._quote(adapter, within, finding)
        if quote is None:
            return Remark(finding, number, type_, names, rule)
        start, first, last, stop = (
            self.content.spot(offset, quote.codec) for offset in (quote.start, quote.first, quote.last, quote.stop)
        )
        passage = self.content.passage(quote)
        return Remark(finding, number, type_, names, rule, quote, passage, first, last, (start, stop))

    def _adapter(self, within: Message | Interchange | None) -> Adapter | None:
        if within is None:
            return None
        standard = within.type.standard if isinstance(within, Message) else within.envelope.standard
        return self.standards.adapters.get(standard)

    def _quote(self, adapter: Adapter | None, within: Message | Interchange | None, finding: Finding) -> Quote | None:
        position = finding.position
        if position.line is not None:
            return self.content.line(position.line, finding.value)
        if adapter is not None and within is not None:
            return adapter.quote(finding, within, self.content.window)
        if position.offset is None:
            return None
        length = len(self.content.window(position.offset, position.offset + _UNRECOGNISED).partition(b"\n")[0])
        end = position.offset + length
        return Quote(position.offset, end, position.offset, end)


def _within(item: Item) -> tuple[Message | Interchange | None, int, MessageType | None]:
    match item:
        case Understood():
            return item.message, item.number, item.type
        case Ended():
            return item.interchange, 0, None
        case _:
            return None, 0, None
