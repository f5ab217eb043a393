"""AIS: lines and JSON of public feeds to messages of ITU-R M.1371 and back, without clock, socket or log.

Read from the bottom up: `bits` and `armour` are what sentences carry, `fields` and `tables` what it means, `sentence`
and `tagblock` what a line is, `codec` turns bits into a `Message` and back, `assembly` joins parts, and `receiver` does
all of it to a feed.

A library in its own right (docs/reference/ais-library.md).
"""

from adapters.ais.bits import Bits
from adapters.ais.codec import bits_of, decode, encode, message
from adapters.ais.digitraffic import DigitrafficReceiver
from adapters.ais.fields import Reading, State
from adapters.ais.message import Heard, Message
from adapters.ais.reasons import Reason, Reject
from adapters.ais.receiver import Receiver
from adapters.ais.tagblock import TagBlock

__all__ = [
    "Bits",
    "DigitrafficReceiver",
    "Heard",
    "Message",
    "Reading",
    "Reason",
    "Receiver",
    "Reject",
    "State",
    "TagBlock",
    "bits_of",
    "decode",
    "encode",
    "message",
]
