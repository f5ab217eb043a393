"""Why something received is no message: what is counted, and sampled, instead of stopping a feed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What was wrong, in words for people; a feed counts by these."""

    TEXT = "no sentence"
    COMMENT = "comment"
    OTHER = "of no vessel"  # another NMEA sentence, a status of the service
    MALFORMED = "malformed sentence"
    CHECKSUM_MISSING = "checksum missing"
    CHECKSUM_WRONG = "checksum wrong"
    EMPTY = "empty payload"
    INCOMPLETE = "parts missing"
    AMBIGUOUS = "part of one of several groups"
    REPEATED = "part heard again"
    UNKNOWN_TYPE = "unknown message type"
    TOO_SHORT = "too short for its type"
    TOO_LONG = "too long for its type"
    FOREIGN_JSON = "not the JSON of this feed"
    NO_FRAME = "not framed as messages are"
    # of a message that is one, but gives no observation
    NO_MMSI = "no valid MMSI"
    NO_POSITION = "no valid position"
    NULL_ISLAND = "position 0, 0"


@dataclass(frozen=True, slots=True)
class Reject:
    """Bytes that gave no message: the sentence, or the sentences of an incomplete set, a line each."""

    reason: Reason
    content: bytes
