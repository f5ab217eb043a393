"""Sentences that tests are made of: our own encoder's, of invented ships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.ais import Message, Receiver, Reject, encode, message
from adapters.ais.tagblock import checksum

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "ais"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
#: Two ships that are told apart by every field.
ALDER = {"mmsi": 211000001, "name": "ALDER", "callsign": "DA0001", "destination": "HAMBURG", "imo": 9000003}
BIRCH = {"mmsi": 244000002, "name": "BIRCH", "callsign": "PB0002", "destination": "MAASVLAKTE", "imo": 9000015}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def static(ship: dict[str, Any], **options: Any) -> tuple[bytes, bytes]:
    """Return the two sentences of a ship's type 5."""
    first, second = encode(message("5", **ship), **options)
    return first, second


def position(mmsi: int = 211000001, **values: Any) -> bytes:
    """Return the sentence of a type 1."""
    return encode(message("1", mmsi=mmsi, **values))[0]


def tagged(fields: str, line: bytes) -> bytes:
    body = fields.encode("latin-1")
    return b"\\%b*%02X\\%b" % (body, checksum(body), line)


def with_checksum(body: str) -> bytes:
    content = body.encode("latin-1")
    return b"!%b*%02X" % (content, checksum(content))


def heard(receiver: Receiver, lines: Iterable[bytes], pace: float = 0.1) -> list[Message | Reject]:
    """Return everything a receiver gives for lines that come at a pace, without what is left at the end."""
    return [one for place, line in enumerate(lines) for one in receiver.receive_line(line, at(place * pace))]


def messages(found: Iterable[Message | Reject]) -> list[Message]:
    return [one for one in found if isinstance(one, Message)]


def reasons(found: Iterable[Message | Reject]) -> list[str]:
    return [one.reason.name for one in found if isinstance(one, Reject)]
