"""A feed of lines to messages: what a program that reads AIS holds for each of its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from adapters.ais.armour import dearmour
from adapters.ais.assembly import MOST_SETS, WINDOW, Assembly, Whole
from adapters.ais.bits import Bits
from adapters.ais.codec import decode
from adapters.ais.message import Heard, Message
from adapters.ais.reasons import Reason, Reject
from adapters.ais.rows import ZERO, Head, chunks, head_of, pair_of, rows, told_by
from adapters.ais.sentence import Sentence, sentences
from adapters.ais.tagblock import tag_block

_Item = TypeVar("_Item", Reject, Message | Reject)


class Receiver:
    """Takes the lines of one source; nothing is ever joined across two.

    Times of receipt are handed in, and should not run backwards. `window`, `talker_matters` and `most` are those of
    `assembly`. Memory is bounded by `most` open sets of at most nine sentences, whatever is received.
    """

    def __init__(
        self, source: str, *, window: timedelta = WINDOW, talker_matters: bool = True, most: int = MOST_SETS
    ) -> None:
        self.source = source
        self.assembly = Assembly(window=window, talker_matters=talker_matters, most=most)
        self._counts: Counter[Reason] = Counter()

    @property
    def counts(self) -> Mapping[Reason, int]:
        """How many rejects there were of each reason."""
        return MappingProxyType(self._counts)

    def receive_line(self, line: bytes, received_at: datetime) -> Iterator[Message | Reject]:
        """Return what a line gives, whether or not it is looked at; never raises, whatever the bytes are.

        A line may give several messages, and rejects of sets that waited too long for a part.
        """
        return self._counted(self._line(line, received_at))

    def receive(self, content: bytes, received_at: datetime) -> Iterator[Message | Reject]:
        """Return what lines that came together give: as `receive_line` for each of them, in half the time.

        Sets that waited too long are given up before the first line, and after the last.
        """
        found: list[Message | Reject] = [*self.assembly.expire(received_at)]
        for chunk in chunks(content):
            there = rows(chunk)
            lines = chunk.split(b"\n")
            number = 0
            while number < len(there):
                line = lines[number].removesuffix(b"\r")
                tag, body, payload, _, _ = there[number]
                if body[6:9] == b"1,1" and not (tag and told_by(tag).grouped):
                    bits = dearmour(payload, body[-1] - ZERO)
                    heard = self._heard(head_of(body[: -len(payload) - 2]), (line,), (tag,) if tag else (), received_at)
                else:
                    pair = pair_of(there, number)
                    if pair is None or not self.assembly.pair(pair, received_at):
                        found += self._line(line, received_at)
                        number += 1
                        continue
                    bits = dearmour(pair.payload, pair.fill - ZERO)
                    number += 1
                    both = (line, lines[number].removesuffix(b"\r"))
                    heard = self._heard(pair.head, both, pair.tags, received_at)
                number += 1
                found.append(_made(bits, heard))
        found += self.assembly.expire(received_at)
        return self._counted(found)

    def _heard(self, head: Head, content: tuple[bytes, ...], tags: tuple[bytes, ...], received_at: datetime) -> Heard:
        block = station = sent_at = None
        if tags:
            block = tag_block(tags[0]) if tags[0] else None
            times = (tag_block(tag).time for tag in tags if tag)
            sent_at = next((time for time in times if time), None)
            station = block and block.station
        about = (self.source, received_at, content, station, sent_at, head.talker, head.channel, head.own_ship, block)
        return tuple.__new__(Heard, about)  # as Heard(*about), in half the time

    def wholes(self, line: bytes, received_at: datetime) -> Iterator[Whole | Reject]:
        """Yield what `receive_line` makes messages of, and its other rejects, uncounted."""
        if self.assembly:
            yield from self.assembly.expire(received_at)
        before = None
        for one in sentences(line):
            if isinstance(one, Reject):
                yield one
                continue
            part = before = _beside(one, before)
            if part.total == 1 and part.tag_block is None:
                yield Whole((part,), part.station, part.sent_at)
            else:
                yield from self.assembly.add(part, received_at)

    def message(self, whole: Whole, received_at: datetime) -> Message | Reject:
        """Return the message of what is whole."""
        first = whole.parts[0]
        bits = dearmour(first.payload, first.fill)
        for part in whole.parts[1:]:
            bits = bits.followed_by(dearmour(part.payload, part.fill))
        heard = Heard(
            self.source,
            received_at,
            tuple(part.content for part in whole.parts),
            whole.station,
            whole.sent_at,
            first.talker,
            first.channel,
            first.own_ship,
            first.tag_block,
        )
        return _made(bits, heard)

    def _line(self, line: bytes, received_at: datetime) -> list[Message | Reject]:
        return [
            self.message(made, received_at) if isinstance(made, Whole) else made
            for made in self.wholes(line, received_at)
        ]

    def expire(self, now: datetime) -> Iterator[Reject]:
        """Return the sets that have waited too long; for a source that fell silent."""
        return self._counted(list(self.assembly.expire(now)))

    def close(self) -> Iterator[Reject]:
        """Return every set that is not whole; for a source that ended."""
        return self._counted(list(self.assembly.close()))

    def _counted(self, found: list[_Item]) -> Iterator[_Item]:
        for one in found:
            if isinstance(one, Reject):
                self._counts[one.reason] += 1
        return iter(found)


def _made(bits: Bits, heard: Heard) -> Message | Reject:
    made = decode(bits, heard)
    return Reject(made, b"\n".join(heard.content)) if isinstance(made, Reason) else made


def _beside(part: Sentence, before: Sentence | None) -> Sentence:
    """Return a part with the station and time of its predecessor on the same line, where it has none of its own."""
    if before is None or part.station is not None or part.total == 1:
        return part
    if (before.total, before.sequence, before.number + 1) != (part.total, part.sequence, part.number):
        return part
    return part._replace(station=before.station, sent_at=part.sent_at or before.sent_at)
