"""A feed of lines to messages: what a program that reads AIS holds for each of its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from adapters.ais.armour import dearmour
from adapters.ais.assembly import MOST_SETS, WINDOW, Assembly, Whole
from adapters.ais.codec import decode
from adapters.ais.message import Heard, Message
from adapters.ais.reasons import Reason, Reject
from adapters.ais.sentence import Sentence, sentences

_Item = TypeVar("_Item", Reject, Message | Reject)


class Receiver:
    """Takes the lines of one source; nothing is ever joined across two.

    Times of receipt are handed in, and should not run backwards. `window`, `talker_matters` and `most` are those of
    `Assembly`, which is `assembly`. Memory is bounded by `most` open sets of at most nine sentences, whatever is received.
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
        found: list[Message | Reject] = []
        if self.assembly:
            found += self.assembly.expire(received_at)
        before = None
        for one in sentences(line):
            if isinstance(one, Reject):
                found.append(one)
                continue
            part = before = _beside(one, before)
            if part.total == 1 and part.tag_block is None:
                found.append(self._message(Whole((part,), part.station, part.sent_at), received_at))
                continue
            for made in self.assembly.add(part, received_at):
                found.append(self._message(made, received_at) if isinstance(made, Whole) else made)
        return self._counted(found)

    def expire(self, now: datetime) -> Iterator[Reject]:
        """Return the sets that have waited too long; for a source that fell silent."""
        return self._counted(list(self.assembly.expire(now)))

    def close(self) -> Iterator[Reject]:
        """Return every set that is not whole; for a source that ended."""
        return self._counted(list(self.assembly.close()))

    def _message(self, whole: Whole, received_at: datetime) -> Message | Reject:
        first = whole.parts[0]
        bits = dearmour(first.payload, first.fill)
        content: tuple[bytes, ...] = (first.content,)
        for part in whole.parts[1:]:
            bits = bits.followed_by(dearmour(part.payload, part.fill))
            content = (*content, part.content)
        heard = Heard(
            self.source,
            received_at,
            content,
            whole.station,
            whole.sent_at,
            first.talker,
            first.channel,
            first.own_ship,
            first.tag_block,
        )
        made = decode(bits, heard)
        return Reject(made, b"\n".join(content)) if isinstance(made, Reason) else made

    def _counted(self, found: list[_Item]) -> Iterator[_Item]:
        for one in found:
            if isinstance(one, Reject):
                self._counts[one.reason] += 1
        return iter(found)


def _beside(part: Sentence, before: Sentence | None) -> Sentence:
    """Return a part with the station and time of its predecessor on the same line, where it has none of its own."""
    if before is None or part.station is not None or part.total == 1:
        return part
    if (before.total, before.sequence, before.number + 1) != (part.total, part.sequence, part.number):
        return part
    return part._replace(station=before.station, sent_at=part.sent_at or before.sent_at)
