"""Places to zones: points a second of processor time on one core, beside shapely's STRtree where it is installed.

    python bench/geofence.py [--points N] [--rounds N]

The field is invented: 300 ports with 3 anchorages and 12 berths each, 4800 polygons in all. Four of ten places are in
open water, the others round a port. Every method must find the same zones for every place.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from gateway.model.vessel_event import ZoneKind
from gateway.vessels.geometry import Ring
from gateway.vessels.zone import Port, Zone
from gateway.vessels.zones import Zones

PORTS, ANCHORAGES, BERTHS = 300, 3, 12
Place = tuple[float, float]
Hits = set[tuple[int, str]]


def ring(chance: random.Random, lon: float, lat: float, size: float, corners: int) -> Ring:
    """Return a ring of corners at rising angles round a place, of about so many degrees."""
    made = []
    for corner in range(corners):
        angle, reach = 2 * math.pi * corner / corners, size * chance.uniform(0.6, 1)
        made.append((lon + reach * math.cos(angle), lat + reach * math.sin(angle)))
    return (*made, made[0])


def field(chance: random.Random) -> Zones:
    """Return the zones and ports."""
    zones, ports = [], []
    for number in range(PORTS):
        lon, lat = chance.uniform(-175, 175), chance.uniform(-60, 65)
        ports.append(Port(f"XX{number:03}", f"Port {number}", lon, lat))
        shapes = [(ZoneKind.PORT_AREA, lon, lat, 0.15, 40)]
        for kind, count, spread, size, corners in (
            (ZoneKind.ANCHORAGE, ANCHORAGES, 0.3, 0.04, 8),
            (ZoneKind.BERTH, BERTHS, 0.1, 0.003, 6),
        ):
            for _ in range(count):
                x, y = lon + chance.uniform(-spread, spread), lat + chance.uniform(-spread, spread)
                shapes.append((kind, x, y, size, corners))
        for at, (kind, x, y, size, corners) in enumerate(shapes):
            name = f"{number}-{at}"
            zones.append(Zone(name, kind, name, polygons=((ring(chance, x, y, size, corners),),)))
    return Zones(zones, ports)


def places(chance: random.Random, zones: Zones, count: int) -> list[Place]:
    """Return places, six of ten of them within half a degree of a port."""
    made = []
    for _ in range(count):
        if chance.random() < 0.4:
            made.append((chance.uniform(-180, 180), chance.uniform(-70, 70)))
        else:
            port = chance.choice(zones.ports)
            made.append((port.lon + chance.uniform(-0.5, 0.5), port.lat + chance.uniform(-0.5, 0.5)))
    return made


def ours(zones: Zones, points: Sequence[Place]) -> Hits:
    """Find every place by the grid."""
    at = zones.at
    return {(number, zone.id) for number, (lon, lat) in enumerate(points) for zone in at(lon, lat)}


def peers(zones: Zones) -> dict[str, Callable[[Zones, Sequence[Place]], Hits]]:
    """Return shapely's two ways, where it is installed: a place at a time, and all in one call."""
    if find_spec("shapely") is None:
        return {}
    import shapely  # noqa: PLC0415  # a peer that is measured only where it is

    tree = shapely.STRtree([shapely.Polygon(zone.polygons[0][0]) for zone in zones])
    ids = [zone.id for zone in zones]

    def one_by_one(_: Zones, points: Sequence[Place]) -> Hits:
        return {
            (number, ids[hit])
            for number, place in enumerate(points)
            for hit in tree.query(shapely.Point(place), predicate="intersects")
        }

    def at_once(_: Zones, points: Sequence[Place]) -> Hits:
        found, hits = tree.query(shapely.points(points), predicate="intersects")
        return {(int(number), ids[hit]) for number, hit in zip(found, hits, strict=True)}

    return {"shapely STRtree, a point a call": one_by_one, "shapely STRtree, all points in one": at_once}


def seconds(step: Callable[[], object]) -> float:
    """Return the processor time of a step."""
    start = time.process_time()
    step()
    return time.process_time() - start


def main() -> None:
    """Print points a second for each, the best of the rounds, and what a question costs in open water."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    chance = random.Random(4800)
    start = time.process_time()
    zones = field(chance)
    print(f"{len(zones)} polygons in a grid after {time.process_time() - start:.2f} s")
    points = places(chance, zones, given.points)
    methods = {"Zones.at": ours, **peers(zones)}
    found = {name: method(zones, points) for name, method in methods.items()}
    hits = found["Zones.at"]
    print(f"{len(points)} points, {len(hits)} hits; all methods agree: {all(each == hits for each in found.values())}")
    best = dict.fromkeys(methods, math.inf)
    for _ in range(given.rounds):
        for name, method in methods.items():
            best[name] = min(best[name], seconds(lambda method=method: method(zones, points)))
    for name, spent in best.items():
        print(f"{name}: {len(points) / spent:,.0f} points/s, {spent / best['Zones.at']:.1f} times our time")
    _questions(zones, points, given.rounds)


def _questions(zones: Zones, points: Sequence[Place], rounds: int) -> None:
    """Print what one call costs, less the loop round it."""
    water = [place for place in points if not zones.at(*place) and not zones.near(*place)]

    def nothing(lon: float, lat: float) -> None:
        """Cost what a call costs."""

    def spent(ask: Callable[[float, float], object], where: Sequence[Place]) -> float:
        def step() -> None:
            for lon, lat in where:
                ask(lon, lat)

        return min(seconds(step) for _ in range(rounds)) / len(where) * 1e6

    for name, ask, where in (
        ("an empty call", nothing, water),
        ("at, nothing near", zones.at, water),
        ("at, any point", zones.at, points),
        ("near, no ring", zones.near, water),
        ("near, any point", zones.near, points),
    ):
        print(f"{name}: {spent(ask, where):.2f} us")


if __name__ == "__main__":
    main()
