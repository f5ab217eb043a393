"""A stream of bytes to interchanges, service segments and whole messages, each with its byte offset.

The scanner holds one message at most. It looks for service segments only; what is inside a message is for
the tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from io import IOBase

from adapters.edifact.syntax.separators import DEFAULT, UNA_LENGTH, Separators, from_una, from_unb

_START = re.compile(
    rb"UNA.{6}[\r\n ]{0,64}(?=U(?:N[BH]|IB))|U[NI]B(?=[^0-9A-Za-z\s]UNO|[+\x1d])|UNH(?=[+\x1d])",
    re.DOTALL,
)
_UNA_BEFORE = re.compile(rb"UNA.{6}[\r\n ]{0,64}\Z", re.DOTALL)
_TAG = re.compile(rb"([^\r\n])[\r\n]{0,4}([^\r\n])[\r\n]{0,4}([^\r\n])")
#: Bytes from the start of a UNA to the tag behind it, at most, and those of a tag that a line break wraps.
_LONGEST_UNA, _LONGEST_TAG = 80, 16
_TRAILING_NOISE = bytes(range(0x21)) + b"\xef\xbb\xbf"
_NOISE = b"\r\n "
#: Bytes read of one message, of one other segment, and segments of one message, at most. UNT counts 999999 segments
#: in version 3 (0074, n..6); no real message comes near any of the three.
MOST_BYTES, MOST_IN_SEGMENT, MOST_SEGMENTS = 64 << 20, 1 << 20, 999_999
#: Bytes kept when nothing was found: a tag with line breaks in it, or a UNA before its UNB; and of what is cut.
_TAIL = MOST_OF_CUT = 1024
_COMPACT = 1 << 20
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Start:
    """Where an interchange, or a message without one, begins.

    `una` holds the nine bytes of UNA or nothing; `una_valid` says whether they were usable. `skipped` counts
    the bytes before it that belong to nothing, `sample` shows the first of them. `found` is False when there
    are only such bytes up to the end of the stream.
    """

    offset: int
    separators: Separators
    una: bytes = b""
    una_valid: bool = True
    skipped: int = 0
    sample: bytes = b""
    found: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment or message as received, up to and with its terminator if `complete`.

    `cut` says that it is longer than is read of one: `raw` is its beginning. `octets` are the parts of `raw` (start,
    end) that are no segments: encrypted data behind a USD.
    """

    offset: int
    raw: bytes
    complete: bool = True
    cut: bool = False
    octets: tuple[tuple[int, int], ...] = ()

    @property
    def visible(self) -> bytes:
        """The bytes as they are to be read: with blanks for octets that are no segments."""
        if not self.octets:
            return self.raw
        read = bytearray(self.raw)
        for start, end in self.octets:
            read[start:end] = b" " * (end - start)
        return bytes(read)


def chunks(source: bytes | Iterable[bytes]) -> Iterable[bytes]:
    """Return a source in chunks: a whole file, the chunks of a stream as they come, or an open file in even blocks.

    An open file is no stream of lines here: without line breaks it would be one line.
    """
    if isinstance(source, bytes):
        return (source,)
    if isinstance(source, IOBase):
        return iter(partial(source.read, _BLOCK), b"")
    return source


class Scanner:
    """Reads one stream; every call goes on where the one before it stopped.

    With `keep`, what was passed over can be asked for: it is held until then.
    """

    def __init__(self, chunks: Iterable[bytes], *, keep: bool = False) -> None:
        self._chunks = iter(chunks)
        self._keep = keep
        self._kept = 0
        self._buffer = bytearray()
        self._at = 0
        self._base = 0
        #: Empty segments passed over between service segments, and whether spaces were.
        self.empty = 0
        self.spaced = False

    @property
    def offset(self) -> int:
        """The byte offset in the stream of what comes next."""
        return self._base + self._at

    def _more(self) -> bool:
        """Take in the next chunk; positions in the buffer are only valid until it compacts."""
        for chunk in self._chunks:
            if chunk:
                self._buffer += chunk
                return True
        return False

    def _compact(self) -> None:
        done = self._kept - self._base if self._keep else self._at
        if done > _COMPACT:
            del self._buffer[:done]
            self._base += done
            self._at -= done

    def kept(self) -> bytes:
        """Return every byte passed over since this was last asked."""
        passed = bytes(self._buffer[self._kept - self._base : self._at])
        self._kept = self.offset
        self._compact()
        return passed

    def start(self) -> Start | None:
        """Go to the next UNB or bare UNH and return where it is, or None at the end of the stream."""
        began, sample, strange = self.offset, b"", False
        while True:
            self._compact()
            match = _START.search(self._buffer, self._at)
            if match is not None:
                self._ensure(match.start() + _LONGEST_UNA - self._at)  # it may be part of a UNA not wholly there
                match = _START.search(self._buffer, self._at) or match
                break
            kept = max(self._at, len(self._buffer) - _TAIL)
            if not (more := self._more()):
                kept = len(self._buffer)
            passed = bytes(self._buffer[self._at : kept])
            sample = _sample(sample, passed)
            strange = strange or bool(passed.strip(_TRAILING_NOISE))
            self._at = kept
            if not more:
                skipped = self.offset - began if strange else 0
                return Start(began, DEFAULT, skipped=skipped, sample=sample, found=False) if skipped else None
        offset = self._base + match.start()
        sample = _sample(sample, bytes(self._buffer[self._at : match.start()]))
        return self._begin(match, offset, offset - began if sample else 0, sample)

    def _begin(self, match: re.Match[bytes], offset: int, skipped: int, sample: bytes) -> Start:
        una = match[0][:UNA_LENGTH] if match[0].startswith(b"UNA") else b""
        self.spaced = b" " in match[0][UNA_LENGTH:]
        self._at = match.end() if una else match.start()
        separators = from_una(una) if una else None
        valid = not una or separators is not None
        if separators is None:
            self._ensure(_TAIL)
            separators = from_unb(bytes(self._buffer[self._at : self._at + _TAIL]))
        return Start(offset, separators, bytes(una), valid, skipped, bytes(sample))

    def _ensure(self, count: int) -> None:
        """Have that many bytes in the buffer, unless the stream ends."""
        while len(self._buffer) - self._at < count and self._more():
            pass

    def tag(self, separators: Separators) -> str:
        """Return the tag of the next segment, past noise and empty segments; "" at the end of the stream."""
        while True:
            match = separators.noise.match(self._buffer, self._at)
            if match is not None:
                self.empty += match[0].count(separators.end)
                self.spaced = self.spaced or b" " in match[0]
                self._at = match.end()
            if self._at < len(self._buffer):
                break
            self._compact()
            if not self._more():
                return ""
        self._ensure(_TAIL)
        match = _TAG.match(self._buffer, self._at)
        return b"".join(match.groups()).decode("latin-1") if match else "?"

    def segment(self, separators: Separators) -> Piece:
        """Return the next segment; of one longer than any real one the beginning, the rest is passed over."""
        end = self._end(self._at, separators, MOST_IN_SEGMENT)
        if end < 0 and self._endless(self._at):
            piece = Piece(self.offset, bytes(self._buffer[self._at : self._at + MOST_OF_CUT]), cut=True)
            self._pass_over(separators)
            return piece
        return self._take(end)

    def _endless(self, at: int) -> bool:
        """Whether more bytes follow a position than are read of one segment."""
        self._ensure(at + MOST_IN_SEGMENT + 1 - self._at)
        return len(self._buffer) - at > MOST_IN_SEGMENT

    def _pass_over(self, separators: Separators) -> None:
        """Go behind the next terminator, or to the end of the stream, without keeping what stands before it."""
        while (end := self._end(self._at, separators, MOST_IN_SEGMENT)) < 0:
            at = min(len(self._buffer), self._at + MOST_IN_SEGMENT)
            self._at = at - self._released(at, separators)
            self._compact()
            if self._at >= len(self._buffer) - 1 and not self._more():
                end = len(self._buffer)
                break
        self._at = end

    def message(self, separators: Separators) -> Piece:
        """Return the next message, from UNH to the end of UNT, or to what shows that it has no UNT.

        `complete` is False when UNT or its terminator is missing.
        """
        at = self._at + 1
        beginning = b""
        began = self.offset
        octets: list[tuple[int, int]] = []
        while True:
            match = separators.envelope.search(self._buffer, at)
            if match is None:
                at = max(at, len(self._buffer) - _LONGEST_TAG)
                if len(self._buffer) - self._at > MOST_BYTES + _LONGEST_UNA + _LONGEST_TAG:
                    beginning = beginning or bytes(self._buffer[self._at : self._at + MOST_OF_CUT])
                    self._at = max(self._at, len(self._buffer) - _TAIL)
                    self._compact()
                    at = len(self._buffer) - _LONGEST_TAG
                if not self._more():
                    return _whole(self._take(-1), began, beginning, octets, separators)
                continue
            if not self._starts_segment(match.start(), separators):
                at = match.start() + 1
            elif match[1] == b"T":
                end = self._end(match.end(), separators, MOST_IN_SEGMENT)
                if end < 0 and self._endless(match.end()):
                    beginning = beginning or bytes(self._buffer[self._at : self._at + MOST_OF_CUT])
                    self._at = match.end()
                    self._pass_over(separators)
                    return Piece(began, beginning, cut=True)
                return _whole(self._take(end), began, beginning, octets, separators)
            elif match[1] is None:
                start, at = self._octets(match.end(), separators)
                octets.append((start - self._at, at - self._at))
            else:
                return _whole(self._cut(match.start()), began, beginning, octets, separators)

    def _octets(self, at: int, separators: Separators) -> tuple[int, int]:
        """Return start and end of encrypted data: USD states how many octets follow it (0556, ISO 9735-5)."""
        end = self._end(at, separators, MOST_IN_SEGMENT)
        if end < 0:
            return at, at
        stated = re.match(rb"\D?(\d{1,18})", bytes(self._buffer[at : at + 20]))
        behind = end + (int(stated[1]) if stated else 0)
        if behind - self._at > MOST_BYTES:
            return end, end
        while len(self._buffer) < behind and self._more():
            pass
        return end, behind if behind <= len(self._buffer) else end

    def octets(self, count: int) -> bytes:
        """Return so many bytes, whatever they are; fewer when the stream ends first."""
        self._ensure(count)
        return self._take(min(self._at + count, len(self._buffer))).raw

    def skip(self, octets: int) -> bool:
        """Pass over octets whatever they are, without keeping them; False when the stream ends first."""
        while len(self._buffer) - self._at < octets:
            octets -= len(self._buffer) - self._at
            self._base += len(self._buffer)
            self._buffer.clear()
            self._at = 0
            if not self._more():
                return False
        self._at += octets
        return True

    def _cut(self, end: int) -> Piece:
        """Return the message that ends before another service segment, and before a UNA that opens it."""
        una = _UNA_BEFORE.search(bytes(self._buffer[max(self._at, end - _LONGEST_UNA) : end]))
        if una is not None:
            end -= len(una[0])
        piece = self._take(end)
        return Piece(piece.offset, piece.raw, complete=False)

    def _starts_segment(self, at: int, separators: Separators) -> bool:
        before = at - 1
        while before > self._at and self._buffer[before] in _NOISE and self._buffer[before] != separators.end[0]:
            before -= 1
        return self._buffer[before] == separators.end[0] and not self._released(before, separators)

    def _released(self, at: int, separators: Separators) -> bool:
        """Whether the byte there is data: an odd run of release characters stands before it."""
        if not separators.mark:
            return False
        release, before = separators.mark[0], at - 1
        while before >= self._at and self._buffer[before] == release:
            before -= 1
        return (at - 1 - before) % 2 == 1

    def _end(self, at: int, separators: Separators, most: int = MOST_BYTES) -> int:
        """Return the position after the next terminator, or -1 when the stream, or so many bytes, end first."""
        last = at + most
        while True:
            found = self._buffer.find(separators.end, at, last)
            if found < 0:
                at = min(len(self._buffer), last)
                if at == last or not self._more():
                    return -1
            elif not self._released(found, separators):
                return found + 1
            else:
                at = found + 1

    def _take(self, end: int) -> Piece:
        complete = end >= 0
        if not complete:
            end = len(self._buffer)
        with memoryview(self._buffer) as buffer, buffer[self._at : end] as raw:
            piece = Piece(self.offset, raw.tobytes(), complete)
        self._at = end
        self._compact()
        return piece


def _sample(sample: bytes, passed: bytes) -> bytes:
    """Return the first of the bytes passed over, without the noise before them."""
    return (sample + passed if sample else passed.lstrip(_NOISE))[:80]


def _whole(
    piece: Piece, began: int, beginning: bytes, octets: Sequence[tuple[int, int]], separators: Separators
) -> Piece:
    """Return a message as read, cut where it is longer than is read of one."""
    long = piece.offset + len(piece.raw) - began > MOST_BYTES
    if long or piece.raw.count(separators.end) > MOST_SEGMENTS:
        return Piece(began, beginning or piece.raw[:MOST_OF_CUT], piece.complete, cut=True)
    return Piece(piece.offset, piece.raw, piece.complete, octets=tuple(octets)) if octets else piece
