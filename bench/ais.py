"""AIS sentences to values, beside pyais: sentences a second of processor time on one core, in one run.

    python bench/ais.py [--messages N] [--rounds N]

Messages are invented: positions of Class A and B, static data in two parts. Each round has messages of its own, which
both read in turn; the best round of each counts. Ours always checks the checksum, joins parts by the rules of the
adapter and keeps how a message was heard; pyais is given the parts of each message together, with the checksum and
without.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pyais

from adapters.ais import Message, Receiver, encode, message
from adapters.ais.feed import NmeaFeed
from gateway.model.stages import Arrival

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)
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
            draught=chance.randrange(10, 200) / 10,
            destination=f"PORT {number}",
        )
    values = {"lon": chance.uniform(-180, 180), "lat": chance.uniform(-90, 90), "sog": chance.randrange(300) / 10}
    return message(chance.choice(("1", "3", "18")), mmsi=mmsi, cog=chance.randrange(3600) / 10, heading=90, **values)


def ours(lines: Lines) -> int:
    """Return how many messages a receiver gives."""
    receiver = Receiver("bench")
    now = NOW
    count = 0
    for parts in lines:
        now += _STEP
        for part in parts:
            count += sum(isinstance(found, Message) for found in receiver.receive_line(part, now))
    return count


def ours_together(lines: Lines) -> int:
    """Return how many messages a receiver gives for lines that come in batches."""
    receiver = Receiver("bench")
    return sum(
        isinstance(found, Message)
        for number, batch in enumerate(_batches(lines))
        for found in receiver.receive(batch, NOW + number * _BATCH * _STEP)
    )


def ours_observed(lines: Lines) -> int:
    """Return how many observations the feed gives for batches of lines."""
    feed = NmeaFeed("bench")
    return sum(
        len(feed.observe(Arrival("", "bench", NOW + number * _BATCH * _STEP, batch)))
        for number, batch in enumerate(_batches(lines))
    )


def _batches(lines: Lines) -> Iterator[bytes]:
    for start in range(0, len(lines), _BATCH):
        yield b"\r\n".join([part for parts in lines[start : start + _BATCH] for part in parts])


def ours_in_full(lines: Lines) -> int:
    """Return how many messages a receiver gives, with the values of every field of each."""
    receiver = Receiver("bench")
    now = NOW
    count = 0
    for parts in lines:
        now += _STEP
        for part in parts:
            for found in receiver.receive_line(part, now):
                if isinstance(found, Message):
                    found.values()
                    count += 1
    return count


def _pyais(*, checked: bool, in_full: bool) -> Callable[[Lines], int]:
    def run(lines: Lines) -> int:
        for parts in lines:
            found = pyais.decode(*parts, error_if_checksum_invalid=checked)
            if in_full:
                found.asdict()
        return len(lines)

    return run


READERS: dict[str, Callable[[Lines], int]] = {
    "pyais, checksum unchecked": _pyais(checked=False, in_full=False),
    "pyais, checksum checked": _pyais(checked=True, in_full=False),
    "ours, a line at a time": ours,
    "ours, lines together": ours_together,
    "ours, lines to observations": ours_observed,
    "pyais, checksum checked, asdict()": _pyais(checked=True, in_full=True),
    "ours, values()": ours_in_full,
}


def main() -> None:
    """Print sentences a second for each reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    best = dict.fromkeys(READERS, 0.0)
    for number in range(options.rounds):
        lines = invented(options.messages, number)
        sentences = sum(map(len, lines))
        for name, read in READERS.items():
            started = time.process_time()
            found = read(lines)
            best[name] = max(best[name], sentences / (time.process_time() - started))
            if found != len(lines):
                raise SystemExit(f"{name} gave {found} messages of {len(lines)}")
    first = next(iter(best.values()))
    for name, rate in best.items():
        print(f"{name:36}{rate:>10,.0f} sentences/s{rate / first:>8.2f} x")


if __name__ == "__main__":
    main()
