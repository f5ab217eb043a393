"""Watch: what ships send, in; what they do, out. The state machine of the vessel side, for all ships and feeds.

Pure: times are handed in. What ships send is ordered by their own time, within `Rules.lateness_seconds`: the same
transmissions give the same events in whatever order and batches they arrive, if none is later than that; what is later
is a step back in time, and counts for nothing. Ships that are not heard are kept packed, and forgotten in the end.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from types import MappingProxyType
from typing import Final

from gateway.model.observation import Fix, Observation, Particulars
from gateway.model.vessel_event import VesselEvent
from gateway.vessels.approach import approach
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.gaps import Coverage, fallen_silent, heard_again, longest_silence
from gateway.vessels.identity import identity, speaker
from gateway.vessels.look import Look, Registry, Surroundings
from gateway.vessels.mmsi import is_watched
from gateway.vessels.position import implausible, plausible, whose
from gateway.vessels.rendezvous import SlowShips, is_free, is_slow, rendezvous
from gateway.vessels.rules import DEFAULT, Rules
from gateway.vessels.seen import Seen, seen
from gateway.vessels.ship import Ship, pack, unpack
from gateway.vessels.sighting import Quote, Source, Transmission
from gateway.vessels.slowness import slowness, stops
from gateway.vessels.stations import is_copy
from gateway.vessels.timers import Timers
from gateway.vessels.visits import visits
from gateway.vessels.voyage import voyage
from gateway.vessels.zone import Zone
from gateway.vessels.zones import Zones

_ASLEEP: Final = 300.0  # seconds of silence after which a ship is kept packed
_SILENT: Final = 60.0  # the shortest silence that a site can call a gap
_AHEAD: Final = 60.0  # seconds that a station's clock may be before ours
_COVERED: Final = 86400.0
_NOTHING: Final[Registry] = MappingProxyType({})


def _order(transmission: Transmission) -> tuple[float, int]:
    one = transmission.one
    return one.at, one.digest


class Watch:
    """The ships of all feeds. `registry` is what is declared of them, by MMSI or IMO number."""

    def __init__(
        self, zones: Zones, gazetteer: Gazetteer, rules: Rules = DEFAULT, registry: Registry = _NOTHING
    ) -> None:
        own = {zone.id: rules.within(zone.thresholds) for zone in zones if zone.thresholds}
        self._site = Surroundings(zones, gazetteer, registry, rules, own)
        self._ships: dict[int, Ship] = {}
        self._asleep: dict[int, bytes] = {}
        self._waiting: set[int] = set()
        self._changed: set[int] = set()
        self._timers = Timers()
        self._coverage = Coverage()
        self._slow_ships = SlowShips()
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._ships) + len(self._asleep)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many observations changed nothing, by reason: "copy", "late", "no ship", "implausible"."""
        return self._counts

    def observe(self, observations: Iterable[Observation], feed: str, quote: Quote, now: float) -> list[VesselEvent]:
        """Take in a batch of a feed and return the events that it makes.

        `quote` gives the sentences of an observation by its record. It may be called after the batch, for what is
        held back; `now` counts only for what `elapse` does.
        """
        del now
        events: list[VesselEvent] = []
        source = Source(feed, quote)
        rules = self._site.rules
        half, lateness = rules.copy_seconds / 2, rules.lateness_seconds
        ships, changed = self._ships, self._changed
        for one in observations:
            mmsi = one[0]
            ship = ships.get(mmsi)
            if ship is None:
                if not is_watched(mmsi):
                    self._counts["no ship"] += 1
                    continue
                ship = self._wake(mmsi, one[1])
            at = one[1]
            if at > one[2] + _AHEAD:
                at = one[2]
                one = one._replace(at=at)  # noqa: PLW2901  # its clock is wrong; ours is not
            pending = ship.pending
            if is_copy(ship, one[-2], at, half):
                self._copy(pending, one, source)
                continue
            changed.add(mmsi)
            if not pending:
                pending = ship.pending = [Transmission(one, source)]
                self._waiting.add(mmsi)
            elif at > pending[-1].one[1]:
                pending.append(Transmission(one, source))
            else:
                insort(pending, Transmission(one, source), key=_order)
                at = pending[-1].one[1]
            while pending and pending[0].one[1] <= at - lateness:
                self._take(ship, pending.pop(0), events)
        return events

    def elapse(self, now: float) -> list[VesselEvent]:
        """Let time pass and return what it makes: what was held back long enough, and silences that became gaps.

        Ships that were not heard for `Rules.forget_days` are forgotten.
        """
        events: list[VesselEvent] = []
        before = now - self._site.rules.lateness_seconds
        due: list[tuple[float, int, int, Transmission]] = []
        for mmsi in list(self._waiting):
            ship = self._ships[mmsi]
            pending = ship.pending or []
            while pending and pending[0].one.at <= before:
                one = pending.pop(0)
                due.append((one.one.at, mmsi, one.one.digest, one))
            if not pending:
                ship.pending = None
                self._waiting.discard(mmsi)
        for _, mmsi, _, one in sorted(due, key=lambda each: each[:3]):
            self._changed.add(mmsi)
            self._take(self._ships[mmsi], one, events)
        for mmsi in self._timers.due(now):
            self._time(mmsi, now, events)
        self._coverage.forget(now - _COVERED)
        return events

    def changed(self) -> Iterator[tuple[int, bytes]]:
        """Yield the ships that changed since this was asked last, packed; empty bytes for one that is forgotten."""
        changed, self._changed = self._changed, set()
        for mmsi in sorted(changed):
            ship = self._ships.get(mmsi)
            yield mmsi, pack(ship) if ship is not None else self._asleep.get(mmsi, b"")

    def restore(self, mmsi: int, packed: bytes) -> None:
        """Take a ship in as `changed` gave her, before anything is observed.

        Raises:
            ValueError: she was packed by another version.
        """
        ship = unpack(packed)
        if ship.at > 0:
            self._coverage.mark(mmsi, ship.at, ship.lon, ship.lat)
        if is_free(ship, ship.status, self._site.rules):
            self._slow_ships.place(mmsi, ship.lon, ship.lat)
        if ship.pending:
            self._waiting.add(mmsi)
        if ship.pending or is_slow(ship):
            self._ships[mmsi] = ship
        else:
            self._asleep[mmsi] = packed
        self._timers.set(mmsi, _heard(ship) + _ASLEEP)

    def ship(self, mmsi: int) -> Seen | None:
        """Return what is known of a ship."""
        ship = self._ships.get(mmsi)
        if ship is None and mmsi in self._asleep:
            ship = unpack(self._asleep[mmsi])
        return None if ship is None else seen(ship)

    def ships(self) -> Iterator[Seen]:
        """Yield what is known of every ship, the second one under an MMSI after the first."""
        for mmsi in sorted(self._ships.keys() | self._asleep.keys()):
            ship = self._ships.get(mmsi) or unpack(self._asleep[mmsi])
            yield seen(ship)
            if ship.twin is not None:
                yield seen(ship.twin)

    def _wake(self, mmsi: int, at: float) -> Ship:
        """Return a ship that is not at hand: packed away, or new."""
        packed = self._asleep.pop(mmsi, None)
        if packed is not None:
            ship = unpack(packed)
        else:
            ship = Ship(mmsi)
            self._timers.set(mmsi, at + _ASLEEP)
        self._ships[mmsi] = ship
        return ship

    def _copy(self, pending: list[Transmission] | None, one: Observation, source: Source) -> None:
        """Keep a copy with its transmission while that is held back; count it anyway."""
        self._counts["copy"] += 1
        for held in pending or ():
            if held.one.digest == one.digest:
                held.copy(one, source)
                (pending or []).sort(key=_order)
                return

    def _take(self, ship: Ship, transmission: Transmission, events: list[VesselEvent]) -> None:
        """Move a ship by one transmission. Ships under way with nothing near are done here and need no more."""
        one = transmission.one
        if type(one) is not Fix:
            self._hear(ship, transmission, events)
            return
        _, at, received, lon, lat, sog, cog, heading, status, type_, station, _, _ = one
        since = at - ship.at
        step = (abs(lat - ship.lat) + abs(lon - ship.lon)) * 60  # never less than the distance, in nautical miles
        rules = self._site.rules
        if (
            since <= 0
            or ship.twin is not None
            or (step > rules.plausible_nm and step * 3600 > rules.plausible_cargo_knots * since)
        ):
            track = self._track(ship, transmission, one, events)
            if track is None:
                return
            ship = track
            since = at - ship.at
        here = self._site.zones.at(lon, lat)
        if (
            here
            or at >= ship.due
            or ship.affairs is not None
            or (sog is not None and sog < rules.slow_knots)
            or since > rules.gap_least_minutes * 60
        ):
            self._look(ship, transmission, here, events)
        ship.at = at
        ship.received = received
        ship.lon = lon
        ship.lat = lat
        ship.sog = sog
        ship.cog = cog
        ship.heading = heading
        ship.status = status
        ship.type = type_
        ship.station = station
        ship.feed = transmission.source.feed

    def _track(self, ship: Ship, transmission: Transmission, fix: Fix, events: list[VesselEvent]) -> Ship | None:
        """Return which ship a doubtful fix moves; None when it moves none."""
        if ship.at == -inf:
            return ship
        if ship.twin is None and fix.at < ship.at:
            self._counts["late"] += 1
            return None
        track = whose(ship, fix, self._site.rules)
        if track is None:
            track, told = implausible(Look(self._site, ship, transmission))
            events += told
            if track is None:
                self._counts["implausible"] += 1
        if track is not None and fix.at <= track.at:
            self._counts["late"] += 1
            return None
        return track

    def _look(self, ship: Ship, transmission: Transmission, here: tuple[Zone, ...], events: list[VesselEvent]) -> None:
        """Look at a fix with every rule."""
        look = Look(self._site, ship, transmission, here)
        events.extend(plausible(look))
        if ship.at > 0 and look.at - ship.at > _SILENT:
            events.extend(heard_again(look, self._coverage))
        if look.at >= ship.due and look.fix is not None:
            events.extend(approach(look))
            self._coverage.mark(ship.mmsi, look.at, look.fix.lon, look.fix.lat)
        stops(look)
        events.extend(visits(look))
        events.extend(slowness(look))
        events.extend(rendezvous(look, self._slow_ships, self._ships))
        if ship.affairs is not None and ship.affairs.idle():
            ship.affairs = None

    def _hear(self, ship: Ship, transmission: Transmission, events: list[VesselEvent]) -> None:
        """Take in what a ship says of herself."""
        said = transmission.one
        if not isinstance(said, Particulars):
            return
        ship = speaker(ship, said)
        known = ship.identity
        if said.at < max(known.named or 0.0, known.described or 0.0):
            self._counts["late"] += 1
            return
        look = Look(self._site, ship, transmission, at=said.at)
        events.extend(identity(look, said))
        events.extend(voyage(look, said))
        if ship.affairs is not None and ship.affairs.idle():
            ship.affairs = None

    def _time(self, mmsi: int, now: float, events: list[VesselEvent]) -> None:
        """Look at a ship because of the time, and set when to do it again."""
        ship = self._ships.get(mmsi) or unpack(self._asleep[mmsi])
        rules = self._site.rules
        heard = _heard(ship)
        silent, forgotten = now - heard, heard + rules.forget_days * 86400
        if now >= forgotten:
            self._ships.pop(mmsi, None)
            self._asleep.pop(mmsi, None)
            self._waiting.discard(mmsi)
            self._slow_ships.remove(mmsi)
            self._changed.add(mmsi)
            return
        if silent < _ASLEEP:
            self._timers.set(mmsi, heard + _ASLEEP)
            return
        told = list(fallen_silent(Look(self._site, ship, None, at=now), self._coverage)) if ship.at > 0 else []
        if told:
            events += told
            self._changed.add(mmsi)
        self._sleep(ship)
        silence = longest_silence(ship, self._site)
        again = ship.at + silence * (1 + (now - ship.at) // silence) if ship.at > 0 else forgotten
        is_over = bool(told) or silent > _COVERED or (ship.affairs is not None and ship.affairs.gap is not None)
        self._timers.set(mmsi, forgotten if is_over else min(again, forgotten))

    def _sleep(self, ship: Ship) -> None:
        """Put a ship away that nobody needs at hand."""
        if ship.pending or is_slow(ship):
            self._ships[ship.mmsi] = ship
            return
        ship.pending = None
        self._ships.pop(ship.mmsi, None)
        self._asleep[ship.mmsi] = pack(ship)


def _heard(ship: Ship) -> float:
    """Return when a ship was heard last, as far as it matters."""
    return max(ship.at, ship.digests_at, ship.twin.at if ship.twin is not None else -inf)
