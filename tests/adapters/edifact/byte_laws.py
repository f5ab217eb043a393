"""What holds for any bytes: one function for Hypothesis, the fuzzer and the crashers kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from adapters.edifact import EdifactAdapter, read
from adapters.edifact.contrl import MOST_ELEMENTS, MOST_SEGMENTS, acknowledge, acknowledgments
from adapters.edifact.reading.reader import read_envelope, recognises
from adapters.edifact.reading.report import MOST_FINDINGS
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Severity
from gateway.model.place import Locator
from gateway.model.stages import Interchange, Message

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ADAPTER = EdifactAdapter()
#: Records of one message whose values are all located; the others are located as a whole.
LOCATED = 12

Part = Message | Interchange


def hold(content: bytes, conventions: Conventions = AS_DECLARED, *, answered: bool = True) -> list[Part]:
    """Read the bytes, see that every law holds for what was read (and, if `answered`, for our CONTRL); return it."""
    parts = list(read(content, conventions))
    assert isinstance(parts[-1], Interchange)
    assert isinstance(recognises(content), bool)
    assert read_envelope(content).standard == "edifact"
    judged: list[Finding] = []
    for part in parts:
        _findings_are_placed(part, content)
        judged += part.findings
        if isinstance(part, Message):
            _message_is_whole(part, content)
            acknowledgments(part)
        elif answered:
            _answer_is_sound(part, judged)
            judged.clear()
    return parts


def shape(parts: Sequence[Part]) -> list[object]:
    """What a reader sees of parts, to compare two readings."""
    return [
        (part.type, part.records, list(part.places), part.findings) if isinstance(part, Message) else part
        for part in parts
    ]


def chunked(content: bytes, size: int) -> Iterator[bytes]:
    """The same bytes in chunks."""
    return (content[at : at + size] for at in range(0, len(content), size))


def _findings_are_placed(part: Part, content: bytes) -> None:
    assert len(part.findings) <= MOST_FINDINGS + 1
    for finding in part.findings:
        assert finding.position.offset is not None, finding
        assert 0 <= finding.position.offset <= len(content), finding
        assert str(finding.position)
        assert Finding.from_dict(finding.as_dict()) == finding


def _message_is_whole(message: Message, content: bytes) -> None:
    raw, base = message.origin.raw, message.origin.base
    assert content[base : base + len(raw)] == raw
    assert len(message.records) == len(message.places) > 0
    assert all(message.records)
    assert message.known or not any(message.places)
    for number, record in enumerate(message.records):
        _inside(message, number, None)
        if number < LOCATED:
            for element, text in enumerate(record[1:12], 1):
                for index in range(min(text.count(":") + 1, 6)):
                    _inside(message, number, Locator("", "", element, index))
                _inside(message, number, Locator("", "", element))
    for outside in (-1, len(message.records), len(message.records) + 7):
        _inside(message, outside, Locator("", "", 1, 0))


def _inside(message: Message, record: int, locator: Locator | None) -> None:
    offset = ADAPTER.position(message, record, locator).offset
    assert offset is not None
    assert 0 <= offset - message.origin.base <= len(message.origin.raw)


def _answer_is_sound(interchange: Interchange, findings: Sequence[Finding]) -> None:
    """See that our CONTRL is right by our own checks, and says what it is to say."""
    content = acknowledge(interchange, findings, reference="C1", now=NOW)
    if content is None:
        return
    message, envelope = read(content)
    assert isinstance(message, Message)
    assert isinstance(envelope, Interchange)
    for found in (*message.findings, *envelope.findings):
        assert found.severity is not Severity.ERROR or _was_missing(found), (content, found)
    assert acknowledge(envelope, (), reference="C2", now=NOW) is None
    said = acknowledgments(message)
    assert said is not None
    rejected = any(one.severity is Severity.ERROR and one.level == "UCI" for one in findings)
    assert rejected <= (said.verdict.value == "rejected"), (content, findings)
    _within_the_limits(message)


def _was_missing(finding: Finding) -> bool:
    """Whether a CONTRL misses what it would have to repeat, and the interchange did not give."""
    repeats = {"UCI": (1, 2, 3), "UCF": (1, 2, 3), "UCM": (1, 2, 7, 8)}.get(finding.position.tag, ())
    return finding.code == "13" and finding.position.element in repeats


def _within_the_limits(contrl: Message) -> None:
    segments = elements = 0
    for record in contrl.records:
        if record[0] in ("UCI", "UCF", "UCM"):
            segments = 0
        elif record[0] == "UCS":
            segments, elements = segments + 1, 0
        elif record[0] == "UCD":
            elements += 1
        assert segments <= MOST_SEGMENTS
        assert elements <= MOST_ELEMENTS
    assert len(contrl.records) <= 999_999
