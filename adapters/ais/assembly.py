"""The parts of messages to whole ones, never joining what different ships or stations sent.

A part belongs to the set of its station and tag-block group; without a group, to that of its station, talker, sequence
number, channel and count of parts. Sequence numbers come round again after ten messages, so that a set is given up
rather than completed when it waited too long, or when its station has since gone half-way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from adapters.ais.reasons import Reason, Reject
from adapters.ais.rows import Pair, Part
from adapters.ais.sentence import Sentence, sentences

WINDOW = timedelta(seconds=3)
MOST_SETS = 4096
#: A part before its predecessor is the network's doing, which takes less than the stations' own pace.
_REORDERED = 4  # the window is so many times as long
_HALF_ROUND = 5

_Key = tuple[str | None, str, str, str, int, int]


class Whole(NamedTuple):
    """The sentences of one message in order, with what they inherited from each other."""

    parts: tuple[Sentence, ...]
    station: str | None
    sent_at: datetime | None


class Held(NamedTuple):
    """A part of an open or lately closed set, as `Assembly.resume` takes it: its set's station and first receipt."""

    content: bytes
    station: str | None
    sent_at: datetime | None
    opened: datetime


@dataclass(slots=True)
class _Set:
    """The parts heard so far; kept when it is whole, to know parts that are heard again."""

    opened: datetime
    parts: list[Sentence | Part | None]
    whole: bool = False

    def rest(self) -> Iterator[Reject]:
        """Yield what is left of it when it is given up."""
        if not self.whole:
            yield Reject(Reason.INCOMPLETE, b"\n".join(part.content for part in self.parts if part is not None))


@dataclass(slots=True)
class _Group:
    """What the sentences of a tag-block group inherit; `several` when stations use one number at a time."""

    heard: datetime
    station: str | None
    sent_at: datetime | None
    several: bool = False


class Assembly:
    """The open sets of one source.

    `window` is how long, by the times of receipt, a set waits; `talker_matters` is False for a source that changes the
    talker between the parts of a message. At most `most` sets are kept: then the oldest is given up.
    """

    def __init__(self, *, window: timedelta = WINDOW, talker_matters: bool = True, most: int = MOST_SETS) -> None:
        self._window = window
        self._talker_matters = talker_matters
        self._most = most
        self._sets: dict[_Key, _Set] = {}
        self._groups: dict[int, _Group] = {}

    def __len__(self) -> int:
        return len(self._sets)

    def add(self, part: Sentence, received_at: datetime) -> Iterator[Whole | Reject]:
        """Yield the message that a sentence makes whole, if it does, and what is given up because of it."""
        group = self._group(part, received_at)
        told = group is not None and not group.several
        station = part.station or (group.station if group and told else None)
        if part.total == 1:
            yield Whole((part,), station, part.sent_at or (group.sent_at if group and told else None))
            return
        if group is not None and station is None and not told:
            yield Reject(Reason.AMBIGUOUS, part.content)
            return
        key = self._key(part, station)
        held = self._sets.get(key) or self._nameless(key)
        if held is not None and held.parts[part.number - 1] is not None and self._same(held, part, part.number - 1):
            yield Reject(Reason.REPEATED, part.content)
            return
        if held is not None and self._over(held, key, part, received_at):
            del self._sets[key]
            yield from held.rest()
            held = None
        if held is None:
            held = self._sets[key] = _Set(received_at, [None] * part.total)
        held.parts[part.number - 1] = part
        parts = tuple(one for one in held.parts if isinstance(one, Sentence))
        if len(parts) == part.total:
            held.whole = True
            yield Whole(parts, station, next((one.sent_at for one in parts if one.sent_at), None))
        while len(self._sets) > self._most:
            yield from self._sets.pop(next(iter(self._sets))).rest()

    def pair(self, pair: Pair, received_at: datetime) -> bool:
        """Whether two rows are a message by themselves; if so, they are taken in as by `add`."""
        head = pair.head
        key = (pair.station, head.talker if self._talker_matters else "", head.sequence, head.channel, 2, -1)
        held = self._sets.get(key)
        if held is not None:
            if not held.whole or self._same(held, pair.parts[0], 0):
                return False
            del self._sets[key]
        elif len(self._sets) >= self._most:
            return False
        self._sets[key] = _Set(received_at, [*pair.parts], whole=True)
        return True

    def held(self) -> Iterator[Held]:
        """Yield what must be known to go on: the parts of open sets, and of closed ones without a group.

        The numbers of groups do not come round again while a part may be heard again.
        """
        for key, one in self._sets.items():
            if not one.whole or key[-1] < 0:
                for part in one.parts:
                    if part is not None:
                        yield Held(part.content, key[0], part.sent_at, one.opened)

    def resume(self, held: Iterable[Held]) -> None:
        """Go on from what `held` gave."""
        for one in held:
            for part in sentences(one.content):
                if isinstance(part, Sentence):
                    again = part._replace(station=one.station, sent_at=one.sent_at)
                    for _ in self.add(again, one.opened):
                        pass

    def expire(self, now: datetime) -> Iterator[Reject]:
        """Yield the sets that waited too long."""
        while self._sets:
            key = next(iter(self._sets))
            if abs(now - self._sets[key].opened) <= self._window:
                break
            yield from self._sets.pop(key).rest()

    def close(self) -> Iterator[Reject]:
        """Yield every set that is not whole: no more parts come."""
        for held in self._sets.values():
            yield from held.rest()
        self._sets.clear()
        self._groups.clear()

    def _key(self, part: Sentence, station: str | None) -> _Key:
        group = _sound_group(part)
        if group is not None:
            return (station, "", part.sequence, "", part.total, group)
        return (station, part.talker if self._talker_matters else "", part.sequence, part.channel, part.total, -1)

    def _nameless(self, key: _Key) -> _Set | None:
        """Return the set of the same group whose parts so far named no station; it has this station from now on."""
        nameless = (None, *key[1:])
        if key[-1] < 0 or key[0] is None or nameless not in self._sets:
            return None
        held = self._sets[key] = self._sets.pop(nameless)
        return held

    def _group(self, part: Sentence, now: datetime) -> _Group | None:
        """Return what is known of a sentence's group, and learn from the sentence."""
        number = _sound_group(part)
        if number is None:
            return None
        group = self._groups.get(number)
        if group is None or abs(now - group.heard) > self._window:
            self._groups.pop(number, None)
            group = self._groups[number] = _Group(now, part.station, part.sent_at)
            if len(self._groups) > self._most:
                del self._groups[next(iter(self._groups))]
            return group
        group.several = group.several or (None not in (group.station, part.station) and group.station != part.station)
        group.station = group.station or part.station
        group.sent_at = group.sent_at or part.sent_at
        return group

    def _same(self, held: _Set, part: Sentence | Part, place: int) -> bool:
        there = held.parts[place]
        return there is not None and (there.payload, there.fill) == (part.payload, part.fill)

    def _over(self, held: _Set, key: _Key, part: Sentence, now: datetime) -> bool:
        """Whether a part belongs to a later message than what is held under its key."""
        if held.whole or held.parts[part.number - 1] is not None or abs(now - held.opened) > self._window:
            return True
        if key[-1] >= 0:
            return False
        if any(held.parts[part.number :]) and abs(now - held.opened) * _REORDERED > self._window:
            return True
        later = 0
        for other in reversed(self._sets):
            if other == key:
                break
            later += other[:2] == key[:2]
        return later > _HALF_ROUND


def _sound_group(part: Sentence) -> int | None:
    """Return the number of a sentence's group, where its tag block can be trusted in it."""
    block = part.tag_block
    return block.group.id if block is not None and block.sound and block.group is not None else None
