"""What a vessel feed says, in one form for all feeds: where a ship is, and what she says of herself.

The hot path from sentences to events: plain tuples, times in seconds since 1970 (UTC), angles in degrees WGS 84,
speeds in knots, lengths in metres. None is "not available" as well as "invalid": what is no value changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Fix(NamedTuple):
    """A ship's position, from one transmission.

    `at` is when she was there, as far as the feed tells, else when it was received; `received` our own time.
    `digest` is equal for copies of one transmission (payload and fill bits) heard by several stations. `record` is the
    number of the first line or frame in the batch, by which the sentences are found again as evidence.
    """

    mmsi: int
    at: float
    received: float
    lon: float
    lat: float
    sog: float | None
    cog: float | None
    heading: int | None
    status: int | None
    type: int  # of the message, 1 to 27
    station: str
    digest: int
    record: int


class Particulars(NamedTuple):
    """What a ship says of herself and her voyage; each field None where this message does not carry it.

    `eta` is (month, day, hour, minute), which has no year (UTC). `mothership` is the MMSI that an auxiliary craft
    (98xxxxxxx) names in 24B in place of dimensions.
    """

    mmsi: int
    at: float
    received: float
    imo: int | None
    name: str | None
    call_sign: str | None
    ship_type: int | None
    to_bow: int | None
    to_stern: int | None
    to_port: int | None
    to_starboard: int | None
    draught: float | None
    eta: tuple[int, int, int, int] | None
    destination: str | None
    mothership: int | None
    type: int
    station: str
    digest: int
    record: int


Observation = Fix | Particulars
