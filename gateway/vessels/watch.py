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
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from gateway.model.observation import Fix, Observation, Particulars
from gateway.model.vessel_event import VesselEvent
from gateway.vessels.approach import approach
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.gaps import Coverage, fallen_silent, heard_again, longest_silence
from gateway.vessels.identity import identity, speaker
from gateway.vessels.look import Look, Registry, Surroundings, port_key
from gateway.vessels.mmsi import is_watched
from gateway.vessels.position import implausible, plausible, whose
from gateway.vessels.rendezvous import SlowShips, is_free, is_slow, rendezvous
from gateway.vessels.repetition import note, repeats
from gateway.vessels.rules import DEFAULT, Rules
from gateway.vessels.seen import Seen, seen
from gateway.vessels.ship import Ship, pack, unpack
from gateway.vessels.sighting import Held, Quote, Source, with_copy
from gateway.vessels.slowness import slowness, stops
from gateway.vessels.stations import KEPT, renew
from gateway.vessels.timers import Timers
from gateway.vessels.visits import visits
from gateway.vessels.voyage import voyage
from gateway.vessels.zone import Zone
from gateway.vessels.zones import Zones

_ASLEEP: Final = 60.0  # seconds of silence after which a ship is kept packed
_SILENT: Final = 60.0  # the shortest silence that a site can call a gap
_AHEAD: Final = 60.0  # seconds that a station's clock may be before ours
_COVERED: Final = 86400.0
_TIDY: Final = 3600.0
_NOTHING: Final[Registry] = MappingProxyType({})
_order: Final = itemgetter(0, 1)


class Watch:
    """The ships of all feeds. `registry` is what is declared of them, by MMSI or IMO number."""

    def __init__(
        self, zones: Zones, gazetteer: Gazetteer, rules: Rules = DEFAULT, registry: Registry = _NOTHING
    ) -> None:
        own = {zone.id: rules.within(zone.thresholds) for zone in zones if zone.thresholds}
        self._site = Surroundings(
            zones, gazetteer, registry, rules, own, {port_key(port): port for port in zones.ports}
        )
        self._near = rules.plausible_nm / 120  # degrees of longitude and of latitude that are never implausible
        self._pace = rules.plausible_cargo_knots / 60 / 3600  # degrees a second that are plausible for every ship
        self._slow = rules.slow_knots
        self._silent = rules.gap_least_minutes * 60
        self._ships: dict[int, Ship] = {}
        self._asleep: dict[int, bytes] = {}
        self._waiting = Timers(1)
        self._changed: set[int] = set()
        self._timers = Timers(60)
        self._coverage = Coverage()
        self._tidy = -inf
        self._slow_ships = SlowShips()
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._ships) + len(self._asleep)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many observations changed nothing, by reason: "copy", "late", "no ship", "implausible"."""
        return self._counts

    def observe(  # noqa: C901, PLR0915  # calls would cost as much as what they do
        self, observations: Iterable[Observation], feed: str, quote: Quote, now: float
    ) -> list[VesselEvent]:
        """Take in a batch of a feed and return the events that it makes.

        `quote` gives the sentences of an observation by its record. It may be called after the batch, for what is
        held back; `now` counts only for what `elapse` does.
        """
        del now
        events: list[VesselEvent] = []
        source = Source(feed, quote)
        rules = self._site.rules
        half, lateness = rules.copy_seconds / 2, rules.lateness_seconds
        ships, waiting, changed = self._ships, self._waiting, self._changed
        move, take = self._move, self._take
        latest = inf
        due: list[int] = []  # the timers of `latest`
        for one in observations:
            mmsi = one[0]
            ship = ships.get(mmsi)
            if ship is None:
                if not is_watched(mmsi):
                    self._counts["no ship"] += 1
                    continue
                ship = self._wake(mmsi, one[1])
            at = one[1]
            ahead = one[2] + _AHEAD
            if at > ahead or ship.at > ahead:
                one = _clocked(ship, one, ahead)  # noqa: PLW2901  # the same, at another time
                at = one[1]
            digest = one[-2]
            key = (digest & KEPT).to_bytes(8, "little")
            if -half <= at - ship.digests_at <= half:
                digests = ship.digests
                if digests.find(key) >= 0 or ship.digests_before.find(key) >= 0:  # `in` takes four times as long
                    self._copy(ship, one, source)
                    continue
                ship.digests = digests + key
            elif renew(ship, key, at, half):
                self._copy(ship, one, source)
                continue
            changed.add(mmsi)
            held = (at, digest, one, source, ())
            pending = ship.pending
            if not pending:
                if lateness > 0:
                    ship.pending = [held]
                    if at != latest:
                        latest, due = at, waiting.at(at + lateness)
                    due.append(mmsi)
                elif not move(ship, held):
                    take(ship, held, events)
                continue
            if len(pending) == 1 and pending[0][0] <= at - lateness:
                oldest = pending[0]
                pending[0] = held
                if not move(ship, oldest):
                    take(ship, oldest, events)
                continue
            self._hold(ship, pending, held, events)
        return events

    def _hold(self, ship: Ship, pending: list[Held], held: Held, events: list[VesselEvent]) -> None:
        """Hold a transmission back beside others, and take what was sent long enough before the latest."""
        if pending[-1][0] < held[0]:
            pending.append(held)
        else:
            insort(pending, held, key=_order)
        before = pending[-1][0] - self._site.rules.lateness_seconds
        while pending[0][0] <= before:
            oldest = pending.pop(0)
            if not self._move(ship, oldest):
                self._take(ship, oldest, events)

    def elapse(self, now: float) -> list[VesselEvent]:
        """Let time pass and return what it makes: what was held back long enough, and silences that became gaps.

        Ships that were not heard for `Rules.forget_days` are forgotten.
        """
        events: list[VesselEvent] = []
        for _, mmsi, _, held in self._released(now - self._site.rules.lateness_seconds, now):
            ship = self._ships[mmsi]
            if not self._move(ship, held):
                self._take(ship, held, events)
        for mmsi in self._timers.due(now):
            self._time(mmsi, now, events)
        if now >= self._tidy:
            self._tidy = now + _TIDY
            self._coverage.forget(now - _COVERED)
        return events

    def changed(self) -> Iterator[tuple[int, bytes]]:
        """Yield the ships that changed since this was asked last, packed; empty bytes for one that is forgotten."""
        changed, self._changed = self._changed, set()
        for mmsi in sorted(changed):
            ship = self._ships.get(mmsi)
            yield mmsi, self._pack(ship) if ship is not None else self._asleep.get(mmsi, b"")

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
            self._waiting.set(mmsi, ship.pending[0][0] + self._site.rules.lateness_seconds)
        if ship.pending or is_slow(ship):
            self._ships[mmsi] = ship
        else:
            self._asleep[mmsi] = packed
        self._timers.set(mmsi, ship.timer)

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
            self._set_timer(ship, at + _ASLEEP)
        self._ships[mmsi] = ship
        return ship

    def _pack(self, ship: Ship) -> bytes:
        """Pack a ship; the sentences of what is held back are asked for only where an event may come of it."""
        pending = ship.pending or ()
        plain = not pending or (len(pending) == 1 and self._move(ship, pending[0], really=False))
        return pack(ship, quoting=not plain)

    def _copy(self, ship: Ship, one: Observation, source: Source) -> None:
        """Keep a copy with its transmission while that is held back; count it anyway."""
        self._counts["copy"] += 1
        for number, held in enumerate(ship.pending or ()):
            if held[1] == one.digest and ship.pending is not None:
                ship.pending[number] = with_copy(held, one, source)
                ship.pending.sort(key=_order)
                return

    def _move(self, ship: Ship, held: Held, *, really: bool = True) -> bool:
        """Move a ship who is under way with nothing near and says nothing else, and return whether she is: most are."""
        if type(held[2]) is not Fix:
            return False
        _, at, received, lon, lat, sog, cog, heading, status, type_, station, _, _ = held[2]
        since = at - ship.at
        if (
            since <= 0
            or since > self._silent
            or at >= ship.due
            or (sog is not None and sog < self._slow)
            or ship.affairs is not None
            or ship.twin is not None
        ):
            return False
        near = self._near
        east, north = lon - ship.lon, lat - ship.lat
        if not (-near <= east <= near and -near <= north <= near) and self._is_far(abs(east) + abs(north), since):
            return False
        if not ship.open and self._site.zones.at(lon, lat):
            return False
        if really:
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
            ship.feed = held[3][0]
        return True

    def _is_far(self, step: float, since: float) -> bool:
        """Whether a step, in degrees of longitude and latitude together, may be more than she can have made."""
        return step > 2 * self._near and step > self._pace * since

    def _take(self, ship: Ship, held: Held, events: list[VesselEvent]) -> None:
        """Look at one transmission with every rule, and move the ship by it."""
        one = held[2]
        if not isinstance(one, Fix):
            self._hear(ship, held, events)
            return
        step = abs(one.lat - ship.lat) + abs(one.lon - ship.lon)  # never less than the distance
        if one.at <= ship.at or ship.twin is not None or self._is_far(step, one.at - ship.at):
            track = self._track(ship, held, one, events)
            if track is None:
                return
            ship = track
        here = self._site.zones.at(one.lon, one.lat)
        if (
            here
            or one.at >= ship.due
            or ship.affairs is not None
            or (one.sog is not None and one.sog < self._slow)
            or one.at - ship.at > self._silent
        ):
            self._look(ship, held, here, events)
        ship.move(one, held[3].feed)

    def _track(self, ship: Ship, held: Held, fix: Fix, events: list[VesselEvent]) -> Ship | None:
        """Return which ship a doubtful fix moves; None when it moves none."""
        if ship.at == -inf:
            return ship
        if ship.twin is None and fix.at < ship.at:
            self._counts["late"] += 1
            return None
        track = whose(ship, fix, self._site.rules)
        if track is None:
            track, told = implausible(Look(self._site, ship, held))
            events += told
            if track is None:
                self._counts["implausible"] += 1
        if track is not None and fix.at <= track.at:
            self._counts["late"] += 1
            return None
        return track

    def _look(self, ship: Ship, held: Held, here: tuple[Zone, ...], events: list[VesselEvent]) -> None:
        """Look at a fix with every rule."""
        look = Look(self._site, ship, held, here)
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

    def _hear(self, ship: Ship, held: Held, events: list[VesselEvent]) -> None:
        """Take in what a ship says of herself."""
        said = held[2]
        if not isinstance(said, Particulars):
            return
        ship = speaker(ship, said)
        known = ship.identity
        if said.at < max(known.named or 0.0, known.described or 0.0):
            self._counts["late"] += 1
            return
        if repeats(ship, said):
            return
        look = Look(self._site, ship, held, at=said.at)
        events.extend(identity(look, said))
        events.extend(voyage(look, said))
        note(ship, said)
        if ship.affairs is not None and ship.affairs.idle():
            ship.affairs = None

    def _released(self, before: float, now: float) -> list[tuple[float, int, int, Held]]:
        """Return what was held back long enough, by time and ship, but for what only moves its ship: that is done."""
        found: list[tuple[float, int, int, Held]] = []
        ships, changed, move = self._ships, self._changed, self._move
        for mmsi in self._waiting.due(now):
            ship = ships.get(mmsi)
            pending = ship.pending if ship is not None else None
            if ship is None or not pending:
                continue
            oldest = pending[0]
            if oldest[0] <= before:
                changed.add(mmsi)
                if len(pending) == 1:
                    ship.pending = None
                    if not move(ship, oldest):
                        found.append((oldest[0], mmsi, oldest[1], oldest))
                    continue
                late = sum(held[0] <= before for held in pending)
                found += [(held[0], mmsi, held[1], held) for held in pending[:late]]
                pending = ship.pending = pending[late:] or None
            if pending:
                self._waiting.set(mmsi, pending[0][0] + now - before)
        found.sort()
        return found

    def _time(self, mmsi: int, now: float, events: list[VesselEvent]) -> None:
        """Look at a ship because of the time, and set when to do it again."""
        ship = self._ships.get(mmsi) or unpack(self._asleep[mmsi])
        rules = self._site.rules
        heard = _heard(ship)
        silent, forgotten = now - heard, heard + rules.forget_days * 86400
        if now >= forgotten:
            self._ships.pop(mmsi, None)
            self._asleep.pop(mmsi, None)
            self._slow_ships.remove(mmsi)
            self._changed.add(mmsi)
            return
        if silent < _ASLEEP:
            self._set_timer(ship, heard + _ASLEEP)
            return
        told = list(fallen_silent(Look(self._site, ship, None, at=now), self._coverage)) if ship.at > 0 else []
        events += told
        silence = longest_silence(ship, self._site)
        again = ship.at + silence * (1 + (now - ship.at) // silence) if ship.at > 0 else forgotten
        is_over = bool(told) or silent > _COVERED or (ship.affairs is not None and ship.affairs.gap is not None)
        self._set_timer(ship, forgotten if is_over else min(again, forgotten))
        self._sleep(ship)

    def _set_timer(self, ship: Ship, at: float) -> None:
        ship.timer = at
        self._timers.set(ship.mmsi, at)
        self._changed.add(ship.mmsi)

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


def _clocked(ship: Ship, one: Observation, ahead: float) -> Observation:
    """Return what was sent at a time that can be believed, where this or the last one is ahead of our clock.

    One time that is ahead is a station's wrong clock, and ours counts; all of them together are a recording replayed.
    """
    known = ship.pending[-1][0] if ship.pending else ship.at
    if one.at > ahead:
        return one._replace(at=one.received) if -inf < known <= ahead else one
    if ship.at > ship.received + _AHEAD:
        ship.at = one.at - 1
        ship.identity = ship.identity._replace(named=None, described=None)
    return one
