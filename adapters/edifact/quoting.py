"""The segment that a finding is about, as received: found again in the bytes around the finding's place."""

from __future__ import annotations

import re
from functools import lru_cache

from adapters.edifact import faults
from adapters.edifact.syntax.charset import UNDECLARED, Charset, charset
from adapters.edifact.syntax.envelope import ServiceSegments, component
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.separators import DEFAULT, UNA_LENGTH, Separators
from gateway.model.finding import Finding, Position
from gateway.model.stages import Interchange, Message
from gateway.plugin import Bytes, Quote

#: Bytes looked at on either side of a place.
_AROUND = 2000
_TAG_LENGTH = 3
_NOISE = b"\r\n "


def quote(finding: Finding, within: Message | Interchange, read: Bytes) -> Quote | None:
    """Return the segment that a finding is about, and in it the tag, element or component that is meant."""
    position = finding.position
    if position.offset is None:
        return None
    separators, used = _reading(within)
    base = max(position.offset - _AROUND, 0)
    window = read(base, position.offset + _AROUND)
    at = position.offset - base
    if position.tag == "UNB" and window.startswith(b"UNA", at):
        at = _past_noise(window, at + UNA_LENGTH)
    start, stop, first, last = _span(window, at, finding, separators)
    if start == stop:
        return None
    return Quote(base + start, base + stop, base + first, base + last, used.codec)


def _reading(within: Message | Interchange) -> tuple[Separators, Charset]:
    """Return the service characters and the character set in force."""
    if isinstance(within, Message):
        origin: Origin = within.origin
        return origin.separators, origin.charset
    if isinstance(within.detail, ServiceSegments):
        declared = charset(component(within.detail.unb, 1)) if within.detail.unb else None
        return within.detail.separators, declared or UNDECLARED
    return DEFAULT, UNDECLARED


def _span(window: bytes, at: int, finding: Finding, separators: Separators) -> tuple[int, int, int, int]:
    """Return start and end of the segment in the window, and start and end of what is meant."""
    position = finding.position
    ends = [mark.start() for mark in _ends(separators).finditer(window) if mark[0] == separators.end]
    missing = finding.code == "13" and position.element is None
    if missing and position.tag != "UNB":
        start, stop = _before(window, at, ends)
        if start < stop:
            return start, stop, stop, stop
    start = _past_noise(window, max((end + 1 for end in ends if end < at), default=0), at)
    stop = min((end + 1 for end in ends if end >= at), default=len(window))
    if finding.code == faults.LEADING_BYTES:
        last = at + max(len(finding.value), 1)
        return at, max(stop, last), at, last
    last = at if missing else _meant(window, at, stop, position, separators)
    return start, stop, at, last


def _before(window: bytes, at: int, ends: list[int]) -> tuple[int, int]:
    """Return the last segment before a gap: up to its terminator, or through the last byte where it has none."""
    passed = [end for end in ends if end <= at]
    bounds = [0, *(end + 1 for end in passed)]
    if window[bounds[-1] : at].strip(_NOISE):
        return _past_noise(window, bounds[-1], at), len(window[: at + 1].rstrip(_NOISE))
    if not passed:
        return 0, 0
    return _past_noise(window, bounds[-2], passed[-1]), passed[-1] + 1


def _meant(window: bytes, at: int, stop: int, position: Position, separators: Separators) -> int:
    """Return where the tag, element or component that starts at a place ends."""
    if position.element is None and position.tag:
        return min(at + max(_TAG_LENGTH, len(position.tag)), stop)
    if position.element is None:
        return min(at + _TAG_LENGTH, stop)
    closing = {separators.element, separators.terminator}
    if position.component is not None:
        closing.add(separators.component)
    if position.occurrence is not None and separators.repetition:
        closing.add(separators.repetition)
    for mark in _marks(separators).finditer(window, at, stop):
        if mark[0].decode("latin-1") in closing:
            return mark.start()
    return stop


def _past_noise(window: bytes, start: int, stop: int | None = None) -> int:
    stop = len(window) if stop is None else stop
    while start < stop and window[start] in _NOISE:
        start += 1
    return start


@lru_cache(256)
def _ends(separators: Separators) -> re.Pattern[bytes]:
    """Matches a terminator, and past it each released character."""
    return re.compile(_released(separators) + re.escape(separators.end), re.DOTALL)


@lru_cache(256)
def _marks(separators: Separators) -> re.Pattern[bytes]:
    """Matches any separator, and past it each released character."""
    services = separators.component + separators.element + separators.repetition + separators.terminator
    return re.compile(_released(separators) + b"[" + re.escape(services.encode("latin-1")) + b"]", re.DOTALL)


def _released(separators: Separators) -> bytes:
    return re.escape(separators.mark) + rb"[\r\n]*.|" if separators.mark else b""
