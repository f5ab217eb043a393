"""How messages of a feed stand together in one arrival, so that each can be taken out again as it was received.

A feed of lines needs no frame: its arrival is the lines. A feed of messages with topics (MQTT) has, for each,

    LENGTH SP RECEIVED SP TOPIC LF PAYLOAD LF

where LENGTH counts the bytes of the payload and RECEIVED is our time in milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Frame(NamedTuple):
    """One message of a feed: topic, payload, and our time of receipt in seconds since 1970."""

    topic: str
    payload: bytes
    received: float


def pack(frames: Iterable[Frame]) -> bytes:
    """Return the content of an arrival that holds these messages; raises `ValueError` for a line feed in a topic."""
    parts = []
    for topic, payload, received in frames:
        if "\n" in topic:
            raise ValueError("a topic has no line feed")
        parts.append(b"%d %d %s\n%s\n" % (len(payload), round(received * 1000), topic.encode(), payload))
    return b"".join(parts)


def unpack(content: bytes) -> Iterator[Frame]:
    """Yield the messages of an arrival, in order; raises `ValueError` where the content is not framed so."""
    at = 0
    while at < len(content):
        end = content.find(b"\n", at)
        length, received, topic = content[at : end if end >= 0 else len(content)].split(b" ", 2)
        stop = end + 1 + int(length)
        if not 0 <= end < stop or content[stop : stop + 1] != b"\n":
            raise ValueError(f"the frame at byte {at} is cut off")
        yield Frame(topic.decode(), content[end + 1 : stop], int(received) / 1000)
        at = stop + 1
