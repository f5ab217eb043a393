"""Who a ship is: sentinels, parts of type 24, IMO numbers, two ships under one MMSI, and how long she is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracks import MMSI, OTHER, START, Track, merged, quote, site, told, watched

from gateway.model.vessel_event import EventType, ObservedVessel
from gateway.vessels import eta
from gateway.vessels.identity import valid_imo
from gateway.vessels.mmsi import Family, family, is_watched
from gateway.vessels.seen import Seen
from gateway.vessels.ship import Ship, pack, unpack
from gateway.vessels.watch import Watch

DAY = 86400


def ship(watch: Watch, mmsi: int = MMSI) -> Seen:
    found = watch.ship(mmsi)
    assert found is not None
    return found


def name(vessel: ObservedVessel) -> str | None:
    return vessel.particulars.name if vessel.particulars else None


def test_sentinels_never_overwrite_good_values() -> None:
    watch = site()
    track = Track(-10.0).say(imo=9_074_729, name="INVENTED", call_sign="XX1", draught=8.0, destination="NLRTM")
    track.say(eta=(3, 3, 6, 0)).say(imo=0, name="", call_sign=" ", draught=0.0, destination="", eta=(0, 0, 24, 60))
    assert not watched(watch, track.sent)
    known = ship(watch)
    assert known.vessel.particulars is not None
    assert (known.vessel.particulars.imo, known.vessel.particulars.call_sign) == ("9074729", "XX1")
    assert (known.draught, known.destination) == (8.0, "NLRTM")
    assert known.eta == datetime(2026, 3, 3, 6, tzinfo=UTC).timestamp()


def test_a_fix_without_speed_or_course_moves_the_ship() -> None:
    watch = site()
    assert not watched(watch, Track(-10.0).fix(sog=None, status=None).silent(1).fix(sog=None, status=None).sent)
    assert ship(watch).position is not None


@pytest.mark.parametrize(
    ("number", "valid"), [(9_074_729, True), (9_074_728, False), (0, False), (1, False), (None, False), (10**9, False)]
)
def test_an_imo_number_is_taken_with_its_check_digit_only(number: int | None, *, valid: bool) -> None:
    assert valid_imo(number) == (number if valid else None)


def test_both_parts_of_type_24_are_one_identity() -> None:
    watch = site()
    track = Track(-10.0).say(type_=24, name="INVENTED").say(type_=24, call_sign="XX1", to_bow=10, to_stern=5)
    assert not watched(watch, track.sent)
    vessel = ship(watch).vessel
    assert vessel.particulars is not None
    assert (vessel.particulars.name, vessel.particulars.call_sign, vessel.length) == ("INVENTED", "XX1", 15)


def part_b(call_sign: str) -> dict[str, object]:
    return {"type_": 24, "call_sign": call_sign}


def test_a_new_identity_in_both_parts_of_type_24_is_one_change() -> None:
    track = Track(-10.0).say(type_=24, name="OLD").say(**part_b("OLD1")).silent(60)
    for _ in range(2):
        track.say(type_=24, name="NEW").say(**part_b("NEW1"))
    events = watched(site(), track.sent)
    assert told(events) == [("identity change", "provisional"), ("identity change", "confirmed")]
    assert events[0].id == events[1].id
    assert {one.field for one in events[1].changes} == {"name", "call_sign"}


@pytest.mark.parametrize(("minutes", "kept"), [(5, "OLD1"), (15, None)])
def test_an_old_part_b_does_not_describe_a_new_name(minutes: float, kept: str | None) -> None:
    watch = site()
    track = Track(-10.0).say(type_=24, name="OLD").say(**part_b("OLD1")).silent(minutes)
    watched(watch, track.say(type_=24, name="NEW").say(type_=24, name="NEW").sent)
    vessel = ship(watch).vessel
    assert vessel.particulars is not None
    assert (vessel.particulars.name, vessel.particulars.call_sign) == ("NEW", kept)


def test_auxiliary_craft_know_their_mothership() -> None:
    watch = site()
    watched(watch, Track(-10.0, mmsi=982_110_001).say(type_=24, mothership=211_000_009).go(-9.99).sent)
    assert ship(watch, 982_110_001).mothership == 211_000_009


@pytest.mark.parametrize(
    ("mmsi", "who", "watched_for"),
    [
        (211_000_001, Family.SHIP, True),
        (982_110_001, Family.CRAFT, True),
        (992_110_001, Family.AID, False),
        (2_110_001, Family.COAST, False),
        (111_211_001, Family.AIRCRAFT, False),
        (970_000_001, Family.BEACON, False),
        (0, Family.UNKNOWN, False),
    ],
)
def test_families_of_mmsi(mmsi: int, who: Family, *, watched_for: bool) -> None:
    assert family(mmsi) is who
    assert is_watched(mmsi) == watched_for


def test_what_is_no_ship_is_counted_and_not_kept() -> None:
    watch = site()
    watched(watch, Track(-10.0, mmsi=992_110_001).go(-9.99).sent)
    assert len(watch) == 0
    assert watch.counts["no ship"] > 0


def two_ships(minutes: float = 60) -> tuple[Track, Track]:
    """Two ships that send one MMSI, 300 nm apart, in turn; one of them calls at the port."""
    here = Track(3.7).say(name="HERE").go(3.993).stay(minutes, status=5)
    there = Track(-5.0, at=START + 30).say(name="THERE").go(-4.0)
    there._chance.seed(2)
    there.sent = [one._replace(digest=one.digest ^ 1) for one in there.sent]
    return here, there


def test_two_ships_under_one_mmsi_are_two_ships() -> None:
    watch = site()
    events = watched(watch, merged(*two_ships()))
    positions = [one.position for one in watch.ships()]
    assert sorted(round(float(one.longitude), 1) for one in positions if one) == [-4.0, 4.0]
    assert told(events, EventType.IDENTITY_MISMATCH)[:2] == [
        ("identity mismatch", "provisional"),
        ("identity mismatch", "confirmed"),
    ]
    assert told(events, EventType.BERTH_ARRIVAL) == [("berth arrival", "provisional"), ("berth arrival", "confirmed")]
    assert len(told(events, EventType.IMPLAUSIBLE_POSITION)) <= 2
    assert not told(events, EventType.PORT_DEPARTURE)


def test_two_ships_under_one_mmsi_are_kept_over_a_restart() -> None:
    watch = site()
    watched(watch, merged(*two_ships()))
    fresh = site()
    for mmsi, packed in watch.changed():
        fresh.restore(mmsi, packed)
    assert list(fresh.ships()) == list(watch.ships())


def test_equal_words_of_two_ships_under_one_mmsi_stay_two_transmissions() -> None:
    watch = site()
    here, there = two_ships()
    watched(watch, merged(here, there))
    assert watch.counts["copy"] == 0


def test_two_identities_in_turn_are_told_once() -> None:
    track = Track(-10.0)
    for _ in range(6):
        track.say(name="ONE").say(name="OTHER")
    events = watched(site(), track.sent)
    assert told(events) == [("identity change", "provisional"), ("identity mismatch", "confirmed")]
    assert events[1].other is not None
    assert name(events[1].other) == "OTHER"


def test_a_ship_is_forgotten_when_she_was_not_heard_for_long() -> None:
    watch = site()
    watched(watch, Track(-10.0).go(-9.9).sent)
    assert len(watch) == 1
    assert dict(watch.changed())[MMSI]
    watch.elapse(START + 29 * DAY)
    assert len(watch) == 1
    watch.elapse(START + 31 * DAY)
    assert len(watch) == 0
    assert dict(watch.changed()) == {MMSI: b""}


def test_a_silent_ship_is_known_as_before() -> None:
    watch = site()
    watched(watch, Track(-10.0).say(name="INVENTED").go(-9.9).sent)
    before = ship(watch)
    watch.elapse(START + DAY)
    assert ship(watch) == before
    assert list(watch.ships()) == [before]


def test_a_ship_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 9"):
        site().restore(MMSI, b"\x09" + pack(Ship(MMSI))[1:])


def test_a_new_ship_takes_a_few_hundred_bytes() -> None:
    watch = site()
    watched(watch, Track(-10.0).say(name="INVENTED", call_sign="XX1", destination="NLRTM").go(-9.9).sent)
    assert len(dict(watch.changed())[MMSI]) < 350


@given(st.integers(0, 2**32 - 1), st.none() | st.floats(0, 102), st.none() | st.integers(0, 359))
def test_a_ship_is_unpacked_as_she_was_packed(mmsi: int, sog: float | None, heading: int | None) -> None:
    one = Ship(mmsi)
    one.sog, one.heading, one.at = sog, heading, START
    other = unpack(pack(one))
    assert all(getattr(one, name) == getattr(other, name) for name in Ship.__slots__)


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("said", "days", "expected"),
    [
        ((1, 2, 6, 0), -1, "2027-01-02T06:00"),  # on the last day of the year, for the next
        ((12, 31, 6, 0), 1, "2026-12-31T06:00"),  # in the new year, of the old one
        ((12, 31, 6, 0), -1, "2026-12-31T06:00"),
        ((12, 1, 6, 0), 1, "2027-12-01T06:00"),  # 31 days ago is next time
        ((12, 15, 6, 0), 0, "2026-12-15T06:00"),
        ((2, 29, 6, 0), 0, None),
        ((2, 29, 6, 0), 300, "2028-02-29T06:00"),
        ((0, 0, 24, 60), 0, None),
        ((3, 3, 24, 60), 0, None),
    ],
)
def test_an_eta_has_the_year_that_puts_it_near(
    said: tuple[int, int, int, int], days: int, expected: str | None
) -> None:
    found = eta.resolve(said, NEW_YEAR + days * DAY)
    assert (found and datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%dT%H:%M")) == expected


def test_a_quote_is_asked_for_when_an_event_needs_it_and_not_before() -> None:
    asked: list[int] = []

    def asking(record: int) -> tuple[str, ...]:
        asked.append(record)
        return quote(record)

    watch = site()
    track = Track(-10.0).go(-9.0).sent
    watch.observe(track, "feed", asking, START)
    watch.elapse(START + DAY)
    assert not asked


def test_an_mmsi_of_nine_digits_is_told_in_full() -> None:
    watch = site()
    watched(watch, Track(-10.0, mmsi=OTHER).go(-9.99).sent)
    assert ship(watch, OTHER).vessel.mmsi == str(OTHER)
