"""A feed of lines to observations: columns for what nearly every line is, `Receiver` for everything else."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from zlib import crc32

from adapters.ais.assembly import WINDOW, Held, Whole
from adapters.ais.columns import Column, form_of
from adapters.ais.message import Message
from adapters.ais.observations import Origin, digest_of, observations
from adapters.ais.put_aside import PutAside
from adapters.ais.reasons import Reason, Reject
from adapters.ais.receiver import Receiver
from adapters.ais.rows import ZERO, Row, chunks, pair_of, rows, told_by
from gateway.model.observation import Observation
from gateway.model.stages import Arrival

_MOST_SOURCES = 1000
_STATIC = ord("H")  # type 24: its seventh character tells the part
_by_record = itemgetter(-1)


class NmeaFeed:
    """Lines as received, of any line end; a time in front of a sentence or in its tag block is when it was sent.

    Parts are joined within one source only: where a batch has the attribute `source` (a connection, a topic), within
    that. `window` and `talker_matters` are those of `Receiver`.
    """

    def __init__(self, endpoint: str, *, window: timedelta = WINDOW, talker_matters: bool = True) -> None:
        self.endpoint = endpoint
        self._window, self._talker_matters = window, talker_matters
        self._receivers: OrderedDict[str, Receiver] = OrderedDict()
        self._put_aside = PutAside()

    def observe(self, batch: Arrival) -> Sequence[Observation]:
        """Return what a batch says, ordered by the first line of each message; never raises for what a feed sends."""
        source = batch.attributes.get("source", "")
        receiver = self._of(source)
        reading = _Reading(receiver, batch.received_at)
        for chunk in chunks(batch.content):
            reading.read(chunk)
        found = reading.end()
        self._put_aside.add(reading.aside)
        if source and not receiver.assembly:
            del self._receivers[source]
        return found

    def _of(self, source: str) -> Receiver:
        """Return the receiver of a source; of very many, that which was heard longest ago is given up."""
        receiver = self._receivers.get(source)
        if receiver is None:
            name = f"{self.endpoint} {source}".rstrip()
            receiver = Receiver(name, window=self._window, talker_matters=self._talker_matters)
            self._receivers[source] = receiver
            if len(self._receivers) > _MOST_SOURCES:
                self._receivers.popitem(last=False)
        self._receivers.move_to_end(source)
        return receiver

    @property
    def rejects(self) -> Mapping[str, int]:
        """How many lines or messages were put aside since the start, by reason."""
        return self._put_aside.counts

    def samples(self) -> Mapping[str, bytes]:
        """Return the latest that was put aside for each reason."""
        return self._put_aside.samples

    def sentences(self, batch: Arrival, record: int) -> Sequence[str]:
        """Return the lines that an observation of this batch rests on, as far as the batch holds them."""
        lines = [line.removesuffix(b"\r") for line in batch.content.split(b"\n")[record:]]
        receiver = Receiver(self.endpoint)
        for line in lines:
            for found in receiver.receive_line(line, batch.received_at):
                if isinstance(found, Message) and found.heard and any(part in lines[0] for part in found.heard.content):
                    parts = [part for part in found.heard.content if part not in lines[0]]
                    return tuple(part.decode("latin-1") for part in (lines[0], *parts))
        return tuple(line.decode("latin-1") for line in lines[:1])

    def pending(self) -> bytes:
        """Return the parts of messages that are not whole, and those that would be known again."""
        held = {source: [_plain(part) for part in one.assembly.held()] for source, one in self._receivers.items()}
        open_ = {source: parts for source, parts in held.items() if parts}
        return json.dumps(open_).encode() if open_ else b""

    def resume(self, pending: bytes) -> None:
        """Go on from what `pending` gave, before the first batch."""
        for source, parts in json.loads(pending or b"{}").items():
            self._of(source).assembly.resume(
                Held(content.encode("latin-1"), station, sent_at and datetime.fromisoformat(sent_at), _time(opened))
                for content, station, sent_at, opened in parts
            )


def _plain(part: Held) -> tuple[str, str | None, str | None, str]:
    sent_at = None if part.sent_at is None else part.sent_at.isoformat()
    return part.content.decode("latin-1"), part.station, sent_at, str(part.opened)


_time = datetime.fromisoformat


class _Reading:
    """One batch being read: first what lies in columns, then, in order, what needs the receiver or its open sets."""

    def __init__(self, receiver: Receiver, received_at: datetime) -> None:
        self.aside: list[tuple[int, Reason, bytes]] = []
        self._receiver = receiver
        self._now = received_at
        self._received = received_at.timestamp()
        self._found: list[Observation] = []
        self._before = 0  # lines of the chunks before
        self._records: dict[bytes, int] = {}  # of the lines that the receiver took
        self._wholes: dict[int, tuple[int, bytes]] = {}  # by first line: last line, and the sentences
        self._behind = False  # whether the receiver has not seen the time of the last line

    def read(self, chunk: bytes) -> None:
        """Read the next lines."""
        lines = _Lines(chunk, rows(chunk))
        columns = _Columns()
        rest = self._singles(lines.rows, columns)
        self._behind = not rest or rest[-1] != len(lines.rows) - 1
        pairs: set[int] = set()
        for number in rest:
            if number in pairs:
                continue
            if self._pair(lines.rows, number, columns):
                pairs.add(number + 1)
                self._behind = self._behind or number + 2 == len(lines.rows)
            else:
                self._line(lines[number], self._before + number, columns)
        for record, reason in columns.read(self._received, self._found):
            last, content = self._wholes.get(record) or (record, b"")
            if not content:
                number = record - self._before
                content = lines[number] + (b"\n" + lines[number + 1] if number + 1 in pairs else b"")
            self.aside.append((last, reason, content))
        self._wholes.clear()
        self._before += len(lines.rows)

    def end(self) -> list[Observation]:
        """Return what the batch said; nothing more is read."""
        if self._behind:
            self._expire(self._before)
        self.aside.sort(key=itemgetter(0))
        self._found.sort(key=_by_record)
        return self._found

    def _singles(self, found: Sequence[Row], columns: _Columns) -> list[int]:
        """Put the messages of one sentence into columns, and return the numbers of all other lines."""
        rest: list[int] = []
        received, before = self._received, self._before
        for number, (tag, body, payload, _, other) in enumerate(found):
            if body[6:9] != b"1,1":
                if body or other:
                    rest.append(number)
                continue
            station, at = "", received
            if tag:
                told = told_by(tag)
                if told.grouped:
                    rest.append(number)
                    continue
                station = told.station or ""
                if told.at is not None:
                    at = told.at
            first, fill = payload[0], body[-1]
            if first == _STATIC:
                column = columns[first, len(payload), fill, payload[6:7]]
            else:
                column = columns[first, len(payload), fill]
            if column is True:
                rest.append(number)
            elif column:
                column.payloads.append(payload)
                column.marks.append((at, station, crc32(payload, fill), before + number))
        return rest

    def _pair(self, found: Sequence[Row], number: int, columns: _Columns) -> bool:
        """Whether a line and the next are a message that needs no other rule, and is now in its column."""
        pair = pair_of(found, number)
        if pair is None:
            return False
        column = columns[pair.payload[0], len(pair.payload), pair.fill]
        if column is True or not self._receiver.assembly.pair(pair, self._now):
            return False
        if column:
            at = self._received if pair.at is None else pair.at
            column.payloads.append(pair.payload)
            check = crc32(pair.payload, pair.fill)
            column.marks.append((at, pair.station or "", check, self._before + number))
        return True

    def _line(self, line: bytes, record: int, columns: _Columns) -> None:
        self._records[line] = record
        for made in self._receiver.wholes(line, self._now):
            found: Message | Reject | None = None
            if not isinstance(made, Whole):
                found = made
            elif made.parts[-1].content != line or not self._whole(made, record, columns):
                found = self._receiver.message(made, self._now)
            if isinstance(found, Message):
                self._message(found, record)
            elif found is not None:
                self.aside.append((record, found.reason, found.content))

    def _whole(self, whole: Whole, record: int, columns: _Columns) -> bool:
        """Whether a message whose last part is a line of its own is now in its column, or says nothing of a ship."""
        parts = whole.parts
        payload = b"".join([part.payload for part in parts])
        fill = parts[-1].fill + ZERO
        column = columns[(payload[0], len(payload), fill, *((payload[6:7],) if payload[0] == _STATIC else ()))]
        if column is True or any(part.fill for part in parts[:-1]):
            return False
        if column:
            first = min([self._records.get(part.content, record) for part in parts])
            self._wholes[first] = record, b"\n".join([part.content for part in parts])
            at = self._received if whole.sent_at is None else whole.sent_at.timestamp()
            column.payloads.append(payload)
            column.marks.append((at, whole.station or "", crc32(payload, fill), first))
        return True

    def _message(self, message: Message, record: int) -> None:
        heard = message.heard
        if heard is None:
            return
        origin = Origin(
            self._received if heard.sent_at is None else heard.sent_at.timestamp(),
            self._received,
            heard.station or "",
            digest_of(message.mmsi, heard.content),
            min(self._records.get(part, record) for part in heard.content) if len(heard.content) > 1 else record,
        )
        for found in observations(message, origin):
            if isinstance(found, Reason):
                self.aside.append((record, found, b"\n".join(heard.content)))
            else:
                self._found.append(found)

    def _expire(self, record: int) -> None:
        for reject in self._receiver.assembly.expire(self._now):
            self.aside.append((record, reject.reason, reject.content))


class _Lines:
    """The rows of a chunk, and its lines where one is asked for."""

    def __init__(self, chunk: bytes, found: Sequence[Row]) -> None:
        self.rows = found
        self._chunk = chunk
        self._lines: list[bytes] = []

    def __getitem__(self, number: int) -> bytes:
        if not self._lines:
            self._lines = self._chunk.split(b"\n")
        return self._lines[number].removesuffix(b"\r")


class _Columns(dict[tuple[Any, ...], Column | bool]):
    """Columns by first character, length and fill of payloads; see `form_of` for True and False."""

    def __missing__(self, key: tuple[Any, ...]) -> Column | bool:
        first, length, fill, *seventh = key
        form = form_of(first, length, fill - ZERO, *(one[0] for one in seventh if one))
        made = self[key] = form if isinstance(form, bool) else Column(form)
        return made

    def read(self, received: float, found: list[Observation]) -> list[tuple[int, Reason]]:
        """Append what the messages say, and return record and reason of each that does not say what it should."""
        aside: list[tuple[int, Reason]] = []
        for column in self.values():
            if isinstance(column, Column):
                column.read(received, found, aside)
        return aside
