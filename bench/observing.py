"""Raw NMEA to events beside pyais: sentences a second of processor time on one core, in one run.

    python bench/observing.py [--ships N] [--turns N] [--rounds N]

Ships are invented and under way in open water by a large site's zones, as most are, for ten minutes; one sentence in
six is of static data in two parts. Ours checks every checksum, joins parts, reads observations, and watches every ship:
copies, order, plausibility, zones, silence, and the events of those that do something. pyais, given the parts of each
message together, decodes them and checks the checksum, and does nothing more.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

import pyais
from vessels import zones

from adapters.ais import encode, message
from adapters.ais.feed import NmeaFeed
from gateway.app import tune
from gateway.model.stages import Arrival
from gateway.vessels import Gazetteer, Watch
from gateway.vessels.zones import Zones

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
_BATCH = 500
_TURN = timedelta(seconds=10)

Sent = Sequence[tuple[datetime, tuple[bytes, ...]]]


def sent(ships: int, turns: int, seed: int) -> list[tuple[datetime, tuple[bytes, ...]]]:
    """Return what each ship sends in each turn, with the time of receipt."""
    chance = random.Random(seed)
    tracks = [(chance.uniform(-150, 149), chance.uniform(-50, 30), chance.uniform(5, 20)) for _ in range(ships)]
    found = []
    for turn in range(turns):
        at = START + turn * _TURN
        for number, (lon, south, knots) in enumerate(tracks):
            mmsi = 211_000_000 + number
            if (turn + number) % 11 == 0:
                found.append((at, encode(_static(mmsi, number), sequence=number % 10)))
            lat = south + turn * 10 * knots / 216_000
            made = message("1", mmsi=mmsi, lon=lon, lat=lat, sog=round(knots, 1), cog=0.0, heading=0, status=0)
            found.append((at, encode(made)))
    return found


def _static(mmsi: int, number: int) -> object:
    values = {"imo": 9_000_000 + number, "name": f"INVENTED {number}", "callsign": f"XX{number % 9999}"}
    return message("5", mmsi=mmsi, ship_type=70, draught=8.5, destination=f"SOMEWHERE {number % 50}", **values)


def ours(lines: Sent, site: Zones) -> float:
    """Return the processor time from lines to events, in seconds."""
    batches = list(_batches(lines))
    watch, feed = Watch(site, Gazetteer(site.ports)), NmeaFeed("bench")
    begun = time.process_time()
    for batch in batches:
        now = batch.received_at.timestamp()
        watch.observe(feed.observe(batch), "bench", partial(feed.sentences, batch), now)
        watch.elapse(now)
    return time.process_time() - begun


def _batches(lines: Sent) -> Iterator[Arrival]:
    for start in range(0, len(lines), _BATCH):
        some = lines[start : start + _BATCH]
        yield Arrival("", "bench", some[0][0], b"\r\n".join(part for _, parts in some for part in parts))


def theirs(lines: Sent) -> float:
    """Return the processor time of pyais to decode the same."""
    begun = time.process_time()
    for _, parts in lines:
        pyais.decode(*parts, error_if_checksum_invalid=True)
    return time.process_time() - begun


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ships", type=int, default=1_000)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    tune()
    site = zones()
    Gazetteer(site.ports).resolve("SOMEWHERE")
    rates: dict[str, list[float]] = {"pyais": [], "ours": []}
    for number in range(asked.rounds):
        lines = sent(asked.ships, asked.turns, number)
        sentences = sum(len(parts) for _, parts in lines)
        rates["pyais"].append(sentences / theirs(lines))
        rates["ours"].append(sentences / ours(lines, site))
    base, made = median(rates["pyais"]), median(rates["ours"])
    print(f"pyais: decode with checksum         {base:>10,.0f} sentences/s   1.0 x")
    print(f"raw NMEA to events                  {made:>10,.0f} sentences/s {made / base:>5.1f} x   aim 120,000")


if __name__ == "__main__":
    main()
