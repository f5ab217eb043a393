"""Trying maps on samples: what is read, compared with what is expected, and whether writing gives it back.

The law that the round trip tests: reading what was written gives the same document, wherever writing reported no loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import EncodeError, MappingError
from gateway.model.base import Part
from gateway.model.finding import Finding
from gateway.model.stages import Envelope, Interchange, Party
from gateway.pipeline.canonical import differences, from_json, to_values
from gateway.pipeline.standards import Read, Standards, not_recognised

_ENVELOPE = Envelope("", Party("SENDER"), Party("RECIPIENT"), "SAMPLE", "UNOC:3", "250101:0000")


@dataclass(frozen=True, slots=True)
class Sample:
    """A message with what is expected of it: canonical JSON and findings as texts, None where nothing is.

    A sample that no document comes of has `[]` as its canonical JSON, or none but findings.
    """

    name: str
    content: bytes
    canonical: str | None = None
    findings: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a sample was not as it should be; `path` is canonical, "" for the sample as a whole."""

    what: str  # read, canonical, findings, round trip
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one sample: the maps that read it, how many losses were reported, and what failed."""

    sample: Sample
    maps: tuple[str, ...]
    documents: tuple[Part, ...]
    findings: tuple[Finding, ...]
    losses: int
    faults: tuple[Fault, ...]


def try_sample(standards: Standards, sample: Sample) -> Trial:
    """Read a sample, compare it with what is expected, write it and read it again."""
    reads, findings = _read(standards, sample.content)
    documents = tuple(read.document for read in reads if read.document is not None)
    faults = [] if _refused(sample) else list(_unread(standards, reads, findings))
    if sample.canonical is not None:
        faults += _canonical(documents, sample.canonical)
    if sample.findings is not None:
        faults += _findings(findings, sample.findings)
    losses = 0
    for number, read in enumerate(reads):
        if read.document is not None and not read.rejected:  # what is rejected is never written
            lost, found = _round_trip(standards, read, read.document)
            losses += lost
            where = f"message {number + 1}: " if len(reads) > 1 else ""
            faults += [Fault(fault.what, fault.path, where + fault.text) for fault in found]
    return Trial(sample, _maps(standards, reads), documents, findings, losses, tuple(faults))


def _read(standards: Standards, content: bytes) -> tuple[list[Read], tuple[Finding, ...]]:
    adapter = standards.recognise(content)
    if adapter is None:
        return [], (not_recognised(content),)
    reads: list[Read] = []
    findings: list[Finding] = []
    for item in standards.read(adapter, [content]):
        findings += item.findings
        if not isinstance(item, Interchange):
            reads.append(item)
    return reads, tuple(findings)


def _maps(standards: Standards, reads: Sequence[Read]) -> tuple[str, ...]:
    entries = (standards.registry.find(read.message.type) for read in reads)
    return tuple(dict.fromkeys(entry.head.name for entry in entries if entry is not None))


def _refused(sample: Sample) -> bool:
    """Whether it is expected that no document comes of a sample."""
    if sample.canonical is None:
        return sample.findings is not None
    return sample.canonical.strip() == "[]"


def _unread(standards: Standards, reads: Sequence[Read], findings: Sequence[Finding]) -> Iterator[Fault]:
    """Yield a fault for each message that a map should have read; one that has no map is none of ours."""
    if not reads:
        yield Fault("read", "", findings[0].text if findings else "there is no message in it")
    for read in reads:
        if read.document is None and standards.registry.find(read.message.type) is not None:
            why = read.findings[0].text if read.findings else "nothing in it could be read"
            yield Fault("read", "", f"{read.message.type} {read.message.reference} gives no document: {why}")


def _canonical(documents: Sequence[Part], expected: str) -> Iterator[Fault]:
    readings = [] if expected.strip() == "[]" else list(from_json(expected))
    for reading in readings:
        if reading.document is None:
            yield Fault("canonical", "", f"the expectation cannot be read: {reading.findings[0].text}")
            return
    if len(readings) != len(documents):
        yield Fault("canonical", "", f"{len(readings)} documents expected, {len(documents)} read")
    for reading, document in zip(readings, documents, strict=False):
        if reading.document is not None:
            for path, wanted, got in differences(to_values(reading.document), to_values(document)):
                yield Fault("canonical", _inner(path), f"expected {_shown(wanted)}, got {_shown(got)}")


def _findings(found: Sequence[Finding], expected: str) -> Iterator[Fault]:
    """Match each expected finding, of which only the keys given count, to one that was found; none may be left over."""
    try:
        wanted = json.loads(expected)
    except json.JSONDecodeError as error:
        yield Fault("findings", "", f"the expectation is no JSON: {error.msg} in line {error.lineno}")
        return
    left = [finding.as_dict() for finding in found]
    for one in wanted:
        hit = next((finding for finding in left if _matches(one, finding)), None)
        if hit is None:
            yield Fault("findings", "", f"expected and not found: {_shown(one)}")
        else:
            left.remove(hit)
    for finding in left:
        yield Fault("findings", finding.get("path", ""), f"not expected: {finding['code']} {finding['text']}")


def _matches(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        return all(key in got and _matches(value, got[key]) for key, value in wanted.items())
    return bool(wanted == got)


def _round_trip(standards: Standards, read: Read, document: Part) -> tuple[int, list[Fault]]:
    kind = read.message.type
    try:
        output = standards.write(document, kind, _ENVELOPE)
    except (EncodeError, MappingError) as error:
        return 0, [Fault("round trip", "", f"cannot be written again: {error}")]
    again, findings = _read(standards, output.content)
    if len(again) != 1 or again[0].document is None:
        why = findings[0].text if findings else "no document"
        return len(output.losses), [Fault("round trip", "", f"what was written cannot be read: {why}")]
    lost = tuple(loss.path for loss in output.losses)
    faults = [
        Fault("round trip", _inner(path), f"was {_shown(before)}, came back as {_shown(after)}")
        for path, before, after in differences(to_values(document), to_values(again[0].document))
        if not _inner(path).startswith(lost)
    ]
    return len(output.losses), faults


def _inner(path: str) -> str:
    """Return a path without the document's class in front."""
    return path.partition(".")[2]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 100 else f"{text[:100]}…"
