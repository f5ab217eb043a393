"""Feeds of messages with topics to observations: an arrival is frames (`gateway.model.frames`), a JSON in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.ais.ais_catcher import heard
from adapters.ais.digitraffic import DigitrafficReceiver
from adapters.ais.observations import Origin, digest, digest_of, observations
from adapters.ais.put_aside import PutAside
from adapters.ais.reasons import Reason, Reject
from adapters.ais.receiver import Receiver
from gateway.model.frames import Frame, unpack
from gateway.model.observation import Observation
from gateway.model.stages import Arrival

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Said = Callable[[Frame, int], Iterator[Observation | Reason]]
"""Yields what a frame says, given its number, or why it says nothing."""


class MessageFeed:
    """A feed of frames, each of which `said` reads."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self._put_aside = PutAside()

    def observe(self, batch: Arrival) -> Sequence[Observation]:
        """Return what a batch says, in order; never raises for what a feed sends."""
        found: list[Observation] = []
        aside: list[tuple[int, Reason, bytes]] = []
        for record, frame in enumerate(_frames(batch)):
            for one in self._said(frame, record) if isinstance(frame, Frame) else (Reason.NO_FRAME,):
                if not isinstance(one, Reason):
                    found.append(one)
                elif one is not Reason.OTHER:
                    aside.append((record, one, frame.payload if isinstance(frame, Frame) else frame))
        self._put_aside.add(aside)
        return found

    @property
    def rejects(self) -> Mapping[str, int]:
        """How many messages were put aside since the start, by reason."""
        return self._put_aside.counts

    def samples(self) -> Mapping[str, bytes]:
        """Return the latest that was put aside for each reason."""
        return self._put_aside.samples

    def sentences(self, batch: Arrival, record: int) -> Sequence[str]:
        """Return topic and payload of the message that an observation of this batch rests on."""
        for number, frame in enumerate(_frames(batch)):
            if number == record and isinstance(frame, Frame):
                return (frame.topic, frame.payload.decode("utf-8", "replace"))
        return ()

    def pending(self) -> bytes:
        """Return nothing: every message is whole."""
        return b""

    def resume(self, pending: bytes) -> None:
        """Go on; there is nothing to go on from."""


def digitraffic(endpoint: str) -> MessageFeed:
    """Return a feed of the MQTT topics `vessels-v2/#` of Digitraffic. The status of the service is no fault."""
    receiver = DigitrafficReceiver(endpoint)

    def said(frame: Frame, record: int) -> Iterator[Observation | Reason]:
        made = receiver.receive(frame.topic, frame.payload, _EPOCH + timedelta(seconds=frame.received))
        if isinstance(made, Reject):
            yield made.reason
            return
        sent_at = made.heard.sent_at if made.heard else None
        at = frame.received if sent_at is None else sent_at.timestamp()
        yield from observations(made, Origin(at, frame.received, "", digest(made.mmsi, frame.payload), record))

    return MessageFeed(said)


def ais_catcher(endpoint: str) -> MessageFeed:
    """Return a feed of the JSON of AIS-catcher, read from the sentences that it holds."""

    def said(frame: Frame, record: int) -> Iterator[Observation | Reason]:
        for one in heard(frame.payload):
            if isinstance(one, Reason):
                yield one
                continue
            at = frame.received if one.at is None else one.at
            receiver = Receiver(endpoint)
            received_at = _EPOCH + timedelta(seconds=frame.received)
            made = [each for line in one.sentences for each in receiver.receive_line(line, received_at)]
            for each in (*made, *receiver.close()):
                if isinstance(each, Reject):
                    yield each.reason
                elif each.heard is not None:
                    check = digest_of(each.mmsi, each.heard.content)
                    yield from observations(each, Origin(at, frame.received, one.station, check, record))

    return MessageFeed(said)


def _frames(batch: Arrival) -> Iterator[Frame | bytes]:
    """Yield the frames of a batch, and its first bytes where it does not hold frames to its end."""
    try:
        for frame in unpack(batch.content):
            _EPOCH + timedelta(seconds=frame.received)  # what is no time is no frame
            yield frame
    except (ValueError, OverflowError):
        yield batch.content
