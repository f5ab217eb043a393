"""AIS sentences to values and observations, beside pyais: sentences a second of processor time on one core, in one run.

    python bench/ais.py [--messages N] [--rounds N]

Messages are invented: positions of Class A and B, static data in two parts. Each round has messages of its own, which
all read in turn; the middle round of each counts, and of the ratios to pyais the middle of those within a round. Ours
always checks the checksum, joins parts by the rules of the adapter and keeps how a message was heard; pyais is given
the parts of each message together, with the checksum and without.

A message of ours is its bits until somebody asks for a field, and pyais reads every field at once: the rows "with every
value" are what both take for all of them.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import pyais

from adapters.ais import Message, Receiver, encode, message
from adapters.ais.feed import NmeaFeed
from gateway.model.stages import Arrival

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)
#: Messages in a batch, as a feed flushes them.
_BATCH = 500

Lines = Sequence[tuple[bytes, ...]]


def invented(count: int, seed: int) -> list[tuple[bytes, ...]]:
    """Return the sentences of so many messages, one in six of them in two parts."""
    chance = random.Random(seed)
    return [encode(_message(chance, number), sequence=number % 10) for number in range(count)]


def _message(chance: random.Random, number: int) -> Message:
    mmsi = 200_000_000 + chance.randrange(500_000_000)
    if number % 6 == 0:
        return message(
            "5",
            mmsi=mmsi,
            imo=9_000_000 + number % 1_000_000,
            name=f"SHIP {number}",
            callsign="X1234",
            ship_type=chance.choice((30, 52, 70, 80)),
            to_bow=100,
            to_stern=20,
            eta_month=chance.randrange(1, 13),
            eta_day=chance.randrange(1, 29),
            eta_hour=chance.randrange(24),
            eta_minute=0,
            draught=chance.randrange(10, 200) / 10,
            destination=f"PORT {number}",
        )
    values = {"lon": chance.uniform(-180, 180), "lat": chance.uniform(-90, 90), "sog": chance.randrange(300) / 10}
    return message(chance.choice(("1", "3", "18")), mmsi=mmsi, cog=chance.randrange(3600) / 10, heading=90, **values)


def line_by_line(lines: Lines) -> int:
    """Return how many messages a receiver gives."""
    return sum(isinstance(found, Message) for found in _received(lines))


def together(lines: Lines) -> int:
    """Return how many messages a receiver gives for lines that come in batches."""
    return sum(isinstance(found, Message) for found in _received_together(lines))


def together_in_full(lines: Lines) -> int:
    """Return how many messages a receiver gives for batches, with the values of every field of each."""
    return sum(bool(found.values()) for found in _received_together(lines) if isinstance(found, Message))


def observed(lines: Lines) -> int:
    """Return how many observations the feed gives for batches of lines."""
    feed = NmeaFeed("bench")
    return sum(len(feed.observe(Arrival("", "bench", now, batch))) for now, batch in _batches(lines))


def _received(lines: Lines) -> Iterator[object]:
    receiver = Receiver("bench")
    now = NOW
    for parts in lines:
        now += _STEP
        for part in parts:
            yield from receiver.receive_line(part, now)


def _received_together(lines: Lines) -> Iterator[object]:
    receiver = Receiver("bench")
    for now, batch in _batches(lines):
        yield from receiver.receive(batch, now)


def _batches(lines: Lines) -> Iterator[tuple[datetime, bytes]]:
    for start in range(0, len(lines), _BATCH):
        yield NOW + start * _STEP, b"\r\n".join([part for parts in lines[start : start + _BATCH] for part in parts])


def _pyais(*, checked: bool, in_full: bool) -> Callable[[Lines], int]:
    def run(lines: Lines) -> int:
        for parts in lines:
            found = pyais.decode(*parts, error_if_checksum_invalid=checked)
            if in_full:
                found.asdict()
        return len(lines)

    return run


UNCHECKED = "pyais decode(), checksum unchecked"
CHECKED = "pyais decode(), checksum checked"
READERS: dict[str, Callable[[Lines], int]] = {
    UNCHECKED: _pyais(checked=False, in_full=False),
    CHECKED: _pyais(checked=True, in_full=False),
    "ours, line by line": line_by_line,
    "ours, lines in batches": together,
    "pyais, checked, with every value": _pyais(checked=True, in_full=True),
    "ours, batches, with every value": together_in_full,
    "ours, lines to observations": observed,
}


def main() -> None:
    """Print sentences a second for each reader, and how many times pyais that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=12_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    taken: dict[str, list[float]] = {name: [] for name in READERS}
    sentences = 0
    for number in range(options.rounds):
        lines = invented(options.messages, number)
        sentences = sum(map(len, lines))
        for name, read in READERS.items():
            started = time.process_time()
            found = read(lines)
            taken[name].append(time.process_time() - started)
            if found != len(lines):
                raise SystemExit(f"{name} gave {found} messages of {len(lines)}")
    print(f"{'':36}{'sentences/s':>12}{'us':>8}{'x unchecked':>13}{'x checked':>11}")
    for name, times in taken.items():
        rate = sentences / median(times)
        ratios = (median(map(_ratio, taken[other], times)) for other in (UNCHECKED, CHECKED))
        print(f"{name:36}{rate:>12,.0f}{1e6 / rate:>8.2f}{next(ratios):>13.2f}{next(ratios):>11.2f}")


def _ratio(other: float, ours: float) -> float:
    return other / ours


if __name__ == "__main__":
    main()
