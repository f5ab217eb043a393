"""What differs between two results for the same arrival: as it was stored, and as it would be today."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from gateway.model.journal import DocumentRecord, FindingRecord, ProcessingResult
from gateway.model.stages import Delivery
from gateway.pipeline.canonical import differences

_LINES: Final = 40  # of one delivery that differs


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `what` of which `id`, where in it, and both values as texts."""

    what: str
    id: str
    path: str
    before: str
    after: str

    def as_dict(self) -> dict[str, str]:
        """Return plain values for JSON."""
        return asdict(self)


def changes(before: ProcessingResult, after: ProcessingResult) -> Iterator[Change]:
    """Yield every difference of state, agreement, documents, findings and deliveries."""
    had, has = before.arrival, after.arrival
    if had is not None and has is not None:
        for name, was, becomes in (("state", had.state, has.state), ("agreement", had.agreement, has.agreement)):
            if was != becomes:
                yield _change("arrival", has.id, name, was, becomes)
    yield from _documents({one.id: one for one in before.documents}, {one.id: one for one in after.documents})
    yield from _findings(before.findings, after.findings)
    yield from _deliveries({one.id: one for one in before.deliveries}, {one.id: one for one in after.deliveries})


def _change(what: str, id_: str, path: str, before: object, after: object) -> Change:
    return Change(what, id_, path, _text(before), _text(after))


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _documents(before: Mapping[str, DocumentRecord], after: Mapping[str, DocumentRecord]) -> Iterator[Change]:
    for id_ in sorted(before.keys() | after.keys()):
        was, becomes = before.get(id_), after.get(id_)
        if was is None or becomes is None:
            yield _change("document", id_, "", was and was.type, becomes and becomes.type)
            continue
        if was.accepted != becomes.accepted:
            yield _change("document", id_, "accepted", was.accepted, becomes.accepted)
        had, have = (_values(one) for one in (was, becomes))
        for path, one, other in differences(had, have):
            yield _change("document", id_, path, one, other)


def _values(record: DocumentRecord) -> Any:
    return json.loads(record.json) if record.json else None


def _findings(before: Sequence[FindingRecord], after: Sequence[FindingRecord]) -> Iterator[Change]:
    had, have = ({_key(one) for one in some} for some in (before, after))
    for one in before:
        if _key(one) not in have:
            yield _change("finding", one.document, str(one.finding.position), _said(one), "")
    for one in after:
        if _key(one) not in had:
            yield _change("finding", one.document, str(one.finding.position), "", _said(one))


def _key(record: FindingRecord) -> tuple[str, str]:
    return record.document, json.dumps(record.finding.as_dict(), sort_keys=True)


def _said(record: FindingRecord) -> str:
    return f"{record.finding.code} {record.finding.text}"


def _deliveries(before: Mapping[str, Delivery], after: Mapping[str, Delivery]) -> Iterator[Change]:
    for id_ in sorted(before.keys() | after.keys()):
        was, becomes = before.get(id_), after.get(id_)
        if was is None or becomes is None:
            yield _change("delivery", id_, "", was and was.description, becomes and becomes.description)
            continue
        if was.endpoint != becomes.endpoint:
            yield _change("delivery", id_, "endpoint", was.endpoint, becomes.endpoint)
        if was.content != becomes.content:
            removed, added = _line_changes(was.content, becomes.content)
            yield _change("delivery", id_, "content", removed, added)


def _line_changes(before: bytes, after: bytes) -> tuple[str, str]:
    """Return the segments or elements of two contents that are only in the one and only in the other."""
    compared = list(difflib.unified_diff(_lines(before), _lines(after), n=0, lineterm=""))[2:]
    removed, added = ("\n".join([line[1:] for line in compared if line[0] == sign][:_LINES]) for sign in "-+")
    return removed, added


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace")
    apart = text.replace("><", ">\n<") if text.lstrip().startswith("<") else text.replace("'", "'\n")
    return apart.split("\n")
