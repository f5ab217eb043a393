"""What a feed of lines must give, by the careful way alone: one line after the other through `Receiver`."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from zlib import crc32

from adapters.ais import Message, Reason, Receiver, Reject
from adapters.ais.observations import Origin, observations
from gateway.model.observation import Observation
from gateway.model.stages import Arrival

_CARRIED = re.compile(rb"!..VD[MO],[^,]*,[^,]*,[^,]*,[^,]*,([^,]*),(\d)\*", re.DOTALL)


def arrival(content: bytes, received_at: datetime) -> Arrival:
    return Arrival("A-1", "pier", received_at, content)


class Careful:
    """The careful reading of the batches of one source."""

    def __init__(self) -> None:
        self.receiver = Receiver("pier")
        self.rejects: Counter[str] = Counter()
        self.samples: dict[str, bytes] = {}

    def observe(self, batch: Arrival) -> list[Observation]:
        found: list[Observation] = []
        lines = batch.content.removesuffix(b"\n").split(b"\n") if batch.content else []
        latest: dict[bytes, int] = {}
        for number, line in enumerate(one.removesuffix(b"\r") for one in lines):
            latest[line] = number
            for one in self.receiver.receive_line(line, batch.received_at):
                if isinstance(one, Reject):
                    self._put_aside(one.reason, one.content)
                else:
                    for said in self._said(one, number, latest):
                        if isinstance(said, Reason):
                            assert one.heard
                            self._put_aside(said, b"\n".join(one.heard.content))
                        else:
                            found.append(said)
        return sorted(found, key=lambda one: one.record)

    def _said(self, message: Message, number: int, latest: dict[bytes, int]) -> list[Observation | Reason]:
        heard = message.heard
        assert heard
        carried = [found.groups() for part in heard.content if (found := _CARRIED.search(part))]
        payload = b"".join(part for part, _ in carried)
        record = min(latest.get(part, number) for part in heard.content) if len(carried) > 1 else number
        origin = Origin(
            (heard.sent_at or heard.received_at).timestamp(),
            heard.received_at.timestamp(),
            heard.station or "",
            crc32(payload, ord(carried[-1][1])) << 30 | message.mmsi,
            record,
        )
        return list(observations(message, origin))

    def _put_aside(self, reason: Reason, content: bytes) -> None:
        self.rejects[reason.value] += 1
        self.samples[reason.value] = content[:1024]
