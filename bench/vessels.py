"""What the watch costs: observations a second of processor time, and bytes for each ship, on one core.

    python bench/vessels.py [--ships N] [--fixes N] [--rounds N]

Ships are invented and under way in open water, as most are; the site has as many zones as a large one (300 ports, 900
anchorages, 3600 berths), far from them or within the rings of some. Each batch is made just before it is watched, as
a decoder does, while the clock stands. Bytes are those that Python allocated for the watch (tracemalloc), with what
ships say of themselves: just heard, and after a silence that puts them away.
"""

from __future__ import annotations

import argparse
import random
import time
import tracemalloc
from collections.abc import Iterator
from itertools import islice

from gateway.app import tune
from gateway.model.location import Location
from gateway.model.observation import Fix, Observation, Particulars
from gateway.model.vessel_event import ZoneKind
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.rules import Rules
from gateway.vessels.watch import Watch
from gateway.vessels.zone import Port, Zone
from gateway.vessels.zones import Zones

NOW = 1_790_000_000.0
_KINDS = (
    (ZoneKind.PORT_AREA, 0.05, 1),
    (ZoneKind.ANCHORAGE, 0.03, 3),
    (ZoneKind.BERTH, 0.003, 12),
)


def zones(ports: int = 300) -> Zones:
    """Return invented ports along the parallel of 60 N, each with its area, anchorages and berths."""
    chance = random.Random(1)
    made: list[Zone] = []
    points: list[Port] = []
    for number in range(ports):
        lon, lat = -150 + number, 60 + chance.uniform(-1, 1)
        where = Location(name=f"Port {number}")
        points.append(Port(f"XX{number:03d}", f"Port {number}", lon, lat))
        for kind, size, count in _KINDS:
            for each in range(count):
                west, south = lon + chance.uniform(-0.1, 0.1), lat + chance.uniform(-0.1, 0.1)
                east, north = west + size, south + size
                ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
                made.append(Zone(f"{kind} {number} {each}", kind, f"{kind} {each}", where, ((ring,),)))
    return Zones(made, points)


def under_way(ships: int, fixes: int, lat: tuple[float, float], seed: int) -> Iterator[Observation]:
    """Yield so many fixes of each ship, ten seconds apart, all ships in turn."""
    chance = random.Random(seed)
    tracks = [(chance.uniform(-150, 149), chance.uniform(*lat), chance.uniform(5, 20)) for _ in range(ships)]
    for turn in range(fixes):
        at = NOW + turn * 10
        for number, (lon, south, knots) in enumerate(tracks):
            moved = turn * 10 * knots / 216_000  # degrees of latitude
            digest = chance.getrandbits(64)
            yield Fix(
                211_000_000 + number, at, at + 1, lon, south + moved, knots, 0.0, 0, 0, 1, "station", digest, number
            )  # fmt: skip


def words(ships: int) -> Iterator[Observation]:
    """Yield what each ship says of herself."""
    for number in range(ships):
        yield Particulars(
            211_000_000 + number, NOW, NOW, 9_074_729, f"INVENTED {number}", f"XX{number}", 70, 100, 50, 10, 10, 8.5,
            (9, 25, 12, 0), f"SOMEWHERE {number % 50}", None, 5, "station", number, number,
        )  # fmt: skip


def speed(observations: Iterator[Observation], watch: Watch, batch: int = 500) -> float:
    """Return microseconds of processor time for an observation, time passing once a batch."""
    spent, count, now = 0.0, 0, NOW
    while part := list(islice(observations, batch)):
        now = part[-1].received
        begun = time.process_time()
        watch.observe(part, "bench", _quote, now)
        watch.elapse(now)
        spent += time.process_time() - begun
        count += len(part)
    begun = time.process_time()
    watch.elapse(now + 60)
    return (spent + time.process_time() - begun) / count * 1e6


def packing(watch: Watch) -> float:
    """Return microseconds of processor time to pack a ship that changed."""
    watch.observe(under_way(10_000, 2, (-50, 30), 5), "bench", _quote, NOW)
    begun = time.process_time()
    count = sum(1 for _ in watch.changed())
    return (time.process_time() - begun) / count * 1e6


def memory(ships: int, site: Zones) -> tuple[float, float, float]:
    """Return bytes for each ship: just heard, put away, and as stored."""
    gazetteer = Gazetteer()
    gazetteer.resolve("SOMEWHERE")
    tracemalloc.start()
    watch = Watch(site, gazetteer)
    before, _ = tracemalloc.get_traced_memory()
    for said in (words(ships), under_way(ships, 2, (-50, 50), 3)):
        while batch := list(islice(said, 500)):
            watch.observe(batch, "bench", _quote, NOW)
            watch.elapse(batch[-1].at)
    watch.elapse(NOW + 40)
    stored = sum(len(packed) for _, packed in watch.changed())
    awake, _ = tracemalloc.get_traced_memory()
    watch.elapse(NOW + 900)
    asleep, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (awake - before) / ships, (asleep - before) / ships, stored / ships


def _quote(_: int) -> tuple[str, ...]:
    return ()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ships", type=int, default=200_000)
    parser.add_argument("--fixes", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    tune()
    site, gazetteer = zones(), Gazetteer()
    for title, lat, lateness in (
        ("open water, nothing held back", (-50, 30), 0.0),
        ("open water", (-50, 30), 10.0),
        ("within the rings of some ports", (57, 59), 10.0),
    ):
        best = min(
            speed(
                under_way(asked.fixes // 50, 50, lat, seed),
                Watch(site, gazetteer, Rules(lateness_seconds=lateness)),
            )
            for seed in range(asked.rounds)
        )
        print(f"{title:36} {best:6.2f} us an observation {1e6 / best:10,.0f} a second")
    print(f"{'to pack a ship that changed':36} {packing(Watch(site, gazetteer)):6.2f} us")
    awake, asleep, stored = memory(asked.ships, site)
    print(f"{asked.ships:,} ships: {awake:.0f} bytes each when just heard, {asleep:.0f} put away, {stored:.0f} stored")


if __name__ == "__main__":
    main()
