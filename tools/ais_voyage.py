#!/usr/bin/env python3
"""Write the recorded-style log of an invented ship's call at the example site's invented port.

    python tools/ais_voyage.py [FILE]

She comes from the north-west, takes a pilot, anchors, berths and leaves again. Sentences carry tag blocks with the time
and the station, as a shore network records them; two stations hear some of them, and one line is damaged. The same
program gives the same bytes.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from adapters.ais import encode, message

OUT = Path(__file__).resolve().parents[1] / "samples" / "ais" / "exampleport-call.nmea"
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC).timestamp()
MMSI, IMO = 200_999_993, 9_999_993  # of a range that no flag has, and of the manifests among the samples
NAME, CALL_SIGN, DESTINATION = "MV EXAMPLE STAR", "EXA99", "XZEXP"
ETA = (11, 21, 6, 0)
_NM = 1 / 60  # degrees of latitude


class Stay(NamedTuple):
    """Where the ship stays, for how many hours, with which navigational status."""

    lon: float
    lat: float
    hours: float
    status: int


class Leg(NamedTuple):
    """Where the ship goes, how fast in knots, with a report every so many seconds."""

    lon: float
    lat: float
    knots: float
    every: int


class Report(NamedTuple):
    """Where and how the ship is at a time: seconds since 1970, degrees, knots, degrees, navigational status."""

    at: float
    lon: float
    lat: float
    sog: float
    cog: float
    status: int


ORIGIN = (1.5, 57.6)
CALL = (
    Leg(5.6, 54.75, 15.0, 600),
    Leg(6.0, 54.5, 12.0, 120),  # the pilot's place
    Leg(6.1, 54.41, 8.0, 60),
    Stay(6.1, 54.41, 3.0, 1),  # at anchor
    Leg(6.25, 54.42, 8.0, 60),
    Leg(6.343, 54.421, 4.0, 30),
    Stay(6.343, 54.421, 9.0, 5),  # at berth 1
    Leg(6.25, 54.42, 5.0, 60),
    Leg(5.6, 54.75, 12.0, 120),
)


def log() -> Iterator[bytes]:
    """Yield the lines of the log."""
    static_at = START
    number = 0
    for part, report in _reports():
        sent = _position(report)
        if report.at >= static_at:
            yield from _heard(_static(part), report.at, number, "EXPORT-N")
            static_at = report.at + 1800
            number += 1
        yield from _heard(sent, report.at, number, "EXPORT-N")
        number += 1
        if number % 9 == 0:  # a second station hears the same transmission
            yield from _heard(sent, report.at, number, "EXPORT-S")
        if number == 100:
            yield b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*00"  # its checksum is wrong


def _reports() -> Iterator[tuple[Leg | Stay, Report]]:
    """Yield each report with the part of the call that it belongs to."""
    chance = random.Random(IMO)  # noqa: S311  # the log is the same at every run
    last = Report(START, *ORIGIN, 0.0, 0.0, 0)
    for part in CALL:
        for report in _stay(part, last, chance) if isinstance(part, Stay) else _leg(part, last):
            yield part, report
            last = report


def _stay(stay: Stay, last: Report, chance: random.Random) -> Iterator[Report]:
    for number in range(1, int(stay.hours * 20) + 1):
        lon, lat = stay.lon + chance.gauss(0, 2e-5), stay.lat + chance.gauss(0, 1e-5)
        knots = round(abs(chance.gauss(0, 0.04)), 1)
        yield Report(last.at + number * 180, lon, lat, knots, chance.uniform(0, 359), stay.status)


def _leg(leg: Leg, last: Report) -> Iterator[Report]:
    east, north = (leg.lon - last.lon) * math.cos(math.radians(last.lat)), leg.lat - last.lat
    seconds = math.hypot(east, north) / _NM / leg.knots * 3600
    course = math.degrees(math.atan2(east, north)) % 360
    for number in range(1, math.ceil(seconds / leg.every) + 1):
        gone = min(number * leg.every, seconds)
        share = gone / seconds
        lon, lat = last.lon + (leg.lon - last.lon) * share, last.lat + (leg.lat - last.lat) * share
        yield Report(last.at + gone, lon, lat, leg.knots, course, 0)


def _position(report: Report) -> tuple[bytes, ...]:
    course = round(report.cog, 1)
    return encode(
        message(
            "1",
            mmsi=MMSI,
            lon=report.lon,
            lat=report.lat,
            sog=report.sog,
            cog=course,
            heading=round(course) % 360,
            status=report.status,
        )
    )


def _static(part: Leg | Stay) -> tuple[bytes, ...]:
    month, day, hour, minute = ETA
    leaving = part is CALL[-1] or part is CALL[-2]
    return encode(
        message(
            "5",
            mmsi=MMSI,
            imo=IMO,
            name=NAME,
            callsign=CALL_SIGN,
            ship_type=71,
            to_bow=120,
            to_stern=45,
            to_port=12,
            to_starboard=14,
            draught=7.8 if leaving else 9.4,
            destination="NLRTM" if leaving else DESTINATION,
            eta_month=month,
            eta_day=22 if leaving else day,
            eta_hour=hour,
            eta_minute=minute,
        ),
        sequence=3,
    )


def _heard(sentences: tuple[bytes, ...], at: float, number: int, station: str) -> Iterator[bytes]:
    """Yield sentences with the tag block of the station that heard them."""
    for place, sentence in enumerate(sentences, 1):
        group = b"g:%d-%d-%d," % (place, len(sentences), number % 9000 + 1000) if len(sentences) > 1 else b""
        tags = b"%ss:%s,c:%d" % (group, station.encode(), round(at))
        yield b"\\%s*%02X\\%s" % (tags, _checksum(tags), sentence)


def _checksum(content: bytes) -> int:
    made = 0
    for byte in content:
        made ^= byte
    return made


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    lines = list(log())
    out.write_bytes(b"\n".join(lines) + b"\n")
    print(f"{out.name}: {len(lines)} lines")
